with
    funding as (select * from {{ ref("stg_forms__funding") }}),

    submission as (
        select * from {{ ref("bridge_submission_form") }} where is_in_force and form_name = 'funding'
    ),

    source as (select * from {{ ref("dim_funding_source") }}),

    final as (
        select
            submission.period_code,
            submission.unit_code,
            funding.funding_year,
            funding.source_code,
            funding.capital_nature_code,
            funding.content_code,
            funding.decision_number,
            funding.product_name,
            funding.producer_name,
            coalesce(source.is_state_budget, false) as is_state_budget,
            coalesce(funding.is_approximate, false) as is_approximate,
            funding.planned_amount_vnd_million,
            funding.disbursed_amount_vnd_million,
            funding.carried_over_amount_vnd_million,
            funding.approved_cost_vnd_million,
            funding.supported_product_count,
            funding.supported_producer_count,
            funding.supported_item_count,
            funding.note,
            funding._submission_id,
            funding._sheet,
            funding._row_number,
        from funding
        inner join submission on funding._submission_id = submission.submission_id
        left join source on funding.source_code = source.source_code
    )

select *
from final
