with
    set_ministry as (select * from {{ ref("ref_product_set_ministry") }}),

    ministry as (select * from {{ ref("ref_ministry") }}),

    final as (
        select set_ministry.product_set_code, set_ministry.ministry_code, ministry.ministry_name,
        from set_ministry
        left join ministry on set_ministry.ministry_code = ministry.ministry_code
    )

select *
from final
