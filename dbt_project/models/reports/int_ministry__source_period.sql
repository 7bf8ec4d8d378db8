with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    bridge as (select * from {{ ref("bridge_period") }}),

    -- Facts of the units a report expects, under the report's period.
    final as (
        select bridge.period_code, bridge.measure_code, bridge.source_period_code, expected_unit.unit_code,
        from bridge
        inner join expected_unit on bridge.period_code = expected_unit.period_code
    )

select *
from final
