with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }} where knows_product),

    bridge as (select * from {{ ref("bridge_period") }} where measure_code = 'flow'),

    period as (select * from {{ ref("dim_period") }} where period_kind <> 'Y'),

    movement as (select * from {{ ref("fct_product_movement") }}),

    evidence as {{ evidence_of("opening") }},

    -- The report before the first half-year received of this period.
    first_half as (
        select
            expected_unit.period_code,
            expected_unit.unit_code,
            arg_min(movement.previous_period_code, movement.period_code) as previous_period_code,
            min(movement.period_code) as first_period_code,
        from expected_unit
        inner join bridge on expected_unit.period_code = bridge.period_code
        inner join
            movement
            on bridge.source_period_code = movement.period_code
            and expected_unit.unit_code = movement.unit_code
        group by all
    ),

    -- Half-years between the two that nobody reported.
    gap as (
        select
            first_half.period_code,
            first_half.unit_code,
            string_agg(
                {{ period_words("skipped.period_code") }}, '; ' order by skipped.cut_off_on
            ) as skipped_periods,
        from first_half
        inner join period as previous on first_half.previous_period_code = previous.period_code
        inner join period as present on first_half.first_period_code = present.period_code
        inner join
            period as skipped
            on skipped.cut_off_on > previous.cut_off_on
            and skipped.cut_off_on < present.cut_off_on
        group by all
    ),

    figure as (
        select period_code, row_code, {{ sum_figure("opening_count") }} as opening_count,
        from evidence
        group by period_code, row_code
    ),

    final as (
        select
            row_number() over (
                partition by expected_unit.period_code order by expected_unit.unit_code
            )::integer as row_no,
            expected_unit.period_code,
            expected_unit.unit_code as row_code,
            expected_unit.unit_name,
            if(
                first_half.previous_period_code is null,
                'Chưa có báo cáo kỳ trước',
                'Báo cáo ' || {{ period_words("first_half.previous_period_code") }}
            ) as opening_basis_name,
            -- without an earlier report there is no opening stock, not one of 0
            if(first_half.previous_period_code is null, null, coalesce(figure.opening_count, 0))::integer
            as opening_count,
            gap.skipped_periods,
        from expected_unit
        left join first_half using (period_code, unit_code)
        left join gap using (period_code, unit_code)
        left join
            figure
            on expected_unit.period_code = figure.period_code
            and expected_unit.unit_code = figure.row_code
    )

select *
from final
