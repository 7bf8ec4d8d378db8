with
    period as (select * from {{ ref("ref_period") }}),

    deadline as (select * from {{ ref("ref_deadline") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    lineage as (select * from {{ ref("int_unit_lineage") }}),

    -- The province served is the one valid at the cut-off, never at arrival: 2024H2 is Ninh Thuận, 2026H1
    -- Khánh Hòa.
    served as (
        select distinct period.period_code, later.unit_code as province_code,
        from period
        inner join
            unit as own on own.unit_code = '{{ var("province_code") }}' and own.unit_level_code = 'province'
        inner join lineage on own.unit_key = lineage.unit_key
        inner join
            unit as later
            on lineage.later_unit_key = later.unit_key
            and period.cut_off_on between later.valid_from and coalesce(later.valid_to, period.cut_off_on)
    ),

    final as (
        select
            period.period_code,
            period.period_kind,
            period.period_year,
            served.province_code,
            period.starts_on,
            period.cut_off_on,
            -- A province's own deadline goes before the one for all.
            coalesce(own.deadline_on, common.deadline_on) as deadline_on,
            coalesce(own.ministry_deadline_on, common.ministry_deadline_on) as ministry_deadline_on,
            period.basis,
            coalesce(own.deadline_basis, common.deadline_basis) as deadline_basis,
            coalesce(own.ministry_deadline_basis, common.ministry_deadline_basis) as ministry_deadline_basis,
        from period
        left join served on period.period_code = served.period_code
        inner join
            deadline as common on period.period_code = common.period_code and common.province_code is null
        left join
            deadline as own
            on period.period_code = own.period_code
            and served.province_code = own.province_code
    )

select *
from final
