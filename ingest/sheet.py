"""One sheet's grid as a table of a form: where its header stands, which column is which field, what each row holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress

from ingest.cells import as_text
from ingest.second_look import SheetCensus, column_letter
from ingest.spec import Field, Form
from ingest.titles import Titles, foreign_unit, unit_of_table
from ingest.vietnamese import (
    AmbiguousNumberError,
    NumberGrammarError,
    TooSmallNumberError,
    clean,
    is_total,
    read_number,
)

# The header stands within the first rows; a template puts it in row 4.
HEADER_SEARCH_ROWS = 30
# A header may take up to four rows, with the words of a column in any of them.
_MAX_HEADER_ROWS = 4

Grid = list[list[object]]


@dataclass
class SheetData:
    """What one sheet holds; ``census`` adds what the values alone do not tell."""

    form: Form
    name: str
    census: SheetCensus
    columns: dict[str, str] = field(default_factory=dict)  # field -> column letter
    headers: dict[str, str] = field(default_factory=dict)  # field -> header as the sender wrote it
    header_row: int | None = None  # the last one, right above the rows
    other_header_row: int | None = None  # a second row that looks like one
    numbering_row: int | None = None  # the row right below the header that counts the columns
    unknown_headers: dict[str, str] = field(default_factory=dict)  # column letter -> header
    unread_counts: dict[str, int] = field(default_factory=dict)  # column letter -> filled cells nobody reads
    guessed_headers: dict[str, tuple[str, str]] = field(default_factory=dict)  # letter -> header, field meant
    foreign_units: dict[str, tuple[str, str]] = field(default_factory=dict)  # letter -> header, unit it says
    unit_above: tuple[int, str, str, str] | None = None  # row, letter, another unit, the one asked for
    repeated_headers: dict[str, str] = field(default_factory=dict)
    headless_columns: list[str] = field(default_factory=list)  # letters of columns with values and no header
    unread_totals: dict[int, list[str]] = field(default_factory=dict)  # row -> "Tổng cộng" in such columns
    row_numbers: list[int] = field(default_factory=list)  # of the rows with anything in them, in the sheet
    values: dict[str, list[object]] = field(
        default_factory=dict
    )  # field -> raw value in each of these rows; only of columns that are filled anywhere
    filled_down: list[tuple[int, int, str]] = field(
        default_factory=list
    )  # first row, last row, field of merged cells

    @property
    def hidden_row_numbers(self) -> list[int]:
        """Numbers of the rows that are read although nobody sees them."""
        return [number for number in self.row_numbers if number in self.census.hidden_rows]

    @property
    def hidden_titles(self) -> dict[str, str]:
        """Letter and header of the columns that are read although nobody sees them."""
        hidden = {column_letter(number - 1) for number in self.census.hidden_columns}
        return {
            letter: self.headers[name]
            for name, letter in self.columns.items()
            if letter in hidden and any(value is not None for value in self.values.get(name, ()))
        }

    def row(self, index: int) -> dict[str, object]:
        """The raw values of one row by field."""
        return {name: column[index] for name, column in self.values.items()}

    def keep(self, is_kept: Iterable[bool]) -> None:
        """Drop the rows for which it says False."""
        mask = list(is_kept)
        if not all(mask):
            self.row_numbers = list(compress(self.row_numbers, mask))
            self.values = {name: list(compress(column, mask)) for name, column in self.values.items()}


def is_understood(known: Field, shown: str) -> bool:
    """Whether what a number's format shows is to be read in its place: not where it adds words that say nothing here."""
    if known.type not in ("integer", "number") or known.unit_field or shown.endswith("%"):
        return True
    try:
        read_number(shown, known.unit, known.counts)
    except TooSmallNumberError:
        return True  # as an amount in triệu with the sign of đồng would be: the clerk is asked
    except (NumberGrammarError, AmbiguousNumberError):
        return False
    return True


def tidy(value: object) -> object:
    """None for an empty cell; text in NFC without outer spaces; everything else as stored."""
    if isinstance(value, str):
        return clean(value) or None
    return value


