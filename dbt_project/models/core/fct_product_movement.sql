with
    change as (select * from {{ ref("int_product_change") }} where was_valid or is_valid),

    period as (select * from {{ ref("dim_period") }} where period_kind <> 'Y'),

    -- One row per star the product counts under, before or now: a change of star leaves one and enters
    -- another.
    side as (
        select *, star_before as star, 1 as opening_count, 0 as closing_count,
        from change
        where was_valid
        union all
        select *, star_now as star, 0 as opening_count, 1 as closing_count,
        from change
        where is_valid
    ),

    summed as (
        select
            period_code,
            unit_code,
            product_key,
            star,
            any_value(previous_period_code) as previous_period_code,
            any_value(previous_cut_off_on) as previous_cut_off_on,
            any_value(cut_off_on) as cut_off_on,
            any_value(previous_unit_code) as previous_unit_code,
            any_value(movement_code) as movement_code,
            any_value(submission_id) as _submission_id,
            sum(opening_count)::integer as opening_count,
            sum(closing_count)::integer as closing_count,
        from side
        group by all
    ),

    moved as (
        select
            summed.*,
            closing_count - opening_count as change_count,
            (
                select count(*)
                from period
                where period.cut_off_on > summed.previous_cut_off_on and period.cut_off_on < summed.cut_off_on
            )::integer as missed_period_count,
        from summed
    ),

    final as (
        select
            period_code,
            unit_code,
            product_key,
            star,
            coalesce(star::varchar, 'unknown') as star_label,
            previous_period_code,
            previous_unit_code,
            missed_period_count,
            movement_code,
            opening_count,
            {% for code in [
                "initial",
                "new",
                "late",
                "re_recognised",
                "upgraded",
                "downgraded",
                "corrected",
            ] %}
                if(movement_code = '{{ code }}', change_count, 0)::integer as {{ code }}_count,
            {% endfor %}
            if(movement_code in ('moved_in', 'moved_out'), change_count, 0)::integer as moved_count,
            if(movement_code = 'appeared', change_count, 0)::integer as appeared_count,
            {% for code in ["expired", "revoked", "stopped", "vanished"] %}
                if(movement_code = '{{ code }}', - change_count, 0)::integer as {{ code }}_count,
            {% endfor %}
            closing_count,
            _submission_id,
        from moved
    )

select *
from final
