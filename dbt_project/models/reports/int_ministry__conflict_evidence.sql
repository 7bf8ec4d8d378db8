with
    source_period as (select * from {{ ref("int_ministry__source_period") }}),

    period as (select * from {{ ref("dim_period") }}),

    conflict as (select * from {{ ref("fct_conflict") }}),

    cell as (select * from {{ ref("int_ministry__conflict_cell") }}),

    -- A statement told more than twice stands against the first each time.
    pair as (
        select distinct
            later.conflict_key,
            later.side_no,
            later.conflict_code || '-' || later.side_no as row_code,
            conflict.unit_code,
            conflict.period_code,
            period.cut_off_on,
        from conflict as later
        inner join
            conflict
            on later.conflict_key = conflict.conflict_key
            and later.side_no > 1
            and conflict.side_no in (1, later.side_no)
        inner join period on conflict.period_code = period.period_code
    ),

    -- Printed with both values in every report that one of the two is from and none comes after.
    printed as (
        select source_period.period_code, pair.row_code, pair.conflict_key, pair.side_no,
        from pair
        inner join source_period on pair.unit_code = source_period.unit_code
        inner join period on source_period.period_code = period.period_code
        group by source_period.period_code, period.cut_off_on, pair.row_code, pair.conflict_key, pair.side_no
        having
            bool_or(pair.period_code in (source_period.source_period_code, source_period.period_code))
            and max(pair.cut_off_on) <= period.cut_off_on
    ),

    -- The line stands because the two sides differ: each value lists the cells of both, its own add up to it.
    final as (
        select distinct
            printed.period_code,
            'conflict' as table_code,
            printed.row_code,
            side.column_code,
            'sum' as measure_kind,
            cell.conflict_key || '|' || cell.statement_no as evidence_key,
            if((cell.side_no = 1) = (side.column_code = 'first_value'), cell.amount, 0) as amount,
            cell._submission_id,
            cell._sheet,
            cell._row_number,
            cell._field_name,
            cell._other_field_names,
        from cell
        inner join
            printed on cell.conflict_key = printed.conflict_key and cell.side_no in (1, printed.side_no)
        cross join (select unnest(['first_value', 'second_value']) as column_code) as side
    )

select *
from final
