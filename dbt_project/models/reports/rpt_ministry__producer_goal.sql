with
    target as (select * from {{ ref("int_ministry__target") }}),

    indicator as (select * from {{ ref("dim_indicator") }}),

    target_result as (select * from {{ ref("rpt_ministry__target_result") }}),

    source as (select * from {{ ref("int_ministry__result_source") }}),

    -- The whole the share is of: producers with a valid product at the units the target is given to.
    counted as (
        select
            period_code,
            row_code,
            count(distinct evidence_key) filter (where is_counted)::integer as counted_producer_count,
            count(distinct evidence_key)::integer as producer_count,
        from source
        group by period_code, row_code
    ),

    final as (
        select
            row_number() over (partition by target_result.period_code order by target_result.row_no)::integer
            as row_no,
            target_result.period_code,
            target_result.row_code,
            target_result.unit_name,
            target_result.indicator_name,
            target_result.target_to_year,
            counted.counted_producer_count,
            counted.producer_count,
            target_result.result_value as producer_share_pct,
            target_result.target_min,
            target_result.target_max,
            target_result.assessment_name,
        from target_result
        inner join
            target
            on target_result.period_code = target.report_period_code
            and target_result.row_code = target.row_code
        inner join
            indicator on target.indicator_code = indicator.indicator_code and indicator.is_producer_share
        left join
            counted
            on target_result.period_code = counted.period_code
            and target_result.row_code = counted.row_code
    )

select *
from final
