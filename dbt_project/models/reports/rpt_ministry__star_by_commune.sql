{% set columns = [
    "star_3_count",
    "star_4_count",
    "star_5_count",
    "star_unknown_count",
    "valid_count",
    "expired_count",
    "proposed_count",
] %}

with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    period as (select * from {{ ref("dim_period") }}),

    figure as {{ counted_figures("star_by_commune", columns) }},

    -- Communes of the units that were received, with or without a product.
    commune_row as (
        select
            expected_unit.period_code,
            commune.unit_code as row_code,
            expected_unit.unit_name,
            commune.unit_code as commune_code,
            commune.unit_name as commune_name,
            {% for column in columns %} coalesce(figure.{{ column }}, 0) as {{ column }}, {% endfor %}
        from expected_unit
        inner join period on expected_unit.period_code = period.period_code
        inner join
            unit as commune
            on commune.unit_level_code = 'commune'
            and expected_unit.unit_code in (commune.unit_code, commune.parent_unit_code)
            and {{ stands_on("commune", "period.cut_off_on") }}
        left join
            figure on expected_unit.period_code = figure.period_code and commune.unit_code = figure.row_code
        where expected_unit.knows_product
    ),

    total_row as (
        select
            period_code,
            'total' as row_code,
            'Tổng các đơn vị đã báo cáo' as unit_name,
            null::varchar as commune_code,
            null::varchar as commune_name,
            {% for column in columns %} sum({{ column }})::integer as {{ column }}, {% endfor %}
        from commune_row
        group by period_code
    ),

    final as (
        select
            row_number() over (
                partition by period_code order by row_code = 'total', unit_name, row_code
            )::integer as row_no,
            *,
        from
            (
                select *
                from commune_row
                union all
                select *
                from total_row
            )
    )

select *
from final
