"""What a newer workbook of a unit and period changed against the one accepted before: rows added, removed, cell by cell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from ingest.spec import Form, load_forms
from ingest.vietnamese import match_key

# So many other key fields must agree before a row with one key field changed counts as the same row.
_SURE_FIELDS = 3


@dataclass(frozen=True)
class CellChange:
    """One cell: typed values before and after, None for an empty cell."""

    field_name: str
    title: str
    before: object
    after: object


@dataclass(frozen=True)
class RowChange:
    """One row; the row numbers are those of the two workbooks, None where the row is not in it.

    ``key`` holds the row's key fields with their values; of an added or removed row ``cells`` are all that are filled.
    """

    kind: str  # added | removed | changed
    form_name: str
    row_number: int | None
    previous_row_number: int | None
    key: dict[str, object]
    cells: tuple[CellChange, ...]


@dataclass(frozen=True)
class Changes:
    """The submission accepted before, and what changed; ``rows`` is None where a refused workbook changes nothing."""

    previous_submission_id: str
    previous_received_on: date
    rows: tuple[RowChange, ...] | None

    def count(self, kind: str) -> int:
        """Rows of a kind."""
        return sum(row.kind == kind for row in self.rows or ())


def accepted_by_sender(ledger: Iterable[dict]) -> dict[tuple[str, str], list[dict]]:
    """Landed lines of accepted submissions by (unit, period)."""
    lines = list(ledger)
    accepted = {
        line["submission_id"]
        for line in lines
        if line["event"] == "judged" and line["verdict_code"] == "accepted"
    }
    found: dict[tuple[str, str], list[dict]] = defaultdict(list)
    for line in lines:
        if line["event"] == "landed" and line["submission_id"] in accepted:
            found[line["unit_code"], line["period_code"]].append(line)
    return found


def previous_of(landed: dict, accepted: dict[tuple[str, str], list[dict]]) -> dict | None:
    """The newest accepted submission of the same unit and period that arrived before this one."""
    earlier = [
        line
        for line in accepted.get((landed["unit_code"], landed["period_code"]), ())
        if line["arrival_no"] < landed["arrival_no"]
        and line.get("form_name") in (None, landed.get("form_name"))
    ]
    return max(earlier, key=lambda line: line["arrival_no"], default=None)


def compare(previous: dict[str, list[dict]], new: dict[str, list[dict]]) -> list[RowChange]:
    """Every row that differs between two sets of typed tables, by form, in the order of the new rows.

    Rows meet by the form's key. Where a key is not there or repeated, equal rows cancel each other and the others are
    removed or added. A row whose key differs in one field alone, all the others agreeing, is a corrected row.
    """
    found = []
    for name in new:  # a text file says nothing of the other forms
        changes = _compare_form(load_forms()[name], previous.get(name, []), new[name])
        found.extend(sorted(changes, key=lambda c: (c.row_number or c.previous_row_number or 0, c.kind)))
    return found


def _compare_form(form: Form, previous: list[dict], new: list[dict]) -> list[RowChange]:
    changes, removed, added = [], [], []
    old_rows, new_rows = _by(previous, lambda row: _key(form, row)), _by(new, lambda row: _key(form, row))
    for key in {**old_rows, **new_rows}:
        befores, afters = old_rows.get(key, []), new_rows.get(key, [])
        if len(befores) == len(afters) == 1:
            changes.extend(_changed(form, befores[0], afters[0]))
        else:
            befores, afters = _without_equal(form, befores, afters)
            removed.extend(befores)
            added.extend(afters)
    pairs = _corrected(form, removed, added)
    paired = {id(row) for pair in pairs for row in pair}
    for before, after in pairs:
        changes.extend(_changed(form, before, after))
    changes.extend(_one_sided("removed", form, row) for row in removed if id(row) not in paired)
    changes.extend(_one_sided("added", form, row) for row in added if id(row) not in paired)
    return changes


def _corrected(form: Form, removed: list[dict], added: list[dict]) -> list[tuple[dict, dict]]:
    pairs: list[tuple[dict, dict]] = []
    if not removed or not added or len(form.unique_key) <= _SURE_FIELDS:
        return pairs
    paired: set[int] = set()
    for index in range(len(form.unique_key)):

        def rest(row: dict, index: int = index) -> tuple:
            key = _key(form, row)
            return key[:index] + key[index + 1 :]

        old_rows = _by((row for row in removed if id(row) not in paired), rest)
        for key, afters in _by((row for row in added if id(row) not in paired), rest).items():
            befores = old_rows.get(key, [])
            is_sure = sum(value is not None for value in key) >= _SURE_FIELDS
            if is_sure and len(befores) == len(afters) == 1:
                pairs.append((befores[0], afters[0]))
                paired |= {id(befores[0]), id(afters[0])}
    return pairs


def _by(rows: Iterable[dict], key_of: Callable[[dict], tuple]) -> dict[tuple, list[dict]]:
    grouped: dict[tuple, list[dict]] = {}
    for row in rows:
        grouped.setdefault(key_of(row), []).append(row)
    return grouped


def _key(form: Form, row: dict) -> tuple:
    values = (row.get(name) for name in form.unique_key)
    return tuple(match_key(value) if isinstance(value, str) else value for value in values)


def _without_equal(form: Form, befores: list[dict], afters: list[dict]) -> tuple[list[dict], list[dict]]:
    old, new = Counter(_values(form, row) for row in befores), Counter(_values(form, row) for row in afters)
    return _surplus(form, befores, old - new), _surplus(form, afters, new - old)


def _surplus(form: Form, rows: list[dict], left: Counter) -> list[dict]:
    kept = []
    for row in reversed(rows):  # of equal rows the later ones are the surplus
        if left[_values(form, row)] > 0:
            left[_values(form, row)] -= 1
            kept.append(row)
    return kept[::-1]


def _values(form: Form, row: dict) -> tuple:
    return tuple(row.get(field.name) for field in form.fields)


def _changed(form: Form, before: dict, after: dict) -> list[RowChange]:
    cells = _cells(form, before, after)
    if not cells:
        return []
    numbers = (after.get("_row_number"), before.get("_row_number"))
    return [RowChange("changed", form.name, *numbers, _named_key(form, after), cells)]


def _one_sided(kind: str, form: Form, row: dict) -> RowChange:
    number = row.get("_row_number")
    if kind == "added":
        return RowChange(kind, form.name, number, None, _named_key(form, row), _cells(form, {}, row))
    return RowChange(kind, form.name, None, number, _named_key(form, row), _cells(form, row, {}))


def _cells(form: Form, before: dict, after: dict) -> tuple[CellChange, ...]:
    return tuple(
        CellChange(known.name, known.title, before.get(known.name), after.get(known.name))
        for known in form.fields
        if before.get(known.name) != after.get(known.name)
    )


def _named_key(form: Form, row: dict) -> dict[str, object]:
    return {name: row[name] for name in form.unique_key if row.get(name) is not None}
