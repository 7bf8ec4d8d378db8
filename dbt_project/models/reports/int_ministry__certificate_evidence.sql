with
    stock as (select * from {{ ref("int_ministry__stock") }}),

    period as (select * from {{ ref("dim_period") }}),

    rating as (select * from {{ ref("fct_rating") }}),

    due as (select * from {{ ref("int_ministry__due") }}),

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
        from certificate_figure
        union all by name
        select *
        from dated_figure
        union all by name
        select *
        from expiring_figure
    )

select *
from final
