with
    decision as (select * from {{ ref("fct_decision") }}),

    period as (select * from {{ ref("dim_period") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    dated as (
        select decision.*, coalesce(period.cut_off_on, decision.decided_at::date) as looked_at_on,
        from decision
        left join period on decision.period_code = period.period_code
    ),

    final as (
        select
            dated.decision_no::integer as decision_no,
            dated.decision_code,
            dated.submission_id,
            dated.rule_id,
            dated.unit_code,
            unit.unit_name,
            dated.period_code,
            dated.name,
            coalesce(dated.same_as_name, dated.other_name) as other_name,
            dated.until_date,
            dated.decided_by,
            dated.reason,
            dated.decided_at,
        from dated
        left join unit on dated.unit_code = unit.unit_code and {{ stands_on("unit", "dated.looked_at_on") }}
    )

select *
from final
