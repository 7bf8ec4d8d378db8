with
    target as (select * from {{ ref("fct_target") }}),

    indicator as (select * from {{ ref("dim_indicator") }}),

    product_group as (select * from {{ ref("dim_product_group") }}),

    period as (select * from {{ ref("dim_period") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    -- A plan may come from a unit that ended within its year; its name is the one at the year's start.
    final as (
        select
            target.period_code,
            period.period_year,
            target.unit_code,
            target.subject_unit_code,
            unit.unit_name as subject_unit_name,
            target.indicator_code,
            indicator.indicator_name,
            target.target_from_year,
            target.target_to_year,
            target.star,
            target.product_group_code,
            product_group.product_group_name,
            target.product_name,
            target.producer_name,
            target.plan_document,
            target.is_total,
            target.target_min,
            target.target_max,
            coalesce(target.measure_unit, indicator.measure_unit) as measure_unit,
            target.note,
            target._submission_id,
            target._sheet,
            target._row_number,
        from target
        inner join indicator on target.indicator_code = indicator.indicator_code
        inner join period on target.period_code = period.period_code
        left join product_group on target.product_group_code = product_group.product_group_code
        left join
            unit on target.subject_unit_code = unit.unit_code and {{ stands_on("unit", "period.starts_on") }}
    )

select *
from final
