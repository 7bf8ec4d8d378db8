"""Header texts as offices write them: known spellings silently, near misses said, another unit of money refused."""

import zipfile

import districts
import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from ingest.sheet import counts_columns
from ingest.spec import load_forms
from ingest.titles import Titles, foreign_unit
from ingest.validate import judge_file

PRODUCT, FUNDING = load_forms()["product"], load_forms()["funding"]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("TÊN  SẢN PHẨM OCOP", "product_name"),
        ("Ten san pham", "product_name"),
        ("Chủ thể\nsản xuất", "producer_name"),
        ("Số QĐ công nhận (*):", "decision_number"),
        ("Doanh thu năm (triệu đồng)", "annual_revenue_vnd_million"),
        ("Xã / phường *", "commune_code"),
        ("STT", None),
        ("Tên sản phẩn", None),
    ],
)
def test_known_spellings(text, field):
    assert Titles(PRODUCT).field_of(text) == field


@pytest.mark.parametrize(
    ("form", "text", "field"),
    [
        ("product", "Tên sản phẩn", "product_name"),
        ("product", "Cơ quan ban hàng", "issuing_authority"),
        ("product", "Ngày quyết đinhj", "decision_date"),
        ("rating", "Điểm phần D", None),  # as near to A as to B and C
        ("product", "Ghi chú của huyện", None),
        ("product", "Số lượng", None),
        ("funding", "Năm 2023", None),
    ],
)
def test_a_slip_of_the_pen_is_guessed_only_when_nothing_else_is_near(form, text, field):
    assert Titles(load_forms()[form]).guess(text) == field


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Kế hoạch (triệu đồng)", None),
        ("Kế hoạch (tr.đ)", None),
        ("Kế hoạch (số giao đầu năm)", None),
        ("Kế hoạch (nghìn đồng)", "nghìn đồng"),
        ("Kế hoạch (VNĐ)", "VNĐ"),
        ("Kế hoạch (1.000 đồng)", "1.000 đồng"),
        ("Kế hoạch (1.000.000 đồng)", None),
        ("Kế hoạch (VNĐ, triệu)", None),
        ("Kế hoạch (Tr)", None),
    ],
)
def test_a_unit_in_brackets_is_read(text, said):
    assert foreign_unit(text, FUNDING.field("planned_amount_vnd_million")) == said


def changed(path, form: str, field: str, value: object, row: int = 0):
    """A faultless workbook with one other cell; row 0 is the header."""
    workbook = load_workbook(districts.make(path))
    cell = districts.cell(workbook, form, field, row)
    cell.value = value
    if row:
        cell.number_format = "General"
    workbook.save(path / "changed.xlsx")
    return judge_file(path / "changed.xlsx", districts.PROVINCE)


def test_a_guessed_column_is_read_and_said(tmp_path):
    judgement = changed(tmp_path, "product", "decision_number", "Số quyết địnhh")
    (issue,) = judgement.issues
    assert (issue.rule_id, issue.column_letter, judgement.verdict) == ("SHEET-13", "K", "accepted")
    assert 'được hiểu là cột "Số quyết định"' in issue.message
    assert judgement.tables["product"][0]["decision_number"] == "1/QĐ-UBND"


@pytest.mark.parametrize("written", ["({})", "{}", "[{}]"])
def test_a_row_that_counts_the_columns_is_said_and_not_read(tmp_path, written):
    workbook = load_workbook(districts.make(tmp_path))
    sheet = workbook[PRODUCT.sheet]
    header = districts.cell(workbook, "product", "product_name", 0).row
    before = judge_file(tmp_path / "587-2024H2-ok.xlsx", districts.PROVINCE).tables["product"]
    sheet.insert_rows(header + 1)
    for number in range(1, len(PRODUCT.fields) + 1):
        sheet.cell(header + 1, number, written.format(number))
    workbook.save(tmp_path / "counted.xlsx")
    judgement = judge_file(tmp_path / "counted.xlsx", districts.PROVINCE)
    found = [(i.rule_id, i.row_number) for i in judgement.issues if i.rule_id.startswith(("SHEET", "CELL"))]
    if written == "[{}]":  # no official table counts like that
        assert ("CELL-05", header + 1) in found
        assert judgement.verdict == "refused"
        return
    assert (judgement.verdict, found) == ("accepted", [("SHEET-17", header + 1)])
    assert [row["product_name"] for row in judgement.tables["product"]] == [r["product_name"] for r in before]


