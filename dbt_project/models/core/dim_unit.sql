with
    unit as (select * from {{ ref("ref_unit") }}),

    final as (
        select
            -- A code alone names nobody: the list of 2025 gives old codes to other communes (QĐ
            -- 19/2025/QĐ-TTg).
            md5(unit_code || '|' || valid_from::varchar) as unit_key,
            unit_code,
            unit_name,
            unit_level_code,
            parent_unit_code,
            valid_from,
            valid_to,
        from unit
    )

select *
from final
