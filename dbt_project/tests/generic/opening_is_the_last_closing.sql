{# What a unit opens with is what it closed with at its last received report, and the closing stock is the one reported. #}
{% test opening_is_the_last_closing(model) %}
    with
        movement as (
            select
                unit_code,
                period_code,
                previous_period_code,
                sum(opening_count) filter (previous_unit_code = unit_code) as opening_count,
                sum(closing_count) as closing_count,
            from {{ model }}
            group by all
        ),

        unit_total as (
            select
                unit_code,
                period_code,
                max(previous_period_code) as previous_period_code,
                coalesce(sum(opening_count), 0) as opening_count,
                coalesce(sum(closing_count), 0) as closing_count,
            from movement
            group by all
        ),

        reported as (
            select unit_code, period_code, count(distinct product_key) as valid_count,
            from {{ ref("fct_product_status") }}
            where is_valid
            group by all
        )

    select unit_total.*, earlier.closing_count as last_closing_count, reported.valid_count,
    from unit_total
    left join
        unit_total as earlier
        on unit_total.unit_code = earlier.unit_code
        and unit_total.previous_period_code = earlier.period_code
    left join
        reported
        on unit_total.unit_code = reported.unit_code
        and unit_total.period_code = reported.period_code
    where
        unit_total.closing_count <> coalesce(reported.valid_count, 0)
        or (earlier.unit_code is not null and unit_total.opening_count <> earlier.closing_count)
{% endtest %}
