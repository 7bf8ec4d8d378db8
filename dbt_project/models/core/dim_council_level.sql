with
    council_level as (select * from {{ ref("ref_council_level") }}),

    final as (select council_level_code, council_level_name, from council_level)

select *
from final
