with
    source_period as (select * from {{ ref("int_ministry__source_period") }}),

    activity as (select * from {{ ref("fct_activity") }}),

    period_activity as (
        select source_period.period_code as report_period_code, activity.*,
        from activity
        inner join
            source_period
            on activity.period_code = source_period.source_period_code
            and activity.unit_code = source_period.unit_code
            and source_period.measure_code = 'flow'
    ),

    final as (
        select
            report_period_code as period_code,
            'activity' as table_code,
            -- the unit of measure is free text; in a row code only its plain letters stand
            concat_ws(
                '-',
                activity_type_code,
                state_code,
                coalesce(from_year::varchar, 'unknown'),
                coalesce(to_year::varchar, 'unknown'),
                regexp_replace(
                    strip_accents(lower(coalesce(measure_unit, 'unknown'))), '[^a-z0-9]+', '_', 'g'
                )
            ) as row_code,
            unnest(
                [
                    'line_count',
                    'activity_count',
                    'participant_count',
                    'area_ha',
                    if(is_approximate, 'approximate_line_count', null)
                ]
            ) as column_code,
            unnest(['count', 'sum', 'sum', 'sum', 'count']) as measure_kind,
            _submission_id || '|' || _row_number as evidence_key,
            unnest([null, activity_count, participant_count::decimal(18, 3), area_ha, null]) as amount,
            _submission_id,
            _sheet,
            _row_number,
            unnest(
                ['activity_type_code', 'activity_count', 'participant_count', 'area_ha', 'is_approximate']
            ) as _field_name,
        from period_activity
    )

select *
from final
