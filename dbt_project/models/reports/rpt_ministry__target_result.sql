with
    target as (select * from {{ ref("int_ministry__target") }}),

    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    result as (select * from {{ ref("int_ministry__result") }}),

    indicator as (select * from {{ ref("dim_indicator") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    named as (
        select
            target.report_period_code as period_code,
            target.row_code,
            target.unit_code,
            target._row_number,
            unit.unit_name,
            indicator.indicator_name
            || if(target.star is null, '', ' (' || target.star || ' sao)')
            || if(target.product_name is null, '', ': ' || target.product_name)
            || if(target.is_total, ' - tổng', '') as indicator_name,
            target.target_from_year,
            target.target_to_year,
            target.target_min,
            target.target_max,
            coalesce(target.measure_unit, indicator.measure_unit) as measure_unit,
            result.result_value,
            if(
                target.subject_unit_code = target.province_code,
                target.is_province_complete,
                subject.absent_period_codes is null
            ) as is_complete,
        from target
        inner join indicator on target.indicator_code = indicator.indicator_code
        left join
            unit
            on target.subject_unit_code = unit.unit_code
            and {{ stands_on("unit", "target.report_cut_off_on") }}
        left join
            expected_unit as subject
            on target.report_period_code = subject.period_code
            and target.subject_unit_code = subject.unit_code
        left join
            result on target.report_period_code = result.period_code and target.row_code = result.row_code
    ),

    final as (
        select
            row_number() over (partition by period_code order by unit_code, _row_number)::integer as row_no,
            period_code,
            row_code,
            unit_name,
            indicator_name,
            target_from_year,
            target_to_year,
            target_min,
            target_max,
            result_value,
            measure_unit,
            case
                when result_value is null
                then 'Chưa có số liệu'
                when target_min is null and target_max is null
                then 'Không ghi mức'
                when target_max is not null and result_value > target_max
                then 'Vượt'
                when target_min is null or result_value >= target_min
                then 'Đạt'
                when not coalesce(is_complete, false)
                then 'Chưa đủ số liệu'
                else 'Chưa đạt'
            end as assessment_name,
        from named
    )

select *
from final
