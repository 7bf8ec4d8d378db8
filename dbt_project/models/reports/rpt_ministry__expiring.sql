with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    bridge as (select * from {{ ref("bridge_period") }} where measure_code = 'stock'),

    period as (select * from {{ ref("dim_period") }}),

    product_status as (select * from {{ ref("fct_product_status") }} where is_valid),

    certificate as (select * from {{ ref("fct_certificate_interval") }}),

    product as (select * from {{ ref("dim_product") }}),

    -- The window in which a dossier is due; a certificate of the older law has none.
    due as (
        select
            product_key, expires_on, min(re_rating_from) as re_rating_from, max(re_rating_to) as re_rating_to,
        from certificate
        where expires_on is not null
        group by all
    ),

    final as (
        select
            row_number() over (
                partition by bridge.period_code
                order by product_status.expires_on, product_status.unit_code, product_status._row_number
            )::integer as row_no,
            bridge.period_code,
            product_status.unit_code || '-' || product_status._row_number as row_code,
            expected_unit.unit_name,
            product.product_name,
            product.producer_name,
            product_status.star,
            product_status.expires_on,
            due.re_rating_from,
            due.re_rating_to,
        from product_status
        inner join bridge on product_status.period_code = bridge.source_period_code
        inner join
            expected_unit
            on bridge.period_code = expected_unit.period_code
            and product_status.unit_code = expected_unit.unit_code
        inner join period on bridge.period_code = period.period_code
        inner join product on product_status.product_key = product.product_key
        left join
            due on product_status.product_key = due.product_key and product_status.expires_on = due.expires_on
        -- until the next cut-off: it ends, or its dossier has to come in
        where
            product_status.expires_on <= period.cut_off_on + to_months(6)
            or (
                due.re_rating_from <= period.cut_off_on + to_months(6)
                and due.re_rating_to > period.cut_off_on
            )
    )

select *
from final
