"""Judge a workbook by the forms: every fault in one pass, accepted or refused whole."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ingest.aside_rows import take_asides
from ingest.cells import Place, typed_value
from ingest.copies import fingerprints
from ingest.identity import IDENTITY_FIELDS, NOBODY, Identity, identify
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
    units_of_province,
)
from ingest.row_words import settle
from ingest.rules import run_rules
from ingest.second_look import column_letter
from ingest.sender import NO_HINT, Hint, another_units_rows
from ingest.sheet import SheetData
from ingest.sheet_checks import duplicates, judge_rows, layout_issues
from ingest.spec import TABLE_FORM_NAMES, Field, Form, load_forms

LOG = logging.getLogger(__name__)


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
        return NOBODY, None
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
    return Judgement("unreadable", NOBODY, [common_issue(rule_id, words)])


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
    """No row and no "nothing to report"; or a half-year's template as it was sent out, with the products and open targets
    it comes with, unsigned."""
    if any(cover.get(f"nothing_to_report_{n}") for n in TABLE_FORM_NAMES):
        return False
    filled = {name for name, rows in judgement.tables.items() if name != "cover" and rows}
    if not filled:
        return True
    is_signed = cover.get("prepared_by") or cover.get("prepared_date")
    return (
        "cover" in judgement.tables
        and not is_signed
        and not any(load_forms()[name].kind == "flow" for name in filled)
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
        if known.name in IDENTITY_FIELDS:
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
    """What is unusual about the file as a whole; a second sheet of a form, or what looks like one, is an error, a
    foreign one is said."""
    repeated = [
        common_issue("SHEET-07", {"other_sheet": other}, sheet=name)
        for name, other in workbook.repeated_sheets.items()
    ]
    repeated += [
        common_issue("SHEET-19", {"other_sheet": other}, sheet=name)
        for name, other in workbook.continued_sheets.items()
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
    if data.row_numbers and is_plan_period and not is_plan:
        judgement.issues.append(
            common_issue("FILE-08", {"value": judgement.identity.period.code}, sheet=data.name)
        )
    elif data.row_numbers and is_province and not is_plan:
        judgement.issues.append(common_issue("FILE-09", sheet=data.name))
    if not data.row_numbers:
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
        # It may stand there under another title.
        judgement.issues.extend(issue for issue in layout_issues(data) if issue.rule_id == "SHEET-03")
        return
    judgement.issues.extend(layout_issues(data))
    for field_name, letter in data.columns.items():
        judgement.layout.append(
            _layout(data.name, field_name, letter, data.headers[field_name], data.header_row)
        )
    judgement.issues.extend(take_asides(data, lists))
    judgement.tables[name] = judge_rows(data, judgement, lists)
    judgement.issues.extend(duplicates(data, judgement.tables[name], judgement.issues))


def _layout(sheet: str, field_name: str, letter: str, header: str, row_number: int) -> dict:
    return {
        "_sheet": sheet,
        "field_name": field_name,
        "column_letter": letter,
        "header_text": header,
        "header_row_number": row_number,
    }
