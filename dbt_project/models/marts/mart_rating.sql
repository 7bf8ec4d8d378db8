with
    rating as (select * from {{ ref("fct_rating") }}),

    product as (select * from {{ ref("dim_product") }}),

    cycle as (select * from {{ ref("dim_rating_cycle") }}),

    council_level as (select * from {{ ref("dim_council_level") }}),

    outcome as (select * from {{ ref("dim_rating_outcome") }}),

    regime as (select * from {{ ref("dim_regime") }}),

    calendar as (select * from {{ ref("dim_calendar_period") }}),

    period as (select * from {{ ref("dim_period") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    final as (
        select
            rating.period_code,
            period.period_year,
            rating.decided_period_code,
            calendar.calendar_period_code,
            rating.unit_code,
            unit.unit_name,
            rating.product_key,
            product.product_name,
            rating.producer_key,
            product.producer_name,
            rating.cycle_code,
            cycle.cycle_name,
            rating.council_level_code,
            council_level.council_level_name,
            rating.council_date,
            rating.decision_date,
            rating.rated_on,
            rating.decision_number,
            rating.issuing_authority,
            rating.dossier_date,
            rating.regime_code,
            rating.regime_applied_code,
            regime.regime_name as regime_applied_name,
            rating.regime_basis,
            rating.outcome_code,
            outcome.outcome_name,
            rating.star,
            rating.star_proposed,
            rating.star_expected,
            rating.is_recognition,
            rating.meets_minimum_criteria,
            rating.is_potential_five_star,
            rating.central_rated_on,
            rating.regime_verdict_code,
            rating.band_verdict_code,
            rating.minimum_verdict_code,
            rating.authority_verdict_code,
            rating.part_verdict_code,
            rating.score_part_a_point,
            rating.score_part_b_point,
            rating.score_part_c_point,
            rating.score_point,
            rating.note,
            rating._submission_id,
            rating._sheet,
            rating._row_number,
        from rating
        inner join product on rating.product_key = product.product_key
        inner join period on rating.period_code = period.period_code
        left join
            calendar
            on year(rating.decision_date) = calendar.calendar_year
            and calendar.calendar_period_kind <> 'C'
            and rating.decision_date between calendar.starts_on and calendar.ends_on
        left join cycle on rating.cycle_code = cycle.cycle_code
        left join council_level on rating.council_level_code = council_level.council_level_code
        left join outcome on rating.outcome_code = outcome.outcome_code
        left join regime on rating.regime_applied_code = regime.regime_code
        left join unit on rating.unit_code = unit.unit_code and {{ stands_on("unit", "period.cut_off_on") }}
    )

select *
from final
