with
    period as (select * from {{ ref("dim_period") }}),

    administrative_map as (select * from {{ ref("dim_map") }}),

    final as (
        select
            period.period_code,
            period.province_code,
            period.cut_off_on,
            administrative_map.map_code,
            administrative_map.read_on,
        from period
        inner join
            administrative_map
            on administrative_map.valid_to >= period.starts_on
            and administrative_map.valid_to < period.cut_off_on
    )

select *
from final
