with
    movement as (select * from {{ ref("fct_product_movement") }}),

    product as (select * from {{ ref("dim_product") }}),

    period as (select * from {{ ref("dim_period") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    final as (
        select
            movement.period_code,
            period.period_year,
            period.cut_off_on,
            movement.unit_code,
            unit.unit_name,
            movement.product_key,
            product.product_name,
            product.producer_key,
            product.producer_name,
            movement.star,
            movement.previous_period_code,
            movement.previous_unit_code,
            movement.missed_period_count,
            movement.movement_code,
            movement.opening_count,
            movement.initial_count,
            movement.new_count,
            movement.late_count,
            movement.re_recognised_count,
            movement.upgraded_count,
            movement.downgraded_count,
            movement.corrected_count,
            movement.moved_count,
            movement.appeared_count,
            movement.expired_count,
            movement.revoked_count,
            movement.stopped_count,
            movement.vanished_count,
            movement.closing_count,
            movement._submission_id,
        from movement
        inner join product on movement.product_key = product.product_key
        inner join period on movement.period_code = period.period_code
        left join unit on movement.unit_code = unit.unit_code and {{ stands_on("unit", "period.cut_off_on") }}
    )

select *
from final
