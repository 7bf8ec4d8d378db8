{% set columns = [
    "star_3_count",
    "star_4_count",
    "star_5_count",
    "star_unknown_count",
    "change_count",
] %}

with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    evidence as {{ evidence_of("movement") }},

    received_period as (select distinct period_code, from expected_unit where knows_product),

    -- Opening stock, every way in and out, closing stock: the lines between add up to the difference.
    listed as (
        select *,
        from
            (
                values
                    (1, 'opening', 'Đầu kỳ'),
                    (2, 'initial', 'Ghi nhận lần đầu, chưa có kỳ trước để so sánh'),
                    (3, 'new', 'Công nhận mới'),
                    (4, 'late', 'Ghi bổ sung, quyết định có trước kỳ báo cáo'),
                    (5, 're_recognised', 'Công nhận lại'),
                    (6, 'upgraded', 'Nâng hạng'),
                    (7, 'downgraded', 'Hạ hạng'),
                    (8, 'corrected', 'Sửa hạng sao, không có quyết định mới'),
                    (9, 'moved', 'Chuyển giữa các đơn vị báo cáo'),
                    (10, 'appeared', 'Tăng không nêu quyết định'),
                    (11, 'expired', 'Hết hạn công nhận'),
                    (12, 'revoked', 'Thu hồi công nhận'),
                    (13, 'stopped', 'Ngừng sản xuất'),
                    (14, 'vanished', 'Không còn trong báo cáo, chưa rõ lý do'),
                    (15, 'closing', 'Cuối kỳ')
            ) as listed(row_no, row_code, movement_name)
    ),

    figure as (
        select
            period_code,
            row_code,
            {{ count_figure("product_count") }} as product_count,
            {% for column in columns %} {{ sum_figure(column) }} as {{ column }}, {% endfor %}
        from evidence
        group by period_code, row_code
    ),

    -- The ways the programme speaks of stand in every report, the others when a product took them.
    final as (
        select
            listed.row_no,
            received_period.period_code,
            listed.row_code,
            listed.movement_name,
            -- stock has no lines of its own to count, only what stands at the day
            if(
                listed.row_code in ('opening', 'closing'), null, coalesce(figure.product_count, 0)
            ) as product_count,
            {% for column in columns %}
                coalesce(figure.{{ column }}, 0)::integer as {{ column }},
            {% endfor %}
        from received_period
        cross join listed
        left join
            figure on received_period.period_code = figure.period_code and listed.row_code = figure.row_code
        where
            listed.row_code in (
                'opening',
                'new',
                're_recognised',
                'upgraded',
                'downgraded',
                'expired',
                'revoked',
                'stopped',
                'closing'
            )
            or figure.product_count > 0
    )

select *
from final
