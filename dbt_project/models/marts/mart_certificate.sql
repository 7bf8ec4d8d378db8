with
    certificate as (select * from {{ ref("fct_certificate_interval") }}),

    product as (select * from {{ ref("dim_product") }}),

    product_group as (select * from {{ ref("dim_product_group") }}),

    regime as (select * from {{ ref("dim_regime") }}),

    final as (
        select
            certificate.product_key,
            product.product_name,
            product.producer_key,
            product.producer_name,
            product.product_group_code,
            product_group.product_group_name,
            certificate.star,
            certificate.valid_from,
            certificate.valid_to,
            certificate.basis,
            certificate.expires_on,
            certificate.end_code,
            certificate.decision_number,
            certificate.regime_code,
            regime.regime_name,
            certificate.re_recognition_code,
            certificate.re_rating_from,
            certificate.re_rating_to,
        from certificate
        inner join product on certificate.product_key = product.product_key
        left join product_group on product.product_group_code = product_group.product_group_code
        left join regime on certificate.regime_code = regime.regime_code
    )

select *
from final
