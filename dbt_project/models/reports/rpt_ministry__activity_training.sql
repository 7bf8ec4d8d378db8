{{ activity_table("training") }}
