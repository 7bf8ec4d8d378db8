with source as (select * from {{ source("forms", "target") }}), final as (select * from source)

select *
from final
