with
    source_period as (select * from {{ ref("int_ministry__source_period") }}),

    standing as (select * from {{ ref("int_ministry__standing") }}),

    final as (
        select source_period.period_code as report_period_code, standing.*
        from standing
        inner join
            source_period
            on standing.period_code = source_period.source_period_code
            and standing.unit_code = source_period.unit_code
            and source_period.measure_code = 'stock'
    )

select *
from final
