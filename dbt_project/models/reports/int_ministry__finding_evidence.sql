with
    finding as (select * from {{ ref("int_ministry__finding") }}),

    final as (
        select
            period_code,
            'quality' as table_code,
            row_code,
            'finding_count' as column_code,
            'count' as measure_kind,
            issue_key as evidence_key,
            null::decimal(18, 3) as amount,
            submission_id as _submission_id,
            sheet as _sheet,
            row_number as _row_number,
            field_name as _field_name,
            []::varchar[] as _other_field_names,
        from finding
    )

select *
from final
