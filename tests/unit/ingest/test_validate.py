"""Each fault of a workbook has one rule that names it, at the right cell, with the right severity."""

import shutil

import districts
import pytest
from openpyxl import load_workbook

from ingest.reference import code_list
from ingest.validate import judge_file

# fault -> (rule, severity, sheet, row in the sheet, column title)
EXPECTED = {
    "unknown_unit": ("FILE-04", "error", "Bìa", 4, "Mã đơn vị"),
    "missing_unit": ("CELL-01", "error", "Bìa", 4, "Mã đơn vị"),
    "unknown_period": ("FILE-05", "error", "Bìa", 6, "Kỳ báo cáo"),
    "dead_unit": ("FILE-07", "error", "Bìa", 4, "Mã đơn vị"),
    "old_version": ("FILE-06", "error", "Bìa", 7, "Phiên bản biểu mẫu"),
    "missing_key": ("CELL-01", "error", "Sản phẩm", 5, "Xã/phường"),
    "missing_expected": ("CELL-02", "warning", "Sản phẩm", 5, "Số quyết định"),
    "unknown_code": ("CELL-05", "error", "Sản phẩm", 5, "Loại hình chủ thể"),
    "impossible_date": ("CELL-04", "error", "Sản phẩm", 5, "Ngày quyết định"),
    "date_before_programme": ("CELL-06", "error", "Sản phẩm", 5, "Ngày quyết định"),
    "date_after_cut_off": ("PRODUCT-02", "error", "Sản phẩm", 5, "Ngày quyết định"),
    "star_out_of_range": ("CELL-06", "error", "Sản phẩm", 5, "Hạng sao"),
    "star_below_three": ("PRODUCT-01", "error", "Sản phẩm", 5, "Hạng sao"),
    "star_not_whole": ("CELL-11", "error", "Sản phẩm", 5, "Hạng sao"),
    "score_over_100": ("CELL-06", "error", "Phân hạng", 5, "Tổng điểm"),
    "part_over_every_maximum": ("CELL-06", "error", "Phân hạng", 5, "Điểm phần A"),
    "score_text": ("CELL-03", "error", "Phân hạng", 5, "Tổng điểm"),
    "english_number": ("CELL-03", "error", "Kinh phí", 5, "Giải ngân"),
    "ambiguous_number": ("CELL-10", "error", "Kinh phí", 5, "Giải ngân"),
    "no_amount": ("FUNDING-01", "error", "Kinh phí", 6, "Giải ngân"),
    "over_disbursed": ("FUNDING-02", "warning", "Kinh phí", 5, "Giải ngân"),
    "wrong_pattern": ("CELL-07", "error", "Sản phẩm", 5, "Mã sản phẩm"),
    "too_long": ("CELL-08", "error", "Sản phẩm", 5, "Tên sản phẩm"),
    "error_cell": ("CELL-09", "error", "Kinh phí", 5, "Giải ngân"),
    "uncalculated_formula": ("CELL-09", "error", "Kinh phí", 5, "Giải ngân"),
    "duplicate_row": ("ROW-01", "error", "Sản phẩm", 6, "Tên sản phẩm"),
    "missing_sheet": ("SHEET-01", "error", "Kinh phí", None, None),
    "missing_key_column": ("SHEET-02", "error", "Sản phẩm", None, "Chủ thể"),
    "unknown_column": ("SHEET-03", "warning", "Kinh phí", 4, "Ghi thêm của huyện"),
    "empty_sheet": ("SHEET-04", "warning", "Kinh phí", None, None),
    "nothing_but_filled": ("SHEET-05", "error", "Kinh phí", None, None),
    "control_total": ("COVER-09", "warning", "Bìa", 23, "Tổng kinh phí giải ngân"),
    "no_version_label": ("CELL-01", "error", "Bìa", None, "Phiên bản biểu mẫu"),
    "cover_error": ("CELL-09", "error", "Bìa", 4, "Mã đơn vị"),
    "cover_total_formula": ("CELL-09", "error", "Bìa", 23, "Tổng kinh phí giải ngân"),
    "unit_of_thousands": ("CELL-03", "error", "Kinh phí", 5, "Giải ngân"),
    "leading_zero_group": ("CELL-03", "error", "Kinh phí", 5, "Giải ngân"),
    "too_many_digits": ("CELL-12", "warning", "Kinh phí", 5, "Giải ngân"),
    "number_out_of_this_world": ("CELL-06", "error", "Kinh phí", 5, "Giải ngân"),
    "integer_out_of_range": ("CELL-06", "error", "Kinh phí", 5, "Số hạng mục được hỗ trợ"),
    "column_without_title": ("SHEET-10", "warning", "Kinh phí", 4, None),
    "copied_sheet": ("SHEET-07", "error", "Kinh phí (2)", None, None),
    "foreign_sheet": ("SHEET-08", "warning", "Bảng tính riêng", None, None),
    "second_table": ("SHEET-09", "error", "Kinh phí", 12, None),
    "merged_key": ("CELL-13", "warning", "Sản phẩm", 5, "Xã/phường"),
    "duplicate_by_eye": ("ROW-01", "error", "Sản phẩm", 6, "Tên sản phẩm"),
    "tcvn3_font": ("CELL-14", "warning", "Sản phẩm", 5, None),
    "vni_font": ("CELL-14", "warning", "Sản phẩm", 5, None),
    "font_lost": ("CELL-14", "warning", "Sản phẩm", 5, None),
    "loose_accents": ("CELL-14", "warning", "Sản phẩm", 5, None),
    "ty_dong": ("CELL-15", "warning", "Kinh phí", 5, "Kế hoạch"),
    "approximate_word": ("CELL-16", "warning", "Sản phẩm", 5, "Doanh thu năm"),
    "range_in_one_cell": ("CELL-17", "error", "Chỉ tiêu", 5, "Mức tối thiểu"),
    "range_of_stars": ("CELL-19", "error", "Sản phẩm", 5, "Hạng sao"),
    "date_for_a_range": ("CELL-03", "error", "Chỉ tiêu", 5, "Mức tối đa"),
    "another_counter": ("CELL-03", "error", "Hoạt động", 5, "Số lượng"),
    "blank_in_date": ("CELL-18", "warning", "Sản phẩm", 5, "Ngày quyết định"),
    "short_year": ("CELL-04", "error", "Sản phẩm", 5, "Ngày quyết định"),
    "blank_document_number": ("CELL-18", "warning", "Sản phẩm", 5, "Số quyết định"),
    "amount_in_dong": ("FUNDING-02", "warning", "Kinh phí", 5, "Giải ngân"),
}


