"""A workbook as its cells: calamine reads the values, openpyxl looks a second time for errors and formulas."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ingest.spec import Form, load_forms
from ingest.vietnamese import clean, fold

# The header stands within the first rows; a template puts it in row 4.
_HEADER_SEARCH_ROWS = 30
# A stray value in the last row of a sheet would otherwise be read as a million rows.
_MAX_ROWS = 200_000


class UnreadableError(Exception):
    """The file cannot be read as a workbook; the message is a Vietnamese reason for the clerk."""


@dataclass
class Row:
    """One row of a sheet: its number in the sheet and the raw value of each known field."""

    number: int
    values: dict[str, object]


@dataclass
class SheetData:
    """What one sheet holds."""

    form: Form
    name: str
    columns: dict[str, str] = field(default_factory=dict)  # field -> column letter
    headers: dict[str, str] = field(default_factory=dict)  # field -> header as the sender wrote it
    header_row: int | None = None
    unknown_headers: dict[str, str] = field(default_factory=dict)  # column letter -> header
    repeated_headers: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    faulty_cells: dict[tuple[int, str], str] = field(default_factory=dict)  # (row, column letter) -> what stands there


@dataclass
class Workbook:
    """The cover values with their cells, and the sheets by form name."""

    cover: dict[str, object] = field(default_factory=dict)
    cover_cells: dict[str, tuple[int, str]] = field(default_factory=dict)  # field -> (row, column letter)
    cover_sheet: str | None = None
    sheets: dict[str, SheetData] = field(default_factory=dict)


def column_letter(index: int) -> str:
    """Letter of a zero-based column index: 0 -> A, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, remainder = divmod(index - 1, 26)
        letters = chr(65 + remainder) + letters
    return letters


def read_workbook(path: Path) -> Workbook:
    """Read every known sheet; raises UnreadableError when the file is not an Excel workbook that can be opened."""
    from python_calamine import CalamineWorkbook, PasswordError

    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        raise UnreadableError(f"tệp có đuôi {path.suffix or '(không có)'}, hệ thống nhận tệp Excel .xlsx")
    try:
        source = CalamineWorkbook.from_path(str(path))
        grids = {}
        for name in source.sheet_names:
            sheet = source.get_sheet_by_name(name)
            if sheet.total_height > _MAX_ROWS:
                raise UnreadableError(f"trang \"{name}\" có {sheet.total_height} dòng; có thể có ký tự thừa ở cuối trang")
            grids[name] = sheet.to_python(skip_empty_area=False)
    except PasswordError as error:
        raise UnreadableError("tệp đang đặt mật khẩu") from error
    except UnreadableError:
        raise
    except BaseException as error:
        # calamine panics on some damaged files, which Python sees as a BaseException of its own
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise UnreadableError("tệp hỏng hoặc không phải là tệp Excel") from error
    faulty = _faulty_cells(path)
    return _recognise(grids, faulty)


def read_cover(path: Path) -> dict[str, object]:
    """Only the cover's values; empty when there is no cover. Raises UnreadableError as read_workbook does."""
    return read_workbook(path).cover


def _recognise(grids: dict[str, list[list[object]]], faulty: dict[str, dict[tuple[int, str], str]]) -> Workbook:
    forms = {fold(form.sheet): form for form in load_forms().values()}
    workbook = Workbook()
    for name, grid in grids.items():
        form = forms.get(fold(name))
        if form is None:
            continue
        if form.kind == "cover":
            workbook.cover_sheet = name
            _read_cover_grid(form, grid, workbook)
        else:
            workbook.sheets[form.name] = _read_table_grid(form, name, grid, faulty.get(name, {}))
    return workbook


def _read_cover_grid(form: Form, grid: list[list[object]], workbook: Workbook) -> None:
    labels = {fold(header): f for f in form.fields for header in f.headers}
    for row_number, cells in enumerate(grid, start=1):
        for index, cell in enumerate(cells):
            known = labels.get(fold(cell)) if isinstance(cell, str) else None
            if known is None or known.name in workbook.cover:
                continue
            value = cells[index + 1] if index + 1 < len(cells) else ""
            workbook.cover[known.name] = _tidy(value)
            workbook.cover_cells[known.name] = (row_number, column_letter(index + 1))
            break


def _read_table_grid(form: Form, name: str, grid: list[list[object]], faulty: dict[tuple[int, str], str]) -> SheetData:
    data = SheetData(form=form, name=name, faulty_cells=faulty)
    titles = {fold(header): f.name for f in form.fields for header in f.headers}
    header_index = _find_header(grid, titles)
    if header_index is None:
        return data
    data.header_row = header_index + 1
    positions: dict[int, str] = {}
    for index, cell in enumerate(grid[header_index]):
        text = clean(cell) if isinstance(cell, str) else ""
        if not text:
            continue
        field_name = titles.get(fold(text))
        letter = column_letter(index)
        if field_name is None:
            data.unknown_headers[letter] = text
        elif field_name in data.columns:
            data.repeated_headers[letter] = text
        else:
            positions[index] = field_name
            data.columns[field_name] = letter
            data.headers[field_name] = text
    for index in range(header_index + 1, len(grid)):
        cells = grid[index]
        values = {name: _tidy(cells[i]) for i, name in positions.items()}
        number = index + 1
        has_faulty = any((number, letter) in faulty for letter in data.columns.values())
        if has_faulty or any(value is not None for value in values.values()):
            data.rows.append(Row(number, values))
    return data


def _find_header(grid: list[list[object]], titles: dict[str, str]) -> int | None:
    """Index of the row among the first ones with most known titles; None when no row has two of them."""
    best, best_count = None, 1
    for index, cells in enumerate(grid[:_HEADER_SEARCH_ROWS]):
        count = len({titles[key] for c in cells if isinstance(c, str) and (key := fold(c)) in titles})
        if count > best_count:
            best, best_count = index, count
    return best


def _tidy(value: object) -> object:
    """None for an empty cell; text in NFC without outer spaces; everything else as stored."""
    if isinstance(value, str):
        return clean(value) or None
    return value


def _faulty_cells(path: Path) -> dict[str, dict[tuple[int, str], str]]:
    """Per sheet the cells calamine shows as empty although they are not: error values, formulas never calculated."""
    from openpyxl import load_workbook

    try:
        formulas = load_workbook(path, read_only=True)
    except Exception as error:  # openpyxl raises many kinds for a damaged package; all mean the same to the clerk
        raise UnreadableError("tệp hỏng hoặc không phải là tệp Excel") from error
    faulty: dict[str, dict[tuple[int, str], str]] = {}
    try:
        for sheet in formulas.worksheets:
            found = {}
            uncertain = {}
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "e":
                        found[(cell.row, column_letter(cell.column - 1))] = str(cell.value)
                    elif cell.data_type == "f":
                        uncertain[(cell.row, column_letter(cell.column - 1))] = str(cell.value)
            if uncertain:
                found |= _without_result(path, sheet.title, uncertain)
            faulty[sheet.title] = found
    finally:
        formulas.close()
    return faulty


def _without_result(path: Path, sheet_name: str, formulas: dict[tuple[int, str], str]) -> dict[tuple[int, str], str]:
    """Of these formula cells, the ones the file keeps no usable result for."""
    from openpyxl import load_workbook

    values = load_workbook(path, read_only=True, data_only=True)
    try:
        usable = {
            (cell.row, column_letter(cell.column - 1))
            for row in values[sheet_name].iter_rows()
            for cell in row
            if cell.value is not None and cell.data_type != "e"
        }
    finally:
        values.close()
    return {place: text for place, text in formulas.items() if place not in usable}
