with
    source as (select * from {{ source("forms", "rating") }}),

    known as (select submission_id, from {{ ref("stg_ledger__judged") }}),

    final as (select source.*, from source semi join known on source._submission_id = known.submission_id)

select *
from final
