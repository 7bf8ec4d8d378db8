with
    unit as (select *, coalesce(valid_to, 'infinity'::date) as last_day, from {{ ref("dim_unit") }}),

    administrative_map as (select * from {{ ref("dim_map") }}),

    lineage as (select * from {{ ref("int_unit_lineage") }}),

    below as (
        select upper.unit_key, lower.unit_key as lower_unit_key,
        from unit as upper
        inner join
            unit as lower
            on upper.unit_code = lower.parent_unit_code
            and lower.valid_from <= upper.last_day
            and lower.last_day >= upper.valid_from
    ),

    -- Communes, and the five island districts that had none: the ground a map is made of.
    leaf as (select * from unit where unit_key not in (select unit_key from below)),

    ground as (
        select unit_key, unit_key as leaf_key,
        from leaf
        union all
        select below.unit_key, leaf.unit_key as leaf_key,
        from below
        inner join leaf on below.lower_unit_key = leaf.unit_key
        union all
        select province.unit_key, leaf.unit_key as leaf_key,
        from below as province
        inner join below as district on province.lower_unit_key = district.unit_key
        inner join leaf on district.lower_unit_key = leaf.unit_key
    ),

    -- The same ground on other days, earlier or later; of the earlier ones none is a default.
    kin as (
        select unit_key as leaf_key, later_unit_key as kin_key, is_default,
        from lineage
        union all
        select later_unit_key as leaf_key, unit_key as kin_key, false as is_default,
        from lineage
        where later_unit_key <> unit_key
    ),

    map_leaf as (
        select administrative_map.map_code, leaf.unit_key,
        from leaf
        inner join administrative_map on administrative_map.read_on between leaf.valid_from and leaf.last_day
    ),

    final as (
        select
            ground.unit_key,
            map_leaf.map_code,
            map_leaf.unit_key as part_unit_key,
            bool_or(ground.unit_key = ground.leaf_key and kin.is_default) as is_default,
        from ground
        inner join kin on ground.leaf_key = kin.leaf_key
        inner join map_leaf on kin.kin_key = map_leaf.unit_key
        group by ground.unit_key, map_leaf.map_code, map_leaf.unit_key
    )

select *
from final
