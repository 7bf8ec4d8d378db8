with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    bridge as (select * from {{ ref("bridge_period") }}),

    product_status as (select * from {{ ref("fct_product_status") }}),

    rating as (select * from {{ ref("fct_rating") }}),

    funding as (select * from {{ ref("fct_funding") }}),

    activity as (select * from {{ ref("fct_activity") }}),

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
        where column_code is not null and (measure_kind = 'count' or amount is not null)
    )

select *
from final
