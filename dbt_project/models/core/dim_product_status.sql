with
    product_status as (select * from {{ ref("ref_product_status") }}),

    final as (
        select product_status_code as status_code, product_status_name as status_name, is_cumulative,
        from product_status
    )

select *
from final
