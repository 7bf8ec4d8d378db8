with recursive
    unit as (select * from {{ ref("dim_unit") }}),

    succession as (select * from {{ ref("bridge_unit_succession") }}),

    -- It ends by itself: a successor begins the day after the unit before it ended.
    step as (
        select unit_key, unit_key as later_unit_key, true as is_default,
        from unit
        union
        select
            step.unit_key,
            succession.new_unit_key as later_unit_key,
            step.is_default and succession.relation_code <> 'split_other' as is_default,
        from step
        inner join succession on step.later_unit_key = succession.old_unit_key
    ),

    final as (
        select unit_key, later_unit_key, bool_or(is_default) as is_default,
        from step
        group by unit_key, later_unit_key
    )

select *
from final
