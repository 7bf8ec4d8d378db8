with
    succession as (select * from {{ ref("ref_product_group_succession") }}),

    final as (
        select old_regime_code, old_group_name, new_regime_code, new_group_code, relation_code, basis_code,
        from succession
    )

select *
from final
