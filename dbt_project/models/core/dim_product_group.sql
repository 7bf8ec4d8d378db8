with
    product_group as (select * from {{ ref("ref_product_group") }}),

    final as (select product_group_code, product_group_name, from product_group)

select *
from final
