with
    target as (select * from {{ ref("fct_target") }}),

    submission as (select * from {{ ref("fct_submission") }}),

    period as (select * from {{ ref("dim_period") }}),

    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

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
    latest as (
        select
            report.period_code as report_period_code,
            report.province_code,
            report.cut_off_on as report_cut_off_on,
            report.is_province_complete,
            target.*,
            -- by what it says, not by its line: a revision may insert a line above
            concat_ws(
                '-',
                target.subject_unit_code,
                if(target.unit_code = target.subject_unit_code, null, target.unit_code),
                target.indicator_code,
                target.target_from_year::varchar,
                target.target_to_year::varchar,
                target.star::varchar || '_star',
                target.product_group_code,
                {{ code_words("target.product_name") }},
                {{ code_words("target.measure_unit") }},
                if(target.is_total, 'all', null)
            ) as target_code,
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
        qualify
            rank() over (
                partition by report.period_code, target.unit_code
                order by period.cut_off_on desc, submission.arrival_no desc
            )
            = 1
    ),

    final as (
        select
            * exclude (target_code),
            concat_ws(
                '-',
                target_code,
                nullif(
                    row_number() over (
                        partition by report_period_code, target_code order by _submission_id, _row_number
                    ),
                    1
                )::varchar
            ) as row_code,
        from latest
    )

select *
from final
