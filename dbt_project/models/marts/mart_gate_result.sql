with
    gate_result as (select * from {{ ref("fct_gate_result") }}),

    final as (
        select
            suite_code,
            period_code,
            checked_at,
            rule_id,
            severity,
            outcome_code,
            is_success,
            -- against the verdict before, of the same suite and period: when it began to fail, when it was
            -- waived, when it was mended
            outcome_code is distinct from lag(outcome_code) over (
                partition by suite_code, period_code, rule_id order by checked_at
            ) as is_change,
            unexpected_count,
            waived_count,
            waived_by,
            sentence,
        from gate_result
    )

select *
from final
