"""Report periods and deadlines, computed from ``ref_calendar.csv`` and the public holidays of Vietnam.

`ocop generate` writes the dates into ``ref_period.csv`` and ``ref_deadline.csv``, which all else reads: a newer list of
holidays changes a date only through a change of these files that somebody has seen.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path

from ingest.reference import SEEDS_DIRECTORY, Deadlines, Period
from pipeline.outcome import StepError

_MARK = "ocop generate from ref_calendar.csv; do not edit"
_ONE_DAY = timedelta(days=1)
# Which measures a rule may have, and the period before each kind: a period opens the day after that one's cut-off.
_MEASURES = {
    "cut_off": ("month_day",),
    "unit_deadline": ("working_days", "day_of_month"),
    "ministry_deadline": ("working_days", "day_of_month"),
    "report_start": ("working_days",),
    "day_off": ("date",),
    "working_day": ("date",),
    "last_year": ("year",),
}
_BEFORE = {"H1": ("H2", 1), "H2": ("H1", 0), "Y": ("Y", 1)}


@dataclass(frozen=True)
class Rule:
    """One line of ref_calendar.csv; an empty province or kind of period stands for all of them."""

    code: str
    province_code: str
    period_kind: str
    measure: str
    value: str
    valid_from: date | None
    valid_to: date | None
    basis: str

    def __post_init__(self) -> None:
        if self.measure not in _MEASURES.get(self.code, ()):
            raise StepError(f"{self}: {self.code} is not a rule measured in {self.measure}; {_HELP}")
        if self.code in ("cut_off", "last_year") and self.province_code:
            raise StepError(f"{self}: periods are the same in every province; leave province_code empty.")
        try:
            self.parsed  # noqa: B018
        except ValueError as error:
            raise StepError(f"{self}: {self.value!r} is no {self.measure}; {_HELP}") from error
        if self.code == "cut_off" and (self.period_kind not in _BEFORE or not self.valid_from):
            raise StepError(f"{self}: a cut-off needs its period_kind, H1, H2 or Y, and valid_from.")

    def __str__(self) -> str:
        parts = (self.code, self.province_code, self.period_kind, self.value)
        return f"ref_calendar.csv, {' '.join(part for part in parts if part)}"

    @cached_property
    def parsed(self) -> int | date | tuple[int, int]:
        """The value as its measure says: a number, a day, or month and day."""
        if self.measure == "date":
            return date.fromisoformat(self.value)
        if self.measure == "month_day":
            day = date.fromisoformat(f"2023-{self.value}")  # no cut-off can stand on 29/2
            return day.month, day.day
        number = int(self.value)
        if number < 1 or (self.measure == "day_of_month" and number > 28):  # every month has it
            raise ValueError(self.value)
        return number

    def is_valid_on(self, day: date) -> bool:
        """Whether the rule holds for a period cut off on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


_HELP = "write 06-14 (month_day), 2 (working_days), 25 (day_of_month, at most 28), 2027-02-05 (date) or 2035 (year)."


@cache
def _public_holidays(first_year: int, last_year: int):
    """Weekends, public holidays with their days in lieu (nghỉ bù), and the days the Prime Minister swapped."""
    import holidays

    return holidays.country_holidays("VN", years=range(first_year - 1, last_year + 2))


