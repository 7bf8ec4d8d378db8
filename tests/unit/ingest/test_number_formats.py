"""What a number's format adds to it or takes from it is read as the cell shows it, with all the digits that are stored."""

from decimal import Decimal

import districts
import pytest
from openpyxl import load_workbook

from ingest.number_formats import shown_number, telling_format, with_words
from ingest.sheet import is_understood
from ingest.spec import load_forms
from ingest.validate import judge_file


@pytest.mark.parametrize(
    ("code", "stored", "shown"),
    [
        ("0%", "0.5", "50%"),
        ("0.0%;[Red]-0.0%", "7.0000000000000007E-2", "7%"),
        ("000", "7", "007"),
        ('0"/QĐ-UBND"', "12", "12/QĐ-UBND"),
        ('"SP"000', "7", "SP007"),
        ('0.0" tỷ đồng"', "1.23", "1,23 tỷ đồng"),
        ('#,##0\\ "đồng";-#,##0\\ "đồng"', "93974000", "93974000 đồng"),
        ('General" triệu"', "93.974", "93,974 triệu"),
        ("#,##0,,", "93974000", "93,974"),
        ("#,##0.0,", "93974", "93,974"),
        ('[Blue]_(* #,##0.0,,"tr"_)', "93974000", "93,974tr"),
    ],
)
def test_what_the_cell_shows(code, stored, shown):
    assert shown_number(stored, telling_format(code)) == shown


@pytest.mark.parametrize(
    "code",
    [
        "",
        "General",
        "0",
        "#,##0.000",
        '_-* #,##0.00\\ "₫"_-;\\-* #,##0.00\\ "₫"_-;_-* "-"??\\ "₫"_-;_-@_-',
        "#,##0.00\\ [$€-407]",
        "_(* #,##0_);_(* \\(#,##0\\)",
        "dd/mm/yyyy",
        '"ngày "dd" tháng "mm" năm "yyyy',
        "[h]:mm:ss",
        "mm:ss.0",
        "0.00E+00",
        "# ?/?",
        '[>=1000000]#,##0.0,,"tr";#,##0',
        "@",
    ],
)
def test_other_formats_show_what_is_stored(code):
    assert telling_format(code) is None


def test_words_around_a_number_that_is_shown_rounded():
    assert with_words("1.23", "1,2 tỷ đồng") == "1,23 tỷ đồng"
    assert with_words("12", "Số 12/QĐ") == "Số 12/QĐ"
    assert with_words("93974000", "93.974.000 ₫") is None
    assert with_words("12", "12") is None
    assert with_words("45", "MS 000045") == "MS 000045"
    assert with_words("93974000", "94", "1000000") == "93,974"
    assert with_words("93974000", "94tr", "1000000") == "93,974tr"


def test_what_is_seen_decides_whether_a_number_is_divided():
    assert with_words("1200000000", "1,2 tỷ") is None  # by a style nobody knows of
    assert with_words("250", "250", "1000000") is None  # by the style of other cells
    assert with_words("250", "250 sp", "1000000") == "250 sp"
    assert with_words("1200000000", "1,2 tỷ", "1000000000") == "1,2 tỷ"


def test_a_unit_in_a_format_is_read_as_if_it_were_typed(tmp_path):
    workbook = load_workbook(districts.make(tmp_path))
    for (form, name), (value, code) in {
        ("funding", "planned_amount_vnd_million"): (1.2, '0.0" tỷ đồng"'),
        ("funding", "disbursed_amount_vnd_million"): (93974000, "#,##0,,"),
        ("product", "decision_number"): (12, '0"/QĐ-UBND"'),
        ("product", "star"): (3, '0" ngôi"'),
    }.items():
        cell = districts.cell(workbook, form, name)
        cell.value, cell.number_format = value, code
    total = districts.cover_cell(workbook, "total_valid_star_3_count")
    total.value, total.number_format = 2, '0" mặt hàng"'
    workbook.save(tmp_path / "t.xlsx")
    judgement = judge_file(tmp_path / "t.xlsx", districts.PROVINCE)
    assert [(i.rule_id, i.value_text) for i in judgement.issues] == [("CELL-15", "1,2 tỷ đồng")]
    money, product = judgement.tables["funding"][0], judgement.tables["product"][0]
    assert money["planned_amount_vnd_million"] == 1200
    assert money["disbursed_amount_vnd_million"] == Decimal("93.974")
    assert (product["decision_number"], product["star"]) == ("12/QĐ-UBND", 3)
    assert judgement.tables["cover"][0]["total_valid_star_3_count"] == 2


def test_an_amount_too_small_for_its_column_is_asked_about():
    planned = load_forms()["funding"].field("planned_amount_vnd_million")
    assert is_understood(planned, "400 đ")  # so it is read, and refused, not taken for 400 triệu
    assert not is_understood(planned, "400 ngôi")
