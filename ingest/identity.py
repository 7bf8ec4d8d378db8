"""Whose file it is, for when, and in which version of the workbook: from its cover, its folder and its names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ingest.cells import as_text
from ingest.issue import Issue, common_issue
from ingest.read import Workbook
from ingest.reference import (
    CodeList,
    Period,
    Unit,
    deadlines,
    periods,
    reporting_day,
    units_of_all_eras,
    units_of_province,
)
from ingest.sender import NO_HINT, Hint, codes_of_single_form, disagreements, name_issue
from ingest.spec import Version, find_version, load_forms, load_versions

IDENTITY_FIELDS = ("unit_code", "period_code", "form_version")


@dataclass(frozen=True)
class Identity:
    """Who sends, and for when, as far as the cover tells."""

    unit: Unit | None
    period: Period | None
    deadline_on: date | None  # of the province served
    form_version: str | None
    issues: tuple[Issue, ...]


NOBODY = Identity(None, None, None, None, ())


def identify(workbook: Workbook, province_code: str, hint: Hint = NO_HINT) -> Identity:
    """Recognise unit, period and form version from the cover; what is not recognised is None and an issue.

    A text file of one form has no cover: there the hint says whose it is.
    """
    if workbook.single_form:
        return _identify_single_form(hint, province_code)
    cover_form = load_forms()["cover"]
    cover = workbook.cover
    if "unit_code" not in cover or "period_code" not in cover:
        return Identity(None, None, None, None, (common_issue("FILE-02"),))
    issues = []

    def cell(name: str) -> dict:
        row_number, letter = workbook.cover_cells[name]
        return {
            "sheet": workbook.cover_sheet,
            "row_number": row_number,
            "column_letter": letter,
            "column_title": cover_form.field(name).title,
            "field_name": name,
            "value_text": None if cover[name] is None else as_text(cover[name]),
        }

    for name in IDENTITY_FIELDS:
        if name not in cover:
            known = cover_form.field(name)
            where = {"sheet": workbook.cover_sheet, "column_title": known.title, "field_name": name}
            issues.append(common_issue("CELL-01", **where))
        elif name in workbook.cover_faulty:
            issues.append(common_issue("CELL-09", **cell(name) | {"value_text": workbook.cover_faulty[name]}))
        elif cover[name] is None:
            issues.append(common_issue("CELL-01", **cell(name)))
    period = None
    if cover["period_code"] is not None:
        period = periods().get(as_text(cover["period_code"]).upper())
        if period is None:
            issues.append(common_issue("FILE-05", **cell("period_code")))
    unit = None
    if cover["unit_code"] is not None:
        typed = as_text(cover["unit_code"])
        unit = _find_unit(typed, period, province_code)
        contested = None
        if period is not None and cover.get("unit_name"):
            code = unit.code if unit else typed.partition(" ")[0]
            contested = name_issue(code, cover["unit_name"], unit, period, province_code, cell("unit_name"))
        if contested:
            issues.append(contested)
        elif unit is None:
            issues.append(_unknown_unit(typed, period, province_code, cell("unit_code")))
        disagreeing = disagreements(hint, unit, period, cell("unit_code"))
        issues.extend(disagreeing)
        if any(issue.rule_id == "FILE-11" for issue in disagreeing):
            unit = None  # nobody is charged with a file that lies in another unit's folder
    version_text = None
    if cover.get("form_version") is not None:
        version = find_version(cover["form_version"])
        version_text = version.code if version else as_text(cover["form_version"])
        if issue := _version_issue(version, period, cell("form_version")):
            issues.append(issue)
    return Identity(unit, period, due_on(period, province_code), version_text, tuple(issues))


def due_on(period: Period | None, province_code: str) -> date | None:
    """The last day on which a unit's filing is on time."""
    return deadlines(period, province_code).unit_on if period else None


def _version_issue(version: Version | None, period: Period | None, cell: dict) -> Issue | None:
    """A version nobody knows, or one that is no longer taken for that period (by its cut-off, never by today)."""
    is_open = [v for v in load_versions().values() if period is None or v.is_open_for(period.cut_off_on)]
    expected = " hoặc ".join(v.code for v in is_open)
    if version is None:
        return common_issue("FILE-06", **{**cell, "expected_text": expected})
    if version not in is_open:
        words = {"closed_on": version.closed_on, "period": period.code}
        return common_issue(
            "FILE-25", words, **{**cell, "value_text": version.code, "expected_text": expected}
        )
    return None


def _identify_single_form(hint: Hint, province_code: str) -> Identity:
    unit_code, period_code, issues = codes_of_single_form(hint)
    period = periods().get(period_code) if period_code else None
    if period_code and period is None:
        issues.append(common_issue("FILE-05", value_text=period_code))
    unit = None
    if unit_code and period:
        unit = _find_unit(unit_code, period, province_code)
        if unit is None:
            issues.append(_unknown_unit(unit_code, period, province_code, {"value_text": unit_code}))
    return Identity(unit, period, due_on(period, province_code), None, tuple(issues))


def _find_unit(typed: str, period: Period | None, province_code: str) -> Unit | None:
    """The reporting unit meant by a typed code or name; without a period, by code in any era (only to name the sender)."""
    if period is None:
        known = units_of_all_eras(province_code)
        return next((u for u in known if u.code == typed and u.level != "commune"), None)
    for day in dict.fromkeys((period.cut_off_on, period.starts_on)):
        alive = units_of_province(province_code, day)
        # Communes report themselves since the district level ended (1/7/2025).
        senders = [
            u for u in alive.values() if u.level != "commune" or alive[u.parent_code].level == "province"
        ]
        code = CodeList("unit", tuple((u.code, u.name) for u in senders)).find(typed)
        if code and reporting_day(code, period, province_code) == day:
            return alive[code]
    return None


def _unknown_unit(typed: str, period: Period | None, province_code: str, cell: dict) -> Issue:
    """Unknown altogether, or of the province but not alive at the period's cut-off."""
    if period is not None and any(u.code == typed for u in units_of_all_eras(province_code)):
        return common_issue("FILE-07", {"cut_off_on": period.cut_off_on}, **cell)
    return common_issue("FILE-04", **cell)
