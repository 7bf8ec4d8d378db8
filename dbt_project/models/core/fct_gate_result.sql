with
    gate_result as (select * from {{ ref("stg_ledger__gate_result") }}),

    final as (
        select suite_code, period_code, checked_at, rule_id, severity, is_success, unexpected_count, sentence,
        from gate_result
    )

select *
from final
