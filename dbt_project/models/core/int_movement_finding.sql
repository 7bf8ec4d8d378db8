with
    change as (select * from {{ ref("int_product_change") }}),

    product as (select * from {{ ref("dim_product") }}),

    named as (
        select
            change.*,
            'Sản phẩm "' || product.product_name || '" của "' || product.producer_name || '"' as subject,
        from change
        inner join product on change.product_key = product.product_key
    ),

    finding as (
        select
            *,
            'MODEL-30' as rule_id,
            'product_name' as field_name,
            subject
            || ' có trong báo cáo '
            || {{ period_words("previous_period_code") }}
            || if(
                row_number is null,
                ' nhưng không có trong báo cáo ' || {{ period_words("period_code") }} || ', không rõ lý do.',
                ', nay chỉ ghi là đang đề nghị công nhận, không rõ quyết định trước đây.'
            ) as message,
            'Sản phẩm hết hạn, bị thu hồi hay ngừng sản xuất thì vẫn ghi dòng với tình trạng tương ứng.'
            as action,
        from named
        where was_listed and not is_listed and not is_listed_elsewhere
        union all
        select
            *,
            'MODEL-31' as rule_id,
            'decision_number' as field_name,
            subject
            || ' còn hiệu lực trong báo cáo '
            || {{ period_words("period_code") }}
            || ', kỳ trước ('
            || {{ period_words("previous_period_code") }}
            || ') thì không, nhưng không có quyết định nào được nêu.' as message,
            'Xin bổ sung số, ngày quyết định công nhận hoặc dòng ở trang Phân hạng.' as action,
        from named
        where movement_code = 'appeared'
        union all
        select
            *,
            'MODEL-32' as rule_id,
            'decision_date' as field_name,
            subject
            || ': quyết định ngày '
            || {{ day_words("recognised_on") }}
            || ' đã có trước ngày chốt của báo cáo '
            || {{ period_words("previous_period_code") }}
            || ' nhưng báo cáo đó không nêu sản phẩm này.' as message,
            'Xin kiểm tra ngày quyết định; nếu đúng, sản phẩm được tính là ghi bổ sung, không phải công nhận mới.'
            as action,
        from named
        where movement_code = 'late'
        union all
        select
            *,
            'MODEL-33' as rule_id,
            'star' as field_name,
            subject
            || ': kỳ trước ghi '
            || star_before
            || ' sao, kỳ này ghi '
            || coalesce(star_now || ' sao', 'chưa rõ hạng')
            || ' nhưng không có quyết định mới.' as message,
            'Xin bổ sung quyết định nâng, hạ hạng hoặc sửa hạng sao.' as action,
        from named
        where movement_code = 'corrected' and star_before is not null
    ),

    final as (
        select
            submission_id,
            rule_id,
            'warning' as severity,
            'movement' as family,
            sheet,
            row_number,
            field_name,
            null::varchar as value_text,
            null::varchar as expected_text,
            message,
            action,
        from finding
    )

select *
from final
