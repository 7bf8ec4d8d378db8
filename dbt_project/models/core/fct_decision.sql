with
    decision as (select * from {{ ref("stg_ledger__decision") }}),

    submission as (select * from {{ ref("int_submission") }}),

    final as (
        select
            decision.decision_no,
            decision.decision_code,
            decision.submission_id,
            decision.rule_id,
            -- a hold is about the unit and period of its submission
            coalesce(decision.unit_code, submission.unit_code) as unit_code,
            coalesce(decision.period_code, submission.period_code) as period_code,
            decision.entity_code,
            decision.name,
            decision.same_as as same_as_name,
            decision.other_name,
            decision.producer_name,
            decision.until_date,
            decision.decided_by,
            decision.reason,
            decision.decided_at,
        from decision
        left join submission on decision.submission_id = submission.submission_id
    )

select *
from final
