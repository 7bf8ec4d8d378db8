with
    target as (select * from {{ ref("stg_forms__target") }}),

    submission as (
        select * from {{ ref("bridge_submission_form") }} where is_in_force and form_name = 'target'
    ),

    final as (
        select
            submission.period_code,
            submission.unit_code,
            coalesce(target.subject_unit_code, submission.unit_code) as subject_unit_code,
            target.indicator_code,
            target.target_from_year,
            target.target_to_year,
            target.star,
            target.product_group_code,
            target.product_name,
            target.producer_name,
            target.plan_document,
            coalesce(target.is_total, false) as is_total,
            target.target_min,
            target.target_max,
            target.measure_unit,
            target.note,
            target._submission_id,
            target._sheet,
            target._row_number,
        from target
        inner join submission on target._submission_id = submission.submission_id
    )

select *
from final
