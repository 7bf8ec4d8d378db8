with
    source as (select * from {{ source("forms", "layout") }}),

    final as (select *, _submission_id as submission_id, from source)

select *
from final
