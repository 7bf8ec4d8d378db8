"""Deadlines are working days after the cut-off, a province's own rule wins, and the written dates are those of the rules."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.reference import deadlines, periods
from pipeline.calendar import Calendar, Rule, calendar_files, load_calendar
from pipeline.outcome import StepError

DAYS = st.dates(date(2019, 1, 1), date(2035, 12, 31))
PERIODS = st.sampled_from(sorted(periods().values(), key=lambda p: p.code))
KHANH_HOA, NINH_THUAN = "56", "58"


def rule(code, value, province="", kind="", measure=None, valid_from=None, valid_to=None):
    measures = {"cut_off": "month_day", "last_year": "year", "day_off": "date", "working_day": "date"}
    measure = measure or measures.get(code, "working_days")
    return Rule(
        code, province, kind, measure, str(value), valid_from, valid_to, f"{code} {province or 'all'}"
    )


@cache
def cut_offs():
    since = date(2019, 3, 12)
    halves = {"H1": "06-14", "H2": "12-14", "Y": "12-14"}
    return (
        *(rule("cut_off", value, kind=kind, valid_from=since) for kind, value in halves.items()),
        rule("last_year", 2035),
    )


def calendar(*rules, unit=2, start=3):
    return Calendar(
        [
            *cut_offs(),
            rule("unit_deadline", unit),
            rule("report_start", start),
            rule("ministry_deadline", 25, measure="day_of_month"),
            *rules,
        ]
    )


PLAIN = calendar()


@given(DAYS, st.integers(1, 30))
def test_the_working_day_after_counts_working_days_only(day, count):
    due = PLAIN.working_day_after(day, count)
    between = [day + timedelta(days=n) for n in range(1, (due - day).days + 1)]
    assert PLAIN.is_working_day(due)
    assert sum(map(PLAIN.is_working_day, between)) == count


@given(DAYS, st.integers(1, 30), st.integers(0, 30), st.integers(0, 30))
def test_a_later_day_or_more_working_days_never_bring_an_earlier_deadline(day, count, later, more):
    due = PLAIN.working_day_after(day, count)
    assert PLAIN.working_day_after(day + timedelta(days=later), count + more) >= due
    assert more == 0 or PLAIN.working_day_after(day, count + more) > due


@given(PERIODS, st.integers(1, 5), st.integers(1, 2))
def test_deadlines_are_working_days_in_their_order_after_the_cut_off(period, unit, start):
    found = calendar(unit=unit, start=start).deadlines(period)
    assert period.cut_off_on < found.unit_on < found.report_starts_on <= found.ministry_on
    assert all(map(PLAIN.is_working_day, (found.unit_on, found.report_starts_on, found.ministry_on)))


@given(PERIODS, st.sampled_from([1, 3, 4]), st.sampled_from(["H1", "H2", "Y"]))
def test_the_rule_of_a_province_wins_there_and_nowhere_else(period, own, kind):
    mixed = calendar(
        rule("unit_deadline", own, province=KHANH_HOA),
        rule("unit_deadline", 5, kind=kind),  # the province goes before the kind of period
        start=1,
    )
    common = 5 if period.kind == kind else 2
    assert mixed.deadlines(period, KHANH_HOA).unit_on == PLAIN.working_day_after(period.cut_off_on, own)
    assert mixed.deadlines(period, NINH_THUAN).unit_on == PLAIN.working_day_after(period.cut_off_on, common)
    assert mixed.deadlines(period, KHANH_HOA).unit_basis == "unit_deadline 56"


@given(PERIODS, DAYS)
def test_a_rule_counts_for_periods_cut_off_while_it_is_valid(period, day):
    changed = Calendar(
        [
            *cut_offs(),
            rule("unit_deadline", 2, valid_to=day),
            rule("unit_deadline", 4, valid_from=day + timedelta(days=1)),
            rule("report_start", 1),
            rule("ministry_deadline", 25, measure="day_of_month"),
        ]
    )
    count = 2 if period.cut_off_on <= day else 4
    assert changed.deadlines(period).unit_on == PLAIN.working_day_after(period.cut_off_on, count)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2024-12-14", False),  # a Saturday
        ("2025-01-29", False),  # Tết
        ("2025-05-02", False),  # swapped for a Saturday …
        ("2025-04-26", True),  # … on which offices worked
        ("2023-05-03", False),  # in lieu of 30/4, a Sunday
        ("2026-11-24", False),  # Ngày Văn hóa Việt Nam, since 2026
        ("2025-11-24", True),
    ],
)
def test_public_holidays_of_viet_nam(day, works):
    assert PLAIN.is_working_day(date.fromisoformat(day)) is works


def test_days_off_and_working_days_are_stated_where_the_list_of_holidays_is_silent():
    stated = calendar(
        rule("day_off", "2024-12-16"),
        rule("working_day", "2024-12-15", province=KHANH_HOA),
        rule("working_day", "2024-12-16", province=KHANH_HOA),
    )
    period = periods()["2024H2"]
    assert PLAIN.deadlines(period).unit_on == date(2024, 12, 17)
    assert stated.deadlines(period).unit_on == date(2024, 12, 18)
    assert stated.deadlines(period, KHANH_HOA).unit_on == date(2024, 12, 16)


def test_a_fixed_day_that_is_a_day_off_moves_to_the_next_working_day():
    # 25/12/2022 was a Sunday
    assert PLAIN.deadlines(periods()["2022H2"]).ministry_on == date(2022, 12, 26)


def test_new_cut_offs_leave_no_day_out_and_none_twice():
    changed = Calendar(
        [
            rule("cut_off", "06-14", kind="H1", valid_from=date(2019, 3, 12), valid_to=date(2026, 12, 31)),
            rule("cut_off", "06-30", kind="H1", valid_from=date(2027, 1, 1)),
            *(r for r in cut_offs() if r.period_kind != "H1"),
        ]
    )
    halves = [period for period, _ in changed.periods() if period.kind != "Y"]
    assert {h.cut_off_on.day for h in halves if h.kind == "H1"} == {14, 30}
    for before, after in zip(halves, halves[1:], strict=False):
        assert after.starts_on == before.cut_off_on + timedelta(days=1)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: rule("cut_off", "14-06", kind="H1"), "'14-06' is no month_day; write 06-14"),
        (
            lambda: rule("cut_off", "06-14", kind="H1", province="56"),
            "periods are the same in every province",
        ),
        (lambda: rule("cut_off", "06-14"), "a cut-off needs its period_kind"),
        (lambda: rule("unit_deadline", 0), "'0' is no working_days"),
        (lambda: rule("unit_deadline", 31, measure="day_of_month"), "'31' is no day_of_month"),
        (lambda: rule("deadline", 2), "deadline is not a rule measured in working_days"),
        (
            lambda: calendar(rule("day_off", "2027-02-05"), rule("working_day", "2027-02-05")),
            "both as a day off and as a working day",
        ),
        (
            lambda: calendar(rule("unit_deadline", 3)).deadlines(periods()["2024H2"]),
            "unit_deadline 2 and 3 both hold for 2024H2",
        ),
        (
            lambda: calendar(unit=9).deadlines(periods()["2024H2"]),
            "the units are due on 2024-12-26, the report starts on 2024-12-31 and is due on 2024-12-25",
        ),
        (lambda: Calendar(cut_offs()).deadlines(periods()["2024H2"]), "has no unit_deadline for 2024H2"),
        (lambda: Calendar([rule("last_year", 2035)]), "has no cut_off;"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_named(make, sentence):
    with pytest.raises(StepError, match=sentence):
        make()


def test_the_written_dates_are_what_the_project_reads():
    assert all(path.read_text(encoding="utf-8") == text for path, text in calendar_files().items())
    known = load_calendar()
    for period, _ in known.periods():
        assert periods()[period.code] == period
        served = KHANH_HOA if period.cut_off_on > date(2025, 6, 30) else NINH_THUAN
        assert deadlines(period, NINH_THUAN) == known.deadlines(period, served)


def test_after_the_merger_the_deadline_is_that_of_the_new_province():
    assert deadlines(periods()["2025H1"], NINH_THUAN).unit_basis.startswith("Quy định tạm thời")
    assert (
        deadlines(periods()["2025H2"], NINH_THUAN).unit_basis
        == "Quyết định số 01/2023/QĐ-UBND của Ủy ban nhân dân tỉnh Khánh Hòa"
    )
