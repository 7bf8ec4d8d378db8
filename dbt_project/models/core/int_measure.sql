{# The breakdown every measure may carry; unnamed parts stay null. #}
{% set breakdown = [
    "star",
    "status_code",
    "product_group_code",
    "producer_type_code",
    "funding_year",
    "source_code",
    "activity_type_code",
    "state_code",
] %}

with
    product_status as (select * from {{ ref("fct_product_status") }}),

    rating as (select * from {{ ref("fct_rating") }}),

    funding as (select * from {{ ref("fct_funding") }}),

    activity as (select * from {{ ref("fct_activity") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    period as (select * from {{ ref("dim_period") }}),

    bridge as (select * from {{ ref("bridge_period") }}),

    -- A product counts once for the unit that states it, however many of its spellings stand in the workbook.
    product as (
        select *,
        from product_status
        qualify
            row_number() over (
                partition by period_code, unit_code, product_key order by _submission_id, _row_number
            )
            = 1
    ),

    -- Added up before the places are looked up: many rows, few places. What nobody stated stays null.
    added as (
        select
            'stock' as measure_kind,
            period_code,
            unit_code,
            commune_code,
            star,
            status_code,
            product_group_code,
            producer_type_code,
            count(*)::decimal(18, 3) as product_count,
            count_if(is_valid)::decimal(18, 3) as valid_product_count,
            count_if(is_cumulative)::decimal(18, 3) as cumulative_product_count,
        from product
        group by all
        union all by name
        select 'flow' as measure_kind, period_code, unit_code, star, count(*)::decimal(18, 3) as rating_count,
        from rating
        group by all
        union all by name
        select
            'flow' as measure_kind,
            period_code,
            unit_code,
            funding_year,
            source_code,
            sum(planned_amount_vnd_million)::decimal(18, 3) as planned_amount_vnd_million,
            sum(disbursed_amount_vnd_million)::decimal(18, 3) as disbursed_amount_vnd_million,
        from funding
        group by all
        union all by name
        select
            'flow' as measure_kind,
            period_code,
            unit_code,
            commune_code,
            activity_type_code,
            state_code,
            count(*)::decimal(18, 3) as activity_line_count,
            sum(activity_count)::decimal(18, 3) as activity_count,
        from activity
        group by all
    ),

    stated as (
        unpivot added on product_count,
        valid_product_count,
        cumulative_product_count,
        rating_count,
        planned_amount_vnd_million,
        disbursed_amount_vnd_million,
        activity_line_count,
        activity_count
        into name measure_code value amount
    ),

    -- Where it happened, on the map of its period's cut-off: the commune, else the reporting unit.
    -- A plan for a year may come from a unit that ended within it.
    placed as (
        select stated.*, coalesce(commune.unit_key, reporter.unit_key, former.unit_key) as place_unit_key,
        from stated
        inner join period on stated.period_code = period.period_code
        left join
            unit as commune
            on stated.commune_code = commune.unit_code
            and {{ stands_on("commune", "period.cut_off_on") }}
        left join
            unit as reporter
            on stated.unit_code = reporter.unit_code
            and {{ stands_on("reporter", "period.cut_off_on") }}
        left join
            unit as former
            on stated.unit_code = former.unit_code
            and {{ stands_on("former", "period.starts_on") }}
    ),

    final as (
        select
            bridge.period_code,
            placed.measure_code,
            placed.place_unit_key,
            {% for column in breakdown %} placed.{{ column }}, {% endfor %}
            sum(placed.amount)::decimal(18, 3) as amount,
        from placed
        inner join
            bridge
            on placed.period_code = bridge.source_period_code
            and placed.measure_kind = bridge.measure_code
        group by all
    )

select *
from final
