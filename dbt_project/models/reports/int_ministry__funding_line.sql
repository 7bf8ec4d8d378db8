with
    source_period as (select * from {{ ref("int_ministry__source_period") }}),

    funding as (select * from {{ ref("fct_funding") }}),

    source as (select * from {{ ref("dim_funding_source") }}),

    period_funding as (
        select
            source_period.period_code as report_period_code,
            funding.* exclude (source_code, content_code),
            coalesce(funding.source_code, 'unknown') as source_code,
            coalesce(funding.content_code, 'unknown') as content_code,
            coalesce(source.source_group_code, 'unknown') as source_group_code,
            case
                when funding.source_code is null
                then 'unknown'
                when funding.is_state_budget
                then 'state'
                else 'other'
            end as budget_code,
        from funding
        inner join
            source_period
            on funding.period_code = source_period.source_period_code
            and funding.unit_code = source_period.unit_code
            and source_period.measure_code = 'flow'
        left join source on funding.source_code = source.source_code
    ),

    final as (
        select
            *,
            -- A unit may write the plan of one content and what it spent on it in two lines or two
            -- half-years.
            bool_or(planned_amount_vnd_million is not null) over same_money as is_planned_known,
            bool_or(disbursed_amount_vnd_million is not null) over same_money as is_disbursed_known,
            -- A sub-total stands where it adds up more than one row of the level below.
            list_filter(
                [
                    source_code || '-' || content_code,
                    if(
                        count(distinct content_code) over (partition by report_period_code, source_code) > 1,
                        source_code || '-total',
                        null
                    ),
                    if(
                        count(distinct source_code) over (partition by report_period_code, source_group_code)
                        > 1,
                        source_group_code || '-total',
                        null
                    ),
                    if(
                        count(distinct source_group_code) over (partition by report_period_code, budget_code)
                        > 1,
                        budget_code || '-total',
                        null
                    )
                ],
                code -> code is not null
            ) as source_row_codes,
        from period_funding
        window same_money as (partition by report_period_code, unit_code, source_code, content_code)
    )

select *
from final
