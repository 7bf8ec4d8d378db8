with
    -- A moment that was judged twice has one verdict: the worse one.
    gate_result as (
        select *
        from {{ ref("stg_ledger__gate_result") }}
        qualify
            row_number() over (
                partition by suite_code, period_code, checked_at, rule_id
                order by is_success, unexpected_count desc
            )
            = 1
    ),

    final as (
        select
            suite_code,
            period_code,
            checked_at,
            rule_id,
            severity,
            outcome_code,
            is_success,
            unexpected_count,
            waived_count,
            nullif(waived_by, '') as waived_by,
            sentence,
        from gate_result
    )

select *
from final
