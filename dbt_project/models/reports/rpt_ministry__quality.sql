with
    issue as (select * from {{ ref("fct_issue") }} where is_in_force),

    bridge as (select distinct period_code, source_period_code, from {{ ref("bridge_period") }}),

    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    -- Issues of the units a report expects, under each report's period.
    reported as (
        select bridge.period_code, expected_unit.unit_name, issue.* exclude (period_code),
        from issue
        inner join bridge on issue.period_code = bridge.source_period_code
        inner join
            expected_unit
            on bridge.period_code = expected_unit.period_code
            and issue.unit_code = expected_unit.unit_code
    ),

    -- Two official statements that differ are named one by one, both values kept.
    conflict as (
        select
            period_code,
            'conflict' as finding_kind,
            unit_name,
            unit_code,
            rule_id,
            severity,
            sheet,
            message as finding,
            1 as finding_count,
        from reported
        where family in ('control_total', 'status', 'conflict')
    ),

    -- Gaps of the same kind are counted.
    gap as (
        select
            period_code,
            'gap' as finding_kind,
            unit_name,
            unit_code,
            rule_id,
            severity,
            sheet,
            message as finding,
            count(*)::integer as finding_count,
        from reported
        where family not in ('control_total', 'status', 'conflict')
        group by all
    ),

    finding as (
        select *
        from conflict
        union all
        select *
        from gap
    ),

    numbered as (
        select
            *,
            row_number() over (
                partition by period_code order by finding_kind, unit_code, rule_id, sheet, finding
            )::integer as row_no,
        from finding
    ),

    final as (
        select
            row_no,
            period_code,
            finding_kind || '-' || row_no as row_code,
            finding_kind,
            unit_name,
            rule_id,
            severity,
            sheet,
            finding,
            finding_count,
        from numbered
    )

select *
from final
