with
    target as (select * from {{ ref("fct_target") }}),

    indicator as (select * from {{ ref("dim_indicator") }}),

    period as (select * from {{ ref("dim_period") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    -- A plan may come from a unit that ended within its year; its name is the one at the year's start.
    final as (
        select unit.unit_name as subject_unit_name, indicator.indicator_name, target.*,
        from target
        inner join indicator on target.indicator_code = indicator.indicator_code
        inner join period on target.period_code = period.period_code
        left join
            unit
            on target.subject_unit_code = unit.unit_code
            and period.starts_on between unit.valid_from and coalesce(unit.valid_to, period.starts_on)
    )

select *
from final
