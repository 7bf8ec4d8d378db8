with
    target as (select * from {{ ref("int_ministry__target") }}),

    source as (select * from {{ ref("int_ministry__result_source") }}),

    final as (
        select
            report_period_code as period_code,
            'target_result' as table_code,
            row_code,
            unnest(['target_min', 'target_max', 'target_from_year', 'target_to_year']) as column_code,
            'sum' as measure_kind,
            null::varchar as evidence_key,
            unnest([target_min, target_max, target_from_year, target_to_year])::decimal(18, 3) as amount,
            _submission_id,
            _sheet,
            _row_number,
            unnest(['target_min', 'target_max', 'target_from_year', 'target_to_year']) as _field_name,
            [
                'subject_unit_code',
                'indicator_code',
                'target_from_year',
                'target_to_year',
                'star',
                'product_group_code',
                'product_name',
                'measure_unit',
                'is_total'
            ] as _other_field_names,
        from target
        union all by name
        -- a share rests on those counted and on all of them
        select
            period_code,
            'target_result' as table_code,
            row_code,
            'result_value' as column_code,
            measure_kind,
            evidence_key,
            amount,
            _submission_id,
            _sheet,
            _row_number,
            _field_name,
            _other_field_names,
        from source
        where is_counted or measure_kind = 'derived'
    )

select *
from final
