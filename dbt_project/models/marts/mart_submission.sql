with
    submission as (select * from {{ ref("fct_submission") }}),

    period as (select * from {{ ref("dim_period") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    -- A file nobody could recognise has no unit and no period and is listed all the same.
    final as (
        select unit.unit_name, submission.*,
        from submission
        left join period on submission.period_code = period.period_code
        left join
            unit
            on submission.unit_code = unit.unit_code
            and period.starts_on between unit.valid_from and coalesce(unit.valid_to, period.starts_on)
    )

select *
from final
