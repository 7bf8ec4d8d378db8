with
    indicator as (select * from {{ ref("ref_indicator") }}),

    final as (
        select indicator_code, indicator_name, is_producer_share, measure_unit, result_rule, from indicator
    )

select *
from final