class Calendar:
    """What the rules of ref_calendar.csv say about periods, working days and deadlines."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        for code in ("cut_off", "last_year"):
            if not any(rule.code == code for rule in self.rules):
                raise StepError(f"ref_calendar.csv has no {code}; add the line.")
        self._first_year = min(rule.valid_from.year for rule in self.rules if rule.code == "cut_off")
        self._last_year = max(rule.parsed for rule in self.rules if rule.code == "last_year")
        self._stated: dict[tuple[str, date], bool] = {}
        for rule in self.rules:
            if rule.code in ("day_off", "working_day"):
                key, works = (rule.province_code, rule.parsed), rule.code == "working_day"
                if self._stated.setdefault(key, works) != works:
                    raise StepError(f"{rule}: the same day is stated both as a day off and as a working day.")

    @property
    def provinces(self) -> list[str]:
        """Provinces with a line of their own."""
        return sorted({rule.province_code for rule in self.rules} - {""})

    def is_working_day(self, day: date, province_code: str = "") -> bool:
        """Whether offices work: as stated for the province, else for all, else as the public holidays are known."""
        for place in (province_code, ""):
            if (place, day) in self._stated:
                return self._stated[place, day]
        return _public_holidays(self._first_year, self._last_year).is_working_day(day)

    def working_day_after(self, day: date, count: int, province_code: str = "") -> date:
        """The working day that is the ``count``-th after a day, which is not counted itself."""
        while count:
            day += _ONE_DAY
            count -= self.is_working_day(day, province_code)
        return day

    def periods(self) -> Iterator[tuple[Period, str]]:
        """Every period whose cut-off is under a rule, with the law its cut-off rests on."""
        for year in range(self._first_year, self._last_year + 1):
            for kind, (kind_before, years_before) in _BEFORE.items():
                cut_off_on, rule = self._cut_off(kind, year)
                if rule.is_valid_on(cut_off_on):
                    starts_on = self._cut_off(kind_before, year - years_before)[0] + _ONE_DAY
                    yield Period(f"{year}{kind}", kind, year, starts_on, cut_off_on), rule.basis

    def _cut_off(self, kind: str, year: int) -> tuple[date, Rule]:
        rules = [rule for rule in self.rules if rule.code == "cut_off" and rule.period_kind == kind]
        if not rules:
            raise StepError(f"ref_calendar.csv has no cut_off of {kind}; add the line.")
        days = [(date(year, *rule.parsed), rule) for rule in sorted(rules, key=lambda r: r.valid_from)]
        # Before there was a rule the first one is counted back: the first period opened the day after its cut-off.
        return next((found for found in days if found[1].is_valid_on(found[0])), days[0])

    def deadlines(self, period: Period, province_code: str = "") -> Deadlines:
        """When a period's reports are due in a province, and when its own report is made."""
        unit, unit_rule = self._due("unit_deadline", period, province_code)
        ministry, ministry_rule = self._due("ministry_deadline", period, province_code)
        start_rule = self._rule("report_start", period, province_code)
        start = self.working_day_after(unit, start_rule.parsed, province_code)
        if not period.cut_off_on < unit < start <= ministry:
            raise StepError(
                f"ref_calendar.csv, {period.code}{' of ' + province_code if province_code else ''}: the units are due on "
                f"{unit}, the report starts on {start} and is due on {ministry}. They must follow each other after the "
                f"cut-off {period.cut_off_on}; correct {unit_rule}, {start_rule} or {ministry_rule}."
            )
        return Deadlines(unit, unit_rule.basis, ministry, ministry_rule.basis, start)

    def _due(self, code: str, period: Period, province_code: str) -> tuple[date, Rule]:
        rule = self._rule(code, period, province_code)
        if rule.measure == "working_days":
            return self.working_day_after(period.cut_off_on, rule.parsed, province_code), rule
        day = period.cut_off_on.replace(day=rule.parsed)
        # Bộ luật Dân sự 2015 Điều 148 khoản 5: a term that ends on a day off ends with the next working day.
        return (
            day if self.is_working_day(day, province_code) else self.working_day_after(day, 1, province_code)
        ), rule

    def _rule(self, code: str, period: Period, province_code: str) -> Rule:
        """The rule that holds at the cut-off: a province's own before the one for all, then one for the kind of period."""
        found = [
            ((rule.province_code != "", rule.period_kind != ""), rule)
            for rule in self.rules
            if rule.code == code
            and rule.province_code in ("", province_code)
            and rule.period_kind in ("", period.kind)
            and rule.is_valid_on(period.cut_off_on)
        ]
        if not found:
            raise StepError(
                f"ref_calendar.csv has no {code} for {period.code}; add a line without a province."
            )
        best = max(rank for rank, _ in found)
        rules = [rule for rank, rule in found if rank == best]
        if len(rules) > 1:
            raise StepError(
                f"{rules[0]} and {rules[1].value} both hold for {period.code}; end one by valid_to."
            )
        return rules[0]


def load_calendar(path: Path = SEEDS_DIRECTORY / "ref_calendar.csv") -> Calendar:
    """The calendar of the project."""

    def day(text: str) -> date | None:
        return date.fromisoformat(text) if text else None

    with path.open(encoding="utf-8", newline="") as handle:
        return Calendar(
            Rule(
                row["rule_code"],
                row["province_code"],
                row["period_kind"],
                row["measure_code"],
                row["value"],
                day(row["valid_from"]),
                day(row["valid_to"]),
                row["basis"],
            )
            for row in csv.DictReader(handle)
        )


def calendar_files() -> dict[Path, str]:
    """Path and content of the two lists of dates: periods, and deadlines for all provinces and for those with their own."""
    calendar = load_calendar()
    periods, deadlines = [], []
    for period, basis in calendar.periods():
        periods.append(
            (period.code, period.kind, period.year, period.starts_on, period.cut_off_on, basis, _MARK)
        )
        for province_code in ("", *calendar.provinces):
            due = calendar.deadlines(period, province_code)
            deadlines.append(
                (
                    period.code,
                    province_code,
                    due.unit_on,
                    due.unit_basis,
                    due.ministry_on,
                    due.ministry_basis,
                    due.report_starts_on,
                    _MARK,
                )
            )
    period_columns = "period_code,period_kind,period_year,starts_on,cut_off_on,basis,generated_by"
    deadline_columns = (
        "period_code,province_code,deadline_on,deadline_basis,ministry_deadline_on,ministry_deadline_basis,"
        "report_starts_on,generated_by"
    )
    return {
        SEEDS_DIRECTORY / "ref_period.csv": _csv(period_columns, periods),
        SEEDS_DIRECTORY / "ref_deadline.csv": _csv(deadline_columns, deadlines),
    }


def _csv(header: str, rows: Iterable[tuple]) -> str:
    text = io.StringIO()
    text.write(header + "\n")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
