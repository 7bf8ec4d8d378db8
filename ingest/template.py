"""The blank workbook of a unit and period, written from the forms: cover, one sheet per form, drop-downs, header notes.

Excel only helps the clerk, intake judges. Titles are locked, without a password; every cell of data is free. A number or
date that looks wrong is asked about and may be kept: "93,974" typed as text, or pasted from a letter, is for intake to read.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ingest.reference import (
    CodeList,
    Period,
    Unit,
    code_list,
    communes_of,
    deadlines,
    periods,
    reporting_day,
    units_of_province,
)
from ingest.second_look import column_letter
from ingest.spec import LIST_SHEET, Field, Form, form_version, load_forms

COVER_FIRST_ROW = 4
HEADER_ROW = 4
_PREPARED_ROWS = 300  # rows that carry drop-downs
_PRODUCER = "producer_name"
_GIVEN = ("unit_code", "unit_name", "period_code", "form_version")  # cells of the cover nobody fills
_EARLIEST_DAY = "2018-05-07"  # QĐ 490/QĐ-TTg, the programme begins
_PAGE_WIDTH = 170  # characters; more of them on A4 cannot be read
_LAST_COLUMN = 16_384
_LEVEL_HINT = {"key": "Bắt buộc.", "expected": "Cần có; để trống nếu chưa rõ.", "optional": "Không bắt buộc."}
_KIND_HINT = {
    "stock": "Ghi toàn bộ sản phẩm đơn vị đang quản lý tại ngày chốt kỳ, kể cả sản phẩm hết hạn.",
    "flow": "Chỉ ghi phần phát sinh trong kỳ, không cộng dồn; không ghi dòng tổng.",
    "plan": "Ghi chỉ tiêu kế hoạch còn hiệu lực; bản gửi sau thay bản gửi trước.",
}
_LEVEL_FILL = {"key": "FFF2CC", "expected": "DDEBF7", "optional": "F2F2F2"}
_FONT = "Calibri"
_LINE_HEIGHT = 15
_WIDTHS = {"integer": 11, "number": 14, "date": 13, "boolean": 13, "string": 18}
_WIDE = {
    "product_name",
    "producer_name",
    "note",
    "plan_document",
    "content_code",
    "indicator_code",
    "issuing_authority",
    "producer_address",
    "subject_unit_code",
}


def resolve(unit_code: str, period_code: str, province_code: str) -> tuple[Unit, Period]:
    """The unit and period of these codes; LookupError with a sentence when they do not exist or do not fit."""
    period = periods().get(period_code)
    if period is None:
        raise LookupError(f"Period {period_code} is not known; write it like 2024H1, 2024H2 or 2024Y.")
    day = reporting_day(unit_code, period, province_code)
    if day is None:
        raise LookupError(
            f"Unit {unit_code} did not exist in the province served on {period.cut_off_on:%d/%m/%Y}; see ref_unit.csv."
        )
    return units_of_province(province_code, day)[unit_code], period


def write_template(
    path: Path,
    unit: Unit,
    period: Period,
    province_code: str,
    rows: dict[str, list[dict]] | None = None,
    cover: dict | None = None,
    producers: list[str] | None = None,
    notes: dict[str, str] | None = None,
) -> None:
    """Write the workbook; ``rows`` (form -> dicts by field name) and ``cover`` prefill it.

    Codes in ``rows`` are written as the drop-down shows them. ``producers`` are offered where a producer is named; a new one
    may be typed. ``notes`` (form -> sentence) say above a table where its rows come from.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font

    workbook = Workbook()
    _add_header_styles(workbook)
    lists = _Lists(workbook.create_sheet(LIST_SHEET), unit, period, province_code, producers or [])
    forms = load_forms()
    cover_values = {
        "unit_code": unit.code,
        "unit_name": unit.name,
        "period_code": period.code,
        "form_version": form_version(),
        **(cover or {}),
    }
    due_on = deadlines(period, province_code).unit_on
    _write_cover(workbook.active, forms["cover"], cover_values, lists, period, due_on)
    for form in forms.values():
        if form.kind != "cover":
            sheet = workbook.create_sheet(form.sheet)
            _write_sheet(sheet, form, (rows or {}).get(form.name, []), lists)
            sheet["A3"] = (notes or {}).get(form.name)
            sheet["A3"].font = Font(_FONT, italic=True, color="0563C1")
            _protect(sheet)
    workbook.move_sheet(LIST_SHEET, offset=len(forms))
    workbook[LIST_SHEET].sheet_state = "hidden"
    path.parent.mkdir(parents=True, exist_ok=True)
    workbook.save(path)


