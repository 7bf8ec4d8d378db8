with
    source as (select * from {{ source("ledger", "ledger") }}),

    final as (
        select
            submission_id,
            verdict_code,
            error_count,
            warning_count,
            product_row_count,
            rating_row_count,
            funding_row_count,
            target_row_count,
            activity_row_count,
        from source
        where event = 'judged'
    )

select *
from final
