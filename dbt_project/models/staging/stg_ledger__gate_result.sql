with
    source as (select * from {{ source("ledger", "gate_result") }}),

    result as (select suite, period, checked_at, unnest(results) as result, from source),

    final as (
        select
            suite as suite_code,
            period as period_code,
            checked_at,
            result.rule_id as rule_id,
            result.severity as severity,
            result.success as is_success,
            result.unexpected_count as unexpected_count,
            array_to_string(result.sentences, ' ') as sentence,
        from result
        -- Earlier than the moment: a night is built before its own verdict.
        where checked_at < {{ known_at() }}
    )

select *
from final
