with
    funding as (select * from {{ ref("fct_funding") }}),

    source as (select * from {{ ref("dim_funding_source") }}),

    capital_nature as (select * from {{ ref("dim_capital_nature") }}),

    content as (select * from {{ ref("dim_funding_content") }}),

    period as (select * from {{ ref("dim_period") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    final as (
        select
            funding.period_code,
            period.period_year,
            funding.unit_code,
            unit.unit_name,
            funding.funding_year,
            funding.source_code,
            source.source_name,
            source.source_group_name,
            funding.is_state_budget,
            funding.capital_nature_code,
            capital_nature.capital_nature_name,
            funding.content_code,
            content.content_name,
            funding.planned_amount_vnd_million,
            funding.disbursed_amount_vnd_million,
            funding.carried_over_amount_vnd_million,
            funding.approved_cost_vnd_million,
            funding.is_approximate,
            funding.supported_product_count,
            funding.supported_producer_count,
            funding.supported_item_count,
            funding.product_name,
            funding.producer_name,
            funding.decision_number,
            funding.note,
            funding._submission_id,
            funding._sheet,
            funding._row_number,
        from funding
        inner join period on funding.period_code = period.period_code
        left join source on funding.source_code = source.source_code
        left join capital_nature on funding.capital_nature_code = capital_nature.capital_nature_code
        left join content on funding.content_code = content.content_code
        left join unit on funding.unit_code = unit.unit_code and {{ stands_on("unit", "period.cut_off_on") }}
    )

select *
from final
