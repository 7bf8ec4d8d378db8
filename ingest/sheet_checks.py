"""What is to be said of one sheet: how it is laid out, what stands in its rows, and rows said twice."""

from __future__ import annotations

from functools import partial
from itertools import repeat
from operator import itemgetter
from types import NoneType
from typing import TYPE_CHECKING

from ingest.cells import Place, as_text, typed_value
from ingest.issue import Issue, common_issue
from ingest.reference import CodeList
from ingest.row_words import settle
from ingest.rules import shown
from ingest.sheet import SheetData
from ingest.spec import Field
from ingest.vietnamese import match_key

if TYPE_CHECKING:
    from ingest.validate import Judgement

# What a line of money is about, in order of trust.
_AMOUNTS = ("disbursed_amount_vnd_million", "planned_amount_vnd_million", "amount_vnd_million")


def layout_issues(data: SheetData) -> list[Issue]:
    """What is unusual about how a sheet is laid out."""
    header = {"sheet": data.name, "row_number": data.header_row}
    issues = []
    if data.census.is_hidden and data.row_numbers:
        issues.append(common_issue("SHEET-11", sheet=data.name))
    if data.hidden_row_numbers:
        rows = ", ".join(map(str, data.hidden_row_numbers))
        where = {"sheet": data.name, "row_number": data.hidden_row_numbers[0]}
        issues.append(common_issue("SHEET-12", {"rows": rows}, **where))
    if data.other_header_row:
        words = {"row": data.header_row, "other_row": data.other_header_row}
        issues.append(common_issue("SHEET-09", words, sheet=data.name, row_number=data.other_header_row))
    if data.numbering_row:
        issues.append(common_issue("SHEET-17", sheet=data.name, row_number=data.numbering_row))
    for letter, (title, name) in data.guessed_headers.items():
        words = {"letter": letter, "meant": data.form.field(name).title}
        issues.append(
            common_issue(
                "SHEET-13", words, **header, column_letter=letter, column_title=title, field_name=name
            )
        )
    for letter, (title, said) in data.foreign_units.items():
        known = data.form.field(next(n for n, column in data.columns.items() if column == letter))
        words = {"said": said, "unit": known.unit}
        issues.append(common_issue("SHEET-15", words, **header, column_letter=letter, column_title=title))
    if data.unit_above and any(
        f.unit == data.unit_above[3] and f.name in data.values for f in data.form.number_fields
    ):
        row_number, letter, said, unit = data.unit_above
        where = {"sheet": data.name, "row_number": row_number, "column_letter": letter, "value_text": said}
        issues.append(common_issue("SHEET-18", {"said": said, "unit": unit}, **where))
    if data.hidden_titles:
        columns = ", ".join(f"{letter} - {title}" for letter, title in data.hidden_titles.items())
        issues.append(common_issue("SHEET-14", {"columns": columns}, **header))
    for letter in data.headless_columns:
        issues.append(common_issue("SHEET-10", {"letter": letter}, **header, column_letter=letter))
    for rule_id, columns in (("SHEET-03", data.unknown_headers), ("SHEET-06", data.repeated_headers)):
        for letter, title in columns.items():
            words = {"letter": letter, "count": data.unread_counts.get(letter, 0)}
            issues.append(common_issue(rule_id, words, **header, column_letter=letter, column_title=title))
    for first, last, name in data.filled_down:
        where = {"sheet": data.name, "row_number": first, "column_letter": data.columns[name]}
        where |= {"column_title": data.headers[name], "field_name": name}
        issues.append(common_issue("CELL-13", {"first_row": first, "last_row": last}, **where))
    return issues


def judge_rows(data: SheetData, judgement: Judgement, lists: dict[str, CodeList]) -> list[dict[str, object]]:
    """The typed values of every row; what is wrong with its cells goes to the judgement."""
    found: list[tuple[int, Issue]] = []  # with the place of its row
    values, held = _settled(data, found)
    count = len(data.row_numbers)
    columns = {"_sheet": repeat(data.name, count), "_row_number": data.row_numbers}
    for known in data.form.fields:
        stored = values.get(known.name)
        if stored is None:
            # Of the rest there is nothing to say; a form has many more columns than an office fills.
            if known.level == "optional" and known.default is None and not data.census.faulty:
                columns[known.name] = repeat(None, count)
                continue
            stored = [known.default] * count
        columns[known.name] = _judge_column(data, known, stored, lists, held, found)
    # by row; within a row the words of number cells, then the fields as they stand
    found.sort(key=itemgetter(0))
    judgement.issues += [issue for _, issue in found]
    return [dict(zip(columns, row_values, strict=True)) for row_values in zip(*columns.values(), strict=True)]


