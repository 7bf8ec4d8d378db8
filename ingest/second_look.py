"""A second, independent look at a workbook, before and beside calamine.

Calamine builds a dense grid up to the last filled cell, and shows error values and formulas that were never calculated
as ''. So this look says first whether a sheet can be read at all, then what calamine does not tell: which cells are
faulty, hidden, merged or shown otherwise than they are stored, and how many are filled.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

# Rows times columns of the grid calamine would build; one stray cell in the last corner makes it 17 billion.
MAX_GRID_CELLS = 2_000_000
# A form has a few merged titles; tens of thousands are an attack or a broken export.
_MAX_MERGED_AREAS = 5_000
_LAST_COLUMN = 16_384
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.ASCII)
OLE_MAGIC = b"\xd0\xcf\x11\xe0"


class DamagedPackageError(Exception):
    """The file should not be read at all, for a Vietnamese reason or, with ``rule_id``, by a rule of its own."""

    def __init__(self, reason: str = "", rule_id: str = "FILE-01", words: dict[str, object] | None = None):
        super().__init__(reason or rule_id)
        self.rule_id = rule_id
        self.words = words or {"reason": reason}


@dataclass
class SheetCensus:
    """What one sheet holds; rows and columns count from 1, addresses are like "C7"."""

    name: str
    filled_count: int = 0
    faulty: dict[str, str] = field(default_factory=dict)  # address -> "#DIV/0!" or "=A1+B1"
    shown: dict[tuple[int, int], str] = field(default_factory=dict)  # numbers shown as "007" or "50%"
    fonts: dict[str, str] = field(default_factory=dict)  # address -> encoding of the cell's legacy font
    merged: list[tuple[int, int, int, int]] = field(
        default_factory=list
    )  # first row, column, last row, column
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    is_hidden: bool = False
    is_1904: bool = False  # numbers of days count from 1904, as on old Macs
    # How far its cells are known to reach; not told of a sheet that is far too small to matter.
    _last_row: int = field(default=0, compare=False)
    _last_column: int = field(default=0, compare=False)

    def fill(self, row: int, column: int, count: int = 1) -> None:
        """Count filled cells that end at this place."""
        self.filled_count += count
        self._reach(row, column)

    def fault(self, row: int, column: int, text: str) -> None:
        """Note a cell without a value that can be used."""
        self.faulty[f"{column_letter(column - 1)}{row}"] = text
        self._reach(row, column)

    def merge(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """Note a merged area."""
        self.merged.append((first_row, first_column, last_row, last_column))
        if len(self.merged) > _MAX_MERGED_AREAS:
            raise DamagedPackageError(f'trang "{self.name}" có quá nhiều ô gộp')

    def hide_columns(self, first: int, last: int) -> None:
        """Note hidden columns; a range up to the sheet's edge hides the empty rest of the sheet."""
        self.hidden_columns.update(range(first, min(last, _LAST_COLUMN) + 1))

    def _reach(self, row: int, column: int) -> None:
        self._last_row, self._last_column = max(self._last_row, row), max(self._last_column, column)
        if self._last_row * self._last_column > MAX_GRID_CELLS:
            address = f"{column_letter(column - 1)}{row}"
            raise DamagedPackageError(f'trang "{self.name}" có ký tự thừa ở rất xa bảng (ô {address})')


@cache
def column_letter(index: int) -> str:
    """Letter of a zero-based column index: 0 -> A, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, remainder = divmod(index - 1, 26)
        letters = chr(65 + remainder) + letters
    return letters


def position(address: str) -> tuple[int, int]:
    """Row and column, both from 1, of an address like "C7"; ValueError for anything else."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise ValueError(f"{address} is no address of a cell")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def census(path: Path, is_wanted: Callable[[str], bool]) -> dict[str, SheetCensus]:
    """Count the sheets whose names are wanted; raises DamagedPackageError for what should not be read at all.

    The format is told by the content, never by the name: .xlsx and .xlsm (transitional and strict), .xlsb, .ods, .xls.
    """
    from ingest import look_ods, look_xls, look_xlsb, look_xlsx
    from ingest.foreign import refuse_foreign

    parts = refuse_foreign(path)
    with path.open("rb") as stream:
        is_ole = stream.read(4) == OLE_MAGIC
    if is_ole:
        return look_xls.census(path, is_wanted)
    if not parts:
        raise DamagedPackageError("tệp hỏng hoặc không phải là tệp Excel")
    if "content.xml" in parts:
        return look_ods.census(path, is_wanted)
    return (look_xlsb if "xl/workbook.bin" in parts else look_xlsx).census(path, is_wanted)
