with
    rating_outcome as (select * from {{ ref("ref_rating_outcome") }}),

    final as (
        select rating_outcome_code as outcome_code, rating_outcome_name as outcome_name, from rating_outcome
    )

select *
from final
