with
    submission as (select * from {{ ref("int_submission") }}),

    form as (select * from {{ ref("bridge_submission_form") }}),

    period as (select * from {{ ref("dim_period") }}),

    -- The newest accepted workbook answers for its unit and period; older ones stay on record. A text file
    -- of one form answers only where there is no workbook, and rows of a province's list only until the unit
    -- has filed itself, whichever came first.
    standing as (
        select
            unit_code,
            period_code,
            arg_max(submission_id, (list_id is null, form_name is null, arrival_no)) as submission_id,
        from submission
        where verdict_code = 'accepted'
        group by unit_code, period_code
    ),

    in_force as (select distinct submission_id, from form where is_in_force),

    final as (
        select
            submission.submission_id,
            submission.unit_code,
            submission.period_code,
            submission.form_name,
            submission.form_version,
            submission.list_id,
            submission.file_name,
            submission.file_sha256,
            submission.arrival_no,
            submission.received_at,
            submission.verdict_code,
            row_number() over (
                partition by submission.unit_code, submission.period_code order by submission.arrival_no
            )::integer as revision_no,
            submission.is_held,
            standing.submission_id is not null as is_latest_accepted,
            in_force.submission_id is not null as is_in_force,
            -- A list is nobody's filing, so it is neither on time nor late.
            if(
                submission.list_id is null,
                (submission.received_at at time zone 'Asia/Ho_Chi_Minh')::date <= period.deadline_on,
                null
            ) as is_on_time,
            submission.error_count,
            submission.warning_count,
            submission.product_row_count,
            submission.rating_row_count,
            submission.funding_row_count,
            submission.target_row_count,
            submission.activity_row_count,
        from submission
        left join standing on submission.submission_id = standing.submission_id
        left join in_force on submission.submission_id = in_force.submission_id
        left join period on submission.period_code = period.period_code
    )

select *
from final
