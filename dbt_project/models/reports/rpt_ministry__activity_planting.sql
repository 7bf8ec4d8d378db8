{{ activity_table("planting") }}
