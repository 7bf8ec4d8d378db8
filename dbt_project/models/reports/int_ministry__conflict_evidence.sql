with
    source_period as (select * from {{ ref("int_ministry__source_period") }}),

    period as (select * from {{ ref("dim_period") }}),

    conflict as (select * from {{ ref("fct_conflict") }}),

    product_status as (select * from {{ ref("fct_product_status") }}),

    rating as (select * from {{ ref("fct_rating") }}),

    funding as (select * from {{ ref("fct_funding") }}),

    line as (
        select _submission_id, _sheet, _row_number,
        from product_status
        union all
        select _submission_id, _sheet, _row_number,
        from rating
        union all
        select _submission_id, _sheet, _row_number,
        from funding
    ),

    -- The cells a statement was told in: one, or the lines of a sheet that add up to it.
    told as (
        select
            conflict.*,
            conflict._row_number is null as is_added_up,
            case
                when conflict._row_number is not null
                then []
                when conflict.figure_code like '%funding_planned%' or conflict.figure_code like 'planned%'
                then ['planned_amount_vnd_million']
                when conflict.figure_code like '%funding%' or conflict.figure_code like 'disbursed%'
                then ['disbursed_amount_vnd_million']
                when conflict.figure_code like '%newly_recognised%'
                then ['cycle_code', 'outcome_code']
                when conflict.figure_code like '%producer%'
                then ['producer_name', 'producer_type_code', 'status_code']
                else ['star', 'status_code']
            end as _field_names,
        from conflict
    ),

    cell as (
        select
            conflict_key,
            side_no,
            statement_no,
            value as amount,
            _submission_id,
            _sheet,
            _row_number,
            figure_code as _field_name,
            []::varchar[] as _other_field_names,
        from told
        union all
        select
            told.conflict_key,
            told.side_no,
            told.statement_no,
            0 as amount,
            line._submission_id,
            line._sheet,
            line._row_number,
            told._field_names[1] as _field_name,
            told._field_names as _other_field_names,
        from told
        inner join
            line
            on told._submission_id = line._submission_id
            and told._sheet = line._sheet
            and told.is_added_up
    ),

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
