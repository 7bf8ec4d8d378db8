"""Submissions of made-up districts, each with at most one named fault. A fault met in life becomes a named fault here."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from legacy_fonts import from_unicode

from ingest.legacy_text import TCVN3, VNI
from ingest.reference import periods
from ingest.spec import load_forms
from ingest.template import COVER_FIRST_ROW, HEADER_ROW, resolve, write_template

PROVINCE = "58"
_COMMUNES = {"585": "22813", "586": "22852", "587": "22882", "589": "22909"}


def rows(unit: str, period: str) -> dict[str, list[dict]]:
    """A small, faultless filing: three valid products, their ratings, two lines of money, a target, an activity."""
    year = int(period[:4])
    council_date = periods()[period].starts_on + timedelta(days=30)
    products = [
        {
            "product_name": f"Nho sấy {n} {unit}",
            "producer_name": f"HTX Nho {unit}",
            "commune_code": _COMMUNES[unit],
            "producer_type_code": "HTX",
            "product_group_code": "1",
            "star": star,
            "decision_number": f"{n}/QĐ-UBND",
            "decision_date": council_date + timedelta(days=10) if n == 1 else date(year - 1, 12, 20),
            "issuing_authority": "UBND huyện",
            "status_code": "recognised",
        }
        for n, star in ((1, 3), (2, 3), (3, 4))
    ]
    return {
        "product": products,
        "rating": [
            {
                "product_name": products[0]["product_name"],
                "producer_name": products[0]["producer_name"],
                "cycle_code": "first",
                "council_level_code": "district",
                "council_date": council_date,
                "score_point": Decimal("65.25"),
                "star": 3,
                "outcome_code": "recognised",
            }
        ],
        "funding": [
            {
                "funding_year": year,
                "source_code": "NSTW",
                "capital_nature_code": "SN",
                "content_code": "1",
                "planned_amount_vnd_million": Decimal("100"),
                "disbursed_amount_vnd_million": Decimal("93.974"),
            },
            {
                "funding_year": year,
                "source_code": "TU_HUY_DONG",
                "capital_nature_code": "SN",
                "content_code": "7",
                "disbursed_amount_vnd_million": Decimal("25.5"),
                "is_approximate": True,
            },
        ],
        "target": [
            {
                "indicator_code": "new_product",
                "subject_unit_code": unit,
                "target_from_year": year,
                "target_to_year": year,
                "target_min": Decimal(1),
                "target_max": Decimal(2),
            }
        ],
        "activity": [
            {
                "activity_type_code": "training",
                "state_code": "done",
                "from_year": year,
                "to_year": year,
                "activity_count": Decimal(2),
                "measure_unit": "lớp",
            }
        ],
    }


def make(
    path: Path,
    unit: str = "587",
    period: str = "2024H2",
    fault: str | None = None,
    filing: dict[str, list[dict]] | None = None,
) -> Path:
    """Write a workbook into ``path`` (a file or a folder) and return its path; ``fault`` is a key of FAULTS or MODEL_FAULTS."""
    target = path / f"{unit}-{period}-{fault or 'ok'}.xlsx" if path.is_dir() else path
    found, when = resolve(unit, period, PROVINCE)
    cover = {"prepared_by": "Người lập", "prepared_date": date(2024, 12, 15)}
    write_template(target, found, when, PROVINCE, rows(unit, period) if filing is None else filing, cover)
    if fault:
        from openpyxl import load_workbook

        workbook = load_workbook(target)
        (FAULTS | MODEL_FAULTS)[fault](workbook)
        workbook.save(target)
    return target


def cell(workbook, form_name: str, field_name: str, row: int = 1):
    """The cell of a field in the n-th data row of a form's sheet."""
    form = load_forms()[form_name]
    column = [f.name for f in form.fields].index(field_name) + 1
    return workbook[form.sheet].cell(HEADER_ROW + row, column)


def cover_cell(workbook, field_name: str):
    """The value cell of a cover field."""
    names = [f.name for f in load_forms()["cover"].fields]
    return workbook["Bìa"].cell(COVER_FIRST_ROW + names.index(field_name), 3)


