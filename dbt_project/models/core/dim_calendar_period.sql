with
    period as (select * from {{ ref("dim_period") }}),

    calendar_year as (select distinct period_year as calendar_year, from period),

    -- Other days than the reports' (NĐ 09/2019/NĐ-CP): statistics go by the calendar.
    kind as (
        select *
        from
            (
                values
                    ('S1', '6 tháng đầu năm dương lịch', 1, 6, 30),
                    ('S2', '6 tháng cuối năm dương lịch', 7, 12, 31),
                    ('C', 'Cả năm dương lịch', 1, 12, 31)
            ) as kind(calendar_period_kind, kind_name, first_month, last_month, last_day)
    ),

    final as (
        select
            calendar_year.calendar_year || kind.calendar_period_kind as calendar_period_code,
            kind.calendar_period_kind,
            kind.kind_name || ' ' || calendar_year.calendar_year as calendar_period_name,
            calendar_year.calendar_year,
            make_date(calendar_year.calendar_year, kind.first_month, 1) as starts_on,
            make_date(calendar_year.calendar_year, kind.last_month, kind.last_day) as ends_on,
            'NĐ 60/2018/NĐ-CP' as basis,
        from calendar_year
        cross join kind
    )

select *
from final
