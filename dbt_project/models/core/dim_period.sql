with
    period as (select * from {{ ref("ref_period") }}),

    final as (
        select period_code, period_kind, period_year, starts_on, cut_off_on, deadline_on, basis, from period
    )

select *
from final
