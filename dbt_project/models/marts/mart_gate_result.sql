with
    gate_result as (select * from {{ ref("fct_gate_result") }}),

    final as (
        select
            suite_code,
            period_code,
            checked_at,
            rule_id,
            severity,
            is_success,
            -- against the verdict before, of the same suite and period: when it began to fail, when it was
            -- mended
            is_success is distinct from lag(is_success) over (
                partition by suite_code, period_code, rule_id order by checked_at
            ) as is_change,
            unexpected_count,
            sentence,
        from gate_result
    )

select *
from final
