with
    status_basis as (select * from {{ ref("ref_status_basis") }}),

    final as (select status_basis_code as status_basis, status_basis_name, from status_basis)

select *
from final