def read_table(form: Form, grid: Grid, census: SheetCensus) -> SheetData:
    """The rows of a form's sheet; without a row that has two of the form's titles there is no header and no row."""
    data = SheetData(form=form, name=census.name, census=census)
    titles = Titles(form)
    header = find_header(grid, titles)
    if header is None:
        return data
    first, last, data.other_header_row = header
    data.header_row = last + 1
    positions = _map_columns(data, grid, first, last, titles)
    data.unit_above = _unit_above(data, grid[:first])
    if counts_columns(grid[last + 1 : last + 2]):
        data.numbering_row = last + 2
    below = grid[last + 1 :]
    below += [[""] * len(grid[last])] * (_last_faulty_row(data) - len(grid))
    cells = list(zip(*below, strict=True))
    columns = {
        name: _column_values(data, cells[index], index, last + 2)
        for index, name in positions.items()
        if below
    }
    data.row_numbers = list(range(last + 2, last + 2 + len(below)))
    data.values = {name: values for name, values in columns.items() if values.count(None) < len(values)}
    data.keep(_is_row(data))
    for joined in (f for f in form.fields if f.is_joined and f.name in data.columns):
        _take_apart(data, joined)
    return data


def _unit_above(data: SheetData, rows: Grid) -> tuple[int, str, str, str] | None:
    """The line above a table that says another unit than its columns are asked in."""
    units = {known.unit for known in data.form.number_fields if known.unit and known.name in data.columns}
    for number, cells in enumerate(rows, start=1):
        for index, cell in enumerate(cells):
            if not (isinstance(cell, str) and (":" in cell or "." in cell)):
                continue
            for unit in sorted(units):
                if said := unit_of_table(clean(cell), unit):
                    return number, column_letter(index), said, unit
    return None


def _is_row(data: SheetData) -> Iterator[bool]:
    """Whether there is anything in each row, and it is not one of numbers or titles."""
    no_rows = (data.other_header_row, data.numbering_row)
    letters = set(data.columns.values())
    faulty = {row for letter, row in _faulty_cells(data) if letter in letters}
    rows = zip(*data.values.values(), strict=True) if data.values else [()] * len(data.row_numbers)
    for number, values in zip(data.row_numbers, rows, strict=True):
        yield number not in no_rows and (number in faulty or values.count(None) < len(values))


def _take_apart(data: SheetData, joined: Field) -> None:
    """Give each field its part of a column that held several in an older version.

    What does not fit the pattern stays a fault of the column.
    """
    pattern = re.compile(joined.constraints["pattern"])
    for name in pattern.groupindex:
        data.columns[name] = data.columns[joined.name]
        data.headers[name] = data.headers[joined.name]
        data.values.setdefault(name, [data.form.field(name).default] * len(data.row_numbers))
    for index, value in enumerate(data.values.get(joined.name, ())):
        if found := pattern.fullmatch(as_text(value or "")):
            for name, part in found.groupdict().items():
                data.values[name][index] = part


def find_header(grid: Grid, titles: Titles) -> tuple[int, int, int | None] | None:
    """First and last row of the header (from 0), and the number of another row with three titles; None without one."""
    found = [titles.in_row(cells) for cells in grid[:HEADER_SEARCH_ROWS]]
    most = max((len(set(row.values())) for row in found), default=0)
    if most < 2:
        return None
    first = last = next(i for i, row in enumerate(found) if len(set(row.values())) == most)
    known = dict(found[first])
    # Merged headers put a column's words into the row above or below that of its neighbours.
    while first > 0 and last - first < _MAX_HEADER_ROWS - 1 and _adds_titles(grid, found, first - 1, known):
        first -= 1
        known |= found[first]
    while (
        last + 1 < len(found)
        and last - first < _MAX_HEADER_ROWS - 1
        and _adds_titles(grid, found, last + 1, known)
    ):
        last += 1
        known |= found[last]
    others = [i + 1 for i, row in enumerate(found) if not first <= i <= last and len(set(row.values())) >= 3]
    return first, last, next(iter(others), None)


def counts_columns(below_header: Grid) -> bool:
    """Whether the row below the header is one that official tables have: 1, 2, 3 … or A, B, (1), (2), (3)=(1)+(2) …"""
    texts = [as_text(cell) for cells in below_header for cell in cells if tidy(cell) is not None]
    if len(texts) < 3:
        return False
    letters = [text.strip("()").upper() for text in texts]
    lettered = next((n for n, text in enumerate(letters) if text != chr(ord("A") + n)), len(texts))
    texts = texts[lettered:]
    numbers = [re.match(r"\(?(\d{1,2})\)?(?:\s*=[\d()\s+*/x:-]+)?$", text) for text in texts]
    counted = [n and int(n[1]) for n in numbers]
    # The first column, of running numbers, may be left out.
    return any(counted == list(range(first, first + len(texts))) for first in (1, 2)) and bool(texts)


