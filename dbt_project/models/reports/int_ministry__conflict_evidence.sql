with
    source_period as (select * from {{ ref("int_ministry__source_period") }}),

    conflict as (select * from {{ ref("fct_conflict") }}),

    -- Both sides of a conflict; a statement told more than twice stands against the first each time.
    final as (
        select distinct
            source_period.period_code,
            'conflict' as table_code,
            later.conflict_key || '-' || later.side_no as row_code,
            if(conflict.side_no = 1, 'first_value', 'second_value') as column_code,
            'sum' as measure_kind,
            conflict.conflict_key || '|' || conflict.statement_no as evidence_key,
            conflict.value as amount,
            conflict._submission_id,
            conflict._sheet,
            conflict._row_number,
            conflict.figure_code as _field_name,
        from conflict
        inner join
            conflict as later
            on conflict.conflict_key = later.conflict_key
            and later.side_no > 1
            and conflict.side_no in (1, later.side_no)
        inner join
            source_period
            on conflict.period_code = source_period.source_period_code
            and conflict.unit_code = source_period.unit_code
    )

select *
from final
