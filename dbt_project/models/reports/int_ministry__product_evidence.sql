with
    source_period as (select * from {{ ref("int_ministry__source_period") }}),

    product_status as (select * from {{ ref("fct_product_status") }}),

    period as (select * from {{ ref("dim_period") }}),

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

    -- The stock of every half-year up to the report's own, as that half-year's report has it.
    period_figure as (
        select
            later.period_code,
            'stock_by_period' as table_code,
            counted.report_period_code as row_code,
            counted.column_code,
            'count' as measure_kind,
            counted.product_key as evidence_key,
            null::decimal(18, 3) as amount,
            counted._submission_id,
            counted._sheet,
            counted._row_number,
            counted._field_name,
        from counted
        inner join period on counted.report_period_code = period.period_code and period.period_kind <> 'Y'
        cross join (select distinct period_code, from source_period) as reported
        inner join
            period as later
            on reported.period_code = later.period_code
            and period.cut_off_on <= later.cut_off_on
        where counted.is_valid and counted.column_code <> 'cumulative_count'
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

    final as (
        select *
        from product_figure
        union all by name
        select *
        from period_figure
        union all by name
        select *
        from potential_figure
        union all by name
        select *
        from certificate_figure
        union all by name
        select *
        from producer_figure
    )

select *
from final
