with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    due as (select * from {{ ref("int_ministry__due") }} where is_own_row),

    product as (select * from {{ ref("dim_product") }}),

    final as (
        select
            row_number() over (
                partition by due.report_period_code order by due.expires_on, due.unit_code, due._row_number
            )::integer as row_no,
            due.report_period_code as period_code,
            due.product_row_code as row_code,
            expected_unit.unit_name,
            product.product_name,
            product.producer_name,
            due.star,
            due.expires_on,
            due.re_rating_from,
            due.re_rating_to,
        from due
        inner join
            expected_unit
            on due.report_period_code = expected_unit.period_code
            and due.unit_code = expected_unit.unit_code
        inner join product on due.product_key = product.product_key
    )

select *
from final
