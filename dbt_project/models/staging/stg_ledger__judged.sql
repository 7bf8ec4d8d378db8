{# A table, for everything read of a file asks whether it was judged by the moment of knowledge. #}
{{ config(materialized="table") }}
with
    source as (select * from {{ source("ledger", "ledger") }}),

    landed as (select submission_id, from {{ ref("stg_ledger__landed") }}),

    final as (
        select
            source.submission_id,
            source.verdict_code,
            source.error_count,
            source.warning_count,
            source.product_row_count,
            source.rating_row_count,
            source.funding_row_count,
            source.target_row_count,
            source.activity_row_count,
        from source
        semi join landed on source.submission_id = landed.submission_id
        where source.event = 'judged' and source.judged_at <= {{ known_at() }}
    )

select *
from final