@pytest.mark.parametrize(
    ("cells", "is_numbering"),
    [
        (["(1)", "(2)", "(3)=(1)+(2)"], True),
        ([1.0, "", 2.0, 3.0], True),
        (["A", "B", "C", 1, 2, "3=1+2"], True),
        (["(A)", "(B)", "(1)"], True),
        (["a", "b", 1, 2], True),
        (["", "(2)", "(3)", "(4)"], True),
        (["3", "4", "5"], False),
        (["A", "C", 1, 2], False),
        (["A", "B", "C"], False),
        ([1, 2], False),
        ([1, 3, 4], False),
        (["1. Nho", "2", "3"], False),
        ([], False),
    ],
)
def test_whatcounts_columns(cells, is_numbering):
    assert counts_columns([cells]) is is_numbering


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Đơn vị tính: đồng", "đồng"),
        ("ĐVT: nghìn đồng", "nghìn đồng"),
        ("(Đơn vị: 1.000 đồng)", "1.000 đồng"),
        ("Đơn vị tính : Tỷ đồng", "Tỷ đồng"),
        ("Đơn vị tính: triệu đồng", None),
        ("ĐVT: Tr.đồng", None),
        ("Đơn vị: UBND huyện Ninh Phước", None),
        ("Đơn vị tính: đồng/sản phẩm", None),
    ],
)
def test_the_unit_a_line_above_the_table_says(tmp_path, line, said):
    workbook = load_workbook(districts.make(tmp_path))
    workbook["Kinh phí"]["H3"] = line
    workbook.save(tmp_path / "t.xlsx")
    judgement = judge_file(tmp_path / "t.xlsx", districts.PROVINCE)
    found = [(i.rule_id, i.row_number, i.column_letter, i.value_text) for i in judgement.issues]
    assert found == ([("SHEET-18", 3, "H", said)] if said else [])


def test_a_key_column_may_stand_there_under_another_title(tmp_path):
    judgement = changed(tmp_path, "product", "status_code", "Trạng thái")
    assert [(i.rule_id, i.column_title) for i in judgement.issues] == [
        ("SHEET-02", "Tình trạng"), ("SHEET-03", "Trạng thái"),
    ]  # fmt: skip


def test_money_in_another_unit_is_refused(tmp_path):
    judgement = changed(tmp_path, "funding", "planned_amount_vnd_million", "Kế hoạch (nghìn đồng)")
    assert (judgement.verdict, [i.rule_id for i in judgement.issues]) == ("refused", ["SHEET-15"])


def test_an_unknown_column_is_named_with_its_letter_and_what_it_holds(tmp_path):
    judgement = changed(tmp_path, "product", "note", "Ghi thêm của huyện")
    (issue,) = judgement.issues
    letter = get_column_letter([f.name for f in PRODUCT.fields].index("note") + 1)
    assert (issue.rule_id, issue.column_letter) == ("SHEET-03", letter)
    assert f'Cột {letter} "Ghi thêm của huyện"' in issue.message
    assert "0 ô có dữ liệu" in issue.message


@pytest.mark.parametrize(
    ("value", "rules", "day"),
    [
        (45000, ["SHEET-16"], "2023-03-15"),
        (45000.5, ["SHEET-16"], "2023-03-15"),
        (2023, ["CELL-04"], None),
        (43100, ["CELL-04"], None),  # 2017
        (True, ["CELL-04"], None),
        ("15/3/2023", [], "2023-03-15"),
        ("2023-03-15", [], "2023-03-15"),
    ],
)
def test_dates_as_numbers_and_texts(tmp_path, value, rules, day):
    judgement = changed(tmp_path, "product", "decision_date", value, row=1)
    assert [i.rule_id for i in judgement.issues] == rules
    found = judgement.tables["product"][0]["decision_date"]
    assert (found and found.isoformat()) == day


@pytest.mark.parametrize(
    ("value", "meant"), [("x", True), ("có", True), (1, True), (0, False), (True, True), ("KHÔNG", False)]
)
def test_yes_and_no_in_every_way(tmp_path, value, meant):
    judgement = changed(tmp_path, "product", "is_on_ecommerce", value, row=1)
    assert (judgement.issues, judgement.tables["product"][0]["is_on_ecommerce"]) == ([], meant)


def test_a_header_of_four_rows_with_merged_cells(tmp_path):
    """As provinces print it: a group above, the title over three rows, the rows of titles in between."""
    workbook = load_workbook(districts.make(tmp_path))
    sheet = workbook["Sản phẩm"]
    sheet.insert_rows(districts.HEADER_ROW, 3)
    for column, known in enumerate(PRODUCT.fields, start=1):
        bottom = sheet.cell(districts.HEADER_ROW + 3, column)
        title, bottom.value = bottom.value, None
        row = districts.HEADER_ROW + column % 4
        sheet.cell(row, column).value = title
        if row < districts.HEADER_ROW + 3:
            sheet.merge_cells(
                start_row=row, end_row=districts.HEADER_ROW + 3, start_column=column, end_column=column
            )
        assert known.title in title
    workbook.save(tmp_path / "four.xlsx")
    judgement = judge_file(tmp_path / "four.xlsx", districts.PROVINCE)
    assert (judgement.issues, [r["_row_number"] for r in judgement.tables["product"]]) == ([], [8, 9, 10])


def test_macros_and_links_are_named_and_left_alone(tmp_path):
    path = districts.make(tmp_path)
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="x/externalLinkPath" Target="file:///C:/s%E1%BB%91%20li%E1%BB%87u.xlsx" TargetMode="External"/></Relationships>'
    )
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("xl/vbaProject.bin", b"macro")
        package.writestr("xl/externalLinks/_rels/externalLink1.xml.rels", relations)
    judgement = judge_file(path, districts.PROVINCE)
    assert (judgement.verdict, [i.rule_id for i in judgement.issues]) == ("accepted", ["FILE-19", "FILE-19"])
    assert "macro" in judgement.issues[0].message
    assert "số liệu.xlsx" in judgement.issues[1].message
