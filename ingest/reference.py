"""Code lists from ``dbt_project/seeds/ref_*.csv``: said once, read by dbt as seeds and by intake as lists."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path

from ingest.vietnamese import fold, loose_key, match_key

SEEDS_DIRECTORY = Path(__file__).resolve().parents[1] / "dbt_project" / "seeds"
_UNIT_WORD = re.compile(r"^(Tỉnh|Thành phố|Thị xã|Huyện|Xã|Phường|Thị trấn|Đặc khu)\s+")
# Lists whose codes are English words meant for SQL: a clerk sees the Vietnamese name only.
_NAME_ONLY = {
    "activity_state",
    "activity_type",
    "boolean",
    "council_level",
    "gender",
    "indicator",
    "product_status",
    "rating_cycle",
    "rating_outcome",
    "revocation_ground",
    "trademark_type",
}


@dataclass(frozen=True)
class Unit:
    """A unit in one span of its life; ``valid_to`` is its last day, None while it lives."""

    code: str
    name: str
    level: str  # province | district | commune
    parent_code: str
    valid_from: date
    valid_to: date | None

    def is_valid_on(self, day: date) -> bool:
        """Whether the unit existed on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Period:
    """A reporting period; NĐ 09/2019/NĐ-CP Điều 12 sets its cut-offs."""

    code: str
    kind: str  # H1 | H2 | Y
    year: int
    starts_on: date
    cut_off_on: date


@dataclass(frozen=True)
class Deadlines:
    """When the reports of a period are due in one province; every day is a working day."""

    unit_on: date  # last day on which a unit's filing is on time
    unit_basis: str
    ministry_on: date  # last day for the province's own report
    ministry_basis: str
    report_starts_on: date  # the report is made that morning


@dataclass(frozen=True)
class CodeList:
    """Entries (code, name) in their order, and how a drop-down shows them."""

    name: str
    entries: tuple[tuple[str, str], ...]

    def display(self, code: str) -> str:
        """What the drop-down shows for a code."""
        name = dict(self.entries)[code]
        return name if self.name in _NAME_ONLY or name == code else f"{code} - {name}"

    def find(self, typed: str) -> str | None:
        """The code a clerk means: the code itself, its name ("TT" for thị trấn …), "code - name", or the name without xã …

        Spelling with diacritics decides before spelling without: Thanh Hải and Thành Hải are two communes. None when
        nothing in the list is meant, or more than one entry.
        """
        for key, codes in self._lookups:
            meant = codes.get(key(typed))
            if meant:
                return next(iter(meant)) if len(meant) == 1 else None
        return None

    @cached_property
    def _lookups(self) -> list[tuple[Callable[[str], str], dict[str, set[str]]]]:
        """In order of trust: how a text is made a key, and the codes each key stands for."""
        spellings = (
            lambda code, name: (code, name, f"{code} - {name}", *_short_names(name)),
            lambda code, name: (plain_name(name),),
        )
        lookups = []
        for key in (match_key, fold, loose_key):
            for spell in spellings:
                codes: dict[str, set[str]] = {}
                for code, name in self.entries:
                    for text in spell(code, name):
                        codes.setdefault(key(text), set()).add(code)
                lookups.append((key, codes))
        return lookups


def plain_name(unit_name: str) -> str:
    """The name without Xã, Huyện, Tỉnh …"""
    return _UNIT_WORD.sub("", unit_name)


def _short_names(unit_name: str) -> Iterator[str]:
    """ "TT Phước Dân", "TT. Phước Dân" for Thị trấn Phước Dân; nothing of a name that is no unit's."""
    word = _UNIT_WORD.match(unit_name)
    if word:
        short = "".join(part[0] for part in word[0].split())
        yield f"{short} {unit_name[word.end() :]}"
        yield f"{short}. {unit_name[word.end() :]}"


def _rows(list_name: str, begins_with: str = "") -> list[dict[str, str]]:
    """Rows of a list; ``begins_with`` leaves out lines that begin otherwise before they are parsed."""
    with (SEEDS_DIRECTORY / f"ref_{list_name}.csv").open(encoding="utf-8", newline="") as handle:
        header = handle.readline()
        return list(csv.DictReader([header, *(line for line in handle if line.startswith(begins_with))]))


@cache
def code_list(name: str) -> CodeList:
    """The list ``ref_<name>.csv``: its first two columns are code and Vietnamese name."""
    return CodeList(name, tuple(tuple(row.values())[:2] for row in _rows(name)))


@cache
def units() -> tuple[Unit, ...]:
    """All units of both eras, those below one parent together."""
    return tuple(unit for parent_code in _unit_lines() for unit in units_below(parent_code))


