{% set columns = ["star_3_count", "star_4_count", "star_5_count", "star_unknown_count", "valid_count"] %}

with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    product_group as (select * from {{ ref("dim_product_group") }}),

    received_period as (select distinct period_code, from expected_unit where knows_product),

    listed as (
        select product_group_code as row_code, product_group_name,
        from product_group
        union all
        select 'unknown' as row_code, 'Chưa rõ nhóm' as product_group_name,
    ),

    figure as {{ counted_figures("star_by_group", columns) }},

    group_row as (
        select
            received_period.period_code,
            listed.row_code,
            listed.product_group_name,
            {% for column in columns %} coalesce(figure.{{ column }}, 0) as {{ column }}, {% endfor %}
        from received_period
        cross join listed
        left join
            figure on received_period.period_code = figure.period_code and listed.row_code = figure.row_code
    ),

    total_row as (
        select
            period_code,
            'total' as row_code,
            'Tổng' as product_group_name,
            {% for column in columns %} sum({{ column }})::integer as {{ column }}, {% endfor %}
        from group_row
        group by period_code
    ),

    final as (
        select
            row_number() over (
                partition by period_code order by row_code = 'total', row_code = 'unknown', row_code
            )::integer as row_no,
            *,
        from
            (
                select *
                from group_row
                union all
                select *
                from total_row
            )
    )

select *
from final
