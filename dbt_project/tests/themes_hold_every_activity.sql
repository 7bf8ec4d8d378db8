-- Each activity of a report's period stands in the table of one theme.
with
    printed as (
        {% for theme in ("training", "promotion", "label", "planting", "tourism", "other") %}
            select period_code, line_count,
            from {{ ref("rpt_ministry__activity_" ~ theme) }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    total as (select period_code, sum(line_count)::bigint as line_count, from printed group by period_code),

    reported as (
        select source_period.period_code, count(*) as line_count,
        from {{ ref("int_ministry__source_period") }} as source_period
        inner join
            {{ ref("fct_activity") }} as activity
            on source_period.source_period_code = activity.period_code
            and source_period.unit_code = activity.unit_code
        where source_period.measure_code = 'flow'
        group by source_period.period_code
    )

select period_code, total.line_count as printed_line_count, reported.line_count as reported_line_count,
from total
full join reported using (period_code)
where total.line_count is distinct from reported.line_count
