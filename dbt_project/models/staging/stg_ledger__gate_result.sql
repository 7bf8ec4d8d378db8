with
    source as (select * from {{ source("ledger", "gate_result") }}),

    result as (select suite, period, checked_at, verdict, unnest(results) as result, from source),

    final as (
        select
            suite as suite_code,
            period as period_code,
            checked_at,
            result.rule_id as rule_id,
            result.severity as severity,
            result.success as is_success,
            case
                when result.success
                then 'passed'
                -- the first versions kept no waivers: a critical finding passes by one only
                when
                    coalesce(result.waived_count = result.unexpected_count, false)
                    or (result.waived_count is null and result.severity = 'critical' and verdict = 'passed')
                then 'waived'
                when result.severity = 'critical'
                then 'blocked'
                else 'warning'
            end as outcome_code,
            result.unexpected_count as unexpected_count,
            result.waived_count as waived_count,
            array_to_string(
                list_transform(
                    result.waived_by,
                    lambda w:w."by" || ' (đến hết ' || left(w.until, 10) || '): ' || w.reason
                ),
                '; '
            ) as waived_by,
            array_to_string(result.sentences, ' ') as sentence,
        from result
        -- Earlier than the moment: a night is built before its own verdict.
        where checked_at < {{ known_at() }}
    )

select *
from final
