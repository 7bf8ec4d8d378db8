with
    set_ministry as (select * from {{ ref("ref_product_set_ministry") }}),

    ministry as (select * from {{ ref("ref_ministry") }}),

    regime as (select * from {{ ref("dim_regime") }}),

    final as (
        select
            regime.regime_code,
            set_ministry.product_set_code,
            set_ministry.ministry_code,
            ministry.ministry_name,
        from regime
        cross join set_ministry
        left join ministry on set_ministry.ministry_code = ministry.ministry_code
        where regime.product_set_basis_code <> 'unknown'
    )

select *
from final
