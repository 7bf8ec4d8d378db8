with
    product as (select * from {{ ref("stg_forms__product") }}),

    submission as (
        select * from {{ ref("bridge_submission_form") }} where is_in_force and form_name = 'product'
    ),

    product_name as (select * from {{ ref("int_product_name") }}),

    period as (select * from {{ ref("dim_period") }}),

    regime as (select * from {{ ref("dim_regime") }}),

    status as (select * from {{ ref("dim_product_status") }}),

    rating as (select * from {{ ref("fct_rating") }}),

    extension as (
        select regime_code, valid_from, re_rating_window_to_days, extension_days,
        from regime
        where extension_days is not null
    ),

    -- A decision the rating sheets date counts as one the product sheet dates: the clock runs from the
    -- newest.
    rated as (
        select
            period.period_code,
            rating.product_key,
            max(rating.decision_date) as decision_date,
            arg_max(rating.decision_number, rating.decision_date) as decision_number,
        from rating
        inner join period on rating.decision_date <= period.cut_off_on
        where rating.is_recognition and coalesce(rating.star, 3) >= 3
        group by all
    ),

    potential as (
        select distinct period.period_code, rating.product_key,
        from rating
        inner join period on rating.rated_on <= period.cut_off_on
        where
            rating.is_potential_five_star
            or (rating.central_rated_on is not null and rating.central_rated_on > period.cut_off_on)
    ),

    sheet as (
        select
            product.*,
            submission.unit_code,
            submission.period_code,
            period.cut_off_on,
            product_name.product_key,
            product_name.producer_key,
            greatest(product.decision_date, rated.decision_date) as recognised_on,
            if(
                product.decision_date is null or rated.decision_date > product.decision_date,
                coalesce(rated.decision_number, product.decision_number),
                product.decision_number
            ) as known_decision_number,
            potential.product_key is not null as is_potential_five_star,
        from product
        inner join submission on product._submission_id = submission.submission_id
        inner join period on submission.period_code = period.period_code
        inner join
            product_name
            on {{ match_key("product.product_name") }} = product_name.product_name_key
            and {{ match_key("product.producer_name") }} = product_name.producer_name_key
        left join
            rated
            on submission.period_code = rated.period_code
            and product_name.product_key = rated.product_key
        left join
            potential
            on submission.period_code = potential.period_code
            and product_name.product_key = potential.product_key
    ),

    dated as (
        select
            sheet.*,
            {{ certificate_end("sheet.recognised_on", "coalesce(regime.certificate_months, 36)") }}
            as certificate_ends_on,
        from sheet
        left join
            regime
            on sheet.recognised_on >= regime.valid_from
            and (regime.valid_to is null or sheet.recognised_on <= regime.valid_to)
    ),

    -- QĐ 26/2026/QĐ-TTg Điều 12: a product under re-rating whose window had closed before the decision
    -- stays valid
    -- until the outcome, for so many days after its expiry.
    reported as (
        select
            dated.*,
            if(
                dated.status_code = 'being_re_rated' and extension.regime_code is not null,
                (dated.certificate_ends_on + extension.extension_days)::date,
                dated.certificate_ends_on
            ) as computed_expires_on,
        from dated
        left join
            extension
            on dated.certificate_ends_on > extension.valid_from
            and dated.certificate_ends_on - extension.re_rating_window_to_days < extension.valid_from
    ),

    judged as (
        select
            *,
            -- Where the decision's date is known the clock speaks, else the unit; a disagreement is a
            -- finding.
            case
                when status_code in ('recognised', 'expired') and computed_expires_on is not null
                then if(cut_off_on < computed_expires_on, 'recognised', 'expired')
                else status_code
            end as computed_status_code,
        from reported
    ),

    final as (
        select
            period_code,
            unit_code,
            commune_code,
            product_key,
            producer_key,
            product_group_code,
            product_set_no as product_set_code,
            producer_type_code,
            star,
            star_proposed,
            computed_status_code as status_code,
            judged.status_code as status_stated_code,
            if(
                judged.status_code in ('recognised', 'expired') and computed_expires_on is not null,
                'computed',
                'stated'
            ) as status_basis,
            decision_date,
            recognised_on,
            coalesce(computed_expires_on, expiry_date) as expires_on,
            known_decision_number as decision_number,
            issuing_authority,
            status_date,
            status_ground_code,
            status_decision_number,
            note,
            -- Under re-rating the old certificate runs to its own end (QĐ 26/2026/QĐ-TTg Điều 12).
            computed_status_code = 'recognised'
            or (
                computed_status_code = 'being_re_rated' and coalesce(cut_off_on < computed_expires_on, false)
            ) as is_valid,
            status.is_cumulative,
            is_potential_five_star,
            product_code,
            annual_revenue_vnd_million,
            _submission_id,
            _sheet,
            _row_number,
        from judged
        inner join status on computed_status_code = status.status_code
    )

select *
from final
