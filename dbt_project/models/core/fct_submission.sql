with
    landed as (select * from {{ ref("stg_ledger__landed") }}),

    judged as (select * from {{ ref("stg_ledger__judged") }}),

    decision as (select * from {{ ref("stg_ledger__decision") }}),

    period as (select * from {{ ref("dim_period") }}),

    -- The second clock: what had been received by that moment.
    known as (
        select landed.*, judged.* exclude (submission_id),
        from landed
        left join judged on landed.submission_id = judged.submission_id
        where landed.received_at <= '{{ var("known_at") }}'::timestamptz
    ),

    hold as (
        select submission_id, arg_max(decision_code, decision_no) = 'hold' as is_held,
        from decision
        where decision_code in ('hold', 'unhold')
        group by submission_id
    ),

    -- The newest accepted workbook of a unit and period stands; older ones stay on record. Rows of a
    -- province's list stand only until the unit has filed itself, whichever came first.
    standing as (
        select unit_code, period_code, arg_max(arrival_no, (list_id is null, arrival_no)) as arrival_no,
        from known
        where verdict_code = 'accepted'
        group by unit_code, period_code
    ),

    final as (
        select
            known.submission_id,
            known.unit_code,
            known.period_code,
            known.form_version,
            known.list_id,
            known.file_name,
            known.file_sha256,
            known.arrival_no,
            known.received_at,
            known.verdict_code,
            row_number() over (
                partition by known.unit_code, known.period_code order by known.arrival_no
            )::integer as revision_no,
            coalesce(hold.is_held, false) as is_held,
            coalesce(standing.arrival_no = known.arrival_no, false) as is_latest_accepted,
            coalesce(standing.arrival_no = known.arrival_no, false)
            and not coalesce(hold.is_held, false) as is_in_force,
            -- A list is nobody's filing, so it is neither on time nor late.
            if(
                known.list_id is null,
                (known.received_at at time zone 'Asia/Ho_Chi_Minh')::date <= period.deadline_on,
                null
            ) as is_on_time,
            known.error_count,
            known.warning_count,
            known.product_row_count,
            known.rating_row_count,
            known.funding_row_count,
            known.target_row_count,
            known.activity_row_count,
        from known
        left join hold on known.submission_id = hold.submission_id
        left join
            standing on known.unit_code = standing.unit_code and known.period_code = standing.period_code
        left join period on known.period_code = period.period_code
    )

select *
from final
