with
    product as (select * from {{ ref("stg_forms__product") }}),

    submission as (
        select * from {{ ref("bridge_submission_form") }} where is_in_force and form_name = 'product'
    ),

    product_name as (select * from {{ ref("int_product_name") }}),

    period as (select * from {{ ref("dim_period") }}),

    regime as (select * from {{ ref("dim_regime") }}),

    status as (select * from {{ ref("dim_product_status") }}),

    reported as (
        select
            product.*,
            submission.unit_code,
            submission.period_code,
            period.cut_off_on,
            product_name.product_key,
            product_name.producer_key,
            -- QĐ 26/2026/QĐ-TTg, QĐ 148/QĐ-TTg: 36 calendar months from the decision; valid while the day
            -- is before that
            (product.decision_date + to_months(coalesce(regime.certificate_months::integer, 36)))::date
            as computed_expires_on,
        from product
        inner join submission on product._submission_id = submission.submission_id
        inner join period on submission.period_code = period.period_code
        inner join
            product_name
            on {{ match_key("product.product_name") }} = product_name.product_name_key
            and {{ match_key("product.producer_name") }} = product_name.producer_name_key
        left join
            regime
            on product.decision_date >= regime.valid_from
            and (regime.valid_to is null or product.decision_date <= regime.valid_to)
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
            decision_date as recognised_on,
            coalesce(computed_expires_on, expiry_date) as expires_on,
            decision_number,
            issuing_authority,
            note,
            -- Under re-rating the old certificate runs to its own end (QĐ 26/2026/QĐ-TTg Điều 12).
            computed_status_code = 'recognised'
            or (
                computed_status_code = 'being_re_rated' and coalesce(cut_off_on < computed_expires_on, false)
            ) as is_valid,
            status.is_cumulative,
            _submission_id,
            _sheet,
            _row_number,
        from judged
        inner join status on computed_status_code = status.status_code
    )

select *
from final
