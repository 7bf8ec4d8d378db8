"""Who sends, and for when: what the landing folder, the file name and the cover say, and whether they agree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ingest.cells import as_text
from ingest.issue import Issue, common_issue
from ingest.reference import (
    CodeList,
    Period,
    Unit,
    plain_name,
    reporting_day,
    succeeds,
    units_of_all_eras,
    units_of_province,
)
from ingest.vietnamese import fold

_PERIOD = re.compile(r"(?<![0-9a-z])(?:(20\d\d)[ _.-]?(h[12]|y)|(h[12]|y)[ _.-]?(20\d\d))(?![0-9a-z])", re.I)
# A folder begins with its unit's code ("587", "587 - Ninh Phước"); in a file name it stands anywhere, and the two digits
# of a province only behind "ocop", because a day or a number of pages has two digits as well.
_FOLDER_UNIT = re.compile(r"(\d{2}|\d{3}|\d{5})(?!\d)")
_NAME_UNIT = re.compile(r"(?<!\d)(?:\d{3}|\d{5}|(?<=ocop[-_ ])\d{2})(?!\d)", re.I)
# From here two spellings of a name are taken for one; the next best reading must be clearly worse.
_SURE_SCORE = 88
_SURE_LEAD = 8


@dataclass(frozen=True)
class Hint:
    """Codes found in the names of the folders below landing, and in the file name; None where there are none."""

    folder_unit: str | None = None
    folder_period: str | None = None
    name_unit: str | None = None
    name_period: str | None = None


NO_HINT = Hint()


def hint_of(folder: str, file_name: str, province_code: str) -> Hint:
    """Read the names a file came under. ``folder`` is its path without the name; the innermost folder decides."""
    unit = period = None
    for part in Path(folder).parts:
        found = _FOLDER_UNIT.match(part)
        if found and found[1] in _known_codes(province_code):
            unit = found[1]
        period = _period_in(part) or period
    stem = Path(file_name).stem
    return Hint(unit, period, _unit_in(_PERIOD.sub(" ", stem), province_code), _period_in(stem))


@cache
def _known_codes(province_code: str) -> frozenset[str]:
    """Codes of the province served and its units, of every era."""
    return frozenset(u.code for u in units_of_all_eras(province_code))


def _unit_in(text: str, province_code: str) -> str | None:
    found = set(_NAME_UNIT.findall(text)) & _known_codes(province_code)
    return found.pop() if len(found) == 1 else None


def _period_in(text: str) -> str | None:
    found = {f"{a or d}{(b or c).upper()}" for a, b, c, d in _PERIOD.findall(text)}
    return found.pop() if len(found) == 1 else None


def codes_of_single_form(hint: Hint) -> tuple[str | None, str | None, list[Issue]]:
    """Unit and period code of a file without a cover, and why they cannot be relied on: the folder before the name."""
    unit, period = hint.folder_unit or hint.name_unit, hint.folder_period or hint.name_period
    issues = []
    for folder, name in ((hint.folder_unit, hint.name_unit), (hint.folder_period, hint.name_period)):
        if folder and name and folder != name:
            issues.append(common_issue("FILE-11", {"folder": folder, "place": "tên tệp", "other": name}))
    if unit is None or period is None:
        missing = [word for word, code in (("đơn vị nào", unit), ("kỳ nào", period)) if code is None]
        issues.append(common_issue("FILE-13", {"missing": " và ".join(missing)}))
    return unit, period, issues


def disagreements(hint: Hint, unit: Unit | None, period: Period | None, cover_cell: dict) -> list[Issue]:
    """What folder and file name say against the cover. A unit's folder takes only what the unit may send."""
    issues = []
    if hint.folder_unit and unit and hint.folder_unit != unit.code:
        words = {"folder": hint.folder_unit, "other": f"{unit.code} - {unit.name}"}
        if unit.valid_to and succeeds(hint.folder_unit, unit):
            issues.append(common_issue("FILE-16", words, **cover_cell))
        else:
            issues.append(common_issue("FILE-11", words | {"place": "trang Bìa"}, **cover_cell))
    said = (
        ("Tên tệp", hint.name_unit, unit, {hint.folder_unit}),
        ("Tên tệp", hint.name_period, period, set()),
        ("Tên thư mục", hint.folder_period, period, set()),
    )
    for place, code, known, others in said:
        if code and known and code not in {known.code, *others}:
            words = {"place": place, "hint": code, "cover": known.code}
            issues.append(common_issue("FILE-12", words))
    return issues


