with
    activity_type as (select * from {{ ref("dim_activity_type") }}),

    state as (select * from {{ ref("dim_activity_state") }}),

    evidence as {{ evidence_of("activity") }},

    -- No total: classes, points and hectares do not add up.
    figure as (
        select
            period_code,
            row_code,
            {{ count_figure("line_count") }} as line_count,
            {{ sum_figure("activity_count") }} as activity_count,
            {{ sum_figure("participant_count") }} as participant_count,
            {{ sum_figure("area_ha") }} as area_ha,
        from evidence
        group by period_code, row_code
    ),

    final as (
        select
            row_number() over (partition by figure.period_code order by figure.row_code)::integer as row_no,
            figure.period_code,
            figure.row_code,
            activity_type.activity_type_name,
            state.state_name,
            nullif(split_part(figure.row_code, '-', 3), 'unknown') as measure_unit,
            nullif(split_part(figure.row_code, '-', 4), 'unknown')::integer as from_year,
            figure.line_count,
            figure.activity_count,
            figure.participant_count,
            figure.area_ha,
        from figure
        inner join activity_type on split_part(figure.row_code, '-', 1) = activity_type.activity_type_code
        inner join state on split_part(figure.row_code, '-', 2) = state.state_code
    )

select *
from final
