{# The printed table of one theme of activities. All themes have these columns; ministry.yml says which a theme prints. #}
{% macro activity_table(theme_code) %}
    with
        activity as (select * from {{ ref("fct_activity") }}),

        activity_type as (select * from {{ ref("dim_activity_type") }}),

        state as (select * from {{ ref("dim_activity_state") }}),

        period as (select * from {{ ref("dim_period") }}),

        evidence as {{ evidence_of("activity_" ~ theme_code) }},

        -- No total: classes, points and hectares do not add up.
        figure as (
            select
                evidence.period_code,
                evidence.row_code,
                any_value(activity.activity_type_code) as activity_type_code,
                any_value(activity.state_code) as state_code,
                any_value(activity.from_year) as from_year,
                any_value(activity.to_year) as to_year,
                -- "Until 2024", or dated before the period: not the work of this period alone.
                bool_or(
                    activity.state_code <> 'planned'
                    and coalesce(
                        coalesce(activity.from_date, make_date(activity.from_year, 12, 31))
                        < period.starts_on,
                        activity.to_year is not null
                    )
                ) as is_older,
                min(activity.measure_unit) filter (column_code = 'activity_count') as measure_unit,
                {{ sum_figure("activity_count") }} as activity_count,
                {{ sum_figure("participant_count") }} as participant_count,
                {{ sum_figure("area_ha") }} as area_ha,
                {{ sum_figure("amount_vnd_million") }} as amount_vnd_million,
                -- a commune that is not written down is unknown, not none
                nullif({{ count_figure("commune_count") }}, 0) as commune_count,
                {{ count_figure("unit_count") }} as unit_count,
                {{ count_figure("line_count") }} as line_count,
                {{ count_figure("approximate_line_count") }} as approximate_line_count,
                {% for column in ("activity_count", "participant_count", "area_ha", "amount_vnd_million") %}
                    coalesce(
                        bool_or(activity.is_approximate) filter (column_code = '{{ column }}'), false
                    ) as {{ column }}_is_approximate,
                {% endfor %}
            from evidence
            inner join
                activity
                on evidence._submission_id = activity._submission_id
                and evidence._sheet = activity._sheet
                and evidence._row_number = activity._row_number
            inner join period on evidence.period_code = period.period_code
            group by evidence.period_code, evidence.row_code
        ),

        final as (
            select
                row_number() over (
                    partition by figure.period_code
                    order by activity_type.activity_type_no, figure.state_code = 'planned', figure.row_code
                )::integer as row_no,
                figure.period_code,
                figure.row_code,
                activity_type.activity_type_name,
                figure.state_code,
                state.state_name,
                case
                    when figure.from_year = figure.to_year
                    then figure.from_year::varchar
                    when figure.to_year is null
                    then 'từ năm ' || figure.from_year
                    when figure.from_year is null
                    then 'đến năm ' || figure.to_year
                    else figure.from_year || '–' || figure.to_year
                end as years,
                figure.activity_count,
                figure.activity_count_is_approximate as is_count_approximate,
                figure.measure_unit,
                figure.participant_count,
                figure.participant_count_is_approximate as is_participant_approximate,
                figure.area_ha,
                figure.area_ha_is_approximate as is_area_approximate,
                figure.amount_vnd_million,
                figure.commune_count,
                figure.unit_count,
                figure.line_count,
                figure.approximate_line_count,
                nullif(
                    concat_ws(
                        '. ',
                        'Ước tính: ' || nullif(
                            concat_ws(
                                ', ',
                                if(figure.activity_count_is_approximate, 'số lượng', null),
                                if(figure.participant_count_is_approximate, 'lượt người', null),
                                if(figure.area_ha_is_approximate, 'diện tích', null),
                                if(figure.amount_vnd_million_is_approximate, 'kinh phí', null)
                            ),
                            ''
                        ),
                        if(figure.is_older, 'Gồm cả kết quả trước kỳ', null)
                    ),
                    ''
                ) as note,
            from figure
            inner join activity_type on figure.activity_type_code = activity_type.activity_type_code
            inner join state on figure.state_code = state.state_code
        )

    select *
    from final
{% endmacro %}