def _settled(
    data: SheetData, found: list[tuple[int, Issue]]
) -> tuple[dict[str, list[object]], set[tuple[int, str]]]:
    """The raw columns with the words of number cells put where they belong, and the (place of the row, field) that these
    words refuse."""
    names = [known.name for known in data.form.number_fields]
    if not any(isinstance(value, str) for name in names for value in data.values.get(name, ())):
        return data.values, set()
    values = {name: list(column) for name, column in data.values.items()}
    held = set()
    for index, number in enumerate(data.row_numbers):
        row, said = settle(data.form, data.row(index), partial(_place, data, number))
        for name, value in row.items():
            values.setdefault(name, [data.form.field(name).default] * len(data.row_numbers))[index] = value
        found += [(index, issue) for issue in said]
        held |= {(index, issue.field_name) for issue in said if issue.severity == "error"}
    return values, held


def _place(data: SheetData, number: int, known: Field) -> Place:
    return Place(data.name, number, data.columns.get(known.name), data.headers.get(known.name, known.title))


def _judge_column(
    data: SheetData,
    known: Field,
    stored_values: list[object],
    lists: dict[str, CodeList],
    held: set[tuple[int, str]],
    found: list[tuple[int, Issue]],
) -> list[object]:
    """The typed values of one field in every row; what is wrong with a cell goes to ``found``."""
    letter = data.columns.get(known.name)
    faulty = {
        address: fault
        for address, fault in data.census.faulty.items()
        if letter and address.rstrip("0123456789") == letter
    }
    if not faulty and (faultless := _faultless(known, stored_values, _place(data, 0, known), lists)):
        return faultless
    typed = []
    for index, (number, stored) in enumerate(zip(data.row_numbers, stored_values, strict=True)):
        place = _place(data, number, known)
        if (fault := faulty.get(f"{letter}{number}")) is not None:
            value, issue = None, place.issue("CELL-09", known, fault)
        else:
            value, issue = typed_value(known, stored, place, lists)
            if (index, known.name) in held:
                issue = None
            elif value is None and issue is None and known.level == "key":
                issue = place.issue("CELL-01", known, None)
            elif value is None and issue is None and known.level == "expected":
                issue = place.issue("CELL-02", known, None)
        if issue:
            found.append((index, issue))
        typed.append(value)
    return typed


def _faultless(
    known: Field, stored_values: list[object], place: Place, lists: dict[str, CodeList]
) -> list[object] | None:
    """The typed values of a column that has nothing to say, each different one typed once; None for others."""
    if len(set(map(type, stored_values)) - {str, NoneType}) > 1:
        return None  # 1, 1.0 and True are equal and mean different things
    typed = {}
    for stored in set(stored_values):
        value, issue = typed_value(known, stored, place, lists)
        if issue or (value is None and known.level != "optional"):
            return None
        typed[stored] = value
    return [typed[stored] for stored in stored_values]


def duplicates(data: SheetData, rows: list[dict], found: list[Issue]) -> list[Issue]:
    """Rows with the same key as an earlier row of the sheet; a row with a fault in its key is not compared."""
    faulty = {
        i.row_number
        for i in found
        if i.severity == "error" and i.sheet == data.name and i.field_name in data.form.unique_key
    }
    columns = ([row[name] for row in rows] for name in data.form.unique_key)
    keys = list(zip(*(_keys(column) for column in columns), strict=True))
    if len(set(keys)) == len(keys):
        return []
    first_rows: dict[tuple, int] = {}
    issues = []
    for row, key in zip(rows, keys, strict=True):
        if row["_row_number"] in faulty or key.count(None) == len(key):
            continue
        other = first_rows.setdefault(key, row["_row_number"])
        if other == row["_row_number"]:
            continue
        name = data.form.unique_key[0]
        texts = [shown(n, row[n]) for n in data.form.unique_key if row[n] is not None]
        words = {"other_row": other, "key": " - ".join(texts)}
        issues.append(
            common_issue(
                data.form.duplicate_rule,
                words,
                sheet=data.name,
                row_number=row["_row_number"],
                column_letter=data.columns.get(name),
                column_title=data.headers.get(name, data.form.field(name).title),
                field_name=name,
                value_text=None if row[name] is None else as_text(row[name]),
                amount_vnd_million=next((row[n] for n in _AMOUNTS if row.get(n) is not None), None),
            )
        )
    return issues


def _keys(column: list[object]) -> list[object]:
    return [match_key(value) if isinstance(value, str) else value for value in column]
