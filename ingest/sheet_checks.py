"""What is to be said of one sheet: how it is laid out, what stands in its rows, and rows said twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.cells import Place, as_text, typed_value
from ingest.issue import Issue, common_issue
from ingest.reference import CodeList
from ingest.row_words import settle
from ingest.rules import shown
from ingest.sheet import Row, SheetData
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
    if data.census.is_hidden and data.rows:
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


def judge_row(
    data: SheetData, row: Row, judgement: Judgement, lists: dict[str, CodeList], seen: dict[tuple, object]
) -> dict[str, object]:
    """The typed values of a row; what is wrong with its cells goes to the judgement.

    ``seen`` remembers what faultless cells of this sheet gave, because most values recur.
    """
    typed: dict[str, object] = {"_sheet": data.name, "_row_number": row.number}

    def place_of(known: Field) -> Place:
        title = data.headers.get(known.name, known.title)
        return Place(data.name, row.number, data.columns.get(known.name), title)

    values, said = settle(data.form, row.values, place_of)
    judgement.issues.extend(said)
    held = {issue.field_name for issue in said if issue.severity == "error"}
    has_faulty = bool(data.census.faulty)
    for known in data.form.fields:
        stored = values.get(known.name, known.default)
        if stored is None and known.level == "optional" and not has_faulty:
            typed[known.name] = None
            continue
        key = (known.name, type(stored), stored)  # 1, 1.0 and True are equal and mean different things
        if key in seen and not has_faulty:
            typed[known.name] = seen[key]
            continue
        letter = data.columns.get(known.name)
        place = place_of(known)
        fault = data.census.faulty.get(f"{letter}{row.number}")
        if fault is not None:
            value, issue = None, place.issue("CELL-09", known, fault)
        else:
            value, issue = typed_value(known, stored, place, lists)
            if known.name in held:
                issue = None
            elif value is None and issue is None and known.level == "key":
                issue = place.issue("CELL-01", known, None)
            elif value is None and issue is None and known.level == "expected":
                issue = place.issue("CELL-02", known, None)
        if issue:
            judgement.issues.append(issue)
        elif stored is not None:
            seen[key] = value
        typed[known.name] = value
    return typed


def duplicates(data: SheetData, rows: list[dict], found: list[Issue]) -> list[Issue]:
    """Rows with the same key as an earlier row of the sheet; a row with a fault in its key is not compared."""
    faulty = {
        i.row_number
        for i in found
        if i.severity == "error" and i.sheet == data.name and i.field_name in data.form.unique_key
    }
    first_rows: dict[tuple, int] = {}
    issues = []
    for row in rows:
        values = [row[name] for name in data.form.unique_key]
        key = tuple(match_key(v) if isinstance(v, str) else v for v in values)
        if row["_row_number"] in faulty or all(value is None for value in values):
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
