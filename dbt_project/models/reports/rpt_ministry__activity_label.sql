{{ activity_table("label") }}
