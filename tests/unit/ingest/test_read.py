"""The cover is read by its labels, wherever they stand and whatever stands around them."""

import districts
import pytest
from openpyxl import load_workbook

from ingest.read import read_cover, read_workbook


@pytest.fixture(scope="module")
def filing(tmp_path_factory):
    return districts.make(tmp_path_factory.mktemp("filing"))


def cover_of(filing, tmp_path, change):
    workbook = load_workbook(filing)
    change(workbook["Bìa"])
    workbook.save(tmp_path / "t.xlsx")
    return read_cover(tmp_path / "t.xlsx", "t.xlsx")


def test_a_value_stands_right_of_a_label_that_is_merged_over_columns(filing, tmp_path):
    def merge(sheet):
        for row in range(districts.COVER_FIRST_ROW, sheet.max_row + 1):
            sheet.cell(row, 5).value = sheet.cell(row, 3).value
            sheet.cell(row, 3).value = None
            sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=4)

    found = cover_of(filing, tmp_path, merge)
    assert found.cover["unit_code"] == "587"
    assert found.cover_cells["unit_code"] == (districts.COVER_FIRST_ROW, "E")


def test_a_title_with_the_words_of_a_label_is_no_label(filing, tmp_path):
    def write_titles(sheet):
        sheet["B2"], sheet["B30"] = "KỲ BÁO CÁO", "Người lập"

    found = cover_of(filing, tmp_path, write_titles)
    assert found.cover["period_code"] == "2024H2"
    assert found.cover["prepared_by"] == "Người lập"


def test_a_signature_block_below_is_no_value(filing, tmp_path):
    def sign(sheet):
        sheet["C8"], sheet["B30"], sheet["C30"] = None, "NGƯỜI LẬP", "THỦ TRƯỞNG ĐƠN VỊ"

    assert cover_of(filing, tmp_path, sign).cover["prepared_by"] is None


def test_two_labels_may_stand_in_one_row(filing, tmp_path):
    def move(sheet):
        sheet["D4"], sheet["E4"] = sheet["B6"].value, sheet["C6"].value
        sheet["B6"] = sheet["C6"] = None

    found = cover_of(filing, tmp_path, move)
    assert (found.cover["unit_code"], found.cover["period_code"]) == ("587", "2024H2")


def test_an_error_is_not_replaced_by_an_empty_cell_below(filing, tmp_path):
    def spoil(sheet):
        sheet["C4"], sheet["B30"] = "=1/0", "Mã đơn vị"

    found = cover_of(filing, tmp_path, spoil)
    assert found.cover_faulty["unit_code"]
    assert found.cover_cells["unit_code"] == (4, "C")


@pytest.mark.parametrize(
    ("name", "goes_on"),
    [("Sản phẩm (tiếp)", "Sản phẩm"), ("Kinh phí - bổ sung", "Kinh phí"), ("Hoạt động tt", "Hoạt động")]
    + [
        (name, None)
        for name in (
            "Sản phẩm tiềm năng",
            "Bia tiếp",
            "Bìa số 2",
            "Hoạt động - ảnh",
            "Sân phâm tiếp",
            "Kinh phí phân bổ",
            "Hoạt động tiếp thị",
        )
    ],
)
def test_a_sheet_may_go_on_where_another_ends(filing, tmp_path, name, goes_on):
    workbook = load_workbook(filing)
    workbook.create_sheet(name)
    workbook.save(tmp_path / "t.xlsx")
    found = read_workbook(tmp_path / "t.xlsx")
    assert found.continued_sheets.get(name) == goes_on
    assert (name in found.unknown_sheets) == (goes_on is None)
