with
    finding as (select * from {{ ref("int_ministry__finding") }}),

    conflict as (select * from {{ ref("fct_conflict") }}),

    cell as (select * from {{ ref("int_ministry__conflict_cell") }}),

    -- Of the tables; a line of the cover is a cell of its own.
    sheet_field as (
        select submission_id, sheet, list(field_name) as field_names,
        from {{ ref("fct_layout") }}
        where sheet in ('{{ var("form_sheets").values() | join("', '") }}')
        group by all
    ),

    -- Every finding lists the cell it names. A rule on one cell read no other; one that compares read the
    -- line, and which of its cells it read only the rule knows.
    named_cell as (
        select
            finding.period_code,
            finding.row_code,
            finding.issue_key,
            finding.submission_id as _submission_id,
            finding.sheet as _sheet,
            finding.row_number as _row_number,
            finding.field_name as _field_name,
            if(
                finding.rule_id like 'CELL-%', [], coalesce(sheet_field.field_names, [])
            ) as _other_field_names,
        from finding
        left join
            sheet_field
            on finding.submission_id = sheet_field.submission_id
            and finding.sheet = sheet_field.sheet
            and finding.row_number is not null
    ),

    -- A control total stands against the lines of a sheet, which the conflict lists.
    added_up as (
        select
            finding.period_code,
            finding.row_code,
            finding.issue_key,
            cell._submission_id,
            cell._sheet,
            cell._row_number,
            cell._field_name,
            cell._other_field_names,
        from finding
        inner join
            conflict
            on finding.submission_id = conflict._submission_id
            and finding.field_name = conflict.figure_code
            and conflict.kind_code = 'cover_and_rows'
            and conflict.side_no = 1
        inner join
            cell
            on conflict.conflict_key = cell.conflict_key
            and cell.side_no > 1
            and cell._row_number is not null
        where finding.family = 'control_total'
    ),

    line as (
        select
            product_key,
            _submission_id,
            _sheet,
            _row_number,
            ['status_code', 'star', 'decision_date', 'decision_number'] as _field_names,
        from {{ ref("fct_product_status") }}
        union all
        select
            product_key,
            _submission_id,
            _sheet,
            _row_number,
            ['outcome_code', 'star', 'decision_date', 'decision_number'] as _field_names,
        from {{ ref("fct_rating") }}
    ),

    -- A line is held against whatever else is told of its product.
    told_elsewhere as (
        select
            finding.period_code,
            finding.row_code,
            finding.issue_key,
            other._submission_id,
            other._sheet,
            other._row_number,
            other._field_names[1] as _field_name,
            list_concat(['product_name', 'producer_name'], other._field_names) as _other_field_names,
        from finding
        inner join
            line
            on finding.submission_id = line._submission_id
            and finding.sheet = line._sheet
            and finding.row_number = line._row_number
        inner join
            line as other
            on line.product_key = other.product_key
            and (line._submission_id, line._sheet, line._row_number)
            <> (other._submission_id, other._sheet, other._row_number)
        where finding.rule_id not like 'CELL-%'
    ),

    final as (
        select
            period_code,
            'quality' as table_code,
            row_code,
            'finding_count' as column_code,
            'count' as measure_kind,
            issue_key as evidence_key,
            null::decimal(18, 3) as amount,
            _submission_id,
            _sheet,
            _row_number,
            _field_name,
            _other_field_names,
        from
            (
                select *
                from named_cell
                union all
                select *
                from added_up
                union all
                select *
                from told_elsewhere
            )
    )

select *
from final
