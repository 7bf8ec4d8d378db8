with
    certificate as (select * from {{ ref("fct_certificate_interval") }}),

    product_status as (select * from {{ ref("fct_product_status") }}),

    period as (select * from {{ ref("dim_period") }} where period_kind <> 'Y'),

    day as (
        select cut_off_on as state_on,
        from period
        where cut_off_on <= {{ as_of() }}
        union
        select {{ as_of() }} as state_on,
    ),

    told as (
        select product_status.*, period.cut_off_on,
        from product_status
        inner join period on product_status.period_code = period.period_code
    ),

    -- What the last report before the day says, and the day the status began.
    last_told as (
        select
            day.state_on,
            told.product_key,
            max(told.cut_off_on) as told_on,
            arg_max(told.status_stated_code, (told.cut_off_on, told.is_valid, told._row_number)) as told_code,
            arg_max(told.star, (told.cut_off_on, told.is_valid, told._row_number)) as star,
            arg_max(
                coalesce(told.status_date, told.cut_off_on),
                (told.cut_off_on, told.is_valid, told._row_number)
            ) as began_on,
            bool_or(told.is_cumulative) as is_cumulative,
        from day
        inner join told on told.cut_off_on <= day.state_on
        group by all
    ),

    -- The certificate that runs on the day, else the last one that ran.
    last_certificate as (
        select day.state_on, certificate.*, day.state_on < certificate.valid_to as is_running,
        from day
        inner join certificate on certificate.valid_from <= day.state_on
        qualify
            row_number() over (
                partition by day.state_on, certificate.product_key order by certificate.valid_from desc
            )
            = 1
    ),

    known as (
        select
            coalesce(last_certificate.product_key, last_told.product_key) as product_key,
            coalesce(last_certificate.state_on, last_told.state_on) as state_on,
            coalesce(last_certificate.star, last_told.star) as star,
            -- a stretch that only ends where the reports do says nothing about the days after
            if(
                last_certificate.end_code = 'unknown' and not last_certificate.is_running,
                null,
                last_certificate.is_running
            ) as is_running,
            last_certificate.end_code,
            last_certificate.basis,
            last_certificate.re_recognition_code,
            last_certificate.valid_from,
            last_certificate.expires_on,
            last_certificate.re_rating_from,
            last_certificate.re_rating_to,
            last_told.told_on,
            last_told.told_code,
            -- a report before the certificate speaks of an earlier one
            last_told.told_on >= last_certificate.valid_from as is_told_of_it,
            last_told.began_on,
            coalesce(last_told.is_cumulative, false)
            or last_certificate.product_key is not null as is_cumulative,
        from last_certificate
        full join
            last_told
            on last_certificate.product_key = last_told.product_key
            and last_certificate.state_on = last_told.state_on
    ),

    judged as (
        select
            *,
            expires_on - state_on as days_left,
            case
                when is_running and state_on >= expires_on
                then 'extended'
                when is_running and told_code = 'being_re_rated' and is_told_of_it
                then 'being_re_rated'
                when is_running and state_on between re_rating_from and re_rating_to
                then 'in_re_rating_window'
                when is_running and expires_on - state_on <= 180
                then 'expiring'
                when is_running
                then 'recognised'
                when not is_running and end_code in ('revoked', 'stopped')
                then end_code
                when
                    not is_running
                    and is_told_of_it
                    and told_code in ('revoked', 'stopped', 'being_re_rated')
                    and began_on <= state_on
                then told_code
                when not is_running
                then 'expired'
                else told_code
            end as state_code,
        from known
    ),

    final as (
        select
            product_key,
            state_on,
            star,
            state_code,
            if(is_running is null, 'stated', basis) as basis,
            re_recognition_code,
            valid_from,
            expires_on,
            if(coalesce(is_running, false), days_left, null)::integer as days_left_count,
            told_on,
            coalesce(is_running, told_code = 'recognised') as is_valid,
            is_cumulative,
        from judged
    )

select *
from final
