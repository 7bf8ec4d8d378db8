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

-- Only of a period in which a map ended: what stands at the cut-off, by the districts there were before.
with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    former_map as (select * from {{ ref("int_ministry__former_map") }}),

    unit_map as (select * from {{ ref("bridge_unit_map") }}),

    assignment as (select * from {{ ref("dim_map_assignment") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    figure as {{ counted_figures("star_by_former_district", columns) }},

    reported as (
        select former_map.*, bool_or(expected_unit.knows_product) as knows_product,
        from former_map
        inner join expected_unit on former_map.period_code = expected_unit.period_code
        group by all
    ),

    -- Every district whose ground the province holds now, with or without a product.
    district as (
        select
            reported.period_code,
            district.unit_code as row_code,
            province.unit_name as province_name,
            district.unit_name as district_name,
            1 as part_no,
        from reported
        inner join
            unit as district
            on district.unit_level_code = 'district'
            and {{ stands_on("district", "reported.read_on") }}
        inner join
            unit as province
            on district.parent_unit_code = province.unit_code
            and {{ stands_on("province", "reported.read_on") }}
        inner join
            unit_map
            on district.unit_key = unit_map.unit_key
            and reported.map_code <> unit_map.map_code
            and unit_map.unit_level_code = 'province'
        inner join
            unit as holder
            on unit_map.map_unit_key = holder.unit_key
            and reported.province_code = holder.unit_code
    ),

    -- What no district can be told of has its own line; the divided line stands even where it is 0.
    listed as (
        select *
        from district
        union all
        select
            reported.period_code,
            assignment.assignment_code as row_code,
            null as province_name,
            assignment.assignment_name as district_name,
            2 as part_no,
        from reported
        cross join assignment
        left join
            figure
            on reported.period_code = figure.period_code
            and assignment.assignment_code = figure.row_code
        where
            assignment.assignment_code = 'divided'
            or (assignment.assignment_code <> 'assigned' and figure.row_code is not null)
    ),

    listed_row as (
        select
            listed.*,
            {% for column in columns %}
                if(reported.knows_product, coalesce(figure.{{ column }}, 0), null)::integer as {{ column }},
            {% endfor %}
        from listed
        inner join reported on listed.period_code = reported.period_code
        left join figure on listed.period_code = figure.period_code and listed.row_code = figure.row_code
    ),

    total_row as (
        select
            period_code,
            'total' as row_code,
            null::varchar as province_name,
            'Tổng các đơn vị đã báo cáo' as district_name,
            3 as part_no,
            {% for column in columns %} sum({{ column }})::integer as {{ column }}, {% endfor %}
        from listed_row
        group by period_code
    ),

    final as (
        select
            row_number() over (partition by period_code order by part_no, province_name, row_code)::integer
            as row_no,
            * exclude (part_no),
        from
            (
                select *
                from listed_row
                union all
                select *
                from total_row
            )
    )

select *
from final
