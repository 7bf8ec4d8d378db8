with
    star_band as (select * from {{ ref("ref_star_band") }}),

    final as (select regime_code, star, score_from, score_to, is_upper_inclusive, from star_band)

select *
from final
