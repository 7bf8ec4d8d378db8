with
    source as (select * from {{ source("forms", "issue") }}),

    final as (select *, _submission_id as submission_id, from source)

select *
from final
