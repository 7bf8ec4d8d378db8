with
    source as (select * from {{ ref("dim_funding_source") }}),

    content as (select * from {{ ref("dim_funding_content") }}),

    evidence as {{ evidence_of("funding_by_source") }},

    figure as (
        select
            period_code,
            if(grouping(row_code) = 1, 'total', row_code) as row_code,
            {{ sum_figure("planned_amount_vnd_million") }} as planned_amount_vnd_million,
            {{ sum_figure("disbursed_amount_vnd_million") }} as disbursed_amount_vnd_million,
            {{ count_figure("approximate_line_count") }} as approximate_line_count,
        from evidence
        group by grouping sets ((period_code, row_code), (period_code))
    ),

    final as (
        select
            row_number() over (
                partition by figure.period_code order by figure.row_code = 'total', figure.row_code
            )::integer as row_no,
            figure.period_code,
            figure.row_code,
            if(
                figure.row_code = 'total', 'Tổng', coalesce(source.source_name, 'Chưa rõ nguồn')
            ) as source_name,
            if(
                figure.row_code = 'total', null, coalesce(content.content_name, 'Chưa rõ nội dung')
            ) as content_name,
            figure.planned_amount_vnd_million,
            figure.disbursed_amount_vnd_million,
            figure.approximate_line_count,
        from figure
        left join source on split_part(figure.row_code, '-', 1) = source.source_code
        left join content on split_part(figure.row_code, '-', 2) = content.content_code
    )

select *
from final
