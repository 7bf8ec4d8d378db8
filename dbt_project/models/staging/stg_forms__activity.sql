with source as (select * from {{ source("forms", "activity") }}), final as (select * from source)

select *
from final
