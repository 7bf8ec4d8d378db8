"""The same content again: last period's file, or another unit's, told by fingerprints kept in the ledger; and a period
that the day of arrival tells to be the wrong one."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING

from ingest.issue import Issue, common_issue
from ingest.reference import periods
from ingest.spec import TABLE_FORM_NAMES, load_forms

if TYPE_CHECKING:
    from ingest.validate import Judgement

# Standing accepted content: (unit code, period code, form) -> (fingerprint, number of rows, submission id).
Standing = dict[tuple[str, str, str], tuple[str, int, str]]
# What a cover says besides who, when and by whom.
_NOT_CONTENT = {"unit_code", "unit_name", "period_code", "form_version", "prepared_by", "prepared_date"}
# Lists that depend on the unit: a copy under another unit's name has no valid entry there.
_UNIT_LISTS = {"commune", "subject_unit"}
# One line of money may well be the same for two communes; so many lines are not.
_MIN_COPIED_ROWS = 3


def fingerprints(tables: dict[str, list[dict]]) -> dict[str, str]:
    """sha256 of each form's business values, whatever the order of its rows."""
    return {name: _fingerprint(name, rows) for name, rows in tables.items()}


def _fingerprint(name: str, rows: list[dict]) -> str:
    form = load_forms()[name]
    left_out = _NOT_CONTENT if form.kind == "cover" else set()
    if form.kind == "stock":
        left_out = {f.name for f in form.fields if f.codelist in _UNIT_LISTS}
    columns = [f.name for f in form.fields if f.name not in left_out]
    texts = sorted(
        "\x1f".join(["" if value is None else str(value) for value in map(row.get, columns)]) for row in rows
    )
    return hashlib.sha256("\x1e".join(texts).encode()).hexdigest()


def standing_content(lines: list[dict]) -> Standing:
    """What is accepted and newest of each unit, period and form, from the ledger's lines in their order."""
    standing: Standing = {}
    landed = {}
    for line in lines:
        if line["event"] == "landed":
            landed[line["submission_id"]] = line
        elif line["event"] == "judged":
            note_accepted(standing, landed[line["submission_id"]], line)
    return standing


def note_accepted(standing: Standing, landed: dict, judged: dict) -> None:
    """Put one accepted submission's content in the place of what stood for its unit, period and forms."""
    if judged["verdict_code"] != "accepted":
        return
    for name, fingerprint in judged.get("fingerprints", {}).items():
        key = landed["unit_code"], landed["period_code"], name
        standing[key] = fingerprint, judged.get(f"{name}_row_count", 1), judged["submission_id"]


def copies(judgement: Judgement, standing: Standing, received_on: date) -> list[Issue]:
    """FILE-17 for the unit's own file of an earlier period, FILE-18 for another unit's file of this period.

    A flow form with the very rows of the period before is a copy. So is a file that repeats, after its deadline, all
    that stands for its own period: then the period on the cover was not changed.
    """
    unit, period = judgement.identity.unit, judgement.identity.period
    if unit is None or period is None:
        return []
    if any(issue.rule_id == "FILE-18" for issue in judgement.issues):
        return []  # its communes have told
    mine = judgement.fingerprints
    filled = [name for name in TABLE_FORM_NAMES if judgement.tables.get(name)]
    if not filled:
        return []
    flow = [name for name in filled if load_forms()[name].kind == "flow"]
    before = _period_before(period.code)
    old = [name for name in flow if before and _is_same(standing, unit.code, before, name, mine)]
    if old:
        return [_repeats(old, before, standing[unit.code, before, old[0]][2])]
    if received_on > judgement.identity.deadline_on and all(
        _is_same(standing, unit.code, period.code, name, mine) for name in mine
    ):
        return [_repeats(filled, period.code, standing[unit.code, period.code, filled[0]][2])]
    return _another_units(judgement, mine, filled, standing)


def _is_same(standing: Standing, unit_code: str, period_code: str, name: str, mine: dict[str, str]) -> bool:
    return standing.get((unit_code, period_code, name), ("",))[0] == mine[name]


def _period_before(code: str) -> str | None:
    """The half-year that ended the day before this one began."""
    this = periods()[code]
    earlier = [p for p in periods().values() if p.kind != "Y" and p.cut_off_on < this.starts_on]
    return max(earlier, key=lambda p: p.cut_off_on).code if earlier and this.kind != "Y" else None


def _repeats(names: list[str], period_code: str, submission_id: str) -> Issue:
    sheets = ", ".join(load_forms()[name].sheet for name in names)
    words = {"what": f"Số liệu ({sheets})", "period": period_code, "submission": submission_id}
    return common_issue("FILE-17", words)


def _another_units(
    judgement: Judgement, mine: dict[str, str], filled: list[str], standing: Standing
) -> list[Issue]:
    unit, period = judgement.identity.unit, judgement.identity.period
    named = sum(len(judgement.tables[name]) for name in filled)
    if "product" not in filled and "rating" not in filled and named < _MIN_COPIED_ROWS:
        return []
    others = {u for u, p, name in standing if p == period.code and u != unit.code and name in filled}
    for other in sorted(others):
        if all(_is_same(standing, other, period.code, name, mine) for name in filled):
            words = {"what": "Số liệu giống hệt báo cáo đã nhận của", "other": other}
            return [common_issue("FILE-18", words | {"own": f"{unit.code} - {unit.name}"})]
    return []


def too_early(judgement: Judgement, received_on: date) -> list[Issue]:
    """FILE-26 or FILE-27 for a half-year that was not begun or not over on the day of arrival; plans are made ahead."""
    period = judgement.identity.period
    if judgement.identity.unit is None or period is None or period.kind == "Y":
        return []
    if received_on > period.cut_off_on:
        return []
    where = next((cell for cell in judgement.layout if cell["field_name"] == "period_code"), {})
    words = {
        "received_on": received_on,
        "period_starts_on": period.starts_on,
        "cut_off_on": period.cut_off_on,
    }
    return [
        common_issue(
            "FILE-26" if received_on < period.starts_on else "FILE-27",
            words,
            sheet=where.get("_sheet"),
            row_number=where.get("header_row_number"),
            column_letter=where.get("column_letter"),
            column_title=where.get("header_text"),
            field_name=where.get("field_name"),
            value_text=period.code,
        )
    ]


def refuse_copies(judgement: Judgement, standing: Standing, received_on: date) -> Judgement:
    """The judgement with what ``copies`` and ``too_early`` find; an error refuses what was accepted."""
    judgement.issues.extend(copies(judgement, standing, received_on))
    judgement.issues.extend(too_early(judgement, received_on))
    if judgement.verdict == "accepted" and judgement.error_count:
        judgement.verdict = "refused"
    return judgement
