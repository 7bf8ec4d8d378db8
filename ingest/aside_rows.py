"""Rows below a header that are no data: totals, titles of groups, notes, signatures, "Không phát sinh".

Each is one finding that says what to do with the row, instead of one for every cell it does not fill.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.cells import as_text
from ingest.issue import Issue, common_issue
from ingest.reference import CodeList, code_list
from ingest.row_words import NO
from ingest.sheet import SheetData
from ingest.vietnamese import fold, is_total

_NOTHING = re.compile(r"(?:trong ky )?khong(?: co| phat sinh)?(?: so lieu| phat sinh| san pham| hoat dong)?")
# A signature block has a name on the left and one on the right.
_MOST_TEXTS = 2
_LONGEST_QUOTE = 80
_LONGEST_TOTAL = 2  # words
_REMARKS = ("note", "plan_document")


def take_asides(data: SheetData, lists: dict[str, CodeList]) -> list[Issue]:
    """Take the rows that are no data out of a sheet; what is to be said of them."""
    keys = {
        f.name: f.codelist and (lists.get(f.codelist) or code_list(f.codelist))
        for f in data.form.fields
        if f.level == "key" and f.default is None and f.name in data.columns
    }
    found = {
        index: issue for index in _doubtful(data, keys) if (issue := _issue(data, index, keys)) is not None
    }
    data.keep(index not in found for index in range(len(data.row_numbers)))
    return list(found.values())


def _doubtful(data: SheetData, keys: Iterable[str]) -> list[int]:
    """Places of the rows without a key, or with a total among their words."""
    if any(name not in data.values for name in keys):  # nothing in any row
        return list(range(len(data.row_numbers)))
    doubtful = {index for index, number in enumerate(data.row_numbers) if _unread_totals(data, number)}
    for name, column in data.values.items():
        said = {
            value
            for value in set(column)
            if (value is None and name in keys) or (is_total(value) and _may_total(name, value, keys))
        }
        if said:
            doubtful.update(index for index, value in enumerate(column) if value in said)
    return sorted(doubtful)


def _may_total(name: str, value: str, keys: Iterable[str]) -> bool:
    """Whether words like a total's make their row one: not in remarks, and beside a key only the bare word."""
    return name not in _REMARKS and (name in keys or len(value.split()) <= _LONGEST_TOTAL)


def _unread_totals(data: SheetData, number: int) -> list[str]:
    return [text for text in data.unread_totals.get(number, ()) if len(text.split()) <= _LONGEST_TOTAL]


def _issue(data: SheetData, index: int, keys: dict[str, CodeList | None]) -> Issue | None:
    number, values = data.row_numbers[index], data.row(index)
    given = {name: value for name, value in values.items() if value is not None}
    if not given or any(f"{letter}{number}" in data.census.faulty for letter in data.columns.values()):
        return None  # a formula without a result may be any value
    totals = [v for name, v in given.items() if is_total(v) and _may_total(name, v, keys)]
    totals += _unread_totals(data, number)
    texts = list(given.values())
    missing = [data.headers[name] for name in keys if name not in given]
    if totals and fold(as_text(given.get("is_total", ""))) not in ("", *NO):
        return None  # the total of a plan, said to be one
    if totals:
        rule_id, words = "ROW-04", {"texts": f'"{totals[0]}"'}
    elif len(given) > _MOST_TEXTS or len(keys) - len(missing) > 1 or not _are_texts(texts):
        return None
    elif any(entries and entries.find(given[name]) for name, entries in keys.items() if name in given):
        return None  # an entry of its list was chosen
    elif len(data.row_numbers) == 1 and _NOTHING.fullmatch(fold(texts[0])):
        rule_id, words = "ROW-05", {"texts": f'"{texts[0]}"'}
    else:
        rule_id = "ROW-03"
        words = {"texts": " và ".join(map(_quoted, texts)), "titles": ", ".join(missing)}
    name = next(iter(given))
    return common_issue(
        rule_id,
        words,
        sheet=data.name,
        row_number=number,
        column_letter=data.columns[name],
        column_title=data.headers[name],
        field_name=name,
        value_text=str(given[name]),
    )


def _are_texts(values: list[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _quoted(text: str) -> str:
    return f'"{text}"' if len(text) <= _LONGEST_QUOTE else f'"{text[:_LONGEST_QUOTE]}…"'