def test_a_faultless_workbook_is_accepted_without_a_word(tmp_path):
    judgement = judge_file(districts.make(tmp_path), districts.PROVINCE)
    assert (judgement.verdict, judgement.issues) == ("accepted", [])
    assert {name: len(rows) for name, rows in judgement.tables.items()} == {
        "cover": 1, "product": 3, "rating": 1, "funding": 2, "target": 1, "activity": 1,
    }  # fmt: skip


def test_every_fault_has_an_expectation():
    assert set(EXPECTED) == set(districts.FAULTS)


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_is_named_once_where_it_stands(tmp_path, fault):
    judgement = judge_file(districts.make(tmp_path, fault=fault), districts.PROVINCE)
    found = [(i.rule_id, i.severity, i.sheet, i.row_number, i.column_title) for i in judgement.issues]
    assert found == [EXPECTED[fault]]
    assert judgement.verdict == ("refused" if EXPECTED[fault][1] == "error" else "accepted")
    issue = judgement.issues[0]
    assert issue.message.endswith(".")
    assert issue.action.endswith(".")
    assert "{" not in issue.message + issue.action


def test_faults_are_all_named_in_one_pass(tmp_path):
    path = districts.make(tmp_path)
    workbook = load_workbook(path)
    wanted = ("missing_key", "score_text", "no_amount", "control_total")
    for fault in wanted:
        districts.FAULTS[fault](workbook)
    workbook.save(path)
    judgement = judge_file(path, districts.PROVINCE)
    assert {i.rule_id for i in judgement.issues} == {EXPECTED[fault][0] for fault in wanted}


def test_a_control_total_names_both_values_and_the_difference(tmp_path):
    (issue,) = judge_file(districts.make(tmp_path, fault="control_total"), districts.PROVINCE).issues
    assert (issue.value_text, issue.expected_text, issue.difference) == ("345", "119,474", "225,526")


def test_a_blank_template_is_refused_as_such(tmp_path):
    empty = {name: [] for name in districts.rows("587", "2024H2")}
    judgement = judge_file(districts.make(tmp_path, filing=empty), districts.PROVINCE)
    assert judgement.verdict == "refused"
    assert "FILE-03" in {i.rule_id for i in judgement.issues}


@pytest.mark.parametrize("prefilled", [("product",), ("target",), ("product", "target")])
def test_a_prefilled_template_sent_back_unchanged_is_refused_as_such(tmp_path, prefilled):
    rows = districts.rows("587", "2024H2")
    filing = {name: rows[name] if name in prefilled else [] for name in rows}
    workbook = load_workbook(districts.make(tmp_path, filing=filing))
    for name in ("prepared_by", "prepared_date"):
        districts.cover_cell(workbook, name).value = None
    workbook.save(tmp_path / "blank.xlsx")
    found = [i.rule_id for i in judge_file(tmp_path / "blank.xlsx", districts.PROVINCE).issues]
    assert found.count("FILE-03") == 1
    districts.cover_cell(workbook, "prepared_by").value = "Người lập"
    workbook.save(tmp_path / "signed.xlsx")
    assert judge_file(tmp_path / "signed.xlsx", districts.PROVINCE).verdict == "accepted"


