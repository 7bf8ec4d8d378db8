with
    submission as (select * from {{ ref("fct_submission") }}),

    period as (select * from {{ ref("dim_period") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    -- A file nobody could recognise has no unit and no period and is listed all the same.
    final as (
        select
            submission.submission_id,
            submission.period_code,
            submission.unit_code,
            unit.unit_name,
            submission.form_name,
            submission.form_version,
            submission.list_id,
            submission.file_name,
            submission.file_sha256,
            submission.arrival_no,
            submission.received_at,
            submission.verdict_code,
            submission.revision_no,
            submission.is_held,
            submission.is_latest_accepted,
            submission.is_in_force,
            submission.is_on_time,
            submission.error_count,
            submission.warning_count,
            submission.product_row_count,
            submission.rating_row_count,
            submission.funding_row_count,
            submission.target_row_count,
            submission.activity_row_count,
        from submission
        left join period on submission.period_code = period.period_code
        left join
            unit on submission.unit_code = unit.unit_code and {{ stands_on("unit", "period.starts_on") }}
    )

select *
from final