@cache
def units_below(parent_code: str) -> tuple[Unit, ...]:
    """The units of both eras right below a code; the provinces are below none (``""``)."""
    return tuple(
        Unit(
            code,
            name,
            level,
            parent,
            date.fromisoformat(valid_from),
            date.fromisoformat(valid_to) if valid_to else None,
        )
        for code, name, level, parent, valid_from, valid_to in csv.reader(_unit_lines().get(parent_code, ()))
    )


@cache
def _unit_lines() -> dict[str, list[str]]:
    """Lines of ref_unit.csv by the parent's code: a check needs one province, and parsing the country takes too long."""
    lines: dict[str, list[str]] = {}
    with (SEEDS_DIRECTORY / "ref_unit.csv").open(encoding="utf-8", newline="") as handle:
        next(handle)
        for line in handle:
            lines.setdefault(line.rsplit(",", 3)[1], []).append(line)
    return lines


@cache
def periods() -> dict[str, Period]:
    """All periods by code."""
    return {
        row["period_code"]: Period(
            row["period_code"],
            row["period_kind"],
            int(row["period_year"]),
            date.fromisoformat(row["starts_on"]),
            date.fromisoformat(row["cut_off_on"]),
        )
        for row in _rows("period")
    }


@cache
def _deadlines() -> dict[tuple[str, str], Deadlines]:
    return {
        (row["period_code"], row["province_code"]): Deadlines(
            date.fromisoformat(row["deadline_on"]),
            row["deadline_basis"],
            date.fromisoformat(row["ministry_deadline_on"]),
            row["ministry_deadline_basis"],
            date.fromisoformat(row["report_starts_on"]),
        )
        for row in _rows("deadline")
    }


def deadlines(period: Period, province_code: str) -> Deadlines:
    """The deadlines of a period: those of the province served at its cut-off, or those of every province without its own."""
    known = _deadlines()
    return known.get((period.code, province_on(province_code, period.cut_off_on)), known[period.code, ""])


def province_on(province_code: str, day: date) -> str:
    """Code of the province served, on that day: the province of the setting, or the one it was merged into."""
    code, since = province_code, date.min
    while not any(u.code == code and u.is_valid_on(day) for u in units_below("")):
        steps = (
            (date.fromisoformat(row["succeeded_on"]), row["new_unit_code"])
            for row in _rows("unit_succession", begins_with=f"{code},")
        )
        step = min((step for step in steps if since < step[0] <= day), default=None)
        if step is None:
            raise LookupError(
                f"Province {province_code} did not exist on {day} and has no successor in ref_unit_succession.csv."
            )
        since, code = step
    return code


@cache
def units_of_province(province_code: str, day: date) -> dict[str, Unit]:
    """The province served and every unit below it that existed on that day, level by level, by code."""
    root = province_on(province_code, day)
    found = {u.code: u for u in units_below("") if u.code == root and u.is_valid_on(day)}
    below = {u.code: u for u in units_below(root) if u.is_valid_on(day)}
    found |= below
    communes = [u for code in below for u in units_below(code) if u.is_valid_on(day)]
    return found | {u.code: u for u in sorted(communes, key=lambda u: u.code)}


@cache
def units_of_all_eras(province_code: str) -> tuple[Unit, ...]:
    """The province served and every unit below it, of every era."""
    days = sorted({u.valid_from for u in units_below("")})
    return tuple(dict.fromkeys(u for day in days for u in units_of_province(province_code, day).values()))


def reporting_day(unit_code: str, period: Period, province_code: str) -> date | None:
    """The day whose map a unit's filing is judged by; None when the unit was not of the province then.

    It is the cut-off, never the day of arrival. A plan for a whole year may also come from a unit alive at its start:
    the districts planned for 2025 and ended on 30/6/2025.
    """
    days = (period.cut_off_on, period.starts_on) if period.kind == "Y" else (period.cut_off_on,)
    return next((day for day in days if unit_code in units_of_province(province_code, day)), None)


@cache
def _successions() -> frozenset[tuple[str, str]]:
    return frozenset((row["old_unit_code"], row["new_unit_code"]) for row in _rows("unit_succession"))


def succeeds(commune_code: str, ended: Unit) -> bool:
    """Whether a commune of today took over all or part of a commune of the district that ended."""
    return any(
        u.valid_to == ended.valid_to and (u.code, commune_code) in _successions()
        for u in units_below(ended.code)
    )


def communes_of(unit: Unit, day: date, province_code: str) -> CodeList:
    """The communes a unit may name on that day: its own, itself when it is one, all of them for the province."""
    alive = units_of_province(province_code, day)
    rows = [
        u
        for u in alive.values()
        if u.level == "commune" and (unit.level == "province" or unit.code in (u.code, u.parent_code))
    ]
    return CodeList("commune", tuple((u.code, u.name) for u in sorted(rows, key=lambda u: u.code)))
