with
    stock as (select * from {{ ref("int_ministry__stock") }}),

    period as (select * from {{ ref("dim_period") }}),

    rating as (select * from {{ ref("fct_rating") }}),

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

    final as (
        select *
        from potential_figure
        union all by name
        select *
        from waiting_figure
    )

select *
from final
