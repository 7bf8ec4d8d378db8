with
    activity as (select * from {{ ref("fct_activity") }}),

    activity_type as (select * from {{ ref("dim_activity_type") }}),

    state as (select * from {{ ref("dim_activity_state") }}),

    period as (select * from {{ ref("dim_period") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    final as (
        select unit.unit_name, activity_type.activity_type_name, state.state_name, activity.*,
        from activity
        inner join activity_type on activity.activity_type_code = activity_type.activity_type_code
        inner join state on activity.state_code = state.state_code
        inner join period on activity.period_code = period.period_code
        left join
            unit
            on activity.unit_code = unit.unit_code
            and period.cut_off_on between unit.valid_from and coalesce(unit.valid_to, period.cut_off_on)
    )

select *
from final
