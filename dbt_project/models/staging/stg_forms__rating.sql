with source as (select * from {{ source("forms", "rating") }}), final as (select * from source)

select *
from final