def test_a_workbook_of_something_else_is_not_ours(tmp_path):
    from openpyxl import Workbook

    other = Workbook()
    other.active.append(["Bảng lương", "tháng 12"])
    other.save(tmp_path / "luong.xlsx")
    judgement = judge_file(tmp_path / "luong.xlsx", districts.PROVINCE)
    assert (judgement.verdict, [i.rule_id for i in judgement.issues]) == ("refused", ["FILE-02"])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.xlsx", None),
        ("text.xlsx", b"not a workbook"),
        ("empty.xlsx", b""),
        ("old.xls", b"\xd0\xcf\x11\xe0"),
        ("zip.xlsx", b"PK\x05\x06" + b"\x00" * 18),
    ],
)
def test_what_cannot_be_opened_is_unreadable(tmp_path, name, content):
    path = tmp_path / name
    if content is None:
        content = districts.make(tmp_path).read_bytes()[:4000]
    path.write_bytes(content)
    judgement = judge_file(path, districts.PROVINCE)
    assert (judgement.verdict, [i.rule_id for i in judgement.issues]) == ("unreadable", ["FILE-01"])


def test_a_whole_year_takes_plans_only_and_also_from_a_district_that_ends_in_it(tmp_path):
    plan = {"target": districts.rows("585", "2025Y")["target"]}
    assert judge_file(districts.make(tmp_path, "585", "2025Y", filing=plan), "58").verdict == "accepted"
    full = districts.rows("585", "2025Y")
    judgement = judge_file(districts.make(tmp_path, "585", "2025Y", filing=full), "58")
    assert {i.rule_id for i in judgement.issues if i.severity == "error"} == {"FILE-08"}


def test_the_province_files_plans_only(tmp_path):
    filing = districts.rows("587", "2024H2")
    filing["product"] = filing["rating"] = filing["activity"] = []
    for row in filing["target"]:
        row["subject_unit_code"] = "587"
    judgement = judge_file(districts.make(tmp_path, "58", filing=filing), "58")
    assert [(i.rule_id, i.sheet) for i in judgement.issues] == [("FILE-09", "Kinh phí")]
    filing["funding"] = []
    assert judge_file(districts.make(tmp_path, "58", filing=filing), "58").verdict == "accepted"


def test_columns_may_stand_in_any_order_below_any_title(tmp_path):
    path = districts.make(tmp_path)
    workbook = load_workbook(path)
    sheet = workbook["Kinh phí"]
    sheet.insert_rows(1, 3)
    sheet.move_range("A7:A20", cols=30)
    workbook.save(path)
    shutil.copy(path, tmp_path / "moved.xlsx")
    judgement = judge_file(tmp_path / "moved.xlsx", districts.PROVINCE)
    assert judgement.verdict == "accepted"
    assert [row["_row_number"] for row in judgement.tables["funding"]] == [8, 9]
    assert {c["column_letter"] for c in judgement.layout if c["field_name"] == "funding_year"} == {"AE"}


def test_a_rule_about_money_says_what_is_expected_by_how_much_and_what_is_at_stake(tmp_path):
    (issue,) = judge_file(districts.make(tmp_path, fault="over_disbursed"), districts.PROVINCE).issues
    assert (issue.value_text, issue.expected_text, issue.difference) == ("250", "100", "150")
    assert issue.amount_vnd_million == 150


def test_a_rule_shows_the_name_of_a_code(tmp_path):
    filing = districts.rows("587", "2024H2")
    filing["product"][1]["status_ground_code"], name = code_list("revocation_ground").entries[0]
    (issue,) = judge_file(districts.make(tmp_path, filing=filing), districts.PROVINCE).issues
    assert issue.rule_id == "PRODUCT-10"
    assert name in issue.message
    assert "Còn hiệu lực" in issue.message


def test_what_is_missing_from_a_sheet_that_is_not_filled_is_not_said(tmp_path):
    filing = districts.rows("587", "2024H2") | {"product": []}
    judgement = judge_file(districts.make(tmp_path, filing=filing), districts.PROVINCE)
    assert [(i.rule_id, i.sheet) for i in judgement.issues] == [("SHEET-04", "Sản phẩm")]


def test_a_rating_is_missed_in_a_stock_that_is_declared_empty(tmp_path):
    path = districts.make(tmp_path, filing=districts.rows("587", "2024H2") | {"product": []})
    workbook = load_workbook(path)
    districts.cover_cell(workbook, "nothing_to_report_product").value = "Có"
    workbook.save(path)
    assert [i.rule_id for i in judge_file(path, districts.PROVINCE).issues] == ["CROSS-01"]
