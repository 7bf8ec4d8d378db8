with
    period as (select * from {{ ref("dim_period") }}),

    half_year as (select * from period where period_kind <> 'Y'),

    -- What stands at a cut-off is read at that cut-off alone: a year's stock is the stock of its second half.
    stock as (
        select period.period_code, 'stock' as measure_code, half_year.period_code as source_period_code,
        from period
        inner join half_year on period.cut_off_on = half_year.cut_off_on
    ),

    -- What happened in a period is the sum of its halves.
    flow as (
        select period.period_code, 'flow' as measure_code, half_year.period_code as source_period_code,
        from period
        inner join
            half_year on half_year.starts_on >= period.starts_on and half_year.cut_off_on <= period.cut_off_on
    ),

    final as (
        select *
        from stock
        union all
        select *
        from flow
    )

select *
from final
