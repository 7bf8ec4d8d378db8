with
    source_period as (select * from {{ ref("int_ministry__source_period") }}),

    standing as (select * from {{ ref("int_ministry__standing") }}),

    rating as (select * from {{ ref("fct_rating") }}),

    due as (select * from {{ ref("int_ministry__due") }}),

    period as (select * from {{ ref("dim_period") }}),

    former_map as (select * from {{ ref("int_ministry__former_map") }}),

    unit_map as (select * from {{ ref("bridge_unit_map") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    stock as (
        select source_period.period_code as report_period_code, standing.*
        from standing
        inner join
            source_period
            on standing.period_code = source_period.source_period_code
            and standing.unit_code = source_period.unit_code
            and source_period.measure_code = 'stock'
    ),

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

    -- A bucket of its own, beside recognised and proposed (the national statistics count it so): the row of
    -- the list, and the row of the province's council that sent it up.
    potential_figure as (
        select
            stock.report_period_code as period_code,
            'headline' as table_code,
            'potential_five_star' as row_code,
            'value' as column_code,
            'count' as measure_kind,
            stock.product_key as evidence_key,
            null::decimal(18, 3) as amount,
            unnest([stock._submission_id, rating._submission_id]) as _submission_id,
            unnest([stock._sheet, rating._sheet]) as _sheet,
            unnest([stock._row_number, rating._row_number]) as _row_number,
            unnest(['product_name', 'score_point']) as _field_name,
            unnest(
                [
                    ['producer_name'],
                    ['product_name', 'producer_name', 'council_level_code', 'outcome_code', 'council_date']
                ]
            ) as _other_field_names,
        from stock
        inner join period on stock.report_period_code = period.period_code
        inner join
            rating
            on stock.product_key = rating.product_key
            and rating.rated_on <= period.cut_off_on
            and (rating.is_potential_five_star or rating.central_rated_on > period.cut_off_on)
        where stock.is_potential_five_star and stock.is_own_row
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
            if(
                stock.is_own_row,
                list_append(stock._standing_field_names, 'expiry_date'),
                stock._standing_field_names
            ) as _other_field_names,
        from stock
        inner join period on stock.report_period_code = period.period_code
        where stock.is_valid
        union all by name
        -- and the rating sheets have no day for it either
        select
            stock.report_period_code as period_code,
            'headline' as table_code,
            'undated_product' as row_code,
            'value' as column_code,
            'count' as measure_kind,
            stock.product_key as evidence_key,
            null::decimal(18, 3) as amount,
            rating._submission_id,
            rating._sheet,
            rating._row_number,
            'decision_date' as _field_name,
            ['product_name', 'producer_name', 'outcome_code', 'star'] as _other_field_names,
        from stock
        inner join rating on stock.product_key = rating.product_key and rating.decision_date is null
        where stock.is_valid and stock.is_own_row and stock.expires_on is null
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
            if(is_own_row, 'producer_name', 'decision_date') as _field_name,
            list_concat(
                _standing_field_names, if(is_own_row, unnest([['producer_type_code'], []]), []::varchar[])
            ) as _other_field_names,
        from stock
        where is_valid
    ),

    -- A share rests on every producer: those of its type above, all of them below the line.
    share_figure as (
        select
            producer_figure.* replace (
                told_type.producer_type_code as row_code,
                'producer_share_pct' as column_code,
                'derived' as measure_kind
            ),
        from producer_figure
        inner join
            (
                select distinct period_code, row_code as producer_type_code,
                from producer_figure
                where table_code = 'producer_by_type'
            ) as told_type
            on producer_figure.period_code = told_type.period_code
        where producer_figure.table_code = 'producer_by_type'
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

    -- The list of movements also names what waits for the central council, with the star it has meanwhile.
    waiting_figure as (
        select distinct
            potential_figure.* replace (
                'movement_list' as table_code,
                'potential_five_star-' || potential_figure.evidence_key as row_code,
                'star_before' as column_code,
                'sum' as measure_kind,
                if(potential_figure._field_name = 'product_name', held.star, 0)::decimal(18, 3) as amount,
                if(potential_figure._field_name = 'product_name', 'star', 'score_point') as _field_name,
                if(
                    potential_figure._field_name = 'product_name',
                    held._standing_field_names,
                    potential_figure._other_field_names
                ) as _other_field_names
            ),
        from potential_figure
        inner join
            (
                select *
                from stock
                where is_own_row and is_potential_five_star
                qualify
                    row_number() over (
                        partition by report_period_code, product_key order by unit_code, _row_number
                    )
                    = 1
            ) as held
            on potential_figure.period_code = held.report_period_code
            and potential_figure.evidence_key = held.product_key
        where
            held.is_valid
            and held.star is not null
            and (
                potential_figure._field_name <> 'product_name'
                or (potential_figure._submission_id, potential_figure._sheet, potential_figure._row_number)
                = (held._submission_id, held._sheet, held._row_number)
            )
        union all by name
        -- and the day the council of the province sent it up
        select distinct
            * replace (
                'movement_list' as table_code,
                'potential_five_star-' || evidence_key as row_code,
                'decided_on' as column_code,
                'derived' as measure_kind,
                'council_date' as _field_name
            ),
        from potential_figure
        where _field_name = 'score_point'
    ),

    -- A day follows from every row that dates the certificate.
    dated_figure as (
        select
            report_period_code as period_code,
            'product_list' as table_code,
            product_row_code as row_code,
            unnest(
                [if(recognised_on is null, null, 'recognised_on'), if(expires_on is null, null, 'expires_on')]
            ) as column_code,
            'derived' as measure_kind,
            product_key as evidence_key,
            null::decimal(18, 3) as amount,
            _submission_id,
            _sheet,
            _row_number,
            'decision_date' as _field_name,
            list_concat(
                _standing_field_names, if(is_own_row, unnest([[], ['expiry_date']]), []::varchar[])
            ) as _other_field_names,
        from stock
        union all by name
        select
            report_period_code as period_code,
            'expiring' as table_code,
            product_row_code as row_code,
            unnest(
                [
                    'expires_on',
                    if(re_rating_from is null, null, 're_rating_from'),
                    if(re_rating_to is null, null, 're_rating_to')
                ]
            ) as column_code,
            'derived' as measure_kind,
            product_key as evidence_key,
            null::decimal(18, 3) as amount,
            _submission_id,
            _sheet,
            _row_number,
            'decision_date' as _field_name,
            if(
                is_own_row, list_append(_standing_field_names, 'expiry_date'), _standing_field_names
            ) as _other_field_names,
        from due
    ),

    expiring_figure as (
        select
            report_period_code as period_code,
            'expiring' as table_code,
            product_row_code as row_code,
            'star' as column_code,
            'sum' as measure_kind,
            product_key as evidence_key,
            if(is_own_row, star, 0)::decimal(18, 3) as amount,
            _submission_id,
            _sheet,
            _row_number,
            if(is_own_row, 'star', 'decision_date') as _field_name,
            if(
                is_own_row, list_append(_standing_field_names, 'expiry_date'), _standing_field_names
            ) as _other_field_names,
        from due
        where star is not null
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
        from potential_figure
        union all by name
        select *
        from certificate_figure
        union all by name
        select *
        from producer_figure
        union all by name
        select *
        from share_figure
        union all by name
        select *
        from listed_figure
        union all by name
        select *
        from waiting_figure
        union all by name
        select *
        from dated_figure
        union all by name
        select *
        from expiring_figure
    )

select *
from final
