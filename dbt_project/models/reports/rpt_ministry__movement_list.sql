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

    change as (select * from {{ ref("int_product_change") }}),

    product_status as (select * from {{ ref("fct_product_status") }}),

    rating as (select * from {{ ref("fct_rating") }}),

    bridge as (select * from {{ ref("bridge_period") }}),

    period as (select * from {{ ref("dim_period") }}),

    product as (select * from {{ ref("dim_product") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    revocation_ground as (select * from {{ ref("dim_revocation_ground") }}),

    -- What was told of a product last by the unit that held it before.
    told_before as (
        select change.period_code, change.unit_code, change.product_key, max(told.expires_on) as expires_on,
        from change
        inner join
            product_status as told
            on change.product_key = told.product_key
            and coalesce(change.previous_unit_code, change.unit_code) = told.unit_code
            and change.previous_period_code = told.period_code
        group by all
    ),

    moved as (
        select
            counted.period_code,
            movement.row_no as movement_no,
            counted.movement_code,
            movement.movement_name,
            change.unit_code,
            change.cut_off_on,
            change.product_key,
            concat_ws('-', change.unit_code, change.period_code, change.product_key) as row_code,
            if(change.was_valid, change.star_before, null) as star_before,
            if(change.is_valid, change.star_now, null) as star_now,
            case
                when counted.movement_code = 'expired'
                then coalesce(told_now.expires_on, told_before.expires_on)
                when counted.movement_code in ('revoked', 'stopped')
                then told_now.status_date
                when change.is_valid
                then change.recognised_on
            end as decided_on,
            case
                when counted.movement_code in ('revoked', 'stopped')
                then told_now.status_decision_number
                when change.is_valid
                then change.decision_number
            end as decision_number,
            nullif(
                concat_ws(
                    '; ',
                    case
                        when change.movement_code = 'moved_in'
                        then 'Nhận từ đơn vị khác'
                        when change.movement_code = 'moved_out'
                        then 'Chuyển sang đơn vị khác'
                        when counted.movement_code = 're_recognised' and not change.was_valid
                        then 'Trước đó đã hết hạn'
                        when counted.movement_code = 'expired' and told_now.status_code = 'being_re_rated'
                        then 'Đang đánh giá lại'
                        when counted.movement_code = 'expired' and not change.is_listed
                        then 'Không còn trong báo cáo'
                        else revocation_ground.revocation_ground_name
                    end,
                    if(
                        (change.was_valid and change.star_before is null)
                        or (change.is_valid and change.star_now is null),
                        'Báo cáo chưa ghi hạng sao',
                        null
                    )
                ),
                ''
            ) as reason,
            change.submission_id as _submission_id,
            change.row_number,
        from counted
        inner join
            movement
            on counted.period_code = movement.period_code
            and counted.movement_code = movement.row_code
        inner join
            change
            on counted.evidence_key = concat_ws('|', change.unit_code, change.period_code, change.product_key)
        left join
            product_status as told_now
            on change.submission_id = told_now._submission_id
            and change.sheet = told_now._sheet
            and change.row_number = told_now._row_number
        left join
            told_before
            on change.unit_code = told_before.unit_code
            and change.period_code = told_before.period_code
            and change.product_key = told_before.product_key
        left join
            revocation_ground
            on counted.movement_code = 'revoked'
            and told_now.status_ground_code = revocation_ground.revocation_ground_code
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
