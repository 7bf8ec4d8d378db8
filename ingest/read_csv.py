"""A text file of one form (.csv, .tsv, .txt): its characters, its separator, the form its titles name."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ingest.foreign import refuse_foreign
from ingest.legacy_text import DecodedText, UnexplainedTextError, decode
from ingest.second_look import OLE_MAGIC, DamagedPackageError, SheetCensus
from ingest.sheet import HEADER_SEARCH_ROWS, Grid, find_header
from ingest.spec import TABLE_FORM_NAMES, Form, load_forms
from ingest.titles import Titles
from ingest.vietnamese import fold

_TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
_SEPARATORS = ",;\t|"
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.I)
# A form of one unit has some hundred rows; the whole province's list is still under 1 MB.
_MAX_TEXT_BYTES = 10_000_000
# Of the cells of a header at least this share must be titles of the form.
_MIN_TITLE_SHARE = 0.5


@dataclass(frozen=True)
class _Candidate:
    """A form the text may be, read with one separator; the more of its titles are there, the better."""

    form: Form
    separator: str
    title_count: int
    key_count: int
    is_named: bool

    @property
    def rank(self) -> tuple[int, int, bool]:
        return self.title_count, self.key_count, self.is_named


def text_of(path: Path, file_name: str) -> DecodedText | None:
    """The text of a file that is neither a package nor an old container; None for those.

    Raises DamagedPackageError with a Vietnamese reason for what is something else, or is called text and is none.
    """
    with path.open("rb") as stream:
        beginning = stream.read(len(OLE_MAGIC))
    if beginning == OLE_MAGIC or zipfile.is_zipfile(path):
        return None
    refuse_foreign(path)
    is_called_text = Path(file_name).suffix.lower() in _TEXT_SUFFIXES
    if path.stat().st_size > _MAX_TEXT_BYTES:
        if is_called_text:
            raise DamagedPackageError("tệp quá lớn so với một trang của biểu mẫu")
        return None
    try:
        return decode(path.read_bytes())
    except UnexplainedTextError as error:
        if is_called_text:
            raise DamagedPackageError(str(error)) from error
        return None


def read_form(text: str, file_name: str) -> tuple[Form, Grid, SheetCensus]:
    """The form a text holds, its cells from A1 (a record is a row), and what a second way of counting finds in it.

    Raises DamagedPackageError with a Vietnamese reason: the titles of no form, or of more than one; broken quotes.
    """
    said = _SEPARATOR_LINE.match(text)
    if said:
        text = text[said.end() :]
    found = [
        candidate
        for separator in (said[1] if said else _SEPARATORS)
        for candidate in _candidates(text, separator, file_name)
    ]
    if not found:
        if Path(file_name).suffix.lower() in _TEXT_SUFFIXES:
            raise DamagedPackageError("tệp văn bản không có dòng tiêu đề của trang nào trong biểu mẫu")
        raise DamagedPackageError("tệp hỏng hoặc không phải là tệp Excel")
    best = max(found, key=lambda candidate: candidate.rank)
    equal = [candidate.form.sheet for candidate in found if candidate.rank == best.rank]
    if len(equal) > 1:
        raise DamagedPackageError(
            f"tiêu đề của tệp hợp với nhiều trang ({', '.join(equal)}); xin ghi tên trang vào tên tệp"
        )
    counted = _count(text, best.separator, best.form.sheet)  # first: it bounds the grid
    return best.form, _grid(text, best.separator), counted


def _candidates(text: str, separator: str, file_name: str) -> list[_Candidate]:
    """The forms whose titles stand within the first records when they are split at this separator."""
    try:
        rows: Grid = list(
            islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), HEADER_SEARCH_ROWS)
        )
    except csv.Error:
        return []
    name = fold(Path(file_name).stem).replace(" ", "")
    found = []
    for form in (load_forms()[form_name] for form_name in TABLE_FORM_NAMES):
        titles = Titles(form)
        header = find_header(rows, titles)
        if header is None:
            continue
        lines = rows[header[0] : header[1] + 1]
        known = {field for cells in lines for field in titles.in_row(cells).values()}
        if len(known) < _MIN_TITLE_SHARE * sum(bool(str(cell).strip()) for cells in lines for cell in cells):
            continue
        key_count = sum(form.field(field).level == "key" for field in known)
        is_named = fold(form.sheet).replace(" ", "") in name or form.name in name
        found.append(_Candidate(form, separator, len(known), key_count, is_named))
    return found


def _grid(text: str, separator: str) -> Grid:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise DamagedPackageError("tệp có dấu ngoặc kép không khép kín hoặc đặt sai chỗ") from error
    rows = [row[: max((i for i, cell in enumerate(row, start=1) if cell.strip()), default=0)] for row in rows]
    width = max(map(len, rows), default=0)
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _count(text: str, separator: str, sheet: str) -> SheetCensus:
    """The filled cells, counted with a pattern instead of the csv module."""
    cell = re.compile(
        rf'(?:"([^"]*(?:""[^"]*)*)"|([^{re.escape(separator)}\r\n]*))({re.escape(separator)}|\r\n|\r|\n|\Z)'
    )
    found = SheetCensus(sheet)
    row = column = 1
    for match in cell.finditer(text):
        if (match[1] or match[2] or "").strip():
            found.fill(row, column)
        row, column = (row, column + 1) if match[3] == separator else (row + 1, 1)
    return found
