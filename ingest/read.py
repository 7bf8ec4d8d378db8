"""A workbook as its cells: calamine reads the values, a second look says what the values alone do not tell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ingest import read_csv
from ingest.attachments import attachments
from ingest.legacy_cells import Recoded, recode
from ingest.second_look import DamagedPackageError, SheetCensus, census, column_letter
from ingest.sheet import Grid, SheetData, is_understood, read_table, tidy
from ingest.spec import ANSWER_SHEETS, LIST_SHEET, Form, find_version, load_forms, load_versions
from ingest.vietnamese import clean, fold

MAX_FILE_BYTES = 50_000_000
_CONTINUATION = re.compile(r" (?:tiep(?: theo)?|tt|bo sung|phan|so)(?: [0-9ivx]+)?$")


class UnreadableError(Exception):
    """The file cannot be read as a workbook; the rule says why, its words in Vietnamese for the clerk."""

    def __init__(self, rule_id: str, words: dict[str, object] | None = None):
        super().__init__(rule_id, words)
        self.rule_id = rule_id
        self.words = words


@dataclass
class Workbook:
    """The cover values with their cells, and the sheets by form name."""

    cover: dict[str, object] = field(default_factory=dict)
    cover_cells: dict[str, tuple[int, str]] = field(default_factory=dict)  # field -> (row, column letter)
    cover_faulty: dict[str, str] = field(default_factory=dict)  # field -> what stands in its cell
    cover_sheet: str | None = None
    sheets: dict[str, SheetData] = field(default_factory=dict)
    repeated_sheets: dict[str, str] = field(default_factory=dict)  # sheet -> the one it repeats
    continued_sheets: dict[str, str] = field(default_factory=dict)  # "Sản phẩm (tiếp)" -> "Sản phẩm"
    unknown_sheets: list[str] = field(default_factory=list)
    single_form: str | None = None  # name of the one form a text file holds; it has no cover
    converted_from: str | None = None  # code table of a text file that was not Unicode
    has_macros: bool = False
    external_links: tuple[str, ...] = ()  # names of the files a workbook looks values up in
    recoded: dict[str, list[Recoded]] = field(default_factory=dict)  # sheet -> cells that were not Unicode
    forms: dict[str, Form] = field(
        default_factory=load_forms
    )  # of the version the cover names, else of today


def read_workbook(path: Path) -> Workbook:
    """Read every known sheet; raises UnreadableError when the file is not a workbook that can be opened.

    A text file (.csv, .tsv, .txt) is read as the one form whose titles it has.
    """
    if single := _read_single_form(path, path.name):
        return single
    form_names = _form_names()
    workbook = Workbook()
    tables: dict[str, tuple[Grid, SheetCensus]] = {}
    read: dict[str, str] = {}  # form -> sheet
    for grid, counted in _sheets(path, lambda name: _form_key(name) in form_names, workbook.unknown_sheets):
        name = form_names[_form_key(counted.name)]
        if name in read:
            workbook.repeated_sheets[counted.name] = read[name]
            continue
        read[name] = counted.name
        workbook.recoded[counted.name] = recode(grid, counted.fonts)
        if name == "cover":
            _read_cover_grid(grid, counted, workbook)
        else:
            tables[name] = (grid, counted)
    workbook.continued_sheets = _continued(workbook.unknown_sheets, read)
    workbook.unknown_sheets = [n for n in workbook.unknown_sheets if n not in workbook.continued_sheets]
    if version := find_version(workbook.cover.get("form_version")):
        workbook.forms = version.forms
    for name, (grid, counted) in tables.items():
        workbook.sheets[name] = read_table(workbook.forms[name], grid, counted)
    try:
        workbook.has_macros, workbook.external_links = attachments(path)
    except DamagedPackageError as error:
        raise UnreadableError(error.rule_id, error.words) from error
    return workbook


def _continued(unknown: list[str], read: dict[str, str]) -> dict[str, str]:
    """The sheets that by their names go on where another ends: "Sản phẩm (tiếp)", "Kinh phí - bổ sung"."""
    tables = [sheet for form, sheet in read.items() if form != "cover"]
    return {
        name: sheet
        for name in unknown
        for sheet in tables
        if clean(name).lower().startswith(clean(sheet).lower())
        and _CONTINUATION.match(fold(name), len(fold(sheet)))
    }


def _form_names() -> dict[str, str]:
    """Form by folded name of its sheet, in every version that is taken."""
    forms = (form for version in load_versions().values() for form in version.forms.values())
    return {fold(form.sheet): form.name for form in forms}


def _read_single_form(path: Path, file_name: str) -> Workbook | None:
    """A text file of one form; None when the file is no text."""
    try:
        text = read_csv.text_of(path, file_name)
        if text is None:
            return None
        form, grid, counted = read_csv.read_form(text.text, file_name)
    except DamagedPackageError as error:
        raise UnreadableError(error.rule_id, error.words) from error
    _require_same_count(grid, counted)
    converted_from = None if text.encoding.startswith("utf-") else text.encoding
    recoded = {counted.name: recode(grid, counted.fonts)}
    sheets = {form.name: read_table(form, grid, counted)}
    return Workbook(single_form=form.name, sheets=sheets, converted_from=converted_from, recoded=recoded)


def read_cover(path: Path, file_name: str) -> Workbook:
    """Only the cover: enough to tell whose file it is; of a text file, which form it holds.

    ``file_name`` is what the sender called it. Raises UnreadableError as read_workbook does.
    """
    if single := _read_single_form(path, file_name):
        return single
    form_names = _form_names()
    workbook = Workbook()
    for grid, counted in _sheets(path, lambda name: form_names.get(_form_key(name)) == "cover", []):
        recode(grid, counted.fonts)
        _read_cover_grid(grid, counted, workbook)
        break
    return workbook


def read_grids(path: Path) -> list[tuple[Grid, SheetCensus]]:
    """Every sheet of a workbook that is none of ours. Raises UnreadableError as read_workbook does."""
    ours = {fold(name) for name in (*ANSWER_SHEETS, LIST_SHEET)}
    return _sheets(path, lambda name: _form_key(name) not in ours, [])


def _not_opened(reason: str) -> UnreadableError:
    return UnreadableError("FILE-01", {"reason": reason})


def _form_key(name: str) -> str:
    """Folded name of a sheet; "Kinh phí (2)", as Excel names a copy, is a second "Kinh phí"."""
    return re.sub(r" \d+$", "", fold(name))


def _sheets(
    path: Path, is_wanted: Callable[[str], bool], unwanted: list[str]
) -> list[tuple[Grid, SheetCensus]]:
    """Grid of cells from A1 and census of each wanted sheet; the names of the others go to ``unwanted``."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise _not_opened("tệp quá lớn so với một biểu mẫu báo cáo")
    try:
        counted = census(path, is_wanted)  # first: it says whether calamine may build the grid
    except DamagedPackageError as error:
        raise UnreadableError(error.rule_id, error.words) from error
    sheets = []
    for name, grid in _grids(path, counted, is_wanted, unwanted):
        _require_same_count(grid, counted[name])
        sheets.append((grid, counted[name]))
    return sheets


