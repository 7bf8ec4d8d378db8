with
    activity_type as (select * from {{ ref("ref_activity_type") }}),

    final as (select activity_type_code, activity_type_name, from activity_type)

select *
from final
