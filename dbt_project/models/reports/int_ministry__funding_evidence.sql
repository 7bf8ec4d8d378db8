with
    source_period as (select * from {{ ref("int_ministry__source_period") }}),

    funding as (select * from {{ ref("fct_funding") }}),

    period_funding as (
        select source_period.period_code as report_period_code, funding.*,
        from funding
        inner join
            source_period
            on funding.period_code = source_period.source_period_code
            and funding.unit_code = source_period.unit_code
            and source_period.measure_code = 'flow'
    ),

    funding_figure as (
        select
            report_period_code as period_code,
            unnest(
                ['funding_by_source', 'funding_by_source', 'headline', 'headline', 'headline']
            ) as table_code,
            unnest(
                [
                    coalesce(source_code, 'unknown') || '-' || coalesce(content_code, 'unknown'),
                    coalesce(source_code, 'unknown') || '-' || coalesce(content_code, 'unknown'),
                    'funding_planned',
                    'funding_disbursed',
                    if(is_state_budget, 'funding_disbursed_state', 'funding_disbursed_other')
                ]
            ) as row_code,
            unnest(
                ['planned_amount_vnd_million', 'disbursed_amount_vnd_million', 'value', 'value', 'value']
            ) as column_code,
            'sum' as measure_kind,
            null::varchar as evidence_key,
            unnest(
                [
                    planned_amount_vnd_million,
                    disbursed_amount_vnd_million,
                    planned_amount_vnd_million,
                    disbursed_amount_vnd_million,
                    disbursed_amount_vnd_million
                ]
            ) as amount,
            _submission_id,
            _sheet,
            _row_number,
            unnest(
                [
                    'planned_amount_vnd_million',
                    'disbursed_amount_vnd_million',
                    'planned_amount_vnd_million',
                    'disbursed_amount_vnd_million',
                    'disbursed_amount_vnd_million'
                ]
            ) as _field_name,
        from period_funding
    ),

    approximate_figure as (
        select
            report_period_code as period_code,
            'funding_by_source' as table_code,
            coalesce(source_code, 'unknown') || '-' || coalesce(content_code, 'unknown') as row_code,
            'approximate_line_count' as column_code,
            'count' as measure_kind,
            _submission_id || '|' || _row_number as evidence_key,
            null::decimal(18, 3) as amount,
            _submission_id,
            _sheet,
            _row_number,
            'is_approximate' as _field_name,
        from period_funding
        where is_approximate
    ),

    final as (
        select *
        from funding_figure
        union all by name
        select *
        from approximate_figure
    )

select *
from final
