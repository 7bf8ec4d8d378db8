"""Rows below a header that are no data: totals, titles of groups, notes, signatures, "Không phát sinh".

Each is one finding that says what to do with the row, instead of one for every cell it does not fill.
"""

from __future__ import annotations

import re

from ingest.issue import Issue, common_issue
from ingest.sheet import Row, SheetData
from ingest.vietnamese import fold, is_total

_NOTHING = re.compile(r"(?:trong ky )?khong(?: co| phat sinh)?(?: so lieu| phat sinh| san pham| hoat dong)?")
# A signature block has a name on the left and one on the right.
_MOST_TEXTS = 2
_LONGEST_QUOTE = 80


def take_asides(data: SheetData) -> list[Issue]:
    """Take the rows that are no data out of a sheet; what is to be said of them."""
    keys = [
        f.name for f in data.form.fields if f.level == "key" and f.default is None and f.name in data.columns
    ]
    found = {row.number: issue for row in data.rows if (issue := _issue(data, row, keys))}
    if found:
        data.rows = [row for row in data.rows if row.number not in found]
    return list(found.values())


def _issue(data: SheetData, row: Row, keys: list[str]) -> Issue | None:
    in_keys = [row.values.get(name) for name in keys]
    if None not in in_keys and not any(map(is_total, in_keys)):
        return None
    given = {name: value for name, value in row.values.items() if value is not None}
    if not given or any(f"{letter}{row.number}" in data.census.faulty for letter in data.columns.values()):
        return None  # a formula without a result may be any value
    totals = [value for value in given.values() if is_total(value)] + data.unread_totals.get(row.number, [])
    texts = list(given.values())
    if totals:
        rule_id, words = "ROW-04", {"texts": f'"{totals[0]}"'}
    elif len(given) > _MOST_TEXTS or len(keys) - in_keys.count(None) > 1 or not _are_texts(texts):
        return None
    elif len(data.rows) == 1 and _NOTHING.fullmatch(fold(texts[0])):
        rule_id, words = "ROW-05", {"texts": f'"{texts[0]}"'}
    else:
        missing = [data.headers[name] for name, value in zip(keys, in_keys, strict=True) if value is None]
        rule_id = "ROW-03"
        words = {"texts": " và ".join(map(_quoted, texts)), "titles": ", ".join(missing)}
    name = next(iter(given))
    return common_issue(
        rule_id,
        words,
        sheet=data.name,
        row_number=row.number,
        column_letter=data.columns[name],
        column_title=data.headers[name],
        field_name=name,
        value_text=str(given[name]),
    )


def _are_texts(values: list[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _quoted(text: str) -> str:
    return f'"{text}"' if len(text) <= _LONGEST_QUOTE else f'"{text[:_LONGEST_QUOTE]}…"'
