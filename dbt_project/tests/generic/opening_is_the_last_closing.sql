{# A unit opens with what it closed with when it was received last, and closes with what is reported valid. Over a change
   of the map the same code may be another unit: what it takes over then is not its own closing. #}
{% test opening_is_the_last_closing(model) %}
    with
        unit_total as (
            select
                movement.unit_code,
                movement.period_code,
                max(movement.previous_period_code) as previous_period_code,
                max(unit.unit_key) as unit_key,
                coalesce(
                    sum(movement.opening_count) filter (movement.previous_unit_code = movement.unit_code), 0
                ) as opening_count,
                sum(movement.closing_count) as closing_count,
            from {{ model }} as movement
            inner join {{ ref("dim_period") }} as period on movement.period_code = period.period_code
            left join
                {{ ref("dim_unit") }} as unit
                on movement.unit_code = unit.unit_code
                and period.cut_off_on between unit.valid_from and coalesce(unit.valid_to, period.cut_off_on)
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
        on unit_total.unit_key = earlier.unit_key
        and unit_total.previous_period_code = earlier.period_code
    left join
        reported
        on unit_total.unit_code = reported.unit_code
        and unit_total.period_code = reported.period_code
    where
        unit_total.closing_count <> coalesce(reported.valid_count, 0)
        or unit_total.opening_count <> earlier.closing_count
{% endtest %}
