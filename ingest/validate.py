"""Judge a workbook by the forms: every fault in one pass, accepted or refused whole."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ingest.cells import Place, as_text, typed_value
from ingest.copies import fingerprints
from ingest.issue import Issue, common_issue
from ingest.legacy_cells import Recoded
from ingest.read import UnreadableError, Workbook, read_cover, read_workbook
from ingest.reference import (
    CodeList,
    Period,
    Unit,
    communes_of,
    periods,
    reporting_day,
    units_of_all_eras,
    units_of_province,
)
from ingest.row_words import settle
from ingest.rules import run_rules, shown
from ingest.second_look import column_letter
from ingest.sender import NO_HINT, Hint, another_units_rows, codes_of_single_form, disagreements, name_issue
from ingest.sheet import Row, SheetData
from ingest.spec import TABLE_FORM_NAMES, Field, Form, Version, find_version, load_forms, load_versions
from ingest.vietnamese import match_key

LOG = logging.getLogger(__name__)
_IDENTITY_FIELDS = ("unit_code", "period_code", "form_version")
# What a line of money is about, in order of trust.
_AMOUNTS = ("disbursed_amount_vnd_million", "planned_amount_vnd_million", "amount_vnd_million")


@dataclass(frozen=True)
class Identity:
    """Who sends, and for when, as far as the cover tells."""

    unit: Unit | None
    period: Period | None
    form_version: str | None
    issues: tuple[Issue, ...]


_NOBODY = Identity(None, None, None, ())


@dataclass
class Judgement:
    """The verdict on one workbook, or on a text file of one form, which has ``tables`` of that form alone.

    ``tables`` holds typed rows by form (each with ``_sheet`` and ``_row_number``), ``layout`` where each field stood.
    """

    verdict: str  # accepted | refused | unreadable
    identity: Identity
    issues: list[Issue] = field(default_factory=list)
    tables: dict[str, list[dict]] = field(default_factory=dict)
    layout: list[dict] = field(default_factory=list)
    fingerprints: dict[str, str] = field(default_factory=dict)  # of each form, see ingest.copies

    @property
    def error_count(self) -> int:
        """Issues that refuse the workbook."""
        return sum(issue.severity == "error" for issue in self.issues)

    @property
    def warning_count(self) -> int:
        """Issues that let it in and are printed."""
        return sum(issue.severity == "warning" for issue in self.issues)


def identify(workbook: Workbook, province_code: str, hint: Hint = NO_HINT) -> Identity:
    """Recognise unit, period and form version from the cover; what is not recognised is None and an issue.

    A text file of one form has no cover: there the hint says whose it is.
    """
    if workbook.single_form:
        return _identify_single_form(hint, province_code)
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
    return Identity(unit, period, version_text, tuple(issues))


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
    return Identity(unit, period, None, tuple(issues))


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


def judge_file(path: Path, province_code: str, hint: Hint = NO_HINT) -> Judgement:
    """Read and judge one file. Never raises for what a sender can do wrong: that is the verdict.

    ``hint`` is what the names of its folder and of the file say about the sender.
    """
    try:
        workbook = _read(read_workbook, path)
    except UnreadableError as error:
        return unreadable(error.rule_id, error.words)
    return judge(workbook, province_code, hint)


def identify_file(
    path: Path, file_name: str, province_code: str, hint: Hint = NO_HINT
) -> tuple[Identity, str | None]:
    """Whose file it is, by its cover alone (nobody's when it cannot be read), and the one form of a text file.

    ``file_name`` is what the sender called it.
    """
    try:
        workbook = _read(read_cover, path, file_name)
    except UnreadableError:
        return _NOBODY, None
    return identify(workbook, province_code, hint), workbook.single_form


def _read(read: Callable[..., Workbook], path: Path, *arguments: str) -> Workbook:
    try:
        return read(path, *arguments)
    except (UnreadableError, MemoryError):
        raise
    # What breaks while a file is read is the file's doing, and its sender gets an answer.
    except Exception as error:
        LOG.warning("%s breaks the reader", path.name, exc_info=True)
        raise UnreadableError("FILE-22") from error


def unreadable(rule_id: str, words: dict[str, object] | None = None) -> Judgement:
    """The verdict on a file that could not be read, for one reason."""
    return Judgement("unreadable", _NOBODY, [common_issue(rule_id, words)])


def judge(workbook: Workbook, province_code: str, hint: Hint = NO_HINT) -> Judgement:
    """Judge a workbook that could be read; see Judgement."""
    identity = identify(workbook, province_code, hint)
    judgement = Judgement("refused", identity, list(identity.issues))
    if identity.unit is None or identity.period is None:
        return judgement
    judgement.issues.extend(_sheet_issues(workbook))
    lists = _lists(identity.unit, identity.period, province_code)
    no_cover = {"unit_code": identity.unit.code}
    cover = no_cover if workbook.single_form else _judge_cover(workbook, judgement, lists)
    for name in (workbook.single_form,) if workbook.single_form else TABLE_FORM_NAMES:
        _judge_sheet(workbook.forms[name], workbook.sheets.get(name), cover, judgement, lists)
    if _is_unfilled(judgement, cover):
        judgement.issues.append(common_issue("FILE-03"))
    judgement.issues = another_units_rows(
        judgement.issues, judgement.tables, identity.unit, identity.period, province_code
    )
    judgement.issues.extend(run_rules(judgement.tables, cover, identity.period, workbook, judgement.issues))
    judgement.fingerprints = fingerprints(judgement.tables)
    if judgement.error_count == 0:
        judgement.verdict = "accepted"
    return judgement


def _is_unfilled(judgement: Judgement, cover: dict) -> bool:
    """No row and no "nothing to report"; or a half-year's template as it was sent out, products prefilled, unsigned."""
    if any(cover.get(f"nothing_to_report_{n}") for n in TABLE_FORM_NAMES):
        return False
    filled = {name for name, rows in judgement.tables.items() if name != "cover" and rows}
    if not filled:
        return True
    is_signed = cover.get("prepared_by") or cover.get("prepared_date")
    return (
        "cover" in judgement.tables
        and not is_signed
        and filled <= {"product"}
        and judgement.identity.period.kind != "Y"
    )


@lru_cache(maxsize=100)  # their entries are made ready for look-up once
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

    def place_of(known: Field) -> Place:
        row_number, letter = workbook.cover_cells.get(known.name, (None, None))
        return Place(workbook.cover_sheet, row_number, letter, known.title)

    values, said = settle(form, workbook.cover, place_of)
    judgement.issues.extend(said)
    for known in form.fields:
        place = place_of(known)
        value, issue = typed_value(known, values.get(known.name), place, lists)
        if known.name in _IDENTITY_FIELDS:
            issue = None  # identify() has judged them
        elif known.name in workbook.cover_faulty:
            issue = place.issue("CELL-09", known, workbook.cover_faulty[known.name])
        elif value is None and issue is None and known.level == "expected":
            issue = place.issue("CELL-02", known, None)
        if issue:
            judgement.issues.append(issue)
        cover[known.name] = value
        if place.row_number:
            judgement.layout.append(
                _layout(place.sheet, known.name, place.column_letter, known.title, place.row_number)
            )
    cover["unit_code"] = judgement.identity.unit.code
    cover["period_code"] = judgement.identity.period.code
    cover["form_version"] = judgement.identity.form_version
    judgement.tables["cover"] = [cover]
    return cover


def _sheet_issues(workbook: Workbook) -> list[Issue]:
    """What is unusual about the file as a whole; a second sheet of a form is an error, a foreign one is said."""
    repeated = [
        common_issue("SHEET-07", {"other_sheet": other}, sheet=name)
        for name, other in workbook.repeated_sheets.items()
    ]
    foreign = [common_issue("SHEET-08", sheet=name) for name in workbook.unknown_sheets]
    file_level = []
    if workbook.converted_from:
        file_level.append(common_issue("FILE-10", {"encoding": workbook.converted_from}))
    if workbook.has_macros:
        file_level.append(common_issue("FILE-19", {"what": "macro", "kept_away": "được chạy"}))
    if workbook.external_links:
        what = f"liên kết tới tệp khác ({', '.join(workbook.external_links)})"
        file_level.append(common_issue("FILE-19", {"what": what, "kept_away": "được mở"}))
    recoded = [issue for name, cells in workbook.recoded.items() for issue in _recoded_issues(name, cells)]
    return file_level + repeated + foreign + recoded


def _recoded_issues(sheet: str, cells: list[Recoded]) -> Iterator[Issue]:
    """One warning per sheet and way of typing, at the first cell that was converted to Unicode."""
    for typed_in in dict.fromkeys(cell.typed_in for cell in cells):
        same = [cell for cell in cells if cell.typed_in == typed_in]
        letter = column_letter(same[0].column - 1)
        yield common_issue(
            "CELL-14",
            {"count": len(same), "typed_in": typed_in, "first": f"{letter}{same[0].row}"},
            sheet=sheet,
            row_number=same[0].row,
            column_letter=letter,
            value_text=same[0].original,
            expected_text=same[0].text,
        )


def _judge_sheet(
    form: Form, data: SheetData | None, cover: dict, judgement: Judgement, lists: dict[str, CodeList]
) -> None:
    name = form.name
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
    missing = [
        f for f in form.fields if f.level == "key" and f.name not in data.columns and f.default is None
    ]
    if data.header_row is None or missing:
        for known in missing:
            judgement.issues.append(
                common_issue("SHEET-02", sheet=data.name, column_title=known.title, field_name=known.name)
            )
        return
    judgement.issues.extend(layout_issues(data))
    for field_name, letter in data.columns.items():
        judgement.layout.append(
            _layout(data.name, field_name, letter, data.headers[field_name], data.header_row)
        )
    seen: dict[tuple, object] = {}
    for row in data.rows:
        judgement.tables[name].append(judge_row(data, row, judgement, lists, seen))
    judgement.issues.extend(duplicates(data, judgement.tables[name], judgement.issues))


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


def _layout(sheet: str, field_name: str, letter: str, header: str, row_number: int) -> dict:
    return {
        "_sheet": sheet,
        "field_name": field_name,
        "column_letter": letter,
        "header_text": header,
        "header_row_number": row_number,
    }
