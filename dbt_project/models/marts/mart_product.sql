with
    product_status as (select * from {{ ref("fct_product_status") }}),

    product as (select * from {{ ref("dim_product") }}),

    producer_type as (select * from {{ ref("dim_producer_type") }}),

    product_group as (select * from {{ ref("dim_product_group") }}),

    product_set as (select * from {{ ref("dim_product_set") }}),

    status as (select * from {{ ref("dim_product_status") }}),

    period as (select * from {{ ref("dim_period") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    final as (
        select
            product_status.period_code,
            period.period_year,
            period.cut_off_on,
            product_status.unit_code,
            unit.unit_name,
            product_status.commune_code,
            commune.unit_name as commune_name,
            product_status.product_key,
            product.product_name,
            product_status.producer_key,
            product.producer_name,
            product_status.producer_type_code,
            producer_type.producer_type_name,
            product_status.product_group_code,
            product_group.product_group_name,
            product_status.product_set_code,
            product_set.product_set_name,
            product_status.star,
            product_status.star_proposed,
            product_status.status_code,
            status.status_name,
            product_status.status_stated_code,
            status_stated.status_name as status_stated_name,
            product_status.status_basis,
            product_status.is_valid,
            product_status.is_cumulative,
            product_status.is_potential_five_star,
            product_status.recognised_on,
            product_status.expires_on,
            product_status.decision_number,
            product_status.issuing_authority,
            product_status.status_date,
            product_status.product_code,
            product_status.annual_revenue_vnd_million,
            product_status.note,
            product_status._submission_id,
            product_status._sheet,
            product_status._row_number,
        from product_status
        inner join product on product_status.product_key = product.product_key
        inner join period on product_status.period_code = period.period_code
        inner join status on product_status.status_code = status.status_code
        left join status as status_stated on product_status.status_stated_code = status_stated.status_code
        left join producer_type on product_status.producer_type_code = producer_type.producer_type_code
        left join product_group on product_status.product_group_code = product_group.product_group_code
        left join
            (
                select product_set_code, any_value(product_set_name) as product_set_name,
                from product_set
                group by all
            ) as product_set
            on product_status.product_set_code = product_set.product_set_code
        left join
            unit on product_status.unit_code = unit.unit_code and {{ stands_on("unit", "period.cut_off_on") }}
        left join
            unit as commune
            on product_status.commune_code = commune.unit_code
            and {{ stands_on("commune", "period.cut_off_on") }}
    )

select *
from final
