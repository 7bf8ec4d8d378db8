"""The clock of the ministry report: half-years without gap or overlap, cut off where the law says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.reference import deadlines, periods

# The calendar lists the half-years of 2019 to 2035.
moments = st.datetimes(datetime(2019, 7, 1), datetime(2032, 1, 1), timezones=st.just(UTC))


@pytest.fixture(scope="module")
def clock(metadata):
    import report_period_timetable

    return report_period_timetable


def chain(clock, first: datetime, length: int = 5) -> list:
    """Return the runs a scheduler would start one after the other, if it had to catch up on all."""
    from airflow.timetables.base import TimeRestriction
    from pendulum import instance

    restriction = TimeRestriction(instance(first), None, catchup=True)
    runs, last = [], None
    for _ in range(length):
        runs.append(
            clock.ReportPeriodTimetable().next_dagrun_info(
                last_automated_data_interval=last, restriction=restriction
            )
        )
        last = runs[-1].data_interval
    return runs


@given(moments)
def test_half_years_tile(clock, first):
    runs = chain(clock, first)
    assert runs[0].data_interval.start >= first
    for before, after in zip(runs, runs[1:], strict=False):
        assert before.data_interval.end == after.data_interval.start
        assert before.run_after < after.run_after


@given(moments)
def test_every_half_year_opens_on_the_15th_of_june_or_december(clock, first):
    for run in chain(clock, first):
        for edge in run.data_interval:
            assert (edge.month, edge.day, edge.hour) in {(6, 15, 0), (12, 15, 0)}
            assert edge.timezone_name == "Asia/Ho_Chi_Minh"


@given(moments)
def test_a_report_starts_on_a_working_day_between_the_deadlines_of_units_and_province(clock, first):
    for run in chain(clock, first):
        due = deadlines(periods()[clock.period_code_at(run.data_interval.end)], "58")
        assert (run.run_after.date(), run.run_after.hour) == (due.report_starts_on, 6)
        assert due.unit_on < run.run_after.date() <= due.ministry_on


@given(moments)
def test_a_run_by_hand_reports_the_last_half_year_that_had_closed(clock, moment):
    from pendulum import instance

    half = clock.ReportPeriodTimetable().infer_manual_data_interval(run_after=instance(moment))
    assert (
        half.end
        <= moment
        < clock.ReportPeriodTimetable()
        .infer_manual_data_interval(run_after=instance(moment).add(days=184))
        .end
    )
    assert clock.period_code_at(half.end) == clock.period_code_at(instance(moment))


@given(moments)
def test_the_latest_due_report_is_due_and_the_next_one_is_not(clock, moment):
    from pendulum import instance

    timetable = clock.ReportPeriodTimetable()
    due = timetable.latest_due(instance(moment))
    following = timetable.infer_manual_data_interval(run_after=due.end.add(days=190))
    assert timetable.run_after(due) <= moment < timetable.run_after(following)
    assert following.start == due.end


def test_cut_offs_are_those_of_the_list_of_periods_and_after_the_last_there_is_none(clock):
    from airflow.timetables.base import TimeRestriction
    from pendulum import instance

    halves = sorted((p for p in periods().values() if p.kind != "Y"), key=lambda p: p.starts_on)
    runs = chain(clock, datetime.fromisoformat(f"{halves[0].starts_on}T00:00+07:00"), len(halves))
    for half, run in zip(halves, runs, strict=True):
        assert clock.period_code_at(run.data_interval.end) == half.code
        assert run.data_interval.start.date() == half.starts_on
        assert run.data_interval.end.date() - timedelta(days=1) == half.cut_off_on
    beyond = TimeRestriction(instance(runs[0].run_after), None, catchup=True)
    assert (
        clock.ReportPeriodTimetable().next_dagrun_info(
            last_automated_data_interval=runs[-1].data_interval, restriction=beyond
        )
        is None
    )


def test_after_a_long_silence_only_the_last_report_is_made(clock, monkeypatch):
    import pendulum
    from airflow.timetables.base import TimeRestriction

    monkeypatch.setattr(clock.pendulum, "now", lambda tz: pendulum.datetime(2026, 3, 1, tz=tz))
    timetable = clock.ReportPeriodTimetable()
    restriction = TimeRestriction(pendulum.datetime(2023, 12, 14, 17), None, catchup=False)

    last = timetable.infer_manual_data_interval(run_after=pendulum.datetime(2024, 7, 1))

    due = timetable.next_dagrun_info(last_automated_data_interval=last, restriction=restriction)
    then = timetable.next_dagrun_info(last_automated_data_interval=due.data_interval, restriction=restriction)

    assert clock.period_code_at(due.data_interval.end) == "2025H2"
    assert clock.period_code_at(then.data_interval.end) == "2026H1"


def test_a_new_server_makes_no_report_of_what_closed_before_it(clock, monkeypatch):
    import pendulum
    from airflow.timetables.base import TimeRestriction

    monkeypatch.setattr(clock.pendulum, "now", lambda tz: pendulum.datetime(2026, 3, 1, tz=tz))
    never_ran = TimeRestriction(None, None, catchup=False)
    first = clock.ReportPeriodTimetable().next_dagrun_info(
        last_automated_data_interval=None, restriction=never_ran
    )
    assert clock.period_code_at(first.data_interval.end) == "2026H1"


def test_no_report_starts_after_the_last_day_of_its_dag(clock):
    import pendulum
    from airflow.timetables.base import TimeRestriction

    ended = TimeRestriction(pendulum.datetime(2024, 1, 1), pendulum.datetime(2024, 2, 1), catchup=True)
    assert (
        clock.ReportPeriodTimetable().next_dagrun_info(last_automated_data_interval=None, restriction=ended)
        is None
    )


def test_the_clock_survives_being_stored_also_by_an_earlier_version(clock):
    for stored in (clock.ReportPeriodTimetable().serialize(), {"grace_days": 5}):
        again = clock.ReportPeriodTimetable.deserialize(stored)
        assert again.summary == "report_start of ref_calendar.csv"


def test_before_its_first_half_year_the_calendar_says_so(clock):
    import pendulum

    with pytest.raises(LookupError, match="knows no half-year before 2019-01-01"):
        clock.period_code_at(pendulum.datetime(2019, 1, 1))
