with
    stock as (select * from {{ ref("int_ministry__stock") }}),

    feature as (select * from {{ ref("dim_product_feature") }}),

    product_feature as (
        select period_code, product_key, feature_code, bool_or(is_present) as is_present,
        from {{ ref("fct_product_feature") }}
        group by period_code, product_key, feature_code
    ),

    valid_product as (select * from stock where is_valid),

    final as (
        select
            valid_product.report_period_code as period_code,
            'product_feature' as table_code,
            feature.feature_code as row_code,
            unnest(
                [
                    'valid_count',
                    case
                        product_feature.is_present
                        when true
                        then 'yes_count'
                        when false
                        then 'no_count'
                        else 'unknown_count'
                    end
                ]
            ) as column_code,
            'count' as measure_kind,
            valid_product.product_key as evidence_key,
            null::decimal(18, 3) as amount,
            valid_product._submission_id,
            valid_product._sheet,
            valid_product._row_number,
            if(
                valid_product.is_own_row, unnest(['status_code', feature.field_name]), 'decision_date'
            ) as _field_name,
            valid_product._standing_field_names as _other_field_names,
        from valid_product
        cross join feature
        left join
            product_feature
            on valid_product.period_code = product_feature.period_code
            and valid_product.product_key = product_feature.product_key
            and feature.feature_code = product_feature.feature_code
    )

select *
from final
