with
    source as (select *, row_number() over () as decision_no, from {{ source("ledger", "decision") }}),

    final as (
        select
            decision_no,
            decision as decision_code,
            submission_id,
            entity as entity_code,
            name,
            same_as,
            other as other_name,
            producer as producer_name,
            rule_id,
            unit_code,
            period_code,
            left(until, 10)::date as until_date,
            "by" as decided_by,
            why as reason,
            decided_at,
        from source
        where decided_at <= {{ known_at() }}
    )

select *
from final