def _adds_titles(grid: Grid, found: list[dict[int, str]], index: int, known: dict[int, str]) -> bool:
    """Whether a row is part of the header: nothing but text, and titles of columns and fields that have none yet."""
    new = found[index]
    is_text = all(isinstance(cell, str) for cell in grid[index])
    return (
        bool(new)
        and is_text
        and not (new.keys() & known.keys())
        and not (set(new.values()) & set(known.values()))
    )


def _map_columns(data: SheetData, grid: Grid, first: int, last: int, titles: Titles) -> dict[int, str]:
    """Field of each known column; notes down every column that is not one."""
    positions: dict[int, str] = {}
    unknown: dict[int, str] = {}
    for index in range(len(grid[last])):
        texts = [text for row in range(first, last + 1) if (text := clean(str(grid[row][index])))]
        letter = column_letter(index)
        known = next((text for text in reversed(texts) if titles.field_of(text)), None)
        if known:
            name = titles.field_of(known)
            if name in data.columns:
                data.repeated_headers[letter] = known
            else:
                _take(data, positions, index, name, known)
                if said := foreign_unit(known, data.form.field(name)):
                    data.foreign_units[letter] = (known, said)
            continue
        count = sum(tidy(cells[index]) is not None for cells in grid[last + 1 :])
        for number, cells in enumerate(grid[last + 1 :] if count else (), start=last + 2):
            if is_total(cell := tidy(cells[index])):
                data.unread_totals.setdefault(number, []).append(cell)
        if texts:
            unknown[index] = texts[-1]
            data.unread_counts[letter] = count
        elif count:
            data.headless_columns.append(letter)
    guessed = {index: titles.guess(text) for index, text in unknown.items()}
    for index, text in unknown.items():
        name, letter = guessed[index], column_letter(index)
        if name and name not in data.columns and list(guessed.values()).count(name) == 1:
            _take(data, positions, index, name, text)
            data.guessed_headers[letter] = (text, name)
        else:
            data.unknown_headers[letter] = text
    return positions


def _take(data: SheetData, positions: dict[int, str], index: int, name: str, header: str) -> None:
    positions[index] = name
    data.columns[name] = column_letter(index)
    data.headers[name] = header


def _column_values(data: SheetData, cells: Sequence[object], index: int, first: int) -> list[object]:
    """The values of one column from row number ``first``: as shown where it is stored otherwise, merged cells of words
    filled down."""
    tidied = {cell: tidy(cell) for cell in set(cells) if isinstance(cell, str)}
    values = list(map(tidied.get, cells, cells))
    known = data.form.field(next(n for n, letter in data.columns.items() if letter == column_letter(index)))
    for (row, column), text in data.census.shown.items():
        if column == index + 1 and row >= first and is_understood(known, text):
            values[row - first] = text
    if known.type == "date" and data.census.is_1904:
        # A bare number of days counts from another day here; as text it is no date and the clerk is asked.
        values = [str(value) if isinstance(value, int | float) else value for value in values]
    if known.type in ("integer", "number"):
        return values  # one amount over several rows is one amount
    end = first + len(values)
    for top, left, bottom, _ in data.census.merged:
        if left == index + 1 and bottom > top and first <= top < end and values[top - first] is not None:
            data.filled_down.append((top, bottom, known.name))
            values[top - first : bottom + 1 - first] = [values[top - first]] * (min(bottom + 1, end) - top)
    return values


def _last_faulty_row(data: SheetData) -> int:
    """Rows past the end of calamine's grid hold nothing but formulas without a result."""
    letters = set(data.columns.values())
    return max((row for letter, row in _faulty_cells(data) if letter in letters), default=0)


def _faulty_cells(data: SheetData) -> Iterator[tuple[str, int]]:
    for address in data.census.faulty:
        letter, row = re.fullmatch(r"([A-Z]+)(\d+)", address).groups()
        yield letter, int(row)
