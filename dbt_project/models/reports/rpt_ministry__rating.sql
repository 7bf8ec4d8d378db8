{% set columns = ["product_count", "star_3_count", "star_4_count", "star_5_count", "star_unknown_count"] %}

with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    bridge as (select * from {{ ref("bridge_period") }} where measure_code = 'flow'),

    -- Whoever reported one of the half-years: a district may have ended since.
    reporter as (
        select bridge.period_code, expected_unit.unit_code, any_value(expected_unit.unit_name) as unit_name,
        from bridge
        inner join expected_unit on bridge.source_period_code = expected_unit.period_code
        group by all
    ),

    cycle as (select * from {{ ref("dim_rating_cycle") }}),

    council_level as (select * from {{ ref("dim_council_level") }}),

    evidence as {{ evidence_of("rating") }},

    figure as (
        select
            period_code,
            if(grouping(row_code) = 1, 'total', row_code) as row_code,
            {% for column in columns %} {{ count_figure(column) }} as {{ column }}, {% endfor %}
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
            coalesce(reporter.unit_name, 'Tổng') as unit_name,
            cycle.cycle_name,
            council_level.council_level_name,
            {% for column in columns %} figure.{{ column }}, {% endfor %}
        from figure
        left join
            reporter
            on figure.period_code = reporter.period_code
            and split_part(figure.row_code, '-', 1) = reporter.unit_code
        left join cycle on split_part(figure.row_code, '-', 2) = cycle.cycle_code
        left join council_level on split_part(figure.row_code, '-', 3) = council_level.council_level_code
    )

select *
from final
