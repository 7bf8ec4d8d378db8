"""The clock of the ministry report: one run for each half-year, on the day the reporting calendar gives it."""

from __future__ import annotations

from datetime import date, timedelta

import pendulum
from airflow.plugins_manager import AirflowPlugin
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable
from pendulum import DateTime

from ingest.reference import Period, deadlines, periods
from pipeline.settings import TIME_ZONE, province_served

# In the morning, so that the last night of grace has been loaded and published before it is frozen.
RUN_HOUR = 6


class ReportPeriodTimetable(Timetable):
    """Half-years of the state reporting calendar; a run starts some working days after the units' deadline.

    The data interval is the half-year itself, open at its end: [15/6 00:00, 15/12 00:00), local time. Which days these are,
    and when the run starts, stands in ref_calendar.csv.
    """

    description = "After each half-year, on the day of report_start in ref_calendar.csv"

    @property
    def summary(self) -> str:
        """Show the rule instead of the class name in Airflow's pages."""
        return "report_start of ref_calendar.csv"

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        """Give a run started by hand the last half-year that had closed by then."""
        return _interval(_last_half(run_after, _closed_at))

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """Return the half-year to report next and the moment its run may start; none after the last one listed."""
        candidates = []
        if last_automated_data_interval is not None:
            candidates.append(last_automated_data_interval.end)
        elif restriction.earliest is not None:
            candidates.append(restriction.earliest)
        if not restriction.catchup:
            due = self.latest_due(pendulum.now(TIME_ZONE))
            # A server that was off reports late; a new one was never asked for what closed before it.
            candidates.append(due.end if last_automated_data_interval is None else due.start)
        if not candidates:
            return None
        start = max(candidates)
        half = next((half for half in _halves() if _midnight(half.starts_on) >= start), None)
        if half is None or (
            restriction.latest is not None and _midnight(half.starts_on) > restriction.latest
        ):
            return None
        return DagRunInfo(run_after=_report_starts_at(half), data_interval=_interval(half))

    def run_after(self, interval: DataInterval) -> DateTime:
        """Return the moment the report of a half-year may start."""
        return _report_starts_at(next(half for half in _halves() if _closed_at(half) == interval.end))

    def latest_due(self, moment: DateTime) -> DataInterval:
        """Return the newest half-year whose report may have started by a moment."""
        return _interval(_last_half(moment, _report_starts_at))


def period_code_at(moment: DateTime) -> str:
    """Return the code of the last half-year that had closed by a moment: 2024H2 from 15/12/2024 on."""
    return _last_half(moment, _closed_at).code


def _halves() -> list[Period]:
    return sorted((p for p in periods().values() if p.kind != "Y"), key=lambda p: p.starts_on)


def _last_half(moment: DateTime, happened_at) -> Period:
    """The newest half-year of which something had happened by a moment."""
    half = next((half for half in reversed(_halves()) if happened_at(half) <= moment), None)
    if half is None:
        raise LookupError(f"The reporting calendar (ref_calendar.csv) knows no half-year before {moment}.")
    return half


def _closed_at(half: Period) -> DateTime:
    return _midnight(half.cut_off_on + timedelta(days=1))


def _report_starts_at(half: Period) -> DateTime:
    return _midnight(deadlines(half, province_served()).report_starts_on).set(hour=RUN_HOUR)


def _interval(half: Period) -> DataInterval:
    return DataInterval(_midnight(half.starts_on), _closed_at(half))


def _midnight(day: date) -> DateTime:
    return pendulum.datetime(day.year, day.month, day.day, tz=TIME_ZONE)


class ReportPeriodPlugin(AirflowPlugin):
    """Makes the timetable known to Airflow: an unregistered one cannot be stored with its DAG."""

    name = "report_period_timetable"
    timetables = [ReportPeriodTimetable]
