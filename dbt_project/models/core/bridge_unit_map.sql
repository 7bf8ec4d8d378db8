with
    unit as (select *, coalesce(valid_to, 'infinity'::date) as last_day, from {{ ref("dim_unit") }}),

    administrative_map as (select * from {{ ref("dim_map") }}),

    part as (select * from {{ ref("int_unit_part") }}),

    alive as (
        select
            administrative_map.map_code,
            unit.unit_key,
            unit.unit_code,
            unit.unit_level_code,
            unit.parent_unit_code,
        from unit
        inner join administrative_map on administrative_map.read_on between unit.valid_from and unit.last_day
    ),

    -- A unit, the one above it, the one above that.
    climb as (
        select map_code, unit_key as part_unit_key, unit_level_code, unit_key as holder_key,
        from alive
        union all
        select alive.map_code, alive.unit_key, upper.unit_level_code, upper.unit_key,
        from alive
        inner join
            alive as upper on alive.map_code = upper.map_code and alive.parent_unit_code = upper.unit_code
        union all
        select alive.map_code, alive.unit_key, top.unit_level_code, top.unit_key,
        from alive
        inner join
            alive as upper on alive.map_code = upper.map_code and alive.parent_unit_code = upper.unit_code
        inner join alive as top on upper.map_code = top.map_code and upper.parent_unit_code = top.unit_code
    ),

    map_level as (select distinct map_code, unit_level_code, from alive),

    -- Which units of each level hold a part. A district without communes stands for itself among the
    -- communes.
    holder as (
        select part.unit_key, part.map_code, map_level.unit_level_code, part.is_default, climb.holder_key,
        from part
        inner join map_level on part.map_code = map_level.map_code
        inner join
            climb
            on part.map_code = climb.map_code
            and part.part_unit_key = climb.part_unit_key
            and map_level.unit_level_code = climb.unit_level_code
        union all
        select
            part.unit_key,
            part.map_code,
            'commune' as unit_level_code,
            part.is_default,
            alive.unit_key as holder_key,
        from part
        inner join alive on part.map_code = alive.map_code and part.part_unit_key = alive.unit_key
        where alive.unit_level_code <> 'commune'
    ),

    candidate as (
        select
            unit_key,
            map_code,
            unit_level_code,
            count(distinct holder_key)::integer as candidate_count,
            min(holder_key) as holder_key,
            min(holder_key) filter (is_default) as default_holder_key,
        from holder
        group by all
    ),

    final as (
        select
            unit.unit_key,
            map_level.map_code,
            map_level.unit_level_code,
            if(candidate.candidate_count = 1, candidate.holder_key, null) as map_unit_key,
            case
                when candidate.candidate_count = 1
                then 'assigned'
                when candidate.candidate_count is null
                then 'no_counterpart'
                -- Not divided: it stands on this very map, but above the level asked for.
                when
                    unit.valid_from <= coalesce(administrative_map.valid_to, 'infinity'::date)
                    and unit.last_day >= administrative_map.valid_from
                then 'above_level'
                else 'divided'
            end as assignment_code,
            coalesce(candidate.candidate_count, 0)::integer as candidate_count,
            candidate.default_holder_key as default_map_unit_key,
        from unit
        cross join map_level
        inner join administrative_map on map_level.map_code = administrative_map.map_code
        left join
            candidate
            on unit.unit_key = candidate.unit_key
            and map_level.map_code = candidate.map_code
            and map_level.unit_level_code = candidate.unit_level_code
    )

select *
from final
