"""A workbook as its cells: calamine reads the values, a second look finds errors and formulas without a result."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ingest.second_look import DamagedPackageError, SheetCensus, census, column_letter
from ingest.spec import LIST_SHEET, RECEIPT_SHEET, Form, load_forms
from ingest.vietnamese import clean, fold

# The header stands within the first rows; a template puts it in row 4.
_HEADER_SEARCH_ROWS = 30
_MAX_FILE_BYTES = 50_000_000


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
    other_header_row: int | None = None  # a second row that looks like one
    unknown_headers: dict[str, str] = field(default_factory=dict)  # column letter -> header
    repeated_headers: dict[str, str] = field(default_factory=dict)
    headless_columns: list[str] = field(
        default_factory=list
    )  # letters of columns with values below an empty header
    rows: list[Row] = field(default_factory=list)
    faulty_cells: dict[str, str] = field(default_factory=dict)  # address -> what stands there


@dataclass
class Workbook:
    """The cover values with their cells, and the sheets by form name."""

    cover: dict[str, object] = field(default_factory=dict)
    cover_cells: dict[str, tuple[int, str]] = field(default_factory=dict)  # field -> (row, column letter)
    cover_faulty: dict[str, str] = field(default_factory=dict)  # field -> what stands in its cell
    cover_sheet: str | None = None
    sheets: dict[str, SheetData] = field(default_factory=dict)
    repeated_sheets: dict[str, str] = field(default_factory=dict)  # sheet -> the one it repeats
    unknown_sheets: list[str] = field(default_factory=list)


def read_workbook(path: Path) -> Workbook:
    """Read every known sheet; raises UnreadableError when the file is not an Excel workbook that can be opened."""
    forms = {fold(form.sheet): form for form in load_forms().values()}
    workbook = Workbook()
    read: dict[str, str] = {}  # folded name -> sheet
    for name, grid, counted in _sheets(path, lambda name: _form_key(name) in forms, workbook.unknown_sheets):
        key = _form_key(name)
        if key in read:
            workbook.repeated_sheets[name] = read[key]
            continue
        read[key] = name
        form = forms[key]
        if form.kind == "cover":
            _read_cover_grid(form, name, grid, counted.faulty, workbook)
        else:
            workbook.sheets[form.name] = _read_table_grid(form, name, grid, counted.faulty)
    return workbook


def read_cover(path: Path) -> Workbook:
    """Only the cover: enough to tell whose file it is. Raises UnreadableError as read_workbook does."""
    form = load_forms()["cover"]
    workbook = Workbook()
    for name, grid, counted in _sheets(path, lambda name: _form_key(name) == fold(form.sheet), []):
        _read_cover_grid(form, name, grid, counted.faulty, workbook)
        break
    return workbook


def _form_key(name: str) -> str:
    """Folded name of a sheet; "Kinh phí (2)", as Excel names a copy, is a second "Kinh phí"."""
    return re.sub(r" \d+$", "", fold(name))


def _sheets(
    path: Path, is_wanted: Callable[[str], bool], unwanted: list[str]
) -> list[tuple[str, list[list[object]], SheetCensus]]:
    """Name, grid of cells from A1, and census of each wanted sheet; the names of the others go to ``unwanted``."""
    from python_calamine import CalamineWorkbook

    if path.stat().st_size > _MAX_FILE_BYTES:
        raise UnreadableError("tệp quá lớn so với một biểu mẫu báo cáo")
    try:
        counted = census(path, is_wanted)  # first: it says whether calamine may build the grid
    except DamagedPackageError as error:
        raise UnreadableError(_reason(path, str(error))) from error
    sheets = []
    try:
        with path.open("rb") as stream:  # by content: an .xlsx under another name is read all the same
            source = CalamineWorkbook.from_filelike(stream)
        for name in source.sheet_names:
            if name in counted:
                grid = source.get_sheet_by_name(name).to_python(skip_empty_area=False)
                sheets.append((name, grid, counted[name]))
            elif (
                not is_wanted(name)
                and fold(name) != fold(LIST_SHEET)
                and _form_key(name) != fold(RECEIPT_SHEET)
            ):
                unwanted.append(name)
    except BaseException as error:
        # calamine panics on some damaged files, which Python sees as a BaseException of its own
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise UnreadableError("tệp hỏng hoặc không phải là tệp Excel .xlsx") from error
    for name, grid, sheet_census in sheets:
        filled = sum(1 for row in grid for value in row if not (isinstance(value, str) and not value.strip()))
        if filled != sheet_census.filled_count:
            raise UnreadableError(
                f'trang "{name}" đọc được {filled} ô nhưng trong tệp có {sheet_census.filled_count} ô có dữ liệu'
            )
    return sheets


def _reason(path: Path, reason: str) -> str:
    """A better word for the formats that are not a package: a password and the Excel of before 2007."""
    from python_calamine import CalamineWorkbook, PasswordError

    with path.open("rb") as stream:
        if stream.read(4) != b"\xd0\xcf\x11\xe0":
            return reason
        stream.seek(0)
        try:
            CalamineWorkbook.from_filelike(stream)
        except PasswordError:
            return "tệp đang đặt mật khẩu"
        except Exception:
            return "tệp đang đặt mật khẩu hoặc thuộc định dạng cũ"
    return "tệp thuộc định dạng Excel cũ (.xls)"


def _read_cover_grid(
    form: Form, name: str, grid: list[list[object]], faulty: dict[str, str], workbook: Workbook
) -> None:
    workbook.cover_sheet = name
    labels = {fold(header): f for f in form.fields for header in f.headers}
    for row_number, cells in enumerate(grid, start=1):
        for index, cell in enumerate(cells):
            known = labels.get(fold(cell)) if isinstance(cell, str) else None
            if known is None or known.name in workbook.cover:
                continue
            value = cells[index + 1] if index + 1 < len(cells) else ""
            workbook.cover[known.name] = _tidy(value)
            letter = column_letter(index + 1)
            workbook.cover_cells[known.name] = (row_number, letter)
            if f"{letter}{row_number}" in faulty:
                workbook.cover_faulty[known.name] = faulty[f"{letter}{row_number}"]
            break


def _read_table_grid(form: Form, name: str, grid: list[list[object]], faulty: dict[str, str]) -> SheetData:
    data = SheetData(form=form, name=name, faulty_cells=faulty)
    titles = {fold(header): f.name for f in form.fields for header in f.headers}
    header_index, other_index = _find_headers(grid, titles)
    if header_index is None:
        return data
    data.header_row = header_index + 1
    data.other_header_row = None if other_index is None else other_index + 1
    positions: dict[int, str] = {}
    headless: list[int] = []
    for index, cell in enumerate(grid[header_index]):
        text = clean(str(cell))
        field_name = titles.get(fold(text))
        letter = column_letter(index)
        if not text:
            headless.append(index)
        elif field_name is None:
            data.unknown_headers[letter] = text
        elif field_name in data.columns:
            data.repeated_headers[letter] = text
        else:
            positions[index] = field_name
            data.columns[field_name] = letter
            data.headers[field_name] = text
    body = grid[header_index + 1 :]
    data.headless_columns = [
        column_letter(i) for i in headless if any(_tidy(cells[i]) is not None for cells in body)
    ]
    for number, cells in enumerate(body, start=header_index + 2):
        if number == data.other_header_row:
            continue
        values = {name: _tidy(cells[i]) for i, name in positions.items()}
        has_faulty = any(f"{letter}{number}" in faulty for letter in data.columns.values())
        if has_faulty or any(value is not None for value in values.values()):
            data.rows.append(Row(number, values))
    data.rows += _rows_below(len(grid), data, faulty)
    return data


def _rows_below(grid_rows: int, data: SheetData, faulty: dict[str, str]) -> list[Row]:
    """Rows past the end of calamine's grid: they hold nothing but formulas without a result."""
    letters = set(data.columns.values())
    places = (re.fullmatch(r"([A-Z]+)(\d+)", address).groups() for address in faulty)
    numbers = {int(number) for letter, number in places if letter in letters}
    return [Row(number, {}) for number in sorted(numbers) if number > grid_rows]


def _find_headers(grid: list[list[object]], titles: dict[str, str]) -> tuple[int | None, int | None]:
    """Index of the row among the first ones with most known titles, and of another that has three; None where none is."""
    counts = [
        len({titles[key] for c in cells if isinstance(c, str) and (key := fold(c)) in titles})
        for cells in grid[:_HEADER_SEARCH_ROWS]
    ]
    most = max(counts, default=0)
    if most < 2:
        return None, None
    header = counts.index(most)
    others = [i for i, count in enumerate(counts) if i != header and count >= 3]
    return header, next(iter(others), None)


def _tidy(value: object) -> object:
    """None for an empty cell; text in NFC without outer spaces; everything else as stored."""
    if isinstance(value, str):
        return clean(value) or None
    return value
