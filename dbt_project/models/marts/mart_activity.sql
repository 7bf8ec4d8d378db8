with
    activity as (select * from {{ ref("fct_activity") }}),

    activity_type as (select * from {{ ref("dim_activity_type") }}),

    state as (select * from {{ ref("dim_activity_state") }}),

    period as (select * from {{ ref("dim_period") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    final as (
        select
            activity.period_code,
            period.period_year,
            activity.unit_code,
            unit.unit_name,
            activity.commune_code,
            commune.unit_name as commune_name,
            activity.activity_type_code,
            activity_type.activity_type_name,
            activity.state_code,
            state.state_name,
            activity.from_date,
            activity.to_date,
            activity.from_year,
            activity.to_year,
            activity.lead_agency,
            activity.cooperating_agency,
            activity.is_approximate,
            activity.activity_count,
            activity.participant_count,
            activity.area_ha,
            activity.measure_unit,
            activity.amount_vnd_million,
            activity.note,
            activity._submission_id,
            activity._sheet,
            activity._row_number,
        from activity
        inner join activity_type on activity.activity_type_code = activity_type.activity_type_code
        inner join state on activity.state_code = state.state_code
        inner join period on activity.period_code = period.period_code
        left join unit on activity.unit_code = unit.unit_code and {{ stands_on("unit", "period.cut_off_on") }}
        left join
            unit as commune
            on activity.commune_code = commune.unit_code
            and {{ stands_on("commune", "period.cut_off_on") }}
    )

select *
from final
