with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    producer_type as (select * from {{ ref("dim_producer_type") }}),

    evidence as {{ evidence_of("producer_by_type") }},

    received_period as (select distinct period_code, from expected_unit where knows_product),

    listed as (
        select producer_type_code as row_code, producer_type_name,
        from producer_type
        union all
        select 'unknown' as row_code, 'Chưa rõ loại hình' as producer_type_name,
    ),

    -- A producer whose lines name two types counts in each; the total counts it once.
    figure as (
        select
            period_code,
            if(grouping(row_code) = 1, 'total', row_code) as row_code,
            {{ count_figure("producer_count") }} as producer_count,
            {{ count_figure("product_count") }} as product_count,
        from evidence
        group by grouping sets ((period_code, row_code), (period_code))
    ),

    type_row as (
        select
            received_period.period_code,
            listed.row_code,
            listed.producer_type_name,
            coalesce(figure.producer_count, 0) as producer_count,
            coalesce(figure.product_count, 0) as product_count,
        from received_period
        cross join listed
        left join
            figure on received_period.period_code = figure.period_code and listed.row_code = figure.row_code
    ),

    total_row as (
        select
            received_period.period_code,
            'total' as row_code,
            'Tổng' as producer_type_name,
            coalesce(figure.producer_count, 0) as producer_count,
            coalesce(figure.product_count, 0) as product_count,
        from received_period
        left join figure on received_period.period_code = figure.period_code and figure.row_code = 'total'
    ),

    final as (
        select
            row_number() over (
                partition by period_code order by row_code = 'total', row_code = 'unknown', row_code
            )::integer as row_no,
            *,
            round(
                100.0
                * producer_count
                / nullif(max(producer_count) filter (row_code = 'total') over (partition by period_code), 0),
                1
            )::decimal(18, 3) as producer_share_pct,
        from
            (
                select *
                from type_row
                union all
                select *
                from total_row
            )
    )

select *
from final
