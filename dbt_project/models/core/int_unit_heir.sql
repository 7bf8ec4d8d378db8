with recursive
    unit as (select * from {{ ref("dim_unit") }}),

    succession as (select * from {{ ref("bridge_unit_succession") }}),

    -- Units change more than once: the heirs of an heir are heirs.
    heir as (
        select unit_key, unit_key as heir_key, true as is_default,
        from unit
        union
        select
            heir.unit_key,
            succession.new_unit_key,
            heir.is_default and succession.relation_code <> 'split_other',
        from heir
        inner join succession on heir.heir_key = succession.old_unit_key
    ),

    final as (
        select
            heir.unit_key,
            heir.heir_key,
            any_value(unit.unit_code) as heir_code,
            any_value(unit.valid_from) as heir_valid_from,
            any_value(unit.valid_to) as heir_valid_to,
            bool_or(heir.is_default) as is_default,
        from heir
        inner join unit on heir.heir_key = unit.unit_key
        group by heir.unit_key, heir.heir_key
    )

select *
from final
