"""The blank workbook of a unit and period, written from the forms: cover, one sheet per form, drop-downs, header notes."""

from __future__ import annotations

from pathlib import Path

from ingest.reference import (
    CodeList,
    Period,
    Unit,
    code_list,
    communes_of,
    periods,
    reporting_day,
    units_of_province,
)
from ingest.second_look import column_letter
from ingest.spec import LIST_SHEET, Field, Form, form_version, load_forms

COVER_FIRST_ROW = 4
HEADER_ROW = 4
_PREPARED_ROWS = 300  # rows that carry drop-downs
_LEVEL_HINT = {"key": "Bắt buộc.", "expected": "Cần có; để trống nếu chưa rõ.", "optional": "Không bắt buộc."}
_KIND_HINT = {
    "stock": "Ghi toàn bộ sản phẩm đơn vị đang quản lý tại ngày chốt kỳ, kể cả sản phẩm hết hạn.",
    "flow": "Chỉ ghi phần phát sinh trong kỳ, không cộng dồn; không ghi dòng tổng.",
    "plan": "Ghi chỉ tiêu kế hoạch còn hiệu lực; bản gửi sau thay bản gửi trước.",
}
_LEVEL_FILL = {"key": "FFF2CC", "expected": "DDEBF7", "optional": "F2F2F2"}
_WIDE = {
    "product_name",
    "producer_name",
    "note",
    "plan_document",
    "content_code",
    "indicator_code",
    "issuing_authority",
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
) -> None:
    """Write the workbook; ``rows`` (form -> dicts by field name) and ``cover`` prefill it.

    Codes in ``rows`` are written as the drop-down shows them.
    """
    from openpyxl import Workbook

    workbook = Workbook()
    lists = _Lists(workbook.create_sheet(LIST_SHEET), unit, period, province_code)
    forms = load_forms()
    cover_values = {
        "unit_code": unit.code,
        "unit_name": unit.name,
        "period_code": period.code,
        "form_version": form_version(),
        **(cover or {}),
    }
    _write_cover(workbook.active, forms["cover"], cover_values, lists)
    for form in forms.values():
        if form.kind != "cover":
            _write_sheet(workbook.create_sheet(form.sheet), form, (rows or {}).get(form.name, []), lists)
    workbook.move_sheet(LIST_SHEET, offset=len(forms))
    workbook[LIST_SHEET].sheet_state = "hidden"
    path.parent.mkdir(parents=True, exist_ok=True)
    workbook.save(path)


class _Lists:
    """The hidden sheet that holds the entries of every drop-down, one column per list."""

    def __init__(self, sheet, unit: Unit, period: Period, province_code: str):
        day = reporting_day(unit.code, period, province_code)
        subjects = units_of_province(province_code, day).values()
        self._sheet = sheet
        self._ranges: dict[str, str] = {}
        self._own = {
            "commune": communes_of(unit, day, province_code),
            "subject_unit": CodeList("subject_unit", tuple((u.code, u.name) for u in subjects)),
        }

    def of(self, name: str) -> CodeList:
        return self._own.get(name) or code_list(name)

    def has_choices(self, known: Field) -> bool:
        # unit and period of the cover are given, not chosen
        return known.codelist is not None and known.codelist not in ("unit", "period")

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
        if value is None or not self.has_choices(known):
            return value
        code = {True: "true", False: "false"}.get(value, value) if known.type == "boolean" else value
        return self.of(known.codelist).display(str(code))


def _write_cover(sheet, form: Form, values: dict, lists: _Lists) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.title = form.sheet
    sheet["B1"] = form.title
    sheet["B1"].font = Font(bold=True, size=14)
    sheet["B2"] = "Điền các ô ở cột C. Số viết theo kiểu Việt Nam (93,974); ngày theo dạng ngày/tháng/năm."
    sheet["B2"].font = Font(italic=True)
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.column_dimensions["A"].width = 3
    sheet.column_dimensions["B"].width = 52
    sheet.column_dimensions["C"].width = 36
    for row, known in enumerate(form.fields, start=COVER_FIRST_ROW):
        label = sheet.cell(row, 2, known.title)
        _style_header(label, known, is_note=False)
        cell = sheet.cell(row, 3, lists.shown(known, values.get(known.name)))
        cell.alignment = Alignment(horizontal="left", wrap_text=True)
        cell.number_format = _number_format(known)
        if lists.has_choices(known):
            _add_choice(sheet, known, f"C{row}", lists)


def _write_sheet(sheet, form: Form, rows: list[dict], lists: _Lists) -> None:
    from openpyxl.styles import Alignment, Font

    sheet["A1"] = form.title
    sheet["A1"].font = Font(bold=True, size=13)
    sheet["A2"] = _KIND_HINT[form.kind]
    sheet["A2"].font = Font(italic=True)
    last_row = HEADER_ROW + max(_PREPARED_ROWS, len(rows))
    for index, known in enumerate(form.fields):
        letter = column_letter(index)
        header = sheet.cell(HEADER_ROW, index + 1, known.title)
        _style_header(header, known, is_note=True)
        sheet.column_dimensions[letter].width = 34 if known.name in _WIDE else 18
        if lists.has_choices(known):
            _add_choice(sheet, known, f"{letter}{HEADER_ROW + 1}:{letter}{last_row}", lists)
        # One format for the column, not one for each of its cells: a blank row costs nothing to read.
        sheet.column_dimensions[letter].number_format = _number_format(known)
    for number, row in enumerate(rows, start=HEADER_ROW + 1):
        for index, known in enumerate(form.fields):
            value = lists.shown(known, row.get(known.name))
            if value is not None:
                cell = sheet.cell(number, index + 1, value)
                cell.number_format = _number_format(known)
                cell.alignment = Alignment(vertical="top", wrap_text=True)
    sheet.row_dimensions[HEADER_ROW].height = 48
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, 3)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"


def _style_header(cell, known: Field, is_note: bool) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    thin = Side(style="thin", color="808080")
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor=_LEVEL_FILL[known.level])
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center" if is_note else "left")
    cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
    if is_note:
        cell.comment = Comment(_hint(known), "OCOP", height=110, width=260)


def _hint(known: Field) -> str:
    """What a clerk needs to know of the column, in Vietnamese."""
    parts = [_LEVEL_HINT[known.level]]
    if known.codelist:
        parts.append("Chọn trong danh sách.")
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


def _add_choice(sheet, known: Field, cells: str, lists: _Lists) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    # Intake judges; Excel only helps. A code may also be typed or pasted, so a foreign entry is not blocked here.
    choice = DataValidation(
        type="list", formula1=lists.reference(known.codelist), allow_blank=True, showErrorMessage=False
    )
    choice.add(cells)
    sheet.add_data_validation(choice)


def _number_format(known: Field) -> str:
    formats = {"date": "dd/mm/yyyy", "number": "#,##0.###", "integer": "0"}
    return formats.get(known.type, "@")  # text: leading zeros stay
