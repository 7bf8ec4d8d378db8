with source as (select * from {{ source("forms", "cover") }}), final as (select * from source)

select *
from final
