with
    source_period as (select * from {{ ref("int_ministry__source_period") }}),

    rating as (select * from {{ ref("fct_rating") }}),

    period_rating as (
        select source_period.period_code as report_period_code, rating.*,
        from rating
        inner join
            source_period
            on rating.decided_period_code = source_period.source_period_code
            and rating.unit_code = source_period.unit_code
            and source_period.measure_code = 'flow'
    ),

    final as (
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
    )

select *
from final
