with
    product_feature as (select * from {{ ref("ref_product_feature") }}),

    final as (
        select
            product_feature_code as feature_code,
            product_feature_name as feature_name,
            field_name,
            product_feature_no as feature_no,
        from product_feature
    )

select *
from final