def _put(form_name: str, field_name: str, value: object, row: int = 1) -> Callable:
    def apply(workbook) -> None:
        cell(workbook, form_name, field_name, row).value = value

    return apply


def _put_cover(field_name: str, value: object) -> Callable:
    def apply(workbook) -> None:
        cover_cell(workbook, field_name).value = value

    return apply


def _repeat_row(workbook) -> None:
    for name in ("product_name", "producer_name"):
        cell(workbook, "product", name, 2).value = cell(workbook, "product", name, 1).value


def _remove_sheet(workbook) -> None:
    del workbook["Kinh phí"]


def _remove_key_header(workbook) -> None:
    cell(workbook, "product", "producer_name", 0).value = None


def _unknown_column(workbook) -> None:
    sheet = workbook["Kinh phí"]
    sheet.cell(HEADER_ROW, len(load_forms()["funding"].fields) + 1).value = "Ghi thêm của huyện"


def _column_without_title(workbook) -> None:
    sheet = workbook["Kinh phí"]
    sheet.cell(HEADER_ROW + 1, len(load_forms()["funding"].fields) + 1).value = 12


def _copy_sheet(workbook) -> None:
    workbook.copy_worksheet(workbook["Kinh phí"]).title = "Kinh phí (2)"


def _foreign_sheet(workbook) -> None:
    workbook.create_sheet("Bảng tính riêng")["A1"] = 5


def _second_table(workbook) -> None:
    sheet = workbook["Kinh phí"]
    for column in range(1, 6):
        sheet.cell(HEADER_ROW + 8, column).value = sheet.cell(HEADER_ROW, column).value


def _merge_missing_key(workbook) -> None:
    cell(workbook, "product", "commune_code", 2).value = None
    first, second = (cell(workbook, "product", "commune_code", row).coordinate for row in (1, 2))
    workbook["Sản phẩm"].merge_cells(f"{first}:{second}")


def _hide_in_spaces(workbook) -> None:
    _repeat_row(workbook)
    first = cell(workbook, "product", "product_name", 2)
    first.value = f"\u200b{first.value}\u00a0"


def _remove_version(workbook) -> None:
    version = cover_cell(workbook, "form_version")
    version.value = workbook["Bìa"].cell(version.row, 2).value = None


def _empty_funding(workbook) -> None:
    workbook["Kinh phí"].delete_rows(HEADER_ROW + 1, 10)


def _declare_nothing_but_fill(workbook) -> None:
    cover_cell(workbook, "nothing_to_report_funding").value = "Có"


def _retype(change: Callable[[str], str], font: str | None) -> Callable:
    def apply(workbook) -> None:
        from openpyxl.styles import Font

        for row in (1, 2, 3):
            typed = cell(workbook, "product", "issuing_authority", row)
            typed.value = change(typed.value)
            if font:
                typed.font = Font(name=font)

    return apply


