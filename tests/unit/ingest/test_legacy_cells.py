"""Workbooks typed in legacy fonts or with loose accents give the tables of their Unicode twins, and it is said."""

import shutil
import unicodedata
from pathlib import Path

import districts
import pytest
from legacy_fonts import from_unicode
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from test_formats import saved_again

from ingest.legacy_cells import recode
from ingest.legacy_text import TCVN3, VNI
from ingest.second_look import census
from ingest.validate import judge_file

SAMPLES = sorted((Path(__file__).parents[3] / "samples").glob("ocop-587-*.xlsx"))


def retyped(path: Path, target: Path, typed_in: str, font: str | None) -> Path:
    """The workbook with every text but the sheets' names and the lists typed otherwise."""
    workbook = load_workbook(path)
    for sheet in workbook.worksheets:
        for cells in sheet.iter_rows():
            for cell in cells:
                if not isinstance(cell.value, str) or cell.value.isascii():
                    continue
                if typed_in == "NFD":
                    cell.value = unicodedata.normalize("NFD", cell.value)
                    continue
                cell.value = from_unicode(cell.value, typed_in)
                if font:
                    cell.font = Font(name=font)
    workbook.save(target)
    return target


def business(judgement) -> dict:
    """The typed rows without where they stood; TCVN3 has no capitals with a tone, so case does not count."""
    return {
        form: [
            {
                name: value.casefold() if isinstance(value, str) else value
                for name, value in row.items()
                if not name.startswith("_")
            }
            for row in rows
        ]
        for form, rows in judgement.tables.items()
    }


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    ("typed_in", "font", "said"),
    [
        ("NFD", None, "Unicode tổ hợp"),
        (TCVN3, ".VnTime", "phông TCVN3"),
        (VNI, "VNI-Times", "phông VNI"),
        # as after a .csv, which keeps no font
        (TCVN3, None, "phông TCVN3"),
        (VNI, None, "phông VNI"),
    ],
)
def test_a_sample_typed_otherwise_gives_the_same_tables(tmp_path, sample, typed_in, font, said):
    clean = judge_file(sample, districts.PROVINCE)
    judgement = judge_file(retyped(sample, tmp_path / "a.xlsx", typed_in, font), districts.PROVINCE)
    assert business(judgement) == business(clean)
    assert judgement.verdict == clean.verdict == "accepted"
    named = [issue for issue in judgement.issues if issue.rule_id == "CELL-14"]
    assert {issue.sheet for issue in named} == {layout["_sheet"] for layout in judgement.layout}
    assert all(said in issue.message and issue.value_text != issue.expected_text for issue in named)
    others = [(i.rule_id, i.sheet, i.row_number) for i in judgement.issues if i.rule_id != "CELL-14"]
    assert others == [(i.rule_id, i.sheet, i.row_number) for i in clean.issues]


def cells_of(path: Path) -> tuple[list, dict[str, str]]:
    (counted,) = census(path, lambda name: True).values()
    sheet = load_workbook(path).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()], counted.fonts


def test_fonts_are_found_in_styles_and_in_runs_of_text(tmp_path):
    workbook = Workbook()
    sheet = workbook.active
    for address, font in (
        ("A1", ".VnTime"),
        ("B1", ".VnTimeH"),
        ("C1", "VNI-Times"),
        ("D1", "Times New Roman"),
    ):
        sheet[address] = "S¶n phÈm"
        sheet[address].font = Font(name=font)
    sheet["A2"] = 5
    sheet["A2"].font = Font(name=".VnTime")
    sheet["B2"] = CellRichText("12/", TextBlock(InlineFont(rFont=".VnArial"), "Q§"))
    workbook.save(tmp_path / "a.xlsx")
    (counted,) = census(tmp_path / "a.xlsx", lambda name: True).values()
    assert counted.fonts == {"A1": "TCVN3", "B1": "TCVN3 chữ hoa", "C1": "VNI", "B2": "TCVN3"}


def test_a_font_of_capitals_gives_capitals():
    grid = [["Hîp t¸c x·"]]
    (cell,) = recode(grid, {"A1": "TCVN3 chữ hoa"})
    assert (grid, cell.original, cell.row, cell.column) == ([["HỢP TÁC XÃ"]], "Hîp t¸c x·", 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "Hợp tác xã",  # Unicode in a cell that kept its old font
        "Hà Nội",
        "bánh tráng",
        "Nestlé",
        "Nho",
        "Trung Nguyên®",
        "Cà phê «Nho»",
    ],
)
def test_unicode_in_a_legacy_font_is_left_alone(text):
    grid = [[text]]
    assert (recode(grid, {"A1": TCVN3}), grid) == ([], [[text]])


@pytest.mark.parametrize(
    "text",
    [
        "50 µm × 3 µm",
        "10 × 20 × 30 cm",
        "giá 50 µm",
        "José Peña",
        "· Nho · Táo",
        "100 m² ½ kg",
        "Ngói 25°C ± 2",
        "10£",
    ],
)
def test_signs_and_foreign_names_without_a_legacy_font_are_left_alone(text):
    grid = [[text], ["Hợp tác xã"]]
    assert (recode(grid, {}), grid) == ([], [[text], ["Hợp tác xã"]])


def test_codes_with_two_readings_follow_the_cells_of_their_font():
    # 0xE1 is "á" to Unicode and "ỏ" to TCVN3: both are words.
    legacy = [["bá"], ["S¶n phÈm"], ["§¬n vÞ"]]
    fonts = dict.fromkeys(("A1", "A2", "A3"), TCVN3)
    recode(legacy, fonts)
    assert legacy == [["bỏ"], ["Sản phẩm"], ["Đơn vị"]]
    proper = [["bá"], ["Sản phẩm"], ["Đơn vị"]]
    assert recode(proper, fonts) == []


def test_a_sheet_that_lost_its_font_is_read_whole():
    sure = [[from_unicode(text, VNI)] for text in ("Sản phẩm", "Hợp tác xã", "Quyết định")]
    grid = [*sure, [from_unicode("Bị thu hồi", VNI)], [from_unicode("2/QĐ-UBND", VNI)]]
    assert len(recode(grid, {})) == 5
    assert grid[3:] == [["Bị thu hồi"], ["2/QĐ-UBND"]]


def test_accents_that_stand_wrong_are_put_right():
    grid = [["pha\u0309\u0302m"], ["sa\u0309\u0309n"], [" \u0301Nho"]]
    assert [cell.typed_in for cell in recode(grid, {})] == ["Unicode tổ hợp"] * 3
    assert grid == [["phẩm"], ["sản"], [" Nho"]]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["xls", "ods"])
@pytest.mark.parametrize(("encoding", "font"), [(TCVN3, ".VnTime"), (VNI, "VNI-Times")])
def test_other_formats_keep_the_fonts(tmp_path, suffix, encoding, font):
    path = retyped(SAMPLES[-1], tmp_path / "a.xlsx", encoding, font)
    again = saved_again(path, suffix, tmp_path)
    assert set(census(again, lambda name: name == "Kinh phí")["Kinh phí"].fonts.values()) == {encoding}
    assert business(judge_file(again, districts.PROVINCE)) == business(judge_file(SAMPLES[-1], "58"))
