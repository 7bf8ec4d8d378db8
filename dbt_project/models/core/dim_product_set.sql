with
    product_set as (select * from {{ ref("ref_product_set") }}),

    regime as (select * from {{ ref("dim_regime") }}),

    set_ministry as (select * from {{ ref("bridge_product_set_ministry") }}),

    ministry as (
        select
            regime_code,
            product_set_code,
            string_agg(ministry_name, '; ' order by ministry_name) as ministry_names,
        from set_ministry
        group by regime_code, product_set_code
    ),

    -- A set is named together with its regime: the numbers of R2019 meant other sets.
    final as (
        select
            regime.regime_code,
            product_set.product_set_code,
            product_set.product_set_name,
            product_set.product_group_code,
            ministry.ministry_names,
            regime.product_set_basis_code as basis_code,
        from regime
        cross join product_set
        left join
            ministry
            on regime.regime_code = ministry.regime_code
            and product_set.product_set_code = ministry.product_set_code
        where regime.product_set_basis_code <> 'unknown'
    )

select *
from final