# fault -> what it does to a faultless workbook
FAULTS: dict[str, Callable] = {
    "unknown_unit": _put_cover("unit_code", "999"),
    "missing_unit": _put_cover("unit_code", None),
    "unknown_period": _put_cover("period_code", "Quý 4/2024"),
    "dead_unit": _put_cover("period_code", "2026H1"),
    "no_version_label": _remove_version,
    "cover_error": _put_cover("unit_code", "#REF!"),
    "cover_total_formula": _put_cover("total_funding_disbursed_vnd_million", "=100+19.474"),
    "old_version": _put_cover("form_version", "0.9"),
    "missing_key": _put("product", "commune_code", None),
    "missing_expected": _put("product", "decision_number", None),
    "unknown_code": _put("product", "producer_type_code", "Tập đoàn"),
    "impossible_date": _put("product", "decision_date", "31/02/2024"),
    "date_before_programme": _put("product", "decision_date", "1/1/1999"),
    "date_after_cut_off": _put("product", "decision_date", date(2024, 12, 15)),
    "star_out_of_range": _put("product", "star", 7),
    "star_below_three": _put("product", "star", 2),
    "star_not_whole": _put("product", "star", 3.5),
    "score_over_100": _put("rating", "score_point", "100,5"),
    "part_over_every_maximum": _put("rating", "score_part_a_point", 41),
    "score_text": _put("rating", "score_point", "sáu mươi lăm"),
    "english_number": _put("funding", "disbursed_amount_vnd_million", "93,974.00"),
    "unit_of_thousands": _put("funding", "disbursed_amount_vnd_million", "1,2 nghìn triệu đồng"),
    "leading_zero_group": _put("funding", "disbursed_amount_vnd_million", "0.500"),
    "too_many_digits": _put("funding", "disbursed_amount_vnd_million", "93,97412"),
    "number_out_of_this_world": _put("funding", "disbursed_amount_vnd_million", 1e300),
    "integer_out_of_range": _put("funding", "supported_item_count", "99999999999999999999999999"),
    "ambiguous_number": _put("funding", "disbursed_amount_vnd_million", "93.974"),
    "no_amount": _put("funding", "disbursed_amount_vnd_million", None, row=2),
    "over_disbursed": _put("funding", "disbursed_amount_vnd_million", 250),
    "wrong_pattern": _put("product", "product_code", "ABC-1"),
    "too_long": _put("product", "product_name", "x" * 301),
    "error_cell": _put("funding", "disbursed_amount_vnd_million", "#DIV/0!"),
    "uncalculated_formula": _put("funding", "disbursed_amount_vnd_million", "=1+1"),
    "duplicate_row": _repeat_row,
    "missing_sheet": _remove_sheet,
    "missing_key_column": _remove_key_header,
    "unknown_column": _unknown_column,
    "column_without_title": _column_without_title,
    "copied_sheet": _copy_sheet,
    "foreign_sheet": _foreign_sheet,
    "second_table": _second_table,
    "merged_key": _merge_missing_key,
    "duplicate_by_eye": _hide_in_spaces,
    "empty_sheet": _empty_funding,
    "nothing_but_filled": _declare_nothing_but_fill,
    "control_total": _put_cover("total_funding_disbursed_vnd_million", 345),
    "tcvn3_font": _retype(lambda text: from_unicode(text, TCVN3), ".VnTime"),
    "vni_font": _retype(lambda text: from_unicode(text, VNI), "VNI-Times"),
    "font_lost": _retype(lambda text: from_unicode(text, TCVN3), None),
    "loose_accents": _retype(lambda text: unicodedata.normalize("NFD", text), None),
    "ty_dong": _put("funding", "planned_amount_vnd_million", "1,2 tỷ đồng"),
    "approximate_word": _put("product", "annual_revenue_vnd_million", "khoảng 345"),
    "range_in_one_cell": _put("target", "target_min", "15-25"),
    "range_of_stars": _put("product", "star", "3-4 sao"),
    "date_for_a_range": _put("target", "target_max", date(2024, 5, 2)),
    "another_counter": _put("activity", "activity_count", "2 cuộc"),
    "blank_in_date": _put("product", "decision_date", "ngày     tháng 02 năm 2024"),
    "short_year": _put("product", "decision_date", "4/12/20"),
    "blank_document_number": _put("product", "decision_number", "Số:        /QĐ-UBND"),
    # Accepted by intake, stopped by the gate: an amount typed in đồng instead of triệu đồng.
    "amount_in_dong": _put("funding", "disbursed_amount_vnd_million", 93_974_000),
}
# Accepted by intake without a word; the model finds them under the law of their day.
MODEL_FAULTS: dict[str, Callable] = {
    "part_over_its_maximum": _put("rating", "score_part_c_point", 38),
    "star_above_its_band": _put("rating", "star", 4),
    "minimum_criteria_missing": _put("rating", "meets_minimum_criteria", "Không"),
    "two_stars_recognised": _put("rating", "star", 2),
    "decision_of_tomorrow": _put("rating", "decision_date", date(2024, 12, 17)),
    "decision_before_the_regimes": _put("product", "decision_date", date(2019, 8, 20)),
    "another_producer_type": _put("product", "producer_type_code", "DN", row=3),
    "another_printed_expiry": _put("product", "expiry_date", date(2027, 1, 31)),
}
