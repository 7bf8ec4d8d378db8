with
    rating as (select * from {{ ref("stg_forms__rating") }}),

    submission as (
        select * from {{ ref("bridge_submission_form") }} where is_in_force and form_name = 'rating'
    ),

    product_name as (select * from {{ ref("int_product_name") }}),

    period as (select * from {{ ref("dim_period") }}),

    verdict as (select * from {{ ref("int_rating_verdict") }}),

    star_band as (select * from {{ ref("dim_star_band") }}),

    rated as (
        select
            rating.*,
            submission.period_code,
            submission.unit_code,
            product_name.product_key,
            product_name.producer_key,
            -- A decision dated after the cut-off is of the half-year that holds its day, although its council
            -- met before (QĐ 26/2026/QĐ-TTg: batches close on 30/6 and 30/12; NĐ 09/2019/NĐ-CP: 14/6, 14/12).
            coalesce(decided.period_code, submission.period_code) as decided_period_code,
            coalesce(rating.decision_date, rating.council_date, period.cut_off_on) as rated_on,
            -- "Tiềm năng 5 sao": the province scored it so and sent it up.
            coalesce(
                rating.council_level_code = 'province'
                and rating.outcome_code = 'proposed_higher'
                and rating.score_point >= (select min(score_from) from star_band where star = 5),
                false
            ) as is_sent_for_five,
        from rating
        inner join submission on rating._submission_id = submission.submission_id
        inner join period on submission.period_code = period.period_code
        inner join
            product_name
            on {{ match_key("rating.product_name") }} = product_name.product_name_key
            and {{ match_key("rating.producer_name") }} = product_name.producer_name_key
        left join
            period as decided
            on rating.decision_date > period.cut_off_on
            and decided.period_kind <> 'Y'
            and rating.decision_date between decided.starts_on and decided.cut_off_on
    ),

    answered as (
        select
            rated._submission_id, rated._sheet, rated._row_number, min(central.rated_on) as central_rated_on,
        from rated
        inner join
            rated as central
            on rated.product_key = central.product_key
            and central.council_level_code = 'central'
            and rated.rated_on <= central.rated_on
        where rated.is_sent_for_five
        group by all
    ),

    final as (
        select
            rated.period_code,
            rated.decided_period_code,
            rated.unit_code,
            rated.product_key,
            rated.producer_key,
            rated.cycle_code,
            rated.council_level_code,
            rated.council_date,
            rated.decision_date,
            rated.rated_on,
            rated.decision_number,
            rated.issuing_authority,
            rated.dossier_date,
            rated.regime_code,
            verdict.regime_applied_code,
            verdict.regime_basis,
            rated.outcome_code,
            rated.star,
            rated.star_proposed,
            verdict.star_expected,
            verdict.is_recognition,
            rated.meets_minimum_criteria,
            rated.is_sent_for_five and answered.central_rated_on is null as is_potential_five_star,
            answered.central_rated_on,
            verdict.regime_verdict_code,
            verdict.band_verdict_code,
            verdict.minimum_verdict_code,
            verdict.authority_verdict_code,
            verdict.part_verdict_code,
            rated.score_part_a_point::decimal(6, 3) as score_part_a_point,
            rated.score_part_b_point::decimal(6, 3) as score_part_b_point,
            rated.score_part_c_point::decimal(6, 3) as score_part_c_point,
            rated.score_point::decimal(6, 3) as score_point,
            rated.note,
            rated._submission_id,
            rated._sheet,
            rated._row_number,
        from rated
        inner join verdict using (_submission_id, _sheet, _row_number)
        left join answered using (_submission_id, _sheet, _row_number)
    )

select *
from final
