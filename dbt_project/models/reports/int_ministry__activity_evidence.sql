with
    source_period as (select * from {{ ref("int_ministry__source_period") }}),

    activity as (select * from {{ ref("fct_activity") }}),

    activity_type as (select * from {{ ref("dim_activity_type") }}),

    period_activity as (
        select
            source_period.period_code as report_period_code,
            activity.*,
            activity_type.activity_theme_code,
            -- Attendances or hectares on a line of their own stand beside the classes or codes they belong
            -- to: the unit of measure tells rows apart only where something is counted in it.
            coalesce(
                {{
                    code_words(
                        "if(activity.activity_count is null, activity_type.measure_unit, activity.measure_unit)"
                    )
                }},
                'unknown'
            ) as counted_in,
        from activity
        inner join activity_type on activity.activity_type_code = activity_type.activity_type_code
        inner join
            source_period
            on activity.period_code = source_period.source_period_code
            and activity.unit_code = source_period.unit_code
            and source_period.measure_code = 'flow'
    ),

    final as (
        select
            report_period_code as period_code,
            'activity_' || activity_theme_code as table_code,
            concat_ws(
                '-',
                activity_type_code,
                state_code,
                coalesce(from_year::varchar, 'unknown'),
                coalesce(to_year::varchar, 'unknown'),
                counted_in
            ) as row_code,
            unnest(
                [
                    'line_count',
                    'unit_count',
                    if(commune_code is null, null, 'commune_count'),
                    if(is_approximate, 'approximate_line_count', null),
                    'activity_count',
                    'participant_count',
                    'area_ha',
                    'amount_vnd_million'
                ]
            ) as column_code,
            unnest(['count', 'count', 'count', 'count', 'sum', 'sum', 'sum', 'sum']) as measure_kind,
            unnest(
                [
                    _submission_id || '|' || _row_number,
                    unit_code,
                    commune_code,
                    _submission_id || '|' || _row_number,
                    null,
                    null,
                    null,
                    null
                ]
            ) as evidence_key,
            unnest(
                [
                    null,
                    null,
                    null,
                    null,
                    activity_count,
                    participant_count::decimal(18, 3),
                    area_ha,
                    amount_vnd_million
                ]
            ) as amount,
            _submission_id,
            _sheet,
            _row_number,
            unnest(
                [
                    'activity_type_code',
                    'activity_type_code',
                    'commune_code',
                    'is_approximate',
                    'activity_count',
                    'participant_count',
                    'area_ha',
                    'amount_vnd_million'
                ]
            ) as _field_name,
            [
                'activity_type_code',
                'state_code',
                'from_year',
                'to_year',
                'from_date',
                'to_date',
                if(activity_count is null, null, 'measure_unit')
            ] as _other_field_names,
        from period_activity
    )

select *
from final
