with
    state as (select * from {{ ref("fct_certificate_state") }}),

    product as (select * from {{ ref("dim_product") }}),

    final as (
        select
            state.product_key,
            product.product_name,
            product.producer_key,
            product.producer_name,
            state.state_on,
            state.state_code,
            state.is_valid,
            state.is_cumulative,
            state.star,
            state.basis,
            state.re_recognition_code,
            state.valid_from,
            state.expires_on,
            state.days_left_count,
            state.told_on,
        from state
        inner join product on state.product_key = product.product_key
    )

select *
from final
