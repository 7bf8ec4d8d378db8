with
    source_period as (select * from {{ ref("int_ministry__source_period") }}),

    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    movement as (select * from {{ ref("fct_product_movement") }}),

    standing as (select * from {{ ref("int_ministry__standing") }}),

    rating as (select * from {{ ref("fct_rating") }}),

    period as (select * from {{ ref("dim_period") }}),

    product_moved as (select * from {{ ref("int_ministry__moved") }}),

    -- The opening stock is that of the first half-year received, the closing stock that of the cut-off.
    period_movement as (
        select
            source_period.period_code as report_period_code,
            movement.*,
            movement.period_code = min(movement.period_code) over (
                partition by source_period.period_code, movement.unit_code
            ) as is_first,
            stock_period.source_period_code = movement.period_code as is_last,
        from movement
        inner join
            source_period
            on movement.period_code = source_period.source_period_code
            and movement.unit_code = source_period.unit_code
            and source_period.measure_code = 'flow'
        inner join
            source_period as stock_period
            on source_period.period_code = stock_period.period_code
            and source_period.unit_code = stock_period.unit_code
            and stock_period.measure_code = 'stock'
        inner join
            expected_unit
            on source_period.period_code = expected_unit.period_code
            and source_period.unit_code = expected_unit.unit_code
            and expected_unit.knows_product
    ),

    movement_step as (
        select
            *,
            unnest(
                [
                    if(is_first, 'opening', null),
                    case
                        when movement_code in ('moved_in', 'moved_out')
                        then 'moved'
                        when movement_code <> 'kept'
                        then movement_code
                    end,
                    if(is_last, 'closing', null)
                ]
            ) as step_code,
            unnest([opening_count, closing_count - opening_count, closing_count]) as step_count,
            unnest([true, false, false]) as is_told_before,
        from period_movement
    ),

    told_row as (
        select *,
        from standing
        where is_own_row
        qualify
            row_number() over (
                partition by period_code, unit_code, product_key
                order by is_valid desc, is_cumulative desc, _row_number
            )
            = 1
    ),

    told_step as (
        select
            step.* exclude (_submission_id),
            period.cut_off_on,
            if(step.is_told_before, step.previous_period_code, step.period_code) as told_period_code,
            if(
                step.is_told_before, coalesce(step.previous_unit_code, step.unit_code), step.unit_code
            ) as told_unit_code,
            coalesce(told_row._submission_id, step._submission_id) as _submission_id,
            coalesce(told_row._sheet, '{{ var("form_sheets")["product"] }}') as _sheet,
            told_row._row_number,
            coalesce(told_row._standing_field_names, ['product_name', 'producer_name']) as _field_names,
        from movement_step as step
        inner join period on step.period_code = period.period_code
        left join
            told_row
            on told_row.period_code = if(step.is_told_before, step.previous_period_code, step.period_code)
            and told_row.unit_code
            = if(step.is_told_before, coalesce(step.previous_unit_code, step.unit_code), step.unit_code)
            and told_row.product_key = step.product_key
        where step.step_code is not null and (step.step_code not in ('opening', 'closing') or step_count <> 0)
    ),

    -- Everything else that is told of a product: by its other lines, other reports and other units, and by
    -- the rating sheets.
    other_row as (
        select
            standing.product_key,
            standing.period_code,
            standing.unit_code,
            period.cut_off_on,
            standing._submission_id,
            standing._sheet,
            standing._row_number,
            standing._standing_field_names as _field_names,
        from standing
        inner join period on standing.period_code = period.period_code
        union all
        select
            rating.product_key,
            rating.period_code,
            null as unit_code,
            period.cut_off_on,
            rating._submission_id,
            rating._sheet,
            rating._row_number,
            ['product_name', 'producer_name', 'outcome_code', 'decision_date'] as _field_names,
        from rating
        inner join period on rating.period_code = period.period_code
    ),

    -- A stock rests on the report it is read from; what became of a product rests on all that is told of it.
    step as (
        select * exclude (told_period_code, told_unit_code, cut_off_on),
        from told_step
        union all by name
        select distinct
            told_step.* exclude (told_period_code, told_unit_code, cut_off_on) replace (
                0 as step_count,
                other_row._submission_id as _submission_id,
                other_row._sheet as _sheet,
                other_row._row_number as _row_number,
                other_row._field_names as _field_names
            ),
        from told_step
        inner join
            other_row
            on told_step.product_key = other_row.product_key
            and other_row.cut_off_on <= told_step.cut_off_on
            and (
                told_step.step_code not in ('opening', 'closing')
                or (
                    told_step.told_period_code = other_row.period_code
                    and told_step.told_unit_code = other_row.unit_code
                )
            )
            and (other_row._submission_id, other_row._sheet, other_row._row_number)
            is distinct from (told_step._submission_id, told_step._sheet, told_step._row_number)
    ),

    -- The list names what moved, with its star before and now and a day: each star is a cell of its own
    -- report, and
    -- all that is told of the product decides that it is listed and on which day.
    listed as (
        select distinct
            told_step.report_period_code,
            coalesce(told_step.previous_unit_code, told_step.unit_code) as previous_unit_code,
            product_moved.*,
        from told_step
        inner join
            product_moved
            on told_step.period_code = product_moved.period_code
            and told_step.unit_code = product_moved.unit_code
            and told_step.product_key = product_moved.product_key
        where told_step.step_code not in ('opening', 'closing', 'initial')
    ),

    listed_before as (
        select listed.report_period_code, listed.period_code as listed_period_code, told_row.*,
        from listed
        inner join
            told_row
            on listed.product_key = told_row.product_key
            and listed.previous_unit_code = told_row.unit_code
            and listed.period_code > told_row.period_code
        qualify
            row_number() over (
                partition by
                    listed.report_period_code, listed.period_code, listed.unit_code, listed.product_key
                order by told_row.period_code desc
            )
            = 1
    ),

    listed_figure as (
        select distinct
            step.report_period_code,
            concat_ws('-', step.unit_code, step.period_code, step.product_key) as row_code,
            unnest(
                [
                    if(listed.star_before is null, null, 'star_before'),
                    if(listed.star_now is null, null, 'star_now'),
                    if(listed.decided_on is null, null, 'decided_on')
                ]
            ) as column_code,
            unnest([listed.star_before, listed.star_now, null]) as star,
            unnest(
                [
                    (step._submission_id, step._sheet, step._row_number)
                    is not distinct from (before._submission_id, before._sheet, before._row_number),
                    (step._submission_id, step._sheet, step._row_number)
                    is not distinct from (now._submission_id, now._sheet, now._row_number),
                    false
                ]
            ) as is_own_cell,
            step._submission_id,
            step._sheet,
            step._row_number,
            step._field_names,
        from step
        inner join
            listed
            on step.report_period_code = listed.report_period_code
            and step.period_code = listed.period_code
            and step.unit_code = listed.unit_code
            and step.product_key = listed.product_key
        left join
            listed_before as before
            on listed.report_period_code = before.report_period_code
            and listed.period_code = before.listed_period_code
            and listed.previous_unit_code = before.unit_code
            and listed.product_key = before.product_key
        left join
            told_row as now
            on listed.period_code = now.period_code
            and listed.unit_code = now.unit_code
            and listed.product_key = now.product_key
        where step.step_code not in ('opening', 'closing', 'initial')
    ),

    printed as (
        select
            report_period_code as period_code,
            unnest(['movement', 'movement', 'movement', 'headline', 'opening']) as table_code,
            unnest(
                [
                    step_code,
                    step_code,
                    step_code,
                    case
                        when step_code in ('re_recognised', 'upgraded', 'downgraded', 'revoked')
                        then step_code || '_product'
                    end,
                    if(step_code = 'opening', unit_code, null)
                ]
            ) as row_code,
            unnest(
                [
                    if(step_code in ('opening', 'closing'), null, 'product_count'),
                    'star_' || star_label || '_count',
                    'change_count',
                    if(step_code in ('re_recognised', 'upgraded', 'downgraded', 'revoked'), 'value', null),
                    if(step_code = 'opening', 'opening_count', null)
                ]
            ) as column_code,
            unnest(['count', 'sum', 'sum', 'count', 'sum']) as measure_kind,
            unit_code || '|' || period_code || '|' || product_key as evidence_key,
            step_count::decimal(18, 3) as amount,
            _submission_id,
            _sheet,
            _row_number,
            -- the rating sheets have no column of the status
            unnest([_named_field, 'star', _named_field, _named_field, _named_field]) as _field_name,
            list_concat(
                _field_names,
                if(
                    step_code in ('opening', 'closing'),
                    []::varchar[],
                    ['star', 'decision_date', 'decision_number']
                )
            ) as _other_field_names,
        from
            (
                select
                    *,
                    if(
                        _sheet = '{{ var("form_sheets")["rating"] }}', 'outcome_code', 'status_code'
                    ) as _named_field,
                from step
            )
    ),

    final as (
        select *
        from printed
        union all by name
        select
            report_period_code as period_code,
            'movement_list' as table_code,
            row_code,
            column_code,
            if(column_code = 'decided_on', 'derived', 'sum') as measure_kind,
            row_code as evidence_key,
            if(is_own_cell, star, if(column_code = 'decided_on', null, 0))::decimal(18, 3) as amount,
            _submission_id,
            _sheet,
            _row_number,
            if(column_code = 'decided_on', 'decision_date', 'star') as _field_name,
            list_concat(
                _field_names,
                if(
                    column_code = 'decided_on',
                    ['star', 'decision_number'],
                    ['decision_date', 'decision_number']
                ),
                -- the rating sheets have no such columns
                if(
                    column_code = 'decided_on' and _sheet = '{{ var("form_sheets")["product"] }}',
                    ['expiry_date', 'status_date'],
                    []::varchar[]
                )
            ) as _other_field_names,
        from listed_figure
        where column_code is not null
    )

select *
from final
