{{ activity_table("other") }}
