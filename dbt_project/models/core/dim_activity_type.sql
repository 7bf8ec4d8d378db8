with
    activity_type as (select * from {{ ref("ref_activity_type") }}),

    final as (
        select activity_type_code, activity_type_name, activity_theme_code, measure_unit, activity_type_no,
        from activity_type
    )

select *
from final
