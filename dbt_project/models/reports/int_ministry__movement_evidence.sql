with
    source_period as (select * from {{ ref("int_ministry__source_period") }}),

    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    movement as (select * from {{ ref("fct_product_movement") }}),

    product_status as (select * from {{ ref("fct_product_status") }}),

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
        select
            period_code,
            unit_code,
            product_key,
            arg_min(_submission_id, _row_number) as _submission_id,
            arg_min(_sheet, _row_number) as _sheet,
            min(_row_number) as _row_number,
        from product_status
        group by all
    ),

    told_step as (
        select
            step.*,
            coalesce(told_row._submission_id, step._submission_id) as told_submission_id,
            coalesce(told_row._sheet, '{{ var("form_sheets")["product"] }}') as told_sheet,
            told_row._row_number as told_row_number,
        from movement_step as step
        left join
            told_row
            on told_row.period_code = if(step.is_told_before, step.previous_period_code, step.period_code)
            and told_row.unit_code
            = if(step.is_told_before, coalesce(step.previous_unit_code, step.unit_code), step.unit_code)
            and told_row.product_key = step.product_key
        where step.step_code is not null and (step.step_code not in ('opening', 'closing') or step_count <> 0)
    ),

    final as (
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
            told_submission_id as _submission_id,
            told_sheet as _sheet,
            told_row_number as _row_number,
            'status_code' as _field_name,
        from told_step
    )

select *
from final
