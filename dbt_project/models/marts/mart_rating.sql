with
    rating as (select * from {{ ref("fct_rating") }}),

    product as (select * from {{ ref("dim_product") }}),

    period as (select * from {{ ref("dim_period") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    final as (
        select unit.unit_name, product.product_name, product.producer_name, rating.*,
        from rating
        inner join product on rating.product_key = product.product_key
        inner join period on rating.period_code = period.period_code
        left join
            unit
            on rating.unit_code = unit.unit_code
            and period.cut_off_on between unit.valid_from and coalesce(unit.valid_to, period.cut_off_on)
    )

select *
from final
