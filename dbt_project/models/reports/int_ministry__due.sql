with
    stock as (select * from {{ ref("int_ministry__stock") }}),

    period as (select * from {{ ref("dim_period") }}),

    certificate as (select * from {{ ref("fct_certificate_interval") }}),

    -- The window in which a dossier is due; a certificate of the older law has none.
    due as (
        select
            product_key, expires_on, min(re_rating_from) as re_rating_from, max(re_rating_to) as re_rating_to,
        from certificate
        where expires_on is not null
        group by all
    ),

    final as (
        select stock.*, due.re_rating_from, due.re_rating_to,
        from stock
        inner join period on stock.report_period_code = period.period_code
        left join due on stock.product_key = due.product_key and stock.expires_on = due.expires_on
        -- until the next cut-off: it ends, or its dossier has to come in
        where
            stock.is_valid
            and (
                stock.expires_on <= period.cut_off_on + to_months(6)
                or (
                    due.re_rating_from <= period.cut_off_on + to_months(6)
                    and due.re_rating_to > period.cut_off_on
                )
            )
    )

select *
from final
