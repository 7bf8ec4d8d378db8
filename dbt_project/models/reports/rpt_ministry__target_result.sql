with
    target as (select * from {{ ref("fct_target") }}),

    submission as (select * from {{ ref("fct_submission") }}),

    period as (select * from {{ ref("dim_period") }}),

    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    result as (select * from {{ ref("int_ministry__result") }}),

    indicator as (select * from {{ ref("dim_indicator") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    report as (
        select
            expected_unit.period_code,
            any_value(expected_unit.province_code) as province_code,
            any_value(period.cut_off_on) as cut_off_on,
            any_value(period.period_year) as period_year,
            bool_and(expected_unit.absent_period_codes is null) as is_province_complete,
        from expected_unit
        inner join period on expected_unit.period_code = period.period_code
        group by expected_unit.period_code
    ),

    -- A half-year is measured against the targets of its year; of each unit the latest plan known by then
    -- stands.
    candidate as (
        select
            report.period_code as report_period_code,
            report.province_code,
            report.cut_off_on as report_cut_off_on,
            report.is_province_complete,
            target.*,
            rank() over (
                partition by report.period_code, target.unit_code
                order by period.cut_off_on desc, submission.arrival_no desc
            ) as plan_rank,
        from target
        inner join submission on target._submission_id = submission.submission_id
        inner join period on target.period_code = period.period_code
        inner join
            report
            on report.period_year between target.target_from_year and target.target_to_year
            and period.cut_off_on <= report.cut_off_on
            and (
                target.unit_code = report.province_code
                or exists (
                    select 1
                    from expected_unit
                    where
                        expected_unit.period_code = report.period_code
                        and expected_unit.unit_code = target.unit_code
                )
            )
    ),

    named as (
        select
            candidate.report_period_code as period_code,
            candidate.subject_unit_code
            || '-'
            || candidate._submission_id
            || '-'
            || candidate._row_number as row_code,
            candidate.unit_code,
            candidate.subject_unit_code,
            candidate._row_number,
            unit.unit_name,
            indicator.indicator_name
            || if(candidate.star is null, '', ' (' || candidate.star || ' sao)')
            || if(candidate.product_name is null, '', ': ' || candidate.product_name)
            || if(candidate.is_total, ' - tổng', '') as indicator_name,
            candidate.target_from_year,
            candidate.target_to_year,
            candidate.target_min,
            candidate.target_max,
            coalesce(candidate.measure_unit, indicator.measure_unit) as measure_unit,
            result.result_value,
            if(
                candidate.subject_unit_code = candidate.province_code,
                candidate.is_province_complete,
                subject.absent_period_codes is null
            ) as is_complete,
        from candidate
        inner join indicator on candidate.indicator_code = indicator.indicator_code
        left join
            unit
            on candidate.subject_unit_code = unit.unit_code
            and candidate.report_cut_off_on
            between unit.valid_from and coalesce(unit.valid_to, candidate.report_cut_off_on)
        left join
            expected_unit as subject
            on candidate.report_period_code = subject.period_code
            and candidate.subject_unit_code = subject.unit_code
        left join
            result
            on candidate.report_period_code = result.period_code
            and candidate._submission_id = result._submission_id
            and candidate._row_number = result._row_number
        where candidate.plan_rank = 1
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
