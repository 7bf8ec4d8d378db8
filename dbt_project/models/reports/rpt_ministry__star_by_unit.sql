{% set columns = [
    "star_3_count",
    "star_4_count",
    "star_5_count",
    "star_unknown_count",
    "valid_count",
    "expired_count",
    "proposed_count",
    "cumulative_count",
] %}

with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    figure as {{ counted_figures("star_by_unit", columns) }},

    -- A unit that says it has none has 0; a unit whose products are not known has no figure at all.
    unit_row as (
        select
            expected_unit.period_code,
            expected_unit.unit_code as row_code,
            expected_unit.unit_code,
            expected_unit.unit_name,
            expected_unit.submission_status_code,
            {% for column in columns %}
                if(expected_unit.knows_product, coalesce(figure.{{ column }}, 0), null) as {{ column }},
            {% endfor %}
        from expected_unit
        left join
            figure
            on expected_unit.period_code = figure.period_code
            and expected_unit.unit_code = figure.row_code
    ),

    total_row as (
        select
            period_code,
            'total' as row_code,
            null::varchar as unit_code,
            'Tổng các đơn vị đã báo cáo' as unit_name,
            null::varchar as submission_status_code,
            {% for column in columns %} sum({{ column }})::integer as {{ column }}, {% endfor %}
        from unit_row
        group by period_code
    ),

    final as (
        select
            row_number() over (partition by period_code order by row_code = 'total', row_code)::integer
            as row_no,
            *,
        from
            (
                select *
                from unit_row
                union all
                select *
                from total_row
            )
    )

select *
from final
