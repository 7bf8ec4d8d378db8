with
    finding as (select * from {{ ref("int_ministry__finding") }}),

    figure as (
        select
            period_code,
            row_code,
            finding_kind,
            unit_name,
            unit_code,
            rule_id,
            severity,
            sheet,
            message as finding,
            count(*)::integer as finding_count,
        from finding
        group by all
    ),

    final as (
        select
            row_number() over (
                partition by period_code order by finding_kind, unit_code, rule_id, sheet, finding, row_code
            )::integer as row_no,
            period_code,
            row_code,
            finding_kind,
            unit_name,
            rule_id,
            severity,
            sheet,
            finding,
            finding_count,
        from figure
    )

select *
from final
