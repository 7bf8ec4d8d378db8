with
    funding as (select * from {{ ref("fct_funding") }}),

    period as (select * from {{ ref("dim_period") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    source as (select * from {{ ref("dim_funding_source") }}),

    content as (select * from {{ ref("dim_funding_content") }}),

    final as (
        select unit.unit_name, source.source_name, source.source_group_name, content.content_name, funding.*,
        from funding
        inner join period on funding.period_code = period.period_code
        left join
            unit
            on funding.unit_code = unit.unit_code
            and period.cut_off_on between unit.valid_from and coalesce(unit.valid_to, period.cut_off_on)
        left join source on funding.source_code = source.source_code
        left join content on funding.content_code = content.content_code
    )

select *
from final
