with
    revocation_ground as (select * from {{ ref("ref_revocation_ground") }}),

    final as (select revocation_ground_code, revocation_ground_name, from revocation_ground)

select *
from final
