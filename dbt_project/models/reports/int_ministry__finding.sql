with
    issue as (select * from {{ ref("fct_issue") }} where is_in_force),

    bridge as (select distinct period_code, source_period_code, from {{ ref("bridge_period") }}),

    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    -- Issues of the units a report expects, under each report's period.
    reported as (
        select
            bridge.period_code,
            expected_unit.unit_name,
            issue.* exclude (period_code),
            if(issue.family in ('control_total', 'status', 'conflict'), 'conflict', 'gap') as finding_kind,
        from issue
        inner join bridge on issue.period_code = bridge.source_period_code
        inner join
            expected_unit
            on bridge.period_code = expected_unit.period_code
            and issue.unit_code = expected_unit.unit_code
    ),

    -- By what it says, so that the same finding has the same code in every revision.
    coded as (
        select
            *,
            concat_ws(
                '-', finding_kind, unit_code, rule_id, left(md5(concat_ws('|', sheet, severity, message)), 8)
            ) as finding_code,
        from reported
    ),

    -- Two official statements that differ are named one by one, both values kept; gaps of the same kind are
    -- counted.
    final as (
        select
            * exclude (finding_code),
            if(
                finding_kind = 'gap',
                finding_code,
                concat_ws(
                    '-',
                    finding_code,
                    nullif(
                        row_number() over (
                            partition by period_code, finding_code order by submission_id, row_number
                        ),
                        1
                    )::varchar
                )
            ) as row_code,
        from coded
    )

select *
from final
