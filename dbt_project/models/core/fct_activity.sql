with
    activity as (select * from {{ ref("stg_forms__activity") }}),

    submission as (
        select * from {{ ref("bridge_submission_form") }} where is_in_force and form_name = 'activity'
    ),

    final as (
        select
            submission.period_code,
            submission.unit_code,
            activity.commune_code,
            activity.activity_type_code,
            activity.state_code,
            activity.from_date,
            activity.to_date,
            coalesce(activity.from_year, year(activity.from_date)::integer) as from_year,
            coalesce(activity.to_year, year(activity.to_date)::integer) as to_year,
            activity.lead_agency,
            activity.cooperating_agency,
            coalesce(activity.is_approximate, false) as is_approximate,
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
        inner join submission on activity._submission_id = submission.submission_id
    )

select *
from final