class _Lists:
    """The hidden sheet that holds the entries of every drop-down, one column per list."""

    def __init__(self, sheet, unit: Unit, period: Period, province_code: str, producers: list[str]):
        day = reporting_day(unit.code, period, province_code)
        subjects = units_of_province(province_code, day).values()
        self._sheet = sheet
        self._ranges: dict[str, str] = {}
        self._own = {
            "commune": communes_of(unit, day, province_code),
            "subject_unit": CodeList("subject_unit", tuple((u.code, u.name) for u in subjects)),
            _PRODUCER: CodeList(_PRODUCER, tuple((name, name) for name in producers)),
        }

    def of(self, name: str) -> CodeList:
        return self._own.get(name) or code_list(name)

    def name_of(self, known: Field) -> str | None:
        """The list a field is chosen from; unit and period of the cover are given, not chosen."""
        if known.name == _PRODUCER:
            return _PRODUCER if self._own[_PRODUCER].entries else None
        return None if known.codelist in ("unit", "period") else known.codelist

    def reference(self, name: str) -> str:
        """Formula of the range that holds the list; the list is written when first asked for."""
        if name not in self._ranges:
            index = len(self._ranges)
            entries = self.of(name)
            for row, (code, _) in enumerate(entries.entries, start=1):
                self._sheet.cell(row, index + 1, entries.display(code))
            letter = column_letter(index)
            self._ranges[name] = f"'{LIST_SHEET}'!${letter}$1:${letter}${max(1, len(entries.entries))}"
        return self._ranges[name]

    def shown(self, known: Field, value: object) -> object:
        """The value as it is written into a cell."""
        name = self.name_of(known)
        if value is None or name in (None, _PRODUCER):
            return value
        code = {True: "true", False: "false"}.get(value, value) if known.type == "boolean" else value
        return self.of(name).display(str(code))


def _write_cover(sheet, form: Form, values: dict, lists: _Lists, period: Period, due_on: date) -> None:
    from openpyxl.styles import Alignment, Font, Protection

    sheet.title = form.sheet
    sheet["B1"] = form.title
    sheet["B1"].font = Font(_FONT, bold=True, size=14)
    sheet["B2"] = "Điền các ô ở cột C. Số viết theo kiểu Việt Nam (93,974); ngày theo dạng ngày/tháng/năm."
    sheet["B2"].font = Font(_FONT, italic=True)
    sheet["B3"] = f"Số liệu đến hết ngày {period.cut_off_on:%d/%m/%Y}. Hạn gửi: {due_on:%d/%m/%Y}."
    sheet["B3"].font = Font(_FONT, bold=True, color="9C0006")
    _print_on_a4(sheet, form, 1, "portrait")
    sheet.column_dimensions["A"].width = 3
    sheet.column_dimensions["B"].width = 52
    sheet.column_dimensions["C"].width = 36
    for row, known in enumerate(form.fields, start=COVER_FIRST_ROW):
        label = sheet.cell(row, 2, known.title)
        _style_header(label, known, is_note=False)
        cell = sheet.cell(row, 3, lists.shown(known, values.get(known.name)))
        cell.alignment = Alignment(horizontal="left", wrap_text=True)
        cell.number_format = _number_format(known)
        cell.protection = Protection(locked=known.name in _GIVEN)
        _add_help(sheet, known, f"C{row}", lists)
    _protect(sheet)


