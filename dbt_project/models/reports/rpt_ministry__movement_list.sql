with
    -- What the table of movements counts is what the list names: a movement, or the wait for the central
    -- council.
    counted as (
        select distinct period_code, row_code as movement_code, evidence_key,
        from {{ ref("int_ministry__evidence") }}
        where
            (table_code = 'movement' and column_code = 'product_count' and row_code <> 'initial')
            or (table_code = 'headline' and row_code = 'potential_five_star')
    ),

    movement as (select * from {{ ref("rpt_ministry__movement") }}),

    product_moved as (select * from {{ ref("int_ministry__moved") }}),

    product_status as (select * from {{ ref("fct_product_status") }}),

    rating as (select * from {{ ref("fct_rating") }}),

    bridge as (select * from {{ ref("bridge_period") }}),

    period as (select * from {{ ref("dim_period") }}),

    product as (select * from {{ ref("dim_product") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    moved as (
        select
            counted.period_code,
            movement.row_no as movement_no,
            counted.movement_code,
            movement.movement_name,
            product_moved.* exclude (period_code),
            concat_ws(
                '-', product_moved.unit_code, product_moved.period_code, product_moved.product_key
            ) as row_code,
        from counted
        inner join
            movement
            on counted.period_code = movement.period_code
            and counted.movement_code = movement.row_code
        inner join
            product_moved
            on counted.evidence_key
            = concat_ws('|', product_moved.unit_code, product_moved.period_code, product_moved.product_key)
    ),

    -- The council of the province that sent it up last.
    sent_up as (
        select period.period_code, rating.product_key, max(rating.rated_on) as rated_on,
        from rating
        inner join period on rating.rated_on <= period.cut_off_on
        where rating.is_potential_five_star or rating.central_rated_on > period.cut_off_on
        group by all
    ),

    waiting as (
        select
            counted.period_code,
            counted.movement_code,
            'Tiềm năng 5 sao' as movement_name,
            held.unit_code,
            period.cut_off_on,
            held.product_key,
            concat_ws('-', counted.movement_code, held.product_key) as row_code,
            if(held.is_valid, held.star, null) as star_before,
            null::integer as star_now,
            sent_up.rated_on as decided_on,
            null::varchar as decision_number,
            'Trung ương chưa quyết định' as reason,
            held._submission_id,
            held._row_number as row_number,
        from counted
        inner join bridge on counted.period_code = bridge.period_code and bridge.measure_code = 'stock'
        inner join period on bridge.source_period_code = period.period_code
        inner join
            product_status as held
            on bridge.source_period_code = held.period_code
            and counted.evidence_key = held.product_key
            and held.is_potential_five_star
        left join
            sent_up
            on bridge.source_period_code = sent_up.period_code
            and held.product_key = sent_up.product_key
        where counted.movement_code = 'potential_five_star'
        qualify
            row_number() over (
                partition by counted.period_code, held.product_key order by held.unit_code, held._row_number
            )
            = 1
    ),

    named as (
        select *
        from moved
        union all by name
        select *
        from waiting
    ),

    final as (
        select
            row_number() over (
                partition by named.period_code
                order by
                    named.movement_no nulls last,
                    named.unit_code,
                    named.row_number nulls last,
                    product.product_name,
                    named.row_code
            )::integer as row_no,
            named.period_code,
            named.row_code,
            named.movement_code,
            named.movement_name,
            unit.unit_name,
            product.product_name,
            product.producer_name,
            named.star_before,
            named.star_now,
            named.decided_on,
            named.decision_number,
            named.reason,
            named._submission_id,
        from named
        inner join product on named.product_key = product.product_key
        inner join unit on named.unit_code = unit.unit_code and {{ stands_on("unit", "named.cut_off_on") }}
    )

select *
from final
