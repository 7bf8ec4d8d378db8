with
    line as (select * from {{ ref("int_ministry__funding_line") }}),

    -- Each line under every row of the two tables that counts it; the last rows of both add up all lines.
    table_line as (
        select 'funding_by_source' as table_code, unnest(source_row_codes) as row_code, line.*,
        from line
        union all by name
        select 'funding_by_content' as table_code, content_code as row_code, line.*,
        from line
    ),

    row_line as (
        select
            *,
            bool_and(is_planned_known and is_disbursed_known) over (
                partition by report_period_code, table_code, row_code
            ) as is_share_known,
            -- Money whose source nobody wrote is no state budget for that.
            if(budget_code = 'state', 'state', 'other') as side_code,
            -- All sources of a content together are the same whatever a source is called.
            if(
                table_code = 'funding_by_source', ['source_code', 'content_code'], ['content_code']
            ) as all_other_field_names,
        from table_line
    ),

    amount_figure as (
        select
            report_period_code as period_code,
            table_code,
            row_code,
            unnest(
                [
                    'planned_amount_vnd_million',
                    'disbursed_amount_vnd_million',
                    if(table_code = 'funding_by_content', side_code || '_planned_amount_vnd_million', null),
                    if(table_code = 'funding_by_content', side_code || '_disbursed_amount_vnd_million', null)
                ]
            ) as column_code,
            'sum' as measure_kind,
            unnest(
                [
                    planned_amount_vnd_million,
                    disbursed_amount_vnd_million,
                    planned_amount_vnd_million,
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
                    'disbursed_amount_vnd_million'
                ]
            ) as _field_name,
            unnest(
                [
                    all_other_field_names,
                    all_other_field_names,
                    ['source_code', 'content_code'],
                    ['source_code', 'content_code']
                ]
            ) as _other_field_names,
        from row_line
    ),

    share_figure as (
        select
            report_period_code as period_code,
            table_code,
            row_code,
            unnest(
                [
                    if(planned_amount_vnd_million is null, null, 'disbursed_share_pct'),
                    if(disbursed_amount_vnd_million is null, null, 'disbursed_share_pct')
                ]
            ) as column_code,
            'derived' as measure_kind,
            _submission_id,
            _sheet,
            _row_number,
            unnest(['planned_amount_vnd_million', 'disbursed_amount_vnd_million']) as _field_name,
            all_other_field_names as _other_field_names,
        from row_line
        where is_share_known
    ),

    approximate_figure as (
        select
            report_period_code as period_code,
            table_code,
            row_code,
            'approximate_line_count' as column_code,
            'count' as measure_kind,
            _submission_id || '|' || _row_number as evidence_key,
            _submission_id,
            _sheet,
            _row_number,
            'is_approximate' as _field_name,
            ['source_code', 'content_code'] as _other_field_names,
        from row_line
        where table_code = 'funding_by_source' and is_approximate
    ),

    headline_figure as (
        select
            report_period_code as period_code,
            'headline' as table_code,
            unnest(
                [
                    'funding_planned',
                    'funding_disbursed',
                    if(budget_code = 'state', 'funding_disbursed_state', 'funding_disbursed_other')
                ]
            ) as row_code,
            'value' as column_code,
            'sum' as measure_kind,
            unnest(
                [planned_amount_vnd_million, disbursed_amount_vnd_million, disbursed_amount_vnd_million]
            ) as amount,
            _submission_id,
            _sheet,
            _row_number,
            unnest(
                ['planned_amount_vnd_million', 'disbursed_amount_vnd_million', 'disbursed_amount_vnd_million']
            ) as _field_name,
            unnest([[], [], ['source_code']]) as _other_field_names,
        from line
    ),

    final as (
        select *
        from amount_figure
        union all by name
        select *
        from share_figure
        union all by name
        select *
        from approximate_figure
        union all by name
        select *
        from headline_figure
    )

select *
from final
