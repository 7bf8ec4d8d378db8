"""A workbook as its cells: calamine reads the values, a second look finds errors and formulas without a result."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ingest.second_look import DamagedPackageError, faulty_cells
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
    faulty_cells: dict[str, str] = field(default_factory=dict)  # address -> what stands there


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
    forms = {fold(form.sheet): form for form in load_forms().values()}
    grids = _grids(path, set(forms))
    try:
        faulty = faulty_cells(path)
    except DamagedPackageError as error:
        raise UnreadableError(str(error)) from error
    workbook = Workbook()
    for name, grid in grids.items():
        form = forms[fold(name)]
        if form.kind == "cover":
            _read_cover_grid(form, name, grid, workbook)
        else:
            workbook.sheets[form.name] = _read_table_grid(form, name, grid, faulty.get(name, {}))
    return workbook


def read_cover(path: Path) -> Workbook:
    """Only the cover: enough to tell whose file it is. Raises UnreadableError as read_workbook does."""
    form = load_forms()["cover"]
    workbook = Workbook()
    for name, grid in _grids(path, {fold(form.sheet)}).items():
        _read_cover_grid(form, name, grid, workbook)
    return workbook


def _grids(path: Path, wanted: set[str]) -> dict[str, list[list[object]]]:
    """The cells of the sheets whose folded names are wanted, by sheet name."""
    from python_calamine import CalamineWorkbook, PasswordError

    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        raise UnreadableError(f"tệp có đuôi {path.suffix or '(không có)'}, hệ thống nhận tệp Excel .xlsx")
    grids = {}
    try:
        source = CalamineWorkbook.from_path(str(path))
        for name in source.sheet_names:
            if fold(name) not in wanted:
                continue
            sheet = source.get_sheet_by_name(name)
            if sheet.total_height > _MAX_ROWS:
                raise UnreadableError(
                    f'trang "{name}" có {sheet.total_height} dòng; có thể có ký tự thừa ở cuối trang'
                )
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
    return grids


def _read_cover_grid(form: Form, name: str, grid: list[list[object]], workbook: Workbook) -> None:
    workbook.cover_sheet = name
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


def _read_table_grid(form: Form, name: str, grid: list[list[object]], faulty: dict[str, str]) -> SheetData:
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
        has_faulty = any(f"{letter}{number}" in faulty for letter in data.columns.values())
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
