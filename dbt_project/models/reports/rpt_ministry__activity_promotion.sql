{{ activity_table("promotion") }}
