with
    succession as (select * from {{ ref("ref_unit_succession") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    -- Left joins: a code that is missing from dim_unit must break the not-null promise, not lose its row.
    final as (
        select
            old_unit.unit_key as old_unit_key,
            new_unit.unit_key as new_unit_key,
            succession.old_unit_code,
            succession.new_unit_code,
            succession.relation_code,
            succession.succeeded_on,
        from succession
        left join
            unit as old_unit
            on succession.old_unit_code = old_unit.unit_code
            and succession.succeeded_on = old_unit.valid_to + 1
        left join
            unit as new_unit
            on succession.new_unit_code = new_unit.unit_code
            and succession.succeeded_on = new_unit.valid_from
    )

select *
from final
