{{ activity_table("tourism") }}
