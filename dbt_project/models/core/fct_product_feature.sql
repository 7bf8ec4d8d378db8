with
    product as (select * from {{ ref("stg_forms__product") }}),

    product_status as (select * from {{ ref("fct_product_status") }}),

    feature as (select * from {{ ref("dim_product_feature") }}),

    text as (
        select
            _submission_id,
            _sheet,
            _row_number,
            is_on_ecommerce::varchar as is_on_ecommerce,
            has_traceability::varchar as has_traceability,
            trademark_type,
            production_standard,
            planting_area_code,
        from product
    ),

    stated as (
        select *
        from
            text unpivot (
                stated_text for field_name in (
                    is_on_ecommerce, has_traceability, trademark_type, production_standard, planting_area_code
                )
            )
    ),

    -- An empty cell says nothing about the product, neither that it has the feature nor that it has not.
    final as (
        select
            product_status.period_code,
            product_status.unit_code,
            product_status.product_key,
            feature.feature_code,
            -- "Không", "Chưa có" where a standard or a code is asked for
            {{ fold("stated.stated_text") }}
            not in ('false', 'khong', 'khong co', 'chua', 'chua co') as is_present,
            stated._submission_id,
            stated._sheet,
            stated._row_number,
        from stated
        inner join feature on stated.field_name = feature.field_name
        inner join
            product_status
            on stated._submission_id = product_status._submission_id
            and stated._sheet = product_status._sheet
            and stated._row_number = product_status._row_number
    )

select *
from final
