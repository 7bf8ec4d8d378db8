with
    source as (select * from {{ source("ledger", "ledger") }}),

    final as (
        select
            submission_id,
            unit_code,
            period_code,
            form_name,
            form_version,
            list_id,
            file_name,
            file_sha256,
            arrival_no,
            received_at,
        from source
        where event = 'landed' and received_at <= {{ known_at() }}
    )

select *
from final
