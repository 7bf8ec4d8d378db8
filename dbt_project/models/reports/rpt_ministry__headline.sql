with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    evidence as {{ evidence_of("headline") }},

    listed as (
        select *,
        from
            (
                values
                    (1, 'expected_unit', 'Đơn vị phải gửi báo cáo', 'đơn vị'),
                    (2, 'received_unit', 'Đơn vị đã gửi báo cáo', 'đơn vị'),
                    (3, 'missing_unit', 'Đơn vị chưa gửi báo cáo', 'đơn vị'),
                    (4, 'held_unit', 'Đơn vị có báo cáo đang tạm giữ để xác minh', 'đơn vị'),
                    (5, 'refused_unit', 'Đơn vị có báo cáo bị trả lại', 'đơn vị'),
                    (6, 'cumulative_product', 'Sản phẩm được công nhận lũy kế', 'sản phẩm'),
                    (7, 'valid_product', 'Sản phẩm còn hiệu lực', 'sản phẩm'),
                    (8, 'valid_star_3', 'Sản phẩm còn hiệu lực hạng 3 sao', 'sản phẩm'),
                    (9, 'valid_star_4', 'Sản phẩm còn hiệu lực hạng 4 sao', 'sản phẩm'),
                    (10, 'valid_star_5', 'Sản phẩm còn hiệu lực hạng 5 sao', 'sản phẩm'),
                    (11, 'valid_star_unknown', 'Sản phẩm còn hiệu lực chưa rõ hạng', 'sản phẩm'),
                    (12, 'expired_product', 'Sản phẩm hết hạn công nhận', 'sản phẩm'),
                    (13, 'proposed_product', 'Sản phẩm đang đề nghị công nhận', 'sản phẩm'),
                    (
                        14,
                        'potential_five_star',
                        'Sản phẩm tiềm năng 5 sao, trung ương chưa quyết định',
                        'sản phẩm'
                    ),
                    (15, 'new_product', 'Sản phẩm được công nhận mới trong kỳ', 'sản phẩm'),
                    (16, 're_recognised_product', 'Sản phẩm được công nhận lại trong kỳ', 'sản phẩm'),
                    (17, 'upgraded_product', 'Sản phẩm được nâng hạng trong kỳ', 'sản phẩm'),
                    (18, 'downgraded_product', 'Sản phẩm bị hạ hạng trong kỳ', 'sản phẩm'),
                    (19, 'revoked_product', 'Sản phẩm bị thu hồi công nhận trong kỳ', 'sản phẩm'),
                    (20, 'expiring_product', 'Sản phẩm hết hạn công nhận trong 6 tháng tới', 'sản phẩm'),
                    (21, 'undated_product', 'Sản phẩm còn hiệu lực chưa rõ ngày hết hạn', 'sản phẩm'),
                    (22, 'producer', 'Chủ thể có sản phẩm còn hiệu lực', 'chủ thể'),
                    (23, 'funding_planned', 'Kinh phí kế hoạch', 'triệu đồng'),
                    (24, 'funding_disbursed', 'Kinh phí đã giải ngân', 'triệu đồng'),
                    (25, 'funding_disbursed_state', 'Trong đó: ngân sách nhà nước', 'triệu đồng'),
                    (26, 'funding_disbursed_other', 'Trong đó: nguồn khác hoặc chưa rõ nguồn', 'triệu đồng')
            ) as listed(row_no, row_code, figure_name, measure_unit)
    ),

    unit_figure as (
        select
            period_code,
            unnest(
                ['expected_unit', 'received_unit', 'missing_unit', 'held_unit', 'refused_unit']
            ) as row_code,
            unnest(
                [
                    count(*),
                    count(*) filter (where submission_status_code = 'received'),
                    count(*) filter (where submission_status_code = 'missing'),
                    count(*) filter (where submission_status_code = 'held'),
                    count(*) filter (where submission_status_code = 'refused')
                ]
            )::decimal(18, 3) as value,
        from expected_unit
        group by period_code
    ),

    figure as (
        select
            period_code,
            row_code,
            if(any_value(measure_kind) = 'sum', sum(amount), count(distinct evidence_key))::decimal(
                18, 3
            ) as value,
        from evidence
        group by period_code, row_code
    ),

    received_period as (
        select
            period_code,
            bool_or(knows_product) as knows_product,
            bool_or(knows_rating) as knows_rating,
            bool_and(knows_funding) as knows_funding,
            period_code in (select period_code, from evidence where row_code like 'funding_%') as has_funding,
        from expected_unit
        group by period_code
    ),

    final as (
        select
            listed.row_no,
            received_period.period_code,
            listed.row_code,
            listed.figure_name,
            -- Nobody sent: no figure. Somebody sent the list and it names no such product: none. Money nobody
            -- wrote down: unknown, unless everybody says that there was none to report.
            coalesce(
                unit_figure.value,
                figure.value,
                case
                    when listed.row_code = 'new_product'
                    then if(received_period.knows_rating, 0, null)
                    when listed.measure_unit = 'triệu đồng'
                    then if(received_period.knows_funding and not received_period.has_funding, 0, null)
                    else if(received_period.knows_product, 0, null)
                end
            )::decimal(18, 3) as value,
            listed.measure_unit,
        from received_period
        cross join listed
        left join
            unit_figure
            on received_period.period_code = unit_figure.period_code
            and listed.row_code = unit_figure.row_code
        left join
            figure on received_period.period_code = figure.period_code and listed.row_code = figure.row_code
    )

select *
from final
