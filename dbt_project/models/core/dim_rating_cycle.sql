with
    rating_cycle as (select * from {{ ref("ref_rating_cycle") }}),

    final as (select rating_cycle_code as cycle_code, rating_cycle_name as cycle_name, from rating_cycle)

select *
from final
