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
            decided_at,
        from source
        where decided_at <= {{ known_at() }}
    )

select *
from final
