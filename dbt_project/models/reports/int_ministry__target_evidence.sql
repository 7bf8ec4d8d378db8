with
    target as (select * from {{ ref("int_ministry__target") }}),

    source as (select * from {{ ref("int_ministry__result_source") }}),

    target_left as (select * from {{ ref("rpt_ministry__target_left") }}),

    producer_goal as (select * from {{ ref("rpt_ministry__producer_goal") }}),

    result as (select * from {{ ref("int_ministry__result") }}),

    result_figure as (
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
        union all by name
        -- and on the target, which says what is measured: it counts nothing itself
        select
            target.report_period_code as period_code,
            'target_result' as table_code,
            target.row_code,
            'result_value' as column_code,
            coalesce(measured.measure_kind, 'derived') as measure_kind,
            null::varchar as evidence_key,
            0 as amount,
            target._submission_id,
            target._sheet,
            target._row_number,
            'indicator_code' as _field_name,
            [
                'subject_unit_code',
                'target_from_year',
                'target_to_year',
                'star',
                'product_group_code',
                'product_name',
                'measure_unit'
            ] as _other_field_names,
        from target
        inner join
            result on target.report_period_code = result.period_code and target.row_code = result.row_code
        left join
            (
                select period_code, row_code, any_value(measure_kind) as measure_kind,
                from source
                group by all
            ) as measured
            on target.report_period_code = measured.period_code
            and target.row_code = measured.row_code
    ),

    left_figure as (
        select result_figure.* replace ('target_left' as table_code),
        from result_figure
        semi join target_left using (period_code, row_code)
        where result_figure.column_code <> 'target_from_year'  -- not printed there
    ),

    -- What is left is the lower end less the result: it rests on both.
    gap_figure as (
        select
            left_figure.* replace (
                'left_value' as column_code,
                'derived' as measure_kind,
                null::varchar as evidence_key,
                null::decimal(18, 3) as amount
            ),
        from left_figure
        semi join
            (select period_code, row_code from target_left where left_value is not null) using (
                period_code, row_code
            )
        where left_figure.column_code in ('target_min', 'result_value')
    ),

    goal_figure as (
        select
            result_figure.* replace (
                'producer_goal' as table_code,
                if(
                    result_figure.column_code = 'result_value',
                    'producer_share_pct',
                    result_figure.column_code
                ) as column_code
            ),
        from result_figure
        semi join producer_goal using (period_code, row_code)
        where result_figure.column_code <> 'target_from_year'  -- not printed there
    ),

    goal_count_figure as (
        select
            source.period_code,
            'producer_goal' as table_code,
            source.row_code,
            unnest(['producer_count', if(source.is_counted, 'counted_producer_count', null)]) as column_code,
            'count' as measure_kind,
            source.evidence_key,
            null::decimal(18, 3) as amount,
            source._submission_id,
            source._sheet,
            source._row_number,
            -- all producers are counted whatever their type
            unnest(['producer_name', source._field_name]) as _field_name,
            source._other_field_names,
        from source
        semi join producer_goal using (period_code, row_code)
    ),

    final as (
        select *
        from result_figure
        union all by name
        select *
        from left_figure
        union all by name
        select *
        from gap_figure
        union all by name
        select *
        from goal_figure
        union all by name
        select *
        from goal_count_figure
    )

select *
from final
