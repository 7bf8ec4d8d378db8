"""Totals, titles of groups, notes and signatures between and below the rows: one finding each, with what to do."""

import districts
import pytest
from openpyxl import load_workbook

from ingest.spec import load_forms
from ingest.validate import judge_file
from ingest.vietnamese import is_total

BELOW = districts.HEADER_ROW + 6


@pytest.fixture(scope="module")
def filing(tmp_path_factory):
    return districts.make(tmp_path_factory.mktemp("filing"))


def judged(filing, tmp_path, change):
    workbook = load_workbook(filing)
    change(workbook)
    workbook.save(tmp_path / "t.xlsx")
    return judge_file(tmp_path / "t.xlsx", districts.PROVINCE)


def test_a_total_is_one_finding_and_its_amounts_are_not_compared(filing, tmp_path):
    def add_up(workbook):
        districts.cell(workbook, "funding", "funding_year", 3).value = "TỔNG CỘNG"
        districts.cell(workbook, "funding", "planned_amount_vnd_million", 3).value = 100
        districts.cell(workbook, "funding", "disbursed_amount_vnd_million", 3).value = 119.474

    judgement = judged(filing, tmp_path, add_up)
    assert [(i.rule_id, i.row_number, i.column_letter) for i in judgement.issues] == [("ROW-04", 7, "A")]
    assert '("TỔNG CỘNG")' in judgement.issues[0].message
    assert judgement.verdict == "refused"
    assert len(judgement.tables["funding"]) == 2


def test_a_total_that_names_its_year_is_no_line_of_money(filing, tmp_path):
    def add_up(workbook):
        for name, value in {
            "funding_year": 2024,
            "product_name": "Tổng cộng",
            "planned_amount_vnd_million": 99,
        }.items():
            districts.cell(workbook, "funding", name, 3).value = value

    judgement = judged(filing, tmp_path, add_up)
    assert ("ROW-04", 7) in [(i.rule_id, i.row_number) for i in judgement.issues]
    assert len(judgement.tables["funding"]) == 2


def test_a_remark_about_a_total_makes_no_total(filing, tmp_path):
    def remark(workbook):
        for name, value in {"planned_amount_vnd_million": 50, "note": "Tổng số hộ được hỗ trợ: 5"}.items():
            districts.cell(workbook, "funding", name, 3).value = value

    judgement = judged(filing, tmp_path, remark)
    assert [i.rule_id for i in judgement.issues if i.severity == "error"] == ["CELL-01"]
    assert len(judgement.tables["funding"]) == 3


def test_a_remark_in_a_column_nobody_reads_makes_no_total(filing, tmp_path):
    def remark(workbook):
        sheet = workbook["Kinh phí"]
        column = sheet.max_column + 1
        sheet.cell(districts.HEADER_ROW, column).value = "Ý kiến khác"
        sheet.cell(districts.HEADER_ROW + 1, column).value = "Tổng số hộ được hỗ trợ: 5"

    assert [i.rule_id for i in judged(filing, tmp_path, remark).issues] == ["SHEET-03"]


@pytest.mark.parametrize(("said", "found"), [("Có", []), ("Không", ["ROW-04"])])
def test_a_total_of_a_plan_is_one_when_it_is_said_to_be(filing, tmp_path, said, found):
    def call(workbook):
        districts.cell(workbook, "target", "product_name", 1).value = "Tổng cộng"
        districts.cell(workbook, "target", "is_total", 1).value = said

    issues = judged(filing, tmp_path, call).issues
    assert [i.rule_id for i in issues if i.rule_id.startswith("ROW")] == found


def test_a_total_is_known_by_a_column_nobody_reads(filing, tmp_path):
    def add_up(workbook):
        sheet = workbook["Kinh phí"]
        sheet.insert_cols(1)
        sheet.cell(districts.HEADER_ROW, 1).value = "STT"
        sheet.cell(districts.HEADER_ROW + 3, 1).value = "Cộng"
        sheet.cell(districts.HEADER_ROW + 3, 6).value = 100

    judgement = judged(filing, tmp_path, add_up)
    assert [(i.rule_id, i.row_number) for i in judgement.issues if i.severity == "error"] == [("ROW-04", 7)]


def test_the_total_of_a_plan_with_its_years_is_no_indicator(filing, tmp_path):
    def add_up(workbook):
        row = {
            "indicator_code": "Tổng số",
            "target_from_year": 2024,
            "target_to_year": 2024,
            "target_min": 15,
        }
        for name, value in row.items():
            districts.cell(workbook, "target", name, 2).value = value

    assert [i.rule_id for i in judged(filing, tmp_path, add_up).issues] == ["ROW-04"]


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({2: "NGƯỜI LẬP BIỂU", 8: "TM. ỦY BAN NHÂN DÂN"}, '"NGƯỜI LẬP BIỂU" và "TM. ỦY BAN NHÂN DÂN"'),
        ({1: "II. Xã Phước Dân"}, '"II. Xã Phước Dân"'),
        ({1: "Ghi chú: " + "số liệu đến ngày chốt " * 10}, "số liệu đến ngày chốt số li"),
    ],
)
def test_what_is_no_row_of_data_is_said_once(filing, tmp_path, texts, said):
    def write(workbook):
        for column, text in texts.items():
            workbook["Sản phẩm"].cell(BELOW, column).value = text

    (issue,) = judged(filing, tmp_path, write).issues
    assert (issue.rule_id, issue.severity, issue.row_number) == ("ROW-03", "error", BELOW)
    assert said in issue.message
    assert "Xã/phường" in issue.action
    assert len(issue.message) < 250


def test_a_sheet_that_says_there_is_nothing_is_shown_the_place_to_say_so(filing, tmp_path):
    def say(workbook):
        sheet = workbook["Hoạt động"]
        sheet.delete_rows(districts.HEADER_ROW + 1)
        sheet.cell(districts.HEADER_ROW + 1, 1).value = "Trong kỳ không phát sinh"

    (issue,) = judged(filing, tmp_path, say).issues
    assert issue.rule_id == "ROW-05"
    assert "trên trang Bìa" in issue.action


def test_a_row_with_a_gap_is_a_row_with_a_gap(filing, tmp_path):
    def leave_out(workbook):
        districts.cell(workbook, "product", "product_name", 2).value = None
        districts.cell(workbook, "product", "producer_name", 3).value = "Tổng công ty Cộng đồng"
        for known in load_forms()["activity"].fields:
            districts.cell(workbook, "activity", known.name, 2).value = None
        districts.cell(workbook, "activity", "activity_count", 2).value = 4
        districts.cell(workbook, "activity", "activity_type_code", 3).value = "Tập huấn, bồi dưỡng"

    judgement = judged(filing, tmp_path, leave_out)
    assert {i.rule_id for i in judgement.issues if i.severity == "error"} == {"CELL-01"}
    assert [len(judgement.tables[name]) for name in ("product", "activity")] == [3, 3]


@pytest.mark.parametrize(
    "text", ["Tổng", "Cộng:", "TỔNG CỘNG", "Tổng số (I+II)", "Cộng (1+2)", "Tổng cộng: 3 sản phẩm"]
)
def test_words_of_a_total(text):
    assert is_total(text)


@pytest.mark.parametrize("text", ["Cộng đồng Raglai", "Tổng công ty Nho", "Tổng hợp", "Rong nho", 12, None])
def test_words_of_none(text):
    assert not is_total(text)
