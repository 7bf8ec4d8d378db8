with
    product_set as (select * from {{ ref("ref_product_set") }}),

    set_ministry as (select * from {{ ref("bridge_product_set_ministry") }}),

    ministry as (
        select product_set_code, string_agg(ministry_name, '; ' order by ministry_name) as ministry_names,
        from set_ministry
        group by product_set_code
    ),

    final as (
        select
            product_set.product_set_code,
            product_set.product_set_name,
            product_set.product_group_code,
            ministry.ministry_names,
        from product_set
        left join ministry on product_set.product_set_code = ministry.product_set_code
    )

select *
from final
