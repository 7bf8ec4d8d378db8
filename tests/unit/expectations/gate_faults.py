"""Named faults of a warehouse: each is noticed by one rule of the gate and by no other."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """A change, the suites' rule that must see it, and words its sentence must have."""

    rule_id: str
    words: str
    facts: tuple[str, ...] = field(default=())
    figures: tuple[str, ...] = field(default=())


P1_NOW = "where product_key = 'p1' and period_code = '2024H2'"

FAULTS = {
    "row_lost_on_the_way": Fault(
        "GATE-01",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024, trang Hoạt động: được tính 1 dòng theo hồ sơ đã nhận, "
        "nhưng trong kho dữ liệu có 0 dòng",
        figures=("delete from fct_activity where period_code = '2024H2'",),
    ),
    "row_of_a_superseded_submission": Fault(
        "GATE-01",
        "trang Hoạt động: được tính 0 dòng theo hồ sơ đã nhận, nhưng trong kho dữ liệu có 1 dòng (hồ sơ "
        "2024H2-587-a)",
        figures=(
            "insert into fct_activity select * replace ('2024H2-587-a' as _submission_id) from fct_activity "
            "where period_code = '2024H2'",
        ),
    ),
    "submission_without_a_verdict": Fault(
        "GATE-02",
        'tệp "moi-den.xlsx" nhận ngày 17/12/2024 chưa được kết luận',
        figures=(
            "insert into fct_submission by name select '2024H2-585-z' as submission_id, '585' as unit_code, "
            "'2024H2' as period_code, 'moi-den.xlsx' as file_name, timestamptz '2024-12-17 05:00:00+00' as "
            "received_at, false as is_in_force",
        ),
    ),
    "cover_total_differs": Fault(
        "GATE-03",
        'Huyện Ninh Phước, 6 tháng cuối năm 2024: "Kinh phí giải ngân" trên trang Bìa ghi 342, cộng các dòng '
        "được 345.",
        figures=(
            "insert into fct_issue by name select 'i9' as issue_key, '2024H2-587-b' as submission_id, "
            "'control_total' as family, 'Kinh phí giải ngân' as column_title, '342' as value_text, "
            "'345' as expected_text, true as is_in_force",
        ),
    ),
    "unit_missing": Fault(
        "GATE-04",
        "Huyện Ninh Sơn, 6 tháng cuối năm 2024: chưa có số liệu được nhận (tình trạng: Chưa gửi)",
        figures=(
            "update rpt_ministry__submission_status set submission_status_code = 'missing', "
            "submission_status_name = 'Chưa gửi' where unit_code = '585' and period_code = '2024H2'",
        ),
    ),
    "nobody_received": Fault(
        "GATE-05",
        "Báo cáo 6 tháng cuối năm 2024 chưa có số liệu của đơn vị nào.",
        figures=("update rpt_ministry__submission_status set submission_status_code = 'missing'",),
    ),
    "personal_column": Fault(
        "GATE-06",
        'Bảng "dim_producer" có cột dữ liệu cá nhân "representative_phone".',
        figures=("alter table dim_producer add column representative_phone varchar",),
    ),
    "product_valid_in_two_units": Fault(
        "GATE-07",
        'Sản phẩm "Nho sấy số 1" của "HTX số 1", 6 tháng cuối năm 2024: Huyện Ninh Sơn và Huyện Ninh Phước '
        "cùng báo còn hiệu lực.",
        facts=(
            "insert into fct_product_status select * replace ('585' as unit_code, '22819' as commune_code, "
            f"'2024H2-585-a' as _submission_id) from fct_product_status {P1_NOW}",
        ),
    ),
    "one_product_vanished": Fault(
        "GATE-08",
        'Huyện Ninh Phước: Sản phẩm "Nho sấy số 1" của "HTX số 1" có trong báo cáo 6 tháng đầu năm 2024 '
        "nhưng không có trong báo cáo 6 tháng cuối năm 2024",
        facts=(f"delete from fct_product_status {P1_NOW}",),
        figures=(
            "insert into fct_issue by name select 'i8' as issue_key, '2024H2-587-b' as submission_id, "
            '\'MODEL-30\' as rule_id, true as is_in_force, \'Sản phẩm "Nho sấy số 1" của "HTX số 1" có trong '
            "báo cáo 6 tháng đầu năm 2024 nhưng không có trong báo cáo 6 tháng cuối năm 2024, không rõ lý do.' as "
            "message",
        ),
    ),
    "stock_cut_short": Fault(
        "GATE-09",
        "Huyện Ninh Phước: 3 trong 10 sản phẩm còn hiệu lực của báo cáo 6 tháng đầu năm 2024 không có trong "
        "báo cáo 6 tháng cuối năm 2024 (30%, quá một phần năm).",
        facts=(
            "delete from fct_product_status "
            "where product_key in ('p1', 'p3', 'p5') and period_code = '2024H2'",
        ),
    ),
    "valid_after_its_expiry": Fault(
        "GATE-10",
        "hết hạn từ ngày 14/12/2024, ngày chốt là 14/12/2024, nhưng vẫn được tính còn hiệu lực",
        facts=(f"update fct_product_status set expires_on = '2024-12-14' {P1_NOW}",),
    ),
    "stated_status_contradicts": Fault(
        "GATE-11",
        'đơn vị báo sản phẩm "Nho sấy số 1" của "HTX số 1" hết hạn, nhưng tính từ quyết định ngày 10/10/2023 '
        "(hết hạn ngày 10/10/2026) thì còn hiệu lực",
        facts=(f"update fct_product_status set status_stated_code = 'expired' {P1_NOW}",),
    ),
    "group_unknown": Fault(
        "GATE-12",
        'sản phẩm "Nho sấy số 1" của "HTX số 1" chưa rõ nhóm sản phẩm',
        facts=(f"update fct_product_status set product_group_code = null {P1_NOW}",),
    ),
    "star_unknown": Fault(
        "GATE-13",
        "còn hiệu lực nhưng chưa rõ hạng sao",
        facts=(f"update fct_product_status set star = null {P1_NOW}",),
    ),
    "decision_number_unknown": Fault(
        "GATE-14",
        "còn hiệu lực nhưng chưa có số quyết định",
        facts=(f"update fct_product_status set decision_number = null {P1_NOW}",),
    ),
    "district_decision_after_the_districts": Fault(
        "GATE-15",
        'Huyện Ninh Phước, 6 tháng cuối năm 2024: Sản phẩm "Nho sấy số 1": quyết định cấp huyện số 1/QĐ-UBND',
        figures=(
            "insert into fct_issue by name select 'i15' as issue_key, '2024H2-587-b' as submission_id, "
            "'MODEL-13' as rule_id, true as is_in_force, 'Sản phẩm \"Nho sấy số 1\": quyết định cấp huyện số "
            "1/QĐ-UBND ngày 2/7/2025 đề sau ngày cấp huyện kết thúc (30/6/2025).' as message",
        ),
    ),
    "commune_without_successor": Fault(
        "GATE-16",
        "Xã An Hải (mã 22888) có 5 sản phẩm còn hiệu lực, khi chuyển sang xã mới thành 0.",
        facts=("delete from bridge_unit_succession where old_unit_code = '22888'",),
    ),
    "commune_with_two_default_successors": Fault(
        "GATE-16",
        "Xã Quảng Sơn (mã 22819) có 5 sản phẩm còn hiệu lực, khi chuyển sang xã mới thành 10.",
        facts=(
            "update bridge_unit_succession set relation_code = 'split_default' where old_unit_code = '22819'",
        ),
    ),
    "money_typed_in_dong": Fault(
        "GATE-17",
        "trang Kinh phí dòng 11 (Tư vấn phát triển sản phẩm, năm 2024): số tiền 25.000.000 triệu đồng là quá "
        "lớn",
        facts=("update fct_funding set planned_amount_vnd_million = 25000000 where unit_code = '585'",),
    ),
    "more_disbursed_than_planned": Fault(
        "GATE-18",
        "Huyện Ninh Phước, năm 2024: giải ngân 538,974 triệu đồng, vượt kế hoạch 500 triệu đồng.",
        facts=(
            "update fct_funding set disbursed_amount_vnd_million = 445 "
            "where disbursed_amount_vnd_million = 345",
        ),
    ),
    "funding_source_unknown": Fault(
        "GATE-19",
        "345 triệu đồng năm 2024 (Nhãn hiệu) chưa rõ nguồn vốn",
        facts=(
            "update fct_funding set source_code = null where unit_code = '587' and period_code = '2024H2'",
        ),
    ),
    "allotments_do_not_add_up": Fault(
        "GATE-20",
        'Kế hoạch của Tỉnh Ninh Thuận, chỉ tiêu "Sản phẩm dự kiến tham gia đánh giá, phân hạng" đến năm '
        "2024: cộng các đơn vị được giao là 13–15, tổng ghi trong kế hoạch là 12, lệch 1.",
        facts=(
            "update fct_target set target_min = 9, target_max = 9 where subject_unit_code = '587' and "
            "indicator_code = 'planned_product' and is_total",
        ),
    ),
    "more_planned_than_targeted": Fault(
        "GATE-21",
        "dự kiến 12 sản phẩm tham gia, trong khi chỉ tiêu sản phẩm mới là 5–10",
        facts=("update fct_target set target_min = 5, target_max = 10 where indicator_code = 'new_product'",),
    ),
    "tables_disagree": Fault(
        "GATE-22",
        'Báo cáo 6 tháng cuối năm 2024, "valid_product": bảng tổng hợp in 15, bảng theo nhóm sản phẩm in 16.',
        # the table agrees with its own evidence, so only the comparison with the headline can see it
        figures=(
            "update rpt_ministry__star_by_group set valid_count = valid_count + 1 "
            "where row_code in ('1', 'total') and period_code = '2024H2'",
            "insert into int_ministry__evidence by name select '2024H2' as period_code, 'star_by_group' as "
            "table_code, '1' as row_code, 'valid_count' as column_code, 'count' as measure_kind, "
            "'nowhere' as evidence_key",
        ),
    ),
    "figure_without_evidence": Fault(
        "GATE-23",
        "số liệu star_by_unit/587/valid_count: in 11, cộng các dòng làm căn cứ được 10.",
        figures=(
            "update rpt_ministry__star_by_unit set valid_count = 11 where row_code = '587' and "
            "period_code = '2024H2'",
        ),
    ),
    "sum_without_evidence": Fault(
        "GATE-23",
        "số liệu funding_by_source/NSDP_HUYEN-6/disbursed_amount_vnd_million: in 342, cộng các dòng làm căn "
        "cứ được 345.",
        figures=(
            "update rpt_ministry__funding_by_source set disbursed_amount_vnd_million = 342 where "
            "row_code = 'NSDP_HUYEN-6' and period_code = '2024H2'",
        ),
    ),
}
