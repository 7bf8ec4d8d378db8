-- Every map and level shows every amount, on a unit or on the line of what cannot be assigned. Returns what
-- differs.
with
    measure as (select * from {{ ref("int_measure") }}),

    by_map as (select * from {{ ref("mart_measure_by_map") }}),

    map_level as (select distinct map_code, unit_level_code, from {{ ref("bridge_unit_map") }}),

    stated as (
        select
            map_level.map_code, map_level.unit_level_code, period_code, measure_code, sum(amount) as amount,
        from measure
        cross join map_level
        group by all
    ),

    shown as (
        select map_code, unit_level_code, period_code, measure_code, sum(amount) as amount,
        from by_map
        group by all
    )

select *, shown.amount as shown_amount,
from stated
full join shown using (map_code, unit_level_code, period_code, measure_code)
where stated.amount is distinct from shown.amount