def name_issue(
    code: str, name: object, unit: Unit | None, period: Period, province_code: str, cell: dict
) -> Issue | None:
    """What a unit's name on the cover says against its code: the name of another era, or of another unit.

    A name that fits no unit (an office, a department) says nothing. ``unit`` is None where the code is of no reporting
    unit of the period.
    """
    bearers = [u for u in units_of_all_eras(province_code) if u.code == code]
    bearer = unit or next((u for u in bearers if u.is_valid_on(period.cut_off_on)), None)
    if bearer is None:
        return None
    eras = [u for u in bearers if u != bearer]
    day = reporting_day(code, period, province_code) if unit else None
    others = [u for u in units_of_province(province_code, day).values() if u != bearer] if day else []
    meant = _meant(fold(as_text(name)), bearer, [*eras, *others])
    if meant in (None, bearer):
        return None
    words = {
        "code": code,
        "name": as_text(name),
        "period": period.code,
        "own": f"{bearer.code} - {bearer.name}",
        "other": f"{meant.code} - {meant.name}",
    }
    if meant in eras:
        return common_issue("FILE-14", words | {"era": _era(meant)}, **cell)
    return common_issue("FILE-15", words, **cell)


def _era(unit: Unit) -> str:
    return f"đến {unit.valid_to:%d/%m/%Y}" if unit.valid_to else f"từ {unit.valid_from:%d/%m/%Y}"


def _meant(written: str, own: Unit, others: list[Unit]) -> Unit | None:
    """The unit a folded name stands for: the same words first, then the same words with a slip of the pen."""
    names = {unit: fold(plain_name(unit.name)) for unit in (own, *others)}
    if re.search(rf"\b{names[own]}\b", written):
        return own
    bare = _without_level(written)
    for unit in others:
        if names[unit] == bare:
            return unit
    from rapidfuzz import fuzz

    scores = {unit: fuzz.ratio(bare, name) for unit, name in names.items()}
    best = max(scores, key=scores.get)  # the first of equals: in doubt the code is believed
    if scores[best] < _SURE_SCORE:
        return None
    # Phước Hải and Phước Hậu differ in one letter.
    return best if best == own or scores[best] - scores[own] >= _SURE_LEAD else None


def _without_level(written: str) -> str:
    """The folded name without the words an office puts before it."""
    return re.sub(
        r"^(?:ubnd |uy ban nhan dan )?(?:tinh|thanh pho|thi xa|huyen|xa|phuong|thi tran|dac khu) ",
        "",
        written,
    )


def another_units_rows(
    issues: list[Issue], rows: dict[str, list[dict]], unit: Unit, period: Period, province_code: str
) -> list[Issue]:
    """The issues, with those of communes that all lie in one other unit said once, when they are most of the communes.

    Whoever sends another unit's file needs one sentence, not one per row.
    """
    alive = units_of_province(province_code, reporting_day(unit.code, period, province_code))
    communes = CodeList("commune", tuple((u.code, u.name) for u in alive.values() if u.level == "commune"))
    homes: dict[str, list[Issue]] = {}
    for issue in issues:
        if issue.rule_id == "CELL-05" and issue.field_name == "commune_code":
            code = communes.find(issue.value_text or "")
            if code:
                parent = alive[code].parent_code
                homes.setdefault(parent if alive[parent].level == "district" else code, []).append(issue)
    if not homes:
        return issues
    home, strange = max(homes.items(), key=lambda item: (len(item[1]), item[0]))
    named_count = sum(row.get("commune_code") is not None for form_rows in rows.values() for row in form_rows)
    if len(strange) < 2 or len(strange) <= named_count:
        return issues
    words = {
        "count": len(strange),
        "other": f"{home} - {alive[home].name}",
        "own": f"{unit.code} - {unit.name}",
    }
    first = strange[0]
    told = common_issue(
        "FILE-18",
        {"what": f"{len(strange)} dòng ghi xã của", **words},
        sheet=first.sheet,
        row_number=first.row_number,
        column_letter=first.column_letter,
        column_title=first.column_title,
        field_name=first.field_name,
        value_text=first.value_text,
    )
    position = issues.index(first)
    kept = [issue for issue in issues if issue not in strange]
    return [*kept[:position], told, *kept[position:]]
