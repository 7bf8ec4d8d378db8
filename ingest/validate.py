"""Judge a workbook by the forms: every fault in one pass, accepted or refused whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ingest.cells import Place, as_text, typed_value
from ingest.issue import Issue, common_issue
from ingest.read import UnreadableError, Workbook, read_workbook
from ingest.reference import (
    CodeList,
    Period,
    Unit,
    communes_of,
    periods,
    reporting_day,
    units,
    units_below,
    units_of_province,
)
from ingest.rules import run_rules
from ingest.sheet import Row, SheetData
from ingest.spec import TABLE_FORM_NAMES, form_version, load_forms
from ingest.vietnamese import match_key

_IDENTITY_FIELDS = ("unit_code", "period_code", "form_version")


@dataclass(frozen=True)
class Identity:
    """Who sends, and for when, as far as the cover tells."""

    unit: Unit | None
    period: Period | None
    form_version: str | None
    issues: tuple[Issue, ...]


@dataclass
class Judgement:
    """The verdict on one workbook.

    ``tables`` holds typed rows by form (each with ``_sheet`` and ``_row_number``), ``layout`` where each field stood.
    """

    verdict: str  # accepted | refused | unreadable
    identity: Identity
    issues: list[Issue] = field(default_factory=list)
    tables: dict[str, list[dict]] = field(default_factory=dict)
    layout: list[dict] = field(default_factory=list)

    @property
    def error_count(self) -> int:
        """Issues that refuse the workbook."""
        return sum(issue.severity == "error" for issue in self.issues)

    @property
    def warning_count(self) -> int:
        """Issues that let it in and are printed."""
        return sum(issue.severity == "warning" for issue in self.issues)


def identify(workbook: Workbook, province_code: str) -> Identity:
    """Recognise unit, period and form version from the cover; what is not recognised is None and an issue."""
    cover_form = load_forms()["cover"]
    cover = workbook.cover
    if "unit_code" not in cover or "period_code" not in cover:
        return Identity(None, None, None, (common_issue("FILE-02"),))
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

    for name in _IDENTITY_FIELDS:
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
        unit = _find_unit(as_text(cover["unit_code"]), period, province_code)
        if unit is None:
            issues.append(
                _unknown_unit(as_text(cover["unit_code"]), period, province_code, cell("unit_code"))
            )
    version = cover.get("form_version")
    # A version typed into a cell of numbers comes back as 1.0 or, in Vietnamese, as "1,0".
    version_text = None if version is None else str(version).replace(",", ".")
    if version_text is not None and version_text != form_version():
        issues.append(common_issue("FILE-06", **{**cell("form_version"), "expected_text": form_version()}))
    return Identity(unit, period, version_text, tuple(issues))


def _find_unit(typed: str, period: Period | None, province_code: str) -> Unit | None:
    """The reporting unit meant by a typed code or name; without a period, by code in any era (only to name the sender)."""
    if period is None:
        return next((u for u in units() if u.code == typed and u.level != "commune"), None)
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
    eras = {u.valid_from for u in units_below("")}
    if period is not None and any(typed in units_of_province(province_code, day) for day in eras):
        return common_issue("FILE-07", {"cut_off_on": period.cut_off_on}, **cell)
    return common_issue("FILE-04", **cell)


def judge_file(path: Path, province_code: str) -> Judgement:
    """Read and judge one workbook. Never raises for what a sender can do wrong: that is the verdict."""
    try:
        workbook = read_workbook(path)
    except UnreadableError as error:
        nobody = Identity(None, None, None, ())
        return Judgement("unreadable", nobody, [common_issue("FILE-01", {"reason": str(error)})])
    return judge(workbook, province_code)


def judge(workbook: Workbook, province_code: str) -> Judgement:
    """Judge a workbook that could be read; see Judgement."""
    identity = identify(workbook, province_code)
    judgement = Judgement("refused", identity, list(identity.issues))
    if identity.unit is None or identity.period is None:
        return judgement
    judgement.issues.extend(_sheet_issues(workbook))
    lists = _lists(identity.unit, identity.period, province_code)
    cover = _judge_cover(workbook, judgement, lists)
    for name in TABLE_FORM_NAMES:
        _judge_sheet(name, workbook.sheets.get(name), cover, judgement, lists)
    if not any(judgement.tables[n] for n in TABLE_FORM_NAMES) and not any(
        cover.get(f"nothing_to_report_{n}") for n in TABLE_FORM_NAMES
    ):
        judgement.issues.append(common_issue("FILE-03"))
    judgement.issues.extend(run_rules(judgement.tables, cover, identity.period, workbook, judgement.issues))
    if judgement.error_count == 0:
        judgement.verdict = "accepted"
    return judgement


def _lists(unit: Unit, period: Period, province_code: str) -> dict[str, CodeList]:
    day = reporting_day(unit.code, period, province_code)
    alive = units_of_province(province_code, day)
    subjects = CodeList("subject_unit", tuple((u.code, u.name) for u in alive.values()))
    return {
        "commune": communes_of(unit, day, province_code),
        "subject_unit": subjects,
        "unit": subjects,
        "period": CodeList("period", tuple((code, code) for code in periods())),
    }


def _judge_cover(workbook: Workbook, judgement: Judgement, lists: dict[str, CodeList]) -> dict[str, object]:
    form = load_forms()["cover"]
    cover: dict[str, object] = {"_sheet": workbook.cover_sheet, "_row_number": None}
    for known in form.fields:
        row_number, letter = workbook.cover_cells.get(known.name, (None, None))
        place = Place(workbook.cover_sheet, row_number, letter, known.title)
        value, issue = typed_value(known, workbook.cover.get(known.name), place, lists)
        if known.name in _IDENTITY_FIELDS:
            issue = None  # identify() has judged them
        elif known.name in workbook.cover_faulty:
            issue = place.issue("CELL-09", known, workbook.cover_faulty[known.name])
        elif value is None and issue is None and known.level == "expected":
            issue = place.issue("CELL-02", known, None)
        if issue:
            judgement.issues.append(issue)
        cover[known.name] = value
        if row_number:
            judgement.layout.append(
                _layout(workbook.cover_sheet, known.name, letter, known.title, row_number)
            )
    cover["unit_code"] = judgement.identity.unit.code
    cover["period_code"] = judgement.identity.period.code
    cover["form_version"] = judgement.identity.form_version
    judgement.tables["cover"] = [cover]
    return cover


def _sheet_issues(workbook: Workbook) -> list[Issue]:
    """Sheets that are not read: a second one of a form is an error, a foreign one is said."""
    repeated = [
        common_issue("SHEET-07", {"other_sheet": other}, sheet=name)
        for name, other in workbook.repeated_sheets.items()
    ]
    return repeated + [common_issue("SHEET-08", sheet=name) for name in workbook.unknown_sheets]


def _judge_sheet(
    name: str, data: SheetData | None, cover: dict, judgement: Judgement, lists: dict[str, CodeList]
) -> None:
    form = load_forms()[name]
    judgement.tables[name] = []
    nothing = bool(cover.get(f"nothing_to_report_{name}"))
    is_plan_period = judgement.identity.period.kind == "Y"
    # The province files plans; products, ratings and money are reported where they lie.
    is_province = judgement.identity.unit.level == "province"
    if data is None:
        judgement.issues.append(common_issue("SHEET-01", sheet=form.sheet))
        return
    is_plan = form.kind == "plan"
    if data.rows and is_plan_period and not is_plan:
        judgement.issues.append(
            common_issue("FILE-08", {"value": judgement.identity.period.code}, sheet=data.name)
        )
    elif data.rows and is_province and not is_plan:
        judgement.issues.append(common_issue("FILE-09", sheet=data.name))
    if not data.rows:
        if not nothing and (is_plan or not (is_plan_period or is_province)):
            judgement.issues.append(common_issue("SHEET-04", sheet=data.name))
    elif nothing:
        judgement.issues.append(common_issue("SHEET-05", sheet=data.name))
    missing = [f for f in form.fields if f.level == "key" and f.name not in data.columns]
    if data.header_row is None or missing:
        for known in missing:
            judgement.issues.append(
                common_issue("SHEET-02", sheet=data.name, column_title=known.title, field_name=known.name)
            )
        return
    judgement.issues.extend(_layout_issues(data))
    for field_name, letter in data.columns.items():
        judgement.layout.append(
            _layout(data.name, field_name, letter, data.headers[field_name], data.header_row)
        )
    for row in data.rows:
        judgement.tables[name].append(_judge_row(data, row, judgement, lists))
    judgement.issues.extend(_duplicates(data, judgement.tables[name]))


def _layout_issues(data: SheetData) -> list[Issue]:
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
    for letter in data.headless_columns:
        issues.append(common_issue("SHEET-10", {"letter": letter}, **header, column_letter=letter))
    for rule_id, columns in (("SHEET-03", data.unknown_headers), ("SHEET-06", data.repeated_headers)):
        for letter, title in columns.items():
            issues.append(common_issue(rule_id, **header, column_letter=letter, column_title=title))
    for first, last, name in data.filled_down:
        where = {"sheet": data.name, "row_number": first, "column_letter": data.columns[name]}
        where |= {"column_title": data.headers[name], "field_name": name}
        issues.append(common_issue("CELL-13", {"first_row": first, "last_row": last}, **where))
    return issues


def _judge_row(
    data: SheetData, row: Row, judgement: Judgement, lists: dict[str, CodeList]
) -> dict[str, object]:
    typed: dict[str, object] = {"_sheet": data.name, "_row_number": row.number}
    for known in data.form.fields:
        letter = data.columns.get(known.name)
        place = Place(data.name, row.number, letter, data.headers.get(known.name, known.title))
        fault = data.census.faulty.get(f"{letter}{row.number}")
        if fault is not None:
            value, issue = None, place.issue("CELL-09", known, fault)
        else:
            value, issue = typed_value(known, row.values.get(known.name), place, lists)
            if value is None and issue is None and known.level == "key":
                issue = place.issue("CELL-01", known, None)
            elif value is None and issue is None and known.level == "expected":
                issue = place.issue("CELL-02", known, None)
        if issue:
            judgement.issues.append(issue)
        typed[known.name] = value
    return typed


def _duplicates(data: SheetData, rows: list[dict]) -> list[Issue]:
    """Rows with the same key as an earlier row of the sheet."""
    first_rows: dict[tuple, int] = {}
    issues = []
    for row in rows:
        values = [row[name] for name in data.form.unique_key]
        key = tuple(match_key(v) if isinstance(v, str) else v for v in values)
        if all(value is None for value in values):
            continue
        other = first_rows.setdefault(key, row["_row_number"])
        if other == row["_row_number"]:
            continue
        name = data.form.unique_key[0]
        words = {"other_row": other, "key": " - ".join(as_text(v) for v in values if v is not None)}
        issues.append(
            common_issue(
                "ROW-01",
                words,
                sheet=data.name,
                row_number=row["_row_number"],
                column_letter=data.columns.get(name),
                column_title=data.headers.get(name, data.form.field(name).title),
                field_name=name,
                value_text=None if row[name] is None else as_text(row[name]),
            )
        )
    return issues


def _layout(sheet: str, field_name: str, letter: str, header: str, row_number: int) -> dict:
    return {
        "_sheet": sheet,
        "field_name": field_name,
        "column_letter": letter,
        "header_text": header,
        "header_row_number": row_number,
    }
