with
    rating as (select * from {{ ref("stg_forms__rating") }}),

    submission as (
        select * from {{ ref("bridge_submission_form") }} where is_in_force and form_name = 'rating'
    ),

    product_name as (select * from {{ ref("int_product_name") }}),

    final as (
        select
            submission.period_code,
            submission.unit_code,
            product_name.product_key,
            product_name.producer_key,
            rating.cycle_code,
            rating.council_level_code,
            rating.council_date,
            rating.decision_date,
            rating.decision_number,
            rating.issuing_authority,
            rating.dossier_date,
            rating.regime_code,
            rating.outcome_code,
            rating.star,
            rating.star_proposed,
            rating.meets_minimum_criteria,
            rating.score_part_a_point::decimal(5, 2) as score_part_a_point,
            rating.score_part_b_point::decimal(5, 2) as score_part_b_point,
            rating.score_part_c_point::decimal(5, 2) as score_part_c_point,
            rating.score_point::decimal(5, 2) as score_point,
            rating.note,
            rating._submission_id,
            rating._sheet,
            rating._row_number,
        from rating
        inner join submission on rating._submission_id = submission.submission_id
        inner join
            product_name
            on {{ match_key("rating.product_name") }} = product_name.product_name_key
            and {{ match_key("rating.producer_name") }} = product_name.producer_name_key
    )

select *
from final
