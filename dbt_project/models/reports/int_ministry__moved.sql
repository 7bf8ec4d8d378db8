-- What a list says of a product that moved, beside its names.
with
    change as (select * from {{ ref("int_product_change") }} where movement_code not in ('kept', 'initial')),

    product_status as (select * from {{ ref("fct_product_status") }}),

    revocation_ground as (select * from {{ ref("dim_revocation_ground") }}),

    -- What the unit that held it told of it last.
    told_before as (
        select
            change.period_code,
            change.unit_code,
            change.product_key,
            arg_max(told.expires_on, told.period_code) as expires_on,
        from change
        inner join
            product_status as told
            on change.product_key = told.product_key
            and coalesce(change.previous_unit_code, change.unit_code) = told.unit_code
            and change.period_code > told.period_code
        group by all
    ),

    final as (
        select
            change.period_code,
            change.unit_code,
            change.product_key,
            change.cut_off_on,
            if(change.was_valid, change.star_before, null) as star_before,
            if(change.is_valid, change.star_now, null) as star_now,
            case
                when change.movement_code = 'expired'
                then coalesce(told_now.expires_on, told_before.expires_on)
                when change.movement_code in ('revoked', 'stopped')
                then told_now.status_date
                when change.is_valid
                then change.recognised_on
            end as decided_on,
            case
                when change.movement_code in ('revoked', 'stopped')
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
                        when change.movement_code = 're_recognised' and not change.was_valid
                        then 'Trước đó đã hết hạn'
                        when change.movement_code = 'expired' and told_now.status_code = 'being_re_rated'
                        then 'Đang đánh giá lại'
                        when change.movement_code = 'expired' and not change.is_listed
                        then 'Không còn trong báo cáo'
                        when change.movement_code = 'revoked'
                        then revocation_ground.revocation_ground_name
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
        from change
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
        left join revocation_ground on told_now.status_ground_code = revocation_ground.revocation_ground_code
    )

select *
from final
