{% set amounts = [
    "state_planned_amount_vnd_million",
    "state_disbursed_amount_vnd_million",
    "other_planned_amount_vnd_million",
    "other_disbursed_amount_vnd_million",
    "planned_amount_vnd_million",
    "disbursed_amount_vnd_million",
] %}

with
    line as (select * from {{ ref("int_ministry__funding_line") }}),

    content as (select * from {{ ref("dim_funding_content") }}),

    evidence as {{ evidence_of("funding_by_content") }},

    figure as (
        select
            period_code,
            if(grouping(row_code) = 1, 'total', row_code) as row_code,
            {% for amount in amounts %} {{ sum_figure(amount) }} as {{ amount }}, {% endfor %}
        from evidence
        group by grouping sets ((period_code, row_code), (period_code))
    ),

    known as (
        select
            report_period_code as period_code,
            if(grouping(content_code) = 1, 'total', content_code) as row_code,
            bool_and(is_planned_known and is_disbursed_known) as is_share_known,
        from line
        group by grouping sets ((report_period_code, content_code), (report_period_code))
    ),

    final as (
        select
            row_number() over (
                partition by figure.period_code
                order by figure.row_code = 'total', figure.row_code = 'unknown', figure.row_code
            )::integer as row_no,
            figure.period_code,
            figure.row_code,
            if(
                figure.row_code = 'total', 'Tổng', coalesce(content.content_name, 'Chưa rõ nội dung')
            ) as content_name,
            {% for amount in amounts %} figure.{{ amount }}, {% endfor %}
            {{ disbursed_share("figure", "known") }} as disbursed_share_pct,
        from figure
        inner join known on figure.period_code = known.period_code and figure.row_code = known.row_code
        left join content on figure.row_code = content.content_code
    )

select *
from final
