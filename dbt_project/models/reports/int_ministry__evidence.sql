with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    bridge as (select * from {{ ref("bridge_period") }}),

    product_status as (select * from {{ ref("fct_product_status") }}),

    rating as (select * from {{ ref("fct_rating") }}),

    funding as (select * from {{ ref("fct_funding") }}),

    activity as (select * from {{ ref("fct_activity") }}),

    movement as (select * from {{ ref("fct_product_movement") }}),

    conflict as (select * from {{ ref("fct_conflict") }}),

    period as (select * from {{ ref("dim_period") }}),

    -- Facts of the units a report expects, under the report's period.
    source_period as (
        select bridge.period_code, bridge.measure_code, bridge.source_period_code, expected_unit.unit_code,
        from bridge
        inner join expected_unit on bridge.period_code = expected_unit.period_code
    ),

    stock as (
        select source_period.period_code as report_period_code, product_status.*,
        from product_status
        inner join
            source_period
            on product_status.period_code = source_period.source_period_code
            and product_status.unit_code = source_period.unit_code
            and source_period.measure_code = 'stock'
    ),

    -- One row per product and measure it counts in.
    counted as (
        select
            *,
            unnest(
                [
                    if(is_valid, 'valid_count', null),
                    if(is_valid, 'star_' || coalesce(star::varchar, 'unknown') || '_count', null),
                    if(status_code = 'expired', 'expired_count', null),
                    if(status_code = 'proposed', 'proposed_count', null),
                    if(is_cumulative, 'cumulative_count', null)
                ]
            ) as column_code,
            unnest(['status_code', 'star', 'status_code', 'status_code', 'status_code']) as _field_name,
        from stock
    ),

    product_figure as (
        select
            report_period_code as period_code,
            unnest(
                ['star_by_unit', 'star_by_commune', 'star_by_group', 'producer_by_type', 'headline']
            ) as table_code,
            unnest(
                [
                    unit_code,
                    commune_code,
                    coalesce(product_group_code, 'unknown'),
                    coalesce(producer_type_code, 'unknown'),
                    case
                        column_code
                        when 'valid_count'
                        then 'valid_product'
                        when 'expired_count'
                        then 'expired_product'
                        when 'proposed_count'
                        then 'proposed_product'
                        when 'cumulative_count'
                        then 'cumulative_product'
                        else 'valid_' || replace(column_code, '_count', '')
                    end
                ]
            ) as row_code,
            unnest(
                [
                    column_code,
                    if(column_code <> 'cumulative_count', column_code, null),
                    if(is_valid, column_code, null),
                    if(column_code = 'valid_count', 'product_count', null),
                    'value'
                ]
            ) as column_code,
            'count' as measure_kind,
            product_key as evidence_key,
            null::decimal(18, 3) as amount,
            _submission_id,
            _sheet,
            _row_number,
            _field_name,
        from counted
        where column_code is not null
    ),

    -- A bucket of its own, beside recognised and proposed (the national statistics count it so).
    potential_figure as (
        select
            report_period_code as period_code,
            'headline' as table_code,
            'potential_five_star' as row_code,
            'value' as column_code,
            'count' as measure_kind,
            product_key as evidence_key,
            null::decimal(18, 3) as amount,
            _submission_id,
            _sheet,
            _row_number,
            'product_name' as _field_name,
        from stock
        where is_potential_five_star
    ),

    -- What the next half-year has to look after, and what cannot be told.
    certificate_figure as (
        select
            stock.report_period_code as period_code,
            'headline' as table_code,
            unnest(
                [
                    if(stock.expires_on is null, 'undated_product', null),
                    if(stock.expires_on <= period.cut_off_on + to_months(6), 'expiring_product', null)
                ]
            ) as row_code,
            'value' as column_code,
            'count' as measure_kind,
            stock.product_key as evidence_key,
            null::decimal(18, 3) as amount,
            stock._submission_id,
            stock._sheet,
            stock._row_number,
            'decision_date' as _field_name,
        from stock
        inner join period on stock.report_period_code = period.period_code
        where stock.is_valid
    ),

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

    movement_figure as (
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
    ),

    -- Both sides of a conflict; a statement told more than twice stands against the first each time.
    conflict_figure as (
        select distinct
            expected_unit.period_code,
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
        inner join bridge on conflict.period_code = bridge.source_period_code
        inner join
            expected_unit
            on bridge.period_code = expected_unit.period_code
            and conflict.unit_code = expected_unit.unit_code
    ),

    producer_figure as (
        select
            report_period_code as period_code,
            unnest(['producer_by_type', 'headline']) as table_code,
            unnest([coalesce(producer_type_code, 'unknown'), 'producer']) as row_code,
            unnest(['producer_count', 'value']) as column_code,
            'count' as measure_kind,
            producer_key as evidence_key,
            null::decimal(18, 3) as amount,
            _submission_id,
            _sheet,
            _row_number,
            'producer_name' as _field_name,
        from stock
        where is_valid
    ),

    period_rating as (
        select source_period.period_code as report_period_code, rating.*,
        from rating
        inner join
            source_period
            on rating.decided_period_code = source_period.source_period_code
            and rating.unit_code = source_period.unit_code
            and source_period.measure_code = 'flow'
    ),

    rating_figure as (
        select
            report_period_code as period_code,
            unnest(['rating', 'rating', 'headline']) as table_code,
            unnest(
                [
                    concat_ws('-', unit_code, cycle_code, council_level_code),
                    concat_ws('-', unit_code, cycle_code, council_level_code),
                    'new_product'
                ]
            ) as row_code,
            unnest(
                [
                    'product_count',
                    'star_' || coalesce(star::varchar, 'unknown') || '_count',
                    -- newly recognised: decided for the first time, by the council that may decide it
                    if(cycle_code = 'first' and outcome_code = 'recognised', 'value', null)
                ]
            ) as column_code,
            'count' as measure_kind,
            product_key as evidence_key,
            null::decimal(18, 3) as amount,
            _submission_id,
            _sheet,
            _row_number,
            unnest(['product_name', 'star', 'outcome_code']) as _field_name,
        from period_rating
    ),

    period_funding as (
        select source_period.period_code as report_period_code, funding.*,
        from funding
        inner join
            source_period
            on funding.period_code = source_period.source_period_code
            and funding.unit_code = source_period.unit_code
            and source_period.measure_code = 'flow'
    ),

    funding_figure as (
        select
            report_period_code as period_code,
            unnest(
                ['funding_by_source', 'funding_by_source', 'headline', 'headline', 'headline']
            ) as table_code,
            unnest(
                [
                    coalesce(source_code, 'unknown') || '-' || coalesce(content_code, 'unknown'),
                    coalesce(source_code, 'unknown') || '-' || coalesce(content_code, 'unknown'),
                    'funding_planned',
                    'funding_disbursed',
                    if(is_state_budget, 'funding_disbursed_state', 'funding_disbursed_other')
                ]
            ) as row_code,
            unnest(
                ['planned_amount_vnd_million', 'disbursed_amount_vnd_million', 'value', 'value', 'value']
            ) as column_code,
            'sum' as measure_kind,
            null::varchar as evidence_key,
            unnest(
                [
                    planned_amount_vnd_million,
                    disbursed_amount_vnd_million,
                    planned_amount_vnd_million,
                    disbursed_amount_vnd_million,
                    disbursed_amount_vnd_million
                ]
            ) as amount,
            _submission_id,
            _sheet,
            _row_number,
            unnest(
                [
                    'planned_amount_vnd_million',
                    'disbursed_amount_vnd_million',
                    'planned_amount_vnd_million',
                    'disbursed_amount_vnd_million',
                    'disbursed_amount_vnd_million'
                ]
            ) as _field_name,
        from period_funding
    ),

    approximate_figure as (
        select
            report_period_code as period_code,
            'funding_by_source' as table_code,
            coalesce(source_code, 'unknown') || '-' || coalesce(content_code, 'unknown') as row_code,
            'approximate_line_count' as column_code,
            'count' as measure_kind,
            _submission_id || '|' || _row_number as evidence_key,
            null::decimal(18, 3) as amount,
            _submission_id,
            _sheet,
            _row_number,
            'is_approximate' as _field_name,
        from period_funding
        where is_approximate
    ),

    period_activity as (
        select source_period.period_code as report_period_code, activity.*,
        from activity
        inner join
            source_period
            on activity.period_code = source_period.source_period_code
            and activity.unit_code = source_period.unit_code
            and source_period.measure_code = 'flow'
    ),

    activity_figure as (
        select
            report_period_code as period_code,
            'activity' as table_code,
            -- the unit of measure is free text; in a row code only its plain letters stand
            concat_ws(
                '-',
                activity_type_code,
                state_code,
                coalesce(from_year::varchar, 'unknown'),
                coalesce(to_year::varchar, 'unknown'),
                regexp_replace(
                    strip_accents(lower(coalesce(measure_unit, 'unknown'))), '[^a-z0-9]+', '_', 'g'
                )
            ) as row_code,
            unnest(
                [
                    'line_count',
                    'activity_count',
                    'participant_count',
                    'area_ha',
                    if(is_approximate, 'approximate_line_count', null)
                ]
            ) as column_code,
            unnest(['count', 'sum', 'sum', 'sum', 'count']) as measure_kind,
            _submission_id || '|' || _row_number as evidence_key,
            unnest([null, activity_count, participant_count::decimal(18, 3), area_ha, null]) as amount,
            _submission_id,
            _sheet,
            _row_number,
            unnest(
                ['activity_type_code', 'activity_count', 'participant_count', 'area_ha', 'is_approximate']
            ) as _field_name,
        from period_activity
    ),

    figure as (
        select *
        from product_figure
        union all by name
        select *
        from potential_figure
        union all by name
        select *
        from certificate_figure
        union all by name
        select *
        from movement_figure
        union all by name
        select *
        from conflict_figure
        union all by name
        select *
        from producer_figure
        union all by name
        select *
        from rating_figure
        union all by name
        select *
        from funding_figure
        union all by name
        select *
        from approximate_figure
        union all by name
        select *
        from activity_figure
    ),

    final as (
        select
            period_code,
            table_code,
            row_code,
            column_code,
            measure_kind,
            evidence_key,
            amount::decimal(18, 3) as amount,
            _submission_id,
            _sheet,
            _row_number,
            _field_name,
        from figure
        where
            column_code is not null
            and row_code is not null
            and (measure_kind = 'count' or amount is not null)
    )

select *
from final
