with source as (select * from {{ source("forms", "product") }}), final as (select * from source)

select *
from final
