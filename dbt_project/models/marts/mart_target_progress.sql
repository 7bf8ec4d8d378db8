with
    result as (select * from {{ ref("rpt_ministry__target_result") }}),

    told as (select * from {{ ref("int_ministry__target") }}),

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
        inner join told on result.period_code = told.report_period_code and result.row_code = told.row_code
        inner join
            target
            on told.subject_unit_code = target.subject_unit_code
            and told._submission_id = target._submission_id
            and told._row_number = target._row_number
    )

select *
from final
