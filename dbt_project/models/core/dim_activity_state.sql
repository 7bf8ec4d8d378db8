with
    activity_state as (select * from {{ ref("ref_activity_state") }}),

    final as (
        select activity_state_code as state_code, activity_state_name as state_name, from activity_state
    )

select *
from final