def _write_sheet(sheet, form: Form, rows: list[dict], lists: _Lists) -> None:
    from openpyxl.styles import Alignment, Font, Protection
    from openpyxl.worksheet.dimensions import ColumnDimension

    free = Protection(locked=False)
    sheet["A1"] = form.title
    sheet["A1"].font = Font(_FONT, bold=True, size=13)
    sheet["A2"] = _KIND_HINT[form.kind]
    sheet["A2"].font = Font(_FONT, italic=True)
    last_row = HEADER_ROW + max(_PREPARED_ROWS, len(rows))
    for index, known in enumerate(form.fields):
        letter = column_letter(index)
        header = sheet.cell(HEADER_ROW, index + 1, known.title)
        _style_header(header, known, is_note=True)
        sheet.column_dimensions[letter].width = _width(known)
        _add_help(sheet, known, f"{letter}{HEADER_ROW + 1}:{letter}{last_row}", lists)
        # One format for the column, not one for each of its cells: a blank row costs nothing to read.
        sheet.column_dimensions[letter].number_format = _number_format(known)
        sheet.column_dimensions[letter].protection = free
    for row in range(1, HEADER_ROW):  # a row's own style, which is locked, goes before that of the columns
        sheet.row_dimensions[row].font = Font(_FONT, italic=True)
    # Excel deletes a row of a protected sheet only where all of its cells are free.
    rest = column_letter(len(form.fields))
    sheet.column_dimensions[rest] = ColumnDimension(
        sheet, index=rest, min=len(form.fields) + 1, max=_LAST_COLUMN
    )
    sheet.column_dimensions[rest].protection = free
    for number, row in enumerate(rows, start=HEADER_ROW + 1):
        lines = 1
        for index, known in enumerate(form.fields):
            value = lists.shown(known, row.get(known.name))
            if value is not None:
                cell = sheet.cell(number, index + 1, value)
                cell.number_format = _number_format(known)
                cell.alignment = Alignment(vertical="top", wrap_text=True)
                cell.protection = free
                # Words break before the column is full.
                lines = max(
                    lines, -(-len(str(value)) // (_width(known) - 3)) if known.type == "string" else 1
                )
        sheet.row_dimensions[number].height = (
            lines * _LINE_HEIGHT
        )  # LibreOffice makes it one line unless told
    sheet.row_dimensions[HEADER_ROW].height = 4 * _LINE_HEIGHT
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, 3)
    _print_on_a4(sheet, form, -(-sum(map(_width, form.fields)) // _PAGE_WIDTH), "landscape")
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.print_title_cols = "A:A"


def _width(known: Field) -> int:
    """Characters a column is wide."""
    if known.name in _WIDE:
        return 34
    return 24 if known.codelist and known.type == "string" else _WIDTHS[known.type]


def _print_on_a4(sheet, form: Form, pages_wide: int, orientation: str) -> None:
    sheet.page_setup.orientation = orientation
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = pages_wide
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4  # inches
    sheet.oddFooter.left.text = form.sheet
    sheet.oddFooter.right.text = "Trang &P/&N"


def _protect(sheet) -> None:
    """Lock the titles; whoever needs to may take the lock off, it has no password. False means allowed here."""
    sheet.protection.sheet = True
    for allowed in (
        "formatCells",
        "formatColumns",
        "formatRows",
        "insertRows",
        "deleteRows",
        "sort",
        "autoFilter",
    ):
        setattr(sheet.protection, allowed, False)


def _style_header(cell, known: Field, is_note: bool) -> None:
    from openpyxl.comments import Comment

    cell.style = f"{'Tiêu đề' if is_note else 'Nhãn'} {known.level}"
    if is_note:
        cell.comment = Comment(_hint(known), "OCOP", height=110, width=260)


def _add_header_styles(workbook) -> None:
    """One named style for each kind of title: four styles set on each title cost half the time of a template."""
    from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side

    thin = Side(style="thin", color="808080")
    for level, color in _LEVEL_FILL.items():
        for word, horizontal in (("Tiêu đề", "center"), ("Nhãn", "left")):
            style = NamedStyle(f"{word} {level}", Font(_FONT, bold=True), PatternFill("solid", fgColor=color))
            style.border = Border(left=thin, right=thin, top=thin, bottom=thin)
            style.alignment = Alignment(wrap_text=True, vertical="center", horizontal=horizontal)
            workbook.add_named_style(style)


def _hint(known: Field) -> str:
    """What a clerk needs to know of the column, in Vietnamese."""
    parts = [_LEVEL_HINT[known.level]]
    if known.codelist:
        parts.append("Chọn trong danh sách.")
    elif known.name == _PRODUCER:
        parts.append("Chọn chủ thể đã có hoặc ghi chủ thể mới.")
    elif known.type == "date":
        parts.append("Ngày/tháng/năm, ví dụ 14/12/2024.")
    elif known.type in ("integer", "number"):
        parts.append("Số" + (f", đơn vị tính: {known.unit}." if known.unit else "."))
        lowest, highest = known.constraints.get("minimum"), known.constraints.get("maximum")
        if highest is not None:
            parts.append(f"Từ {lowest} đến {highest}.")
    if known.personal:
        parts.append("Thông tin cá nhân, không công bố.")
    return " ".join(parts)


def _add_help(sheet, known: Field, cells: str, lists: _Lists) -> None:
    """A drop-down, or a question about a number or date out of range; none of them blocks an entry."""
    from openpyxl.worksheet.datavalidation import DataValidation

    if name := lists.name_of(known):
        # A code may also be typed or pasted, so a foreign entry is not even asked about.
        rule = {"type": "list", "formula1": lists.reference(name), "showErrorMessage": False}
    elif known.type in ("integer", "number", "date"):
        rule = _range_rule(known)
        rule |= {"showErrorMessage": True, "errorStyle": "warning", "errorTitle": "Xin kiểm tra lại ô này"}
    else:
        return
    validation = DataValidation(allow_blank=True, **rule)
    validation.add(cells)
    sheet.add_data_validation(validation)


def _range_rule(known: Field) -> dict[str, str]:
    """Kind and limits of a number or date as Excel checks them, and the sentence when they are not kept."""
    lowest, highest = known.constraints.get("minimum"), known.constraints.get("maximum")
    if known.type == "date":
        day = date.fromisoformat(lowest or _EARLIEST_DAY)
        rule = {
            "type": "date",
            "operator": "greaterThanOrEqual",
            "formula1": f"DATE({day.year},{day.month},{day.day})",
        }
        return rule | {"error": f"Ô này ghi ngày/tháng/năm, từ {day:%d/%m/%Y}. Vẫn giữ nội dung đã ghi?"}
    what, kind = ("số nguyên", "whole") if known.type == "integer" else ("số", "decimal")
    rule = {"type": kind, "operator": "greaterThanOrEqual", "formula1": str(lowest or 0)}
    if highest is None:
        return rule | {"error": f"Ô này ghi {what}, từ {lowest or 0} trở lên. Vẫn giữ nội dung đã ghi?"}
    rule |= {"operator": "between", "formula2": str(highest)}
    return rule | {"error": f"Ô này ghi {what}, từ {lowest or 0} đến {highest}. Vẫn giữ nội dung đã ghi?"}


def _number_format(known: Field) -> str:
    formats = {"date": "dd/mm/yyyy", "number": "#,##0.###", "integer": "0"}
    return formats.get(known.type, "@")  # text: leading zeros stay
