with
    administrative_map as (select * from {{ ref("ref_map") }}),

    final as (
        select
            map_code,
            map_name,
            valid_from,
            valid_to,
            -- The units of a map are those of its last day; of the map in force, those of the day looked
            -- from.
            greatest(valid_from, least(coalesce(valid_to, {{ as_of() }}), {{ as_of() }})) as read_on,
        from administrative_map
    )

select *
from final
