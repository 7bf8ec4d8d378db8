with
    product_status as (select * from {{ ref("fct_product_status") }}),

    period as (select * from {{ ref("dim_period") }}),

    -- A dated decision runs its months whatever is reported later.
    computed as (
        select distinct
            product_key, star, recognised_on as valid_from, expires_on as valid_to, 'computed' as basis,
        from product_status
        where recognised_on is not null and expires_on is not null and is_cumulative
    ),

    -- Without a date only the reported cut-offs are known: valid from the first to the last of them.
    stated as (
        select
            product_key,
            star,
            min(period.cut_off_on) as valid_from,
            max(period.cut_off_on) + 1 as valid_to,
            'stated' as basis,
        from product_status
        inner join period on product_status.period_code = period.period_code
        where recognised_on is null and is_valid
        group by product_key, star
    ),

    final as (
        select *
        from computed
        union all
        select *
        from stated
    )

select *
from final
