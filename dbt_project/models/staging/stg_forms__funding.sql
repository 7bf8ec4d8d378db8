with source as (select * from {{ source("forms", "funding") }}), final as (select * from source)

select *
from final
