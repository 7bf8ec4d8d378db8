with
    activity as (select * from {{ ref("fct_activity") }}),

    activity_type as (select * from {{ ref("dim_activity_type") }}),

    state as (select * from {{ ref("dim_activity_state") }}),

    evidence as {{ evidence_of("activity") }},

    -- No total: classes, points and hectares do not add up.
    figure as (
        select
            evidence.period_code,
            evidence.row_code,
            any_value(activity.activity_type_code) as activity_type_code,
            any_value(activity.state_code) as state_code,
            any_value(activity.from_year) as from_year,
            any_value(activity.to_year) as to_year,
            any_value(activity.measure_unit) as measure_unit,
            {{ count_figure("line_count") }} as line_count,
            {{ sum_figure("activity_count") }} as activity_count,
            {{ sum_figure("participant_count") }} as participant_count,
            {{ sum_figure("area_ha") }} as area_ha,
            {{ count_figure("approximate_line_count") }} as approximate_line_count,
        from evidence
        inner join
            activity
            on evidence._submission_id = activity._submission_id
            and evidence._sheet = activity._sheet
            and evidence._row_number = activity._row_number
        group by evidence.period_code, evidence.row_code
    ),

    final as (
        select
            row_number() over (partition by figure.period_code order by figure.row_code)::integer as row_no,
            figure.period_code,
            figure.row_code,
            activity_type.activity_type_name,
            state.state_name,
            case
                when figure.from_year = figure.to_year
                then figure.from_year::varchar
                when figure.from_year is not null
                then figure.from_year || '–' || coalesce(figure.to_year::varchar, '')
                else 'đến ' || figure.to_year
            end as years,
            figure.measure_unit,
            figure.line_count,
            figure.activity_count,
            figure.participant_count,
            figure.area_ha,
            figure.approximate_line_count,
        from figure
        inner join activity_type on figure.activity_type_code = activity_type.activity_type_code
        inner join state on figure.state_code = state.state_code
    )

select *
from final
