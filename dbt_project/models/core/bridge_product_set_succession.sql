with
    product_set as (select * from {{ ref("dim_product_set") }}),

    regime as (select * from {{ ref("dim_regime") }}),

    step as (
        select
            regime_code as old_regime_code,
            lead(regime_code) over (order by valid_from) as new_regime_code,
            lead(product_set_basis_code) over (order by valid_from) as new_basis_code,
            product_set_basis_code as old_basis_code,
        from regime
    ),

    -- QĐ 1489/QĐ-TTg (2025) moved who recognises and left the sets alone; from an annex believed the same
    -- to a printed one,
    -- the step is believed too. R2019 has no rows: its sets are not known.
    final as (
        select
            step.old_regime_code,
            old_set.product_set_code as old_set_code,
            step.new_regime_code,
            new_set.product_set_code as new_set_code,
            if(step.old_basis_code = step.new_basis_code, 'unchanged', 'believed') as basis_code,
        from step
        inner join product_set as old_set on step.old_regime_code = old_set.regime_code
        inner join
            product_set as new_set
            on step.new_regime_code = new_set.regime_code
            and old_set.product_set_code = new_set.product_set_code
    )

select *
from final
