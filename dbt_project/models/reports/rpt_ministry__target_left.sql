-- What the table of results says is not reached, or not known; a range is reached at its lower end.
with
    target_result as (select * from {{ ref("rpt_ministry__target_result") }}),

    period as (select * from {{ ref("dim_period") }}),

    final as (
        select
            row_number() over (partition by target_result.period_code order by target_result.row_no)::integer
            as row_no,
            target_result.period_code,
            target_result.row_code,
            target_result.unit_name,
            target_result.indicator_name,
            target_result.target_to_year,
            -- a half of the year is left after the report of its first half
            target_result.target_to_year < period.period_year
            or (target_result.target_to_year = period.period_year and period.period_kind <> 'H1') as is_over,
            target_result.target_min,
            target_result.target_max,
            target_result.result_value,
            (target_result.target_min - target_result.result_value)::decimal(18, 3) as left_value,
            target_result.measure_unit,
            target_result.assessment_name,
        from target_result
        inner join period on target_result.period_code = period.period_code
        where target_result.result_value is null or target_result.result_value < target_result.target_min
    )

select *
from final