def _require_same_count(grid: Grid, counted: SheetCensus) -> None:
    """What one reader does not see is a refusal, never a shorter table."""
    values = set().union(*grid)
    blank = [value for value in values if isinstance(value, str) and not value.strip()]
    filled = sum(len(row) for row in grid) - sum(row.count(text) for row in grid for text in blank)
    if filled != counted.filled_count:
        raise _not_opened(
            f'trang "{counted.name}" đọc được {filled} ô nhưng trong tệp có {counted.filled_count} ô có dữ liệu'
        )


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
                and _form_key(name) not in map(fold, ANSWER_SHEETS)
            ):
                unwanted.append(name)
    except BaseException as error:
        # calamine panics on some damaged files, which Python sees as a BaseException of its own
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise _not_opened("tệp hỏng hoặc không phải là tệp Excel") from error
    return grids


def _read_cover_grid(grid: Grid, counted: SheetCensus, workbook: Workbook) -> None:
    workbook.cover_sheet = counted.name
    # What the cover says decides its version, so a label of any version is one.
    covers = (version.forms["cover"] for version in load_versions().values())
    labels = {fold(header): f for form in covers for f in form.fields for header in f.headers}
    merged = {(top, left): right for top, left, _, right in counted.merged}
    for row_number, cells in enumerate(grid, start=1):
        for index, cell in enumerate(cells):
            known = labels.get(fold(cell)) if isinstance(cell, str) else None
            if known is None:
                continue
            if known.name in workbook.cover and (
                # A title may have the words of a label; of who and when, the one with a value beside it is meant.
                known.level != "key"
                or workbook.cover[known.name] is not None
                or known.name in workbook.cover_faulty
            ):
                continue
            at = merged.get((row_number, index + 1), index + 1)  # right of the label, from 0
            value = cells[at] if at < len(cells) else ""
            shown = counted.shown.get((row_number, at + 1))
            is_shown = shown is not None and is_understood(known, shown)
            value = shown if is_shown else tidy(value)
            letter = column_letter(at)
            fault = counted.faulty.get(f"{letter}{row_number}")
            if value is None and fault is None and known.name in workbook.cover:
                continue
            workbook.cover[known.name] = value
            workbook.cover_cells[known.name] = (row_number, letter)
            if fault is not None:
                workbook.cover_faulty[known.name] = fault
