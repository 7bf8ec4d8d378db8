"""Registers of products as provincial offices keep them, made of the sample figures: the 21 columns, with all their quirks."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from ingest.reference import code_list, periods, units_of_province
from samples.build import PROVINCE, SAMPLES

HEADER_ROW = 4  # first of four
FIRST_ROW = 8
_TOP = (
    "STT", "Tên sản phẩm", "Nhóm sản phẩm", "Loại hình", "Chủ thể", "Xã/phường", "Địa chỉ", "Người đại diện",
    "Điện thoại", "Sao hiện tại", "Ngày hết hạn",
)  # fmt: skip
_ROUND = ("Sao", "Ngày", "Năm", "Số QĐ", "Cơ quan")


def figures(until_year: int) -> list[dict]:
    """The recognised products of the sample figures up to a year, as rows of a register."""
    with (SAMPLES / "figures" / "products.csv").open(encoding="utf-8", newline="") as handle:
        found = list(csv.DictReader(handle))
    return [row for row in found if row["unit_code"] == "587" and int(row["year"]) <= until_year]


def row_of(figure: dict, period: str) -> dict[str, object]:
    """What an office writes of a product: names instead of codes, text dates, "3 sao"."""
    day = date.fromisoformat(figure["decision_date"]) if figure["decision_date"] else None
    communes = units_of_province(PROVINCE, periods()[period].cut_off_on)
    types, groups = dict(code_list("producer_type").entries), dict(code_list("product_group").entries)
    is_proposed = figure["status_at_2024_12_14"] == "proposed"
    star = f"{figure['star']} sao" if figure["star"] else None
    return {
        "B": figure["product_name"],
        "C": groups.get(figure["product_group_code"]),
        "D": types.get(figure["producer_type_code"]),
        "E": figure["producer_name"],
        "F": communes[figure["commune_code"]].name,
        "G": "Thôn 1",
        "H": "Nguyễn Văn A",
        "I": "0912 345 678",
        "J": star,
        "K": date(day.year + 3, day.month, day.day) if day else None,
        "L": None if is_proposed else star,
        "M": f"{day:%d/%m/%Y}" if day else None,
        "N": None if is_proposed else int(figure["year"]),
        "O": figure["decision_number"] or None,
        "P": "UBND tỉnh Ninh Thuận" if figure["decision_number"] else None,
    }


def make(
    path: Path,
    rows: list[dict[str, object]],
    formulas: bool = False,
    titles: dict[int, str] | None = None,
    extra_sheet: bool = False,
) -> Path:
    """Write a register: title rows, four rows of header with merged cells, and the rows (cell by column letter).

    ``formulas`` copies a producer and commune like those of the row above by "=E8", as offices do; openpyxl stores no
    result with them. ``titles`` puts a group title before the n-th row (from 0).
    """
    from openpyxl import Workbook

    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "Danh sách"
    sheet["A1"] = "SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG"
    sheet["A2"] = "DANH SÁCH SẢN PHẨM OCOP TRÊN ĐỊA BÀN TỈNH"
    for column, title in enumerate(_TOP, start=1):
        sheet.cell(HEADER_ROW, column, title)
        sheet.merge_cells(
            start_row=HEADER_ROW, end_row=HEADER_ROW + 2, start_column=column, end_column=column
        )
    for start, name in ((12, "Lần 1"), (17, "Lần 2")):
        sheet.cell(HEADER_ROW, start, "Kết quả công nhận" if start == 12 else None)
        sheet.cell(HEADER_ROW + 1, start, name)
        sheet.merge_cells(
            start_row=HEADER_ROW + 1, end_row=HEADER_ROW + 1, start_column=start, end_column=start + 4
        )
        for offset, title in enumerate(_ROUND):
            sheet.cell(HEADER_ROW + 2, start + offset, title)
    sheet.merge_cells(start_row=HEADER_ROW, end_row=HEADER_ROW, start_column=12, end_column=21)
    for column in range(1, 22):
        sheet.cell(HEADER_ROW + 3, column, f"({column})")
    number = FIRST_ROW
    above: dict[str, object] = {}
    for index, row in enumerate(rows):
        if titles and index in titles:
            sheet.cell(number, 1, titles[index])
            sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=21)
            number += 1
            above = {}
        sheet.cell(number, 1, index + 1)
        for letter, value in row.items():
            is_copied = formulas and letter in "EF" and value is not None and above.get(letter) == value
            sheet[f"{letter}{number}"] = f"={letter}{number - 1}" if is_copied else value
        above = row
        number += 1
    if extra_sheet:
        workbook.create_sheet("Ghi chú")["A1"] = "Người giữ danh sách: phòng Phát triển nông thôn"
    workbook.save(path)
    return path
