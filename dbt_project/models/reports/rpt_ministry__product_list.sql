with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    bridge as (select * from {{ ref("bridge_period") }}),

    period as (select * from {{ ref("dim_period") }}),

    product_status as (select * from {{ ref("int_ministry__standing") }} where is_own_row),

    product as (select * from {{ ref("dim_product") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    producer_type as (select * from {{ ref("dim_producer_type") }}),

    product_group as (select * from {{ ref("dim_product_group") }}),

    status as (select * from {{ ref("dim_product_status") }}),

    status_basis as (select * from {{ ref("dim_status_basis") }}),

    final as (
        select
            row_number() over (
                partition by bridge.period_code order by product_status.unit_code, product_status._row_number
            )::integer as row_no,
            bridge.period_code,
            product_status.product_row_code as row_code,
            expected_unit.unit_name,
            unit.unit_name as commune_name,
            product.product_name,
            product.producer_name,
            producer_type.producer_type_name,
            product_group.product_group_name,
            product_status.star,
            product_status.star_proposed,
            status.status_name,
            status_basis.status_basis_name,
            product_status.decision_number,
            product_status.recognised_on,
            product_status.expires_on,
            product_status._submission_id,
            product_status._sheet,
            product_status._row_number,
        from product_status
        inner join
            bridge on product_status.period_code = bridge.source_period_code and bridge.measure_code = 'stock'
        inner join
            expected_unit
            on bridge.period_code = expected_unit.period_code
            and product_status.unit_code = expected_unit.unit_code
        inner join period on product_status.period_code = period.period_code
        inner join product on product_status.product_key = product.product_key
        left join
            unit
            on product_status.commune_code = unit.unit_code
            and {{ stands_on("unit", "period.cut_off_on") }}
        left join producer_type on product_status.producer_type_code = producer_type.producer_type_code
        left join product_group on product_status.product_group_code = product_group.product_group_code
        inner join status on product_status.status_code = status.status_code
        inner join status_basis on product_status.status_basis = status_basis.status_basis
    )

select *
from final
