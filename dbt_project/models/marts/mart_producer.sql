with
    product as (select * from {{ ref("mart_product") }}),

    producer as (select * from {{ ref("dim_producer") }}),

    producer_type as (select * from {{ ref("dim_producer_type") }}),

    -- A product counts once for the unit that states it, however many lines it stands on.
    once as (
        select *,
        from product
        qualify
            row_number() over (
                partition by period_code, unit_code, product_key order by _submission_id, _row_number
            )
            = 1
    ),

    held as (
        select
            period_code,
            any_value(period_year) as period_year,
            any_value(cut_off_on) as cut_off_on,
            unit_code,
            any_value(unit_name) as unit_name,
            producer_key,
            arg_min(producer_type_code, _row_number) as producer_type_code,
            count(*)::integer as product_count,
            count_if(is_valid)::integer as valid_product_count,
            count_if(is_cumulative)::integer as cumulative_product_count,
            {% for star in [3, 4, 5] %}
                count_if(is_valid and star = {{ star }})::integer as valid_star_{{ star }}_count,
            {% endfor %}
            max(star) filter (is_valid) as highest_valid_star,
            min(recognised_on) as first_recognised_on,
            min(expires_on) filter (is_valid) as next_expires_on,
            count(annual_revenue_vnd_million)::integer as revenue_known_product_count,
            sum(annual_revenue_vnd_million)::decimal(18, 3) as annual_revenue_vnd_million,
        from once
        group by period_code, unit_code, producer_key
    ),

    final as (
        select
            product.period_code,
            product.period_year,
            product.cut_off_on,
            product.unit_code,
            product.unit_name,
            product.producer_key,
            producer.producer_name,
            product.producer_type_code,
            producer_type.producer_type_name,
            product.product_count,
            product.valid_product_count,
            product.cumulative_product_count,
            product.valid_star_3_count,
            product.valid_star_4_count,
            product.valid_star_5_count,
            product.highest_valid_star,
            product.first_recognised_on,
            product.next_expires_on,
            product.revenue_known_product_count,
            product.annual_revenue_vnd_million,
        from held as product
        inner join producer on product.producer_key = producer.producer_key
        left join producer_type on product.producer_type_code = producer_type.producer_type_code
    )

select *
from final
