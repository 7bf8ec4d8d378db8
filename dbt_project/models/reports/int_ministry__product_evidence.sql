with
    stock as (select * from {{ ref("int_ministry__stock") }}),

    source_period as (select * from {{ ref("int_ministry__source_period") }}),

    period as (select * from {{ ref("dim_period") }}),

    former_map as (select * from {{ ref("int_ministry__former_map") }}),

    unit_map as (select * from {{ ref("bridge_unit_map") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    -- One row per product and measure it counts in.
    counted as (
        select
            * exclude (_standing_field_names),
            unnest(
                [
                    if(is_valid, 'valid_count', null),
                    if(is_valid, 'star_' || coalesce(star::varchar, 'unknown') || '_count', null),
                    if(status_code = 'expired', 'expired_count', null),
                    if(status_code = 'proposed', 'proposed_count', null),
                    -- ever recognised: no day takes that back
                    if(is_cumulative and is_own_row, 'cumulative_count', null)
                ]
            ) as column_code,
            if(
                is_own_row,
                unnest(['status_code', 'star', 'status_code', 'status_code', 'status_code']),
                'decision_date'
            ) as _field_name,
            _standing_field_names as _other_field_names,
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
                    if(is_valid and column_code <> 'cumulative_count', column_code, null),
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
            list_concat(
                if(
                    column_code = 'cumulative_count',
                    list_filter(_other_field_names, field -> field <> 'decision_date'),
                    _other_field_names
                ),
                if(
                    is_own_row,
                    unnest([[], ['commune_code'], ['product_group_code'], ['producer_type_code'], []]),
                    []::varchar[]
                )
            ) as _other_field_names,
        from counted
        where column_code is not null
    ),

    -- Where a map ended within the period: the district that held all of the product's commune, or why there
    -- is none. A product stands once for its unit, at the place of its first line.
    formerly_placed as (
        select
            stock.report_period_code,
            stock.unit_code,
            stock.product_key,
            coalesce(district.unit_code, unit_map.assignment_code, 'no_counterpart') as place_code,
        from stock
        inner join former_map on stock.report_period_code = former_map.period_code
        left join
            unit as commune
            on stock.commune_code = commune.unit_code
            and {{ stands_on("commune", "former_map.cut_off_on") }}
        left join
            unit as reporter
            on stock.unit_code = reporter.unit_code
            and {{ stands_on("reporter", "former_map.cut_off_on") }}
        left join
            unit_map
            on coalesce(commune.unit_key, reporter.unit_key) = unit_map.unit_key
            and former_map.map_code = unit_map.map_code
            and unit_map.unit_level_code = 'district'
        left join unit as district on unit_map.map_unit_key = district.unit_key
        where stock.is_own_row
        qualify
            row_number() over (
                partition by stock.report_period_code, stock.unit_code, stock.product_key
                order by stock._submission_id, stock._row_number
            )
            = 1
    ),

    former_figure as (
        select
            counted.report_period_code as period_code,
            'star_by_former_district' as table_code,
            formerly_placed.place_code as row_code,
            counted.column_code,
            'count' as measure_kind,
            counted.unit_code || '|' || counted.product_key as evidence_key,
            null::decimal(18, 3) as amount,
            counted._submission_id,
            counted._sheet,
            counted._row_number,
            counted._field_name,
            if(
                counted.is_own_row,
                list_append(counted._other_field_names, 'commune_code'),
                counted._other_field_names
            ) as _other_field_names,
        from counted
        inner join
            formerly_placed
            on counted.report_period_code = formerly_placed.report_period_code
            and counted.unit_code = formerly_placed.unit_code
            and counted.product_key = formerly_placed.product_key
        where counted.column_code is not null
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
            counted._other_field_names,
        from counted
        inner join period on counted.report_period_code = period.period_code and period.period_kind <> 'Y'
        cross join (select distinct period_code, from source_period) as reported
        inner join
            period as later
            on reported.period_code = later.period_code
            and period.cut_off_on <= later.cut_off_on
        where counted.is_valid and counted.column_code <> 'cumulative_count'
    ),

    -- The list prints the cells themselves.
    listed_figure as (
        select
            report_period_code as period_code,
            'product_list' as table_code,
            product_row_code as row_code,
            unnest(['star', 'star_proposed']) as column_code,
            'sum' as measure_kind,
            product_key as evidence_key,
            unnest([star, star_proposed])::decimal(18, 3) as amount,
            _submission_id,
            _sheet,
            _row_number,
            unnest(['star', 'star_proposed']) as _field_name,
            ['product_name', 'producer_name'] as _other_field_names,
        from stock
        where is_own_row
    ),

    final as (
        select *
        from product_figure
        union all by name
        select *
        from former_figure
        union all by name
        select *
        from period_figure
        union all by name
        select *
        from listed_figure
    )

select *
from final
