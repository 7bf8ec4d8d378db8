with
    measure as (select * from {{ ref("int_measure") }}),

    unit_map as (select * from {{ ref("bridge_unit_map") }}),

    administrative_map as (select * from {{ ref("dim_map") }}),

    assignment as (select * from {{ ref("dim_map_assignment") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    map_level as (select distinct map_code, unit_level_code, from unit_map),

    -- Left join: a place that no map knows keeps its figures, on a line that says so.
    mapped as (
        select
            map_level.map_code,
            map_level.unit_level_code,
            unit_map.map_unit_key,
            coalesce(unit_map.assignment_code, 'no_counterpart') as assignment_code,
            measure.* exclude (place_unit_key, amount),
            sum(measure.amount)::decimal(18, 3) as amount,
        from measure
        cross join map_level
        left join
            unit_map
            on measure.place_unit_key = unit_map.unit_key
            and map_level.map_code = unit_map.map_code
            and map_level.unit_level_code = unit_map.unit_level_code
        group by all
    ),

    final as (
        select
            mapped.period_code,
            mapped.map_code,
            administrative_map.map_name,
            mapped.unit_level_code,
            mapped.map_unit_key as unit_key,
            unit.unit_code,
            coalesce(unit.unit_name, assignment.assignment_name) as unit_name,
            mapped.assignment_code,
            mapped.measure_code,
            mapped.star,
            mapped.status_code,
            mapped.product_group_code,
            mapped.producer_type_code,
            mapped.funding_year,
            mapped.source_code,
            mapped.activity_type_code,
            mapped.state_code,
            mapped.amount,
        from mapped
        inner join administrative_map on mapped.map_code = administrative_map.map_code
        inner join assignment on mapped.assignment_code = assignment.assignment_code
        left join unit on mapped.map_unit_key = unit.unit_key
    )

select *
from final
