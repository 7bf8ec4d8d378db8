"""The workbook: one sheet per table, live numbers and dates, ready to print."""

import zipfile
from datetime import datetime

import pytest
from openpyxl import load_workbook

from reports import definition
from reports.render import render

PERIOD = "2024H2"


@pytest.fixture
def workbook(release):
    return load_workbook(release / f"bao-cao-ocop-{PERIOD}.xlsx")


def row_of(sheet, column, text):
    """The cells of the first row whose given column has a text."""
    return next(row for row in sheet.iter_rows() if row[column].value == text)


def test_the_cover_comes_first_and_leads_to_every_sheet(workbook):
    report = definition.load()
    assert workbook.sheetnames == ["Mục lục", *(table.sheet for table in report.printed)]
    links = [cell.hyperlink.location for cell in workbook["Mục lục"]["A"] if cell.hyperlink]
    assert links == [f"'{table.sheet}'!A1" for table in report.printed]


def test_the_cover_names_the_reporting_basis_and_the_missing_units(workbook):
    text = "\n".join(str(cell.value) for cell in workbook["Mục lục"]["A"])
    assert "từ ngày 15/6/2024 đến hết ngày 14/12/2024, theo Điều 12 Nghị định số 09/2019/NĐ-CP." in text
    assert "Chưa gửi: thành phố Phan Rang - Tháp Chàm; huyện Bác Ái" in text


def test_numbers_and_dates_are_live(workbook):
    product = row_of(workbook["Danh mục sản phẩm"], 3, "Trà măng tây")
    assert product[7].value == 3
    assert product[12].value == datetime(2023, 2, 6)
    assert product[12].number_format == "dd/mm/yyyy"
    money = row_of(workbook["Kinh phí theo nguồn"], 1, "Ngân sách trung ương")[4]
    assert money.value == 1390.029
    assert money.number_format == "#,##0.0##"
    assert (
        row_of(workbook["Kinh phí theo nguồn"], 1, "Doanh nghiệp, HTX, hộ tự huy động")[4].number_format
        == "#,##0"
    )


def test_unknown_is_a_dash_and_never_zero(workbook):
    cells = row_of(workbook["Theo đơn vị"], 1, "Huyện Bác Ái")
    assert [cell.value for cell in cells[2:]] == ["–"] * 8
    sheet = workbook["Theo đơn vị"]
    assert any(cell.value == "Dấu “–”: chưa có số liệu, không phải bằng 0." for cell in sheet["A"])


def test_sheets_print_on_a4_with_repeated_headings(workbook):
    report = definition.load()
    for table in report.printed:
        sheet = workbook[table.sheet]
        assert sheet.page_setup.paperSize == int(sheet.PAPERSIZE_A4)
        assert sheet.page_setup.orientation == table.orientation
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        is_double = any(column.group for column in table.columns)
        assert sheet.print_title_rows == ("$4:$5" if is_double else "$4:$4")
        assert sheet.freeze_panes == ("C6" if is_double else "C5")


def test_a_name_that_looks_like_a_formula_stays_a_name(freeze_and_pass, change):
    change("update rpt_ministry__product_list set product_name = '=1+1' where row_code = '1'")
    directory = freeze_and_pass()
    render(directory, PERIOD)
    sheet = load_workbook(directory / f"bao-cao-ocop-{PERIOD}.xlsx")["Danh mục sản phẩm"]
    assert sheet["D5"].value == "=1+1"
    assert sheet["D5"].data_type == "s"


def test_charts_are_native_follow_the_cells_and_leave_the_total_out(release):
    with zipfile.ZipFile(release / f"bao-cao-ocop-{PERIOD}.xlsx") as container:
        names = sorted(name for name in container.namelist() if name.startswith("xl/charts/chart"))
        charts = [container.read(name).decode() for name in names]
    stock, by_unit, funding = charts
    assert "'Qua các kỳ'!$D$6:$D$8" in stock
    assert "'Theo đơn vị'!$C$6:$C$12" in by_unit  # seven districts, not their total in row 13
    assert "'Kinh phí theo nội dung'!$G$6:$G$7" in funding
    assert [chart.count("<ser>") for chart in charts] == [4, 4, 2]
