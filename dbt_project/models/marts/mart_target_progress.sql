with
    result as (select * from {{ ref("rpt_ministry__target_result") }}),

    target as (select * from {{ ref("mart_target") }}),

    -- What the report prints of a target, with the codes behind its words.
    final as (
        select
            result.period_code,
            target.period_code as plan_period_code,
            target.unit_code,
            target.subject_unit_code,
            target.subject_unit_name,
            target.indicator_code,
            target.indicator_name,
            target.star,
            target.product_name,
            target.producer_name,
            target.plan_document,
            target.is_total,
            target.target_from_year,
            target.target_to_year,
            target.target_min,
            target.target_max,
            result.result_value,
            target.measure_unit,
            result.assessment_name,
            target._submission_id,
            target._sheet,
            target._row_number,
        from result
        inner join
            target
            on result.row_code
            = target.subject_unit_code || '-' || target._submission_id || '-' || target._row_number
    )

select *
from final
