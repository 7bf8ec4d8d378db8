with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    bridge as (select * from {{ ref("bridge_period") }}),

    -- Facts of the units that were to report the half-year, under the report's period: of 2025 the districts
    -- told the first half, the communes the second.
    final as (
        select bridge.period_code, bridge.measure_code, bridge.source_period_code, expected_unit.unit_code,
        from bridge
        inner join expected_unit on bridge.source_period_code = expected_unit.period_code
    )

select *
from final
