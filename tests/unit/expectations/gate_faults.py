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
    waivers: tuple[dict, ...] = field(default=())
    premise: str | None = None  # the rule whose open finding the fault is about


def found(rule_id: str, message: str) -> tuple[str]:
    """A finding of the form or of the model about the report of Ninh Phước."""
    text = message.replace("'", "''")
    return (
        "insert into fct_issue by name select 'new' as issue_key, '2024H2-587-b' as submission_id, "
        f"'{rule_id}' as rule_id, true as is_in_force, '{text}' as message",
    )


def waiver(rule_id: str, until: str) -> dict:
    """A decision of a person about Ninh Phước in the second half of 2024."""
    return {
        "rule_id": rule_id,
        "unit_code": "587",
        "period_code": "2024H2",
        "reason": "Chờ quyết định của tỉnh",
        "by": "Trần Thị B",
        "until": until,
    }


P1_NOW = "where product_key = 'p1' and period_code = '2024H2'"

# A table the small warehouse does not have, with all its evidence: no rule names it, and none minds it.
STOCK_BY_PERIOD = (
    "create table rpt_ministry__stock_by_period as select '2024H2' as period_code, 1 as row_no, '2023H2' as "
    "row_code, date '2023-12-14' as cut_off_on, 14 as valid_count, 3 as received_unit_count",
    "insert into int_ministry__evidence by name select '2024H2' as period_code, 'stock_by_period' as "
    "table_code, '2023H2' as row_code, 'valid_count' as column_code, 'count' as measure_kind, "
    "'p' || range as evidence_key from range(14)",
    "insert into int_ministry__evidence by name select '2024H2' as period_code, 'stock_by_period' as "
    "table_code, '2023H2' as row_code, 'cut_off_on' as column_code, 'derived' as measure_kind",
)

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
        figures=found(
            "MODEL-30",
            'Sản phẩm "Nho sấy số 1" của "HTX số 1" có trong báo cáo 6 tháng đầu năm 2024 nhưng không có trong '
            "báo cáo 6 tháng cuối năm 2024, không rõ lý do.",
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
        figures=found(
            "MODEL-13",
            'Sản phẩm "Nho sấy số 1": quyết định cấp huyện số 1/QĐ-UBND ngày 2/7/2025 đề sau ngày cấp huyện kết '
            "thúc (30/6/2025).",
        ),
    ),
    "figure_lost_on_the_new_map": Fault(
        "GATE-16",
        '6 tháng cuối năm 2024, số liệu product_count: theo các dòng là 15, cộng theo "Địa giới mới" cấp xã được 10.',
        figures=(
            "delete from mart_measure_by_map where map_code = 'new' and unit_code is null and period_code = '2024H2'",
        ),
    ),
    "figure_twice_on_the_new_map": Fault(
        "GATE-16",
        'theo các dòng là 15, cộng theo "Địa giới mới" cấp xã được 20.',
        figures=(
            "insert into mart_measure_by_map select * replace ('22810' as unit_code) from mart_measure_by_map "
            "where map_code = 'new' and unit_code is null and period_code = '2024H2'",
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
    "list_lacks_a_product_that_moved": Fault(
        "GATE-22",
        'Báo cáo 6 tháng cuối năm 2024, "Công nhận lại": bảng tổng hợp in 1, bảng danh sách sản phẩm biến động in 0.',
        figures=("delete from rpt_ministry__movement_list",),
    ),
    "movements_differ_from_the_headline": Fault(
        "GATE-22",
        'Báo cáo 6 tháng cuối năm 2024, "re_recognised_product": bảng tổng hợp in 1, bảng biến động in 2.',
        # table, list and evidence agree with one another
        figures=(
            "insert into rpt_ministry__movement_list values ('2024H2', 2, '587-2024H2-p2', 're_recognised')",
            "update rpt_ministry__movement set product_count = 2",
            "insert into int_ministry__evidence by name select '2024H2' as period_code, 'movement' as table_code, "
            "'re_recognised' as row_code, 'product_count' as column_code, 'count' as measure_kind, "
            "'587|2024H2|p2' as evidence_key",
        ),
    ),
    "former_districts_lack_a_product": Fault(
        "GATE-22",
        'Báo cáo 6 tháng cuối năm 2024, "valid_product": bảng tổng hợp in 15, bảng theo huyện cũ in 14.',
        # the table agrees with its own evidence
        figures=(
            "insert into rpt_ministry__star_by_former_district by name select '2024H2' as period_code, "
            "unnest(['587', 'total']) as row_code, 14 as valid_count",
            "insert into int_ministry__evidence by name select '2024H2' as period_code, "
            "'star_by_former_district' as table_code, '587' as row_code, 'valid_count' as column_code, "
            "'count' as measure_kind, unnest(range(14))::varchar as evidence_key",
        ),
    ),
    "movement_without_evidence": Fault(
        "GATE-23",
        "số liệu movement/re_recognised/change_count: in 1, ",
        figures=("update rpt_ministry__movement set change_count = 1",),
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
    "share_without_evidence": Fault(
        "GATE-23",
        "số liệu target_result/58-htx/result_value: in 40, cộng các dòng làm căn cứ được chưa rõ.",
        figures=("delete from int_ministry__evidence where table_code = 'target_result'",),
    ),
    "evidence_of_nothing_printed": Fault(
        "GATE-23",
        "số liệu star_by_group/1/cumulative_count: in chưa rõ, cộng các dòng làm căn cứ được 1.",
        figures=(
            "insert into int_ministry__evidence by name select '2024H2' as period_code, 'star_by_group' as "
            "table_code, '1' as row_code, 'cumulative_count' as column_code, 'count' as measure_kind, "
            "'p1' as evidence_key",
        ),
    ),
    "table_the_rule_has_not_heard_of": Fault(
        "GATE-23",
        "số liệu stock_by_period/2023H2/valid_count: in 15, cộng các dòng làm căn cứ được 14.",
        figures=(*STOCK_BY_PERIOD, "update rpt_ministry__stock_by_period set valid_count = 15"),
    ),
    "day_without_evidence": Fault(
        "GATE-23",
        "số liệu expiring/587-p1/expires_on: in 20.250.301, cộng các dòng làm căn cứ được chưa rõ.",
        figures=(
            "create table rpt_ministry__expiring as select '2024H2' as period_code, 1 as row_no, '587-p1' as "
            "row_code, date '2025-03-01' as expires_on",
        ),
    ),
    "sheet_left_empty": Fault(
        "GATE-27",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found("SHEET-04", 'Trang "Hoạt động" không có dòng nào và không đánh dấu "Không phát sinh".'),
    ),
    "line_stands_twice": Fault(
        "GATE-28",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found("ROW-02", "Dòng này giống hệt dòng 11 (Năm kinh phí 2024)."),
    ),
    "appeared_without_decision": Fault(
        "GATE-31",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found(
            "MODEL-31",
            'Sản phẩm "Nho sấy số 1" của "HTX số 1" còn hiệu lực nhưng không có quyết định nào được nêu.',
        ),
    ),
    "listed_late": Fault(
        "GATE-31",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found(
            "MODEL-32",
            'Sản phẩm "Nho sấy số 1": quyết định ngày 10/10/2023 đã có trước ngày chốt của báo cáo trước.',
        ),
    ),
    "star_changed_without_decision": Fault(
        "GATE-32",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found(
            "MODEL-33",
            'Sản phẩm "Nho sấy số 1": kỳ trước ghi 3 sao, kỳ này ghi 4 sao nhưng không có quyết định mới.',
        ),
    ),
    "star_above_its_points": Fault(
        "GATE-34",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found("MODEL-10", 'Sản phẩm "Nho sấy số 1": ghi 4 sao, tổng điểm 62,5 là 3 sao.'),
    ),
    "points_in_no_band": Fault(
        "GATE-34",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found("MODEL-11", 'Sản phẩm "Nho sấy số 1": tổng điểm 69,5 không thuộc khung điểm nào.'),
    ),
    "minimum_not_met": Fault(
        "GATE-35",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found(
            "MODEL-12",
            'Sản phẩm "Nho sấy số 1": được ghi 4 sao nhưng không đạt tiêu chí tối thiểu của hạng này.',
        ),
    ),
    "part_above_its_maximum": Fault(
        "GATE-35",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found("MODEL-15", 'Sản phẩm "Nho sấy số 1": điểm phần A là 45, cho tối đa 40 điểm.'),
    ),
    "wrong_council": Fault(
        "GATE-36",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found("MODEL-14", 'Sản phẩm "Nho sấy số 1": 4 sao do hội đồng cấp huyện công nhận.'),
    ),
    "recognised_below_three": Fault(
        "GATE-37",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found("MODEL-16", 'Sản phẩm "Nho sấy số 1": hạng 2 sao nhưng ghi là được công nhận.'),
    ),
    "before_any_criteria": Fault(
        "GATE-37",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found(
            "MODEL-17", 'Sản phẩm "Nho sấy số 1": ngày 1/1/2018 trước khi có bộ tiêu chí đánh giá đầu tiên.'
        ),
    ),
    "dated_after_its_report": Fault(
        "GATE-38",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found(
            "MODEL-18", 'Sản phẩm "Nho sấy số 1": ngày 1/1/2030 sau ngày nhận báo cáo (15/12/2024).'
        ),
    ),
    "decision_of_the_next_half": Fault(
        "GATE-38",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found("MODEL-19", 'Sản phẩm "Nho sấy số 1": quyết định ngày 15/12/2024 ký sau ngày chốt.'),
    ),
    "other_expiry_stated": Fault(
        "GATE-39",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found("MODEL-22", 'Sản phẩm "Nho sấy số 1": ngày hết hạn ghi là 10/10/2027.'),
    ),
    "decision_told_two_ways": Fault(
        "GATE-40",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found(
            "MODEL-21",
            'Sản phẩm "Nho sấy số 1": quyết định số 1/QĐ-UBND ghi ngày 10/10/2023; nơi khác ghi ngày 11/10.',
        ),
    ),
    "producer_in_two_places": Fault(
        "GATE-43",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found("MODEL-40", 'Chủ thể "HTX số 1" được ghi ở hai nơi không có địa bàn chung.'),
    ),
    "type_against_the_name": Fault(
        "GATE-43",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found(
            "MODEL-41", 'Chủ thể "HTX số 1": loại hình ghi là doanh nghiệp, theo tên gọi là hợp tác xã.'
        ),
    ),
    "aliases_in_a_circle": Fault(
        "GATE-43",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found("MODEL-42", 'Chủ thể "HTX số 1": các quyết định gộp tên chỉ vòng lại chính tên này.'),
    ),
    "producer_type_changed": Fault(
        "GATE-44",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found("MODEL-20", 'Chủ thể "HTX số 1": kỳ trước ghi "Tổ hợp tác", nay ghi "Hợp tác xã".'),
    ),
    "rural_money_in_a_town": Fault(
        "GATE-45",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found(
            "MODEL-50",
            'Nguồn "Ngân sách trung ương" dành cho địa bàn nông thôn; Thị trấn Phước Dân là đô thị.',
        ),
    ),
    "money_of_a_dead_district": Fault(
        "GATE-45",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found(
            "MODEL-51", 'Nguồn "Ngân sách cấp huyện" cho năm 2026 là sau ngày cấp ngân sách này kết thúc.'
        ),
    ),
    "sales_point_above_half": Fault(
        "GATE-46",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found(
            "FUNDING-06", "Hỗ trợ điểm giới thiệu và bán sản phẩm 60 triệu đồng, vượt 50% chi phí được duyệt."
        ),
    ),
    "trademark_above_its_cap": Fault(
        "GATE-46",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found(
            "FUNDING-07", "Hỗ trợ 1 nhãn hiệu 40 triệu đồng, vượt mức 35 triệu đồng mỗi nhãn hiệu."
        ),
    ),
    "money_of_an_earlier_year": Fault(
        "GATE-48",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found("FUNDING-04", "Năm kinh phí 2022 trước năm của kỳ báo cáo."),
    ),
    "disbursed_before_its_year": Fault(
        "GATE-48",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: ",
        figures=found("FUNDING-05", "Đã giải ngân 20 triệu đồng cho năm kinh phí 2026 chưa bắt đầu."),
    ),
    "sent_after_the_deadline": Fault(
        "GATE-24",
        "Huyện Ninh Sơn, 6 tháng cuối năm 2024: báo cáo nhận ngày 20/12/2024, sau hạn gửi 17/12/2024.",
        figures=(
            "update rpt_ministry__submission_status set is_on_time = false, received_on = '2024-12-20' "
            "where unit_code = '585' and period_code = '2024H2'",
        ),
    ),
    "more_received_than_expected": Fault(
        "GATE-25",
        "1 đơn vị phải gửi, 2 đã gửi, 2 đúng hạn, không khớp với danh sách đơn vị (lệch 1).",
        figures=(
            "update rpt_ministry__headline set value = 1 where row_code = 'expected_unit' and period_code = '2024H2'",
        ),
    ),
    "no_plan": Fault(
        "GATE-26",
        "chưa có chỉ tiêu kế hoạch nào cho năm 2024",
        facts=("update fct_target set target_from_year = 2021, target_to_year = 2022",),
    ),
    "movements_do_not_balance": Fault(
        "GATE-29",
        "đầu kỳ 10, thay đổi tăng 0, giảm 1 thì cuối kỳ phải là 9, nhưng ghi 10.",
        figures=(
            "update fct_product_movement set revoked_count = 1 where product_key = 'p1' and period_code = '2024H2'",
        ),
    ),
    "movements_end_elsewhere": Fault(
        "GATE-30",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024: bảng biến động kết thúc với 9 sản phẩm, trang Sản phẩm có 10 sản "
        "phẩm còn hiệu lực.",
        figures=("delete from fct_product_movement where product_key = 'p1' and period_code = '2024H2'",),
    ),
    "half_year_missed": Fault(
        "GATE-33",
        "số đầu kỳ lấy từ báo cáo 6 tháng đầu năm 2024 vì thiếu báo cáo của 1 kỳ ở giữa",
        figures=(
            "update fct_product_movement set missed_period_count = 1 where unit_code = '587' and "
            "period_code = '2024H2'",
        ),
    ),
    "one_number_two_days": Fault(
        "GATE-41",
        "quyết định số 1/QĐ-UBND của UBND huyện ninh phước được ghi 2 ngày khác nhau (10/10/2023, 11/10/2023).",
        facts=(
            "update fct_product_status set decision_number = '1/QĐ-UBND', decision_date = '2023-10-11' "
            "where product_key = 'p2' and period_code = '2024H2'",
        ),
    ),
    "near_match_undecided": Fault(
        "GATE-42",
        'Hai tên chủ thể gần giống nhau chưa được quyết định là một hay là hai: "HTX số 1" và "HTX số một".',
        figures=("update mart_identity_proposal set state_code = 'open'",),
    ),
    "line_far_beyond_its_kind": Fault(
        "GATE-47",
        "trang Kinh phí dòng 16 (Tư vấn phát triển sản phẩm, năm 2024): 9.000 triệu đồng, trong khi các dòng cùng nội "
        "dung thường là 33 triệu đồng.",
        facts=(
            "insert into fct_funding select f.* replace (if(n = 5, 9000, 30 + n) as planned_amount_vnd_million, "
            "11 + n as _row_number) from fct_funding as f, range(1, 6) as t (n) where unit_code = '585'",
        ),
    ),
    "year_against_its_halves": Fault(
        "GATE-49",
        "số cả năm và tổng hai kỳ có hai số khác nhau, 342 và 345 triệu đồng.",
        figures=(
            "insert into fct_conflict by name select 'c1' as conflict_key, 'year_and_halves' as kind_code, "
            "unnest([342, 345]) as value, 'triệu đồng' as measure_unit, '2024H2-587-b' as _submission_id",
        ),
    ),
    "parts_of_the_money": Fault(
        "GATE-50",
        "số liệu chung, kinh phí đã giải ngân: in 345, tính từ các phần được 350.",
        figures=(
            "insert into rpt_ministry__headline by name select '2024H2' as period_code, "
            "'funding_disbursed_other' as row_code, 5 as value",
            "update rpt_ministry__funding_by_content set other_disbursed_amount_vnd_million = 5 where "
            "period_code = '2024H2' and row_code in ('6', 'total')",
            "insert into int_ministry__evidence by name select '2024H2' as period_code, "
            "unnest(['headline', 'funding_by_content']) as table_code, unnest(['funding_disbursed_other', '6']) as "
            "row_code, unnest(['value', 'other_disbursed_amount_vnd_million']) as column_code, 'sum' as measure_kind, "
            "5 as amount",
        ),
    ),
    "sources_of_a_content": Fault(
        "GATE-50",
        'kinh phí theo nội dung chi, dòng "1", cộng các nguồn, kế hoạch: in 25, tính từ các phần được 20.',
        figures=(
            "update rpt_ministry__funding_by_content set other_planned_amount_vnd_million = 20 where "
            "period_code = '2024H2' and row_code in ('1', 'total')",
            "update int_ministry__evidence set amount = 20 where period_code = '2024H2' and "
            "table_code = 'funding_by_content' and column_code = 'other_planned_amount_vnd_million'",
        ),
    ),
    "sub_total_of_a_source": Fault(
        "GATE-50",
        'kinh phí theo nguồn vốn, dòng "Ngân sách cấp huyện, Cộng", giải ngân: in 340, tính từ các phần được 345.',
        figures=(
            "insert into rpt_ministry__funding_by_source by name select '2024H2' as period_code, 'NSDP_HUYEN-total' as "
            "row_code, 'Ngân sách cấp huyện' as source_name, 'Cộng' as content_name, 340 as disbursed_amount_vnd_million, "
            "0 as approximate_line_count",
            "insert into int_ministry__evidence by name select '2024H2' as period_code, 'funding_by_source' as "
            "table_code, 'NSDP_HUYEN-total' as row_code, 'disbursed_amount_vnd_million' as column_code, 'sum' as "
            "measure_kind, 340 as amount",
        ),
    ),
    "share_of_another_plan": Fault(
        "GATE-50",
        'kinh phí theo nguồn vốn, dòng "NSDP_HUYEN-6", tỷ lệ giải ngân: in 60, tính từ các phần được chưa rõ.',
        figures=(
            "update rpt_ministry__funding_by_source set disbursed_share_pct = 60 where period_code = '2024H2' and "
            "row_code = 'NSDP_HUYEN-6'",
            "insert into int_ministry__evidence by name select '2024H2' as period_code, 'funding_by_source' as "
            "table_code, 'NSDP_HUYEN-6' as row_code, 'disbursed_share_pct' as column_code, 'derived' as measure_kind",
        ),
    ),
    "producer_in_two_rows": Fault(
        "GATE-51",
        "cộng các loại hình được 15 chủ thể, toàn bộ là 14",
        facts=(
            f"update fct_product_status set producer_key = 'pr2', producer_type_code = 'HKD' {P1_NOW}",
            "update fct_product_status set producer_type_code = 'DN' where product_key = 'p2' and "
            "period_code = '2024H2'",
        ),
    ),
    "share_above_all": Fault(
        "GATE-52",
        '"Tỷ lệ chủ thể là hợp tác xã" được tính là 120%.',
        figures=("update rpt_ministry__target_result set result_value = 120",),
    ),
    "telephone_in_a_note": Fault(
        "GATE-53",
        "Huyện Ninh Phước, 6 tháng cuối năm 2024, trang Kinh phí dòng 11: cột Ghi chú có số điện thoại hoặc số định "
        "danh cá nhân.",
        facts=(
            "update fct_funding set note = 'Liên hệ 0912 345 678' where disbursed_amount_vnd_million = 345",
        ),
    ),
    "waiver_ran_out": Fault(
        "GATE-54",
        "Miễn trừ GATE-13 của Huyện Ninh Phước do Trần Thị B quyết định đã hết hạn ngày 17/12/2024, còn 1 trường hợp "
        "không đạt.",
        facts=(f"update fct_product_status set star = null {P1_NOW}",),
        waivers=(waiver("GATE-13", "2024-12-17"),),
        premise="GATE-13",
    ),
    "report_after_its_deadline": Fault(
        "GATE-60",
        "Báo cáo 6 tháng cuối năm 2024 lập ngày 26/12/2024, sau thời hạn gửi của tỉnh 25/12/2024: chậm 1 ngày.",
        facts=("update dim_build set known_at = '2024-12-25 17:00:00+00'",),  # midnight in Vietnam
    ),
}
