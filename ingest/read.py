"""A workbook as its cells: calamine reads the values, a second look says what the values alone do not tell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ingest.legacy_cells import Recoded, recode
from ingest.second_look import DamagedPackageError, SheetCensus, census, column_letter
from ingest.sheet import Grid, SheetData, read_table, tidy
from ingest.spec import LIST_SHEET, RECEIPT_SHEET, Form, load_forms
from ingest.vietnamese import fold

_MAX_FILE_BYTES = 50_000_000


class UnreadableError(Exception):
    """The file cannot be read as a workbook; the message is a Vietnamese reason for the clerk."""


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
    recoded: dict[str, list[Recoded]] = field(default_factory=dict)  # sheet -> cells that were not Unicode


def read_workbook(path: Path) -> Workbook:
    """Read every known sheet; raises UnreadableError when the file is not a workbook that can be opened."""
    forms = {fold(form.sheet): form for form in load_forms().values()}
    workbook = Workbook()
    read: dict[str, str] = {}  # folded name -> sheet
    for grid, counted in _sheets(path, lambda name: _form_key(name) in forms, workbook.unknown_sheets):
        key = _form_key(counted.name)
        if key in read:
            workbook.repeated_sheets[counted.name] = read[key]
            continue
        read[key] = counted.name
        form = forms[key]
        workbook.recoded[counted.name] = recode(grid, counted.fonts)
        if form.kind == "cover":
            _read_cover_grid(form, grid, counted, workbook)
        else:
            workbook.sheets[form.name] = read_table(form, grid, counted)
    return workbook


def read_cover(path: Path) -> Workbook:
    """Only the cover: enough to tell whose file it is. Raises UnreadableError as read_workbook does."""
    form = load_forms()["cover"]
    workbook = Workbook()
    for grid, counted in _sheets(path, lambda name: _form_key(name) == fold(form.sheet), []):
        recode(grid, counted.fonts)
        _read_cover_grid(form, grid, counted, workbook)
        break
    return workbook


def _form_key(name: str) -> str:
    """Folded name of a sheet; "Kinh phí (2)", as Excel names a copy, is a second "Kinh phí"."""
    return re.sub(r" \d+$", "", fold(name))


def _sheets(
    path: Path, is_wanted: Callable[[str], bool], unwanted: list[str]
) -> list[tuple[Grid, SheetCensus]]:
    """Grid of cells from A1 and census of each wanted sheet; the names of the others go to ``unwanted``."""
    if path.stat().st_size > _MAX_FILE_BYTES:
        raise UnreadableError("tệp quá lớn so với một biểu mẫu báo cáo")
    try:
        counted = census(path, is_wanted)  # first: it says whether calamine may build the grid
    except DamagedPackageError as error:
        raise UnreadableError(str(error)) from error
    sheets = []
    for name, grid in _grids(path, counted, is_wanted, unwanted):
        filled = sum(1 for row in grid for value in row if not (isinstance(value, str) and not value.strip()))
        if filled != counted[name].filled_count:
            raise UnreadableError(
                f'trang "{name}" đọc được {filled} ô nhưng trong tệp có {counted[name].filled_count} ô có dữ liệu'
            )
        sheets.append((grid, counted[name]))
    return sheets


def _grids(
    path: Path, counted: dict[str, SheetCensus], is_wanted: Callable[[str], bool], unwanted: list[str]
) -> list[tuple[str, Grid]]:
    from python_calamine import CalamineWorkbook

    grids = []
    try:
        with path.open("rb") as stream:  # by content: an .xlsx under another name is read all the same
            source = CalamineWorkbook.from_filelike(stream)
        for name in source.sheet_names:
            if name in counted:
                grids.append((name, source.get_sheet_by_name(name).to_python(skip_empty_area=False)))
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
        raise UnreadableError("tệp hỏng hoặc không phải là tệp Excel") from error
    return grids


def _read_cover_grid(form: Form, grid: Grid, counted: SheetCensus, workbook: Workbook) -> None:
    workbook.cover_sheet = counted.name
    labels = {fold(header): f for f in form.fields for header in f.headers}
    for row_number, cells in enumerate(grid, start=1):
        for index, cell in enumerate(cells):
            known = labels.get(fold(cell)) if isinstance(cell, str) else None
            if known is None or known.name in workbook.cover:
                continue
            value = cells[index + 1] if index + 1 < len(cells) else ""
            workbook.cover[known.name] = counted.shown.get((row_number, index + 2), tidy(value))
            letter = column_letter(index + 1)
            workbook.cover_cells[known.name] = (row_number, letter)
            if f"{letter}{row_number}" in counted.faulty:
                workbook.cover_faulty[known.name] = counted.faulty[f"{letter}{row_number}"]
            break
