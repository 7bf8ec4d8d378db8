with
    assignment as (select * from {{ ref("ref_map_assignment") }}),

    final as (select assignment_code, assignment_name, from assignment)

select *
from final
