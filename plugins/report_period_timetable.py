"""The clock of the ministry report: one run after each half-year of NĐ 09/2019/NĐ-CP has closed."""

from __future__ import annotations

from typing import Any

import pendulum
from airflow.plugins_manager import AirflowPlugin
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable
from pendulum import DateTime

from pipeline.settings import TIME_ZONE

# NĐ 09/2019/NĐ-CP Điều 12: halves are cut off at the end of 14/6 and of 14/12; the next opens on the 15th.
OPENING_MONTHS = (6, 12)
OPENING_DAY = 15

# In the morning, so that the last night of grace has been loaded and published before it is frozen.
RUN_HOUR = 6


class ReportPeriodTimetable(Timetable):
    """Half-years of the state reporting calendar; a run starts some days after its cut-off.

    The data interval is the half-year itself, open at its end: [15/6 00:00, 15/12 00:00), local time.
    """

    # The province answers to the Government by the 25th (NĐ 09/2019/NĐ-CP Điều 13). Late units need some
    # of the days in between and the signing the rest.
    def __init__(self, grace_days: int = 5) -> None:
        self.grace_days = grace_days

    @property
    def description(self) -> str:  # type: ignore[override]
        return f"After the cut-offs 14/6 and 14/12, with {self.grace_days} days of grace"

    @property
    def summary(self) -> str:
        """Show the rule instead of the class name in Airflow's pages."""
        return f"cut-offs 14/6, 14/12 + {self.grace_days} days"

    def serialize(self) -> dict[str, Any]:
        """Keep what `deserialize` needs."""
        return {"grace_days": self.grace_days}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> ReportPeriodTimetable:
        """Rebuild the timetable the scheduler stored."""
        return cls(grace_days=data["grace_days"])

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        """Give a run started by hand the last half-year that had closed by then."""
        return _half_ending_at(opening_on_or_before(run_after))

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """Return the half-year to report next and the moment its run may start."""
        candidates = []
        if last_automated_data_interval is not None:
            candidates.append(last_automated_data_interval.end)
        elif restriction.earliest is not None:
            candidates.append(_opening_on_or_after(restriction.earliest))
        if not restriction.catchup:
            due = self.latest_due(pendulum.now(TIME_ZONE))
            # A server that was off reports late; a new one was never asked for what closed before it.
            candidates.append(due.end if last_automated_data_interval is None else due.start)
        if not candidates:
            return None
        start = max(candidates)
        if restriction.latest is not None and start > restriction.latest:
            return None
        interval = DataInterval(_local(start), _opening_after(start))
        return DagRunInfo(run_after=self.run_after(interval), data_interval=interval)

    def run_after(self, interval: DataInterval) -> DateTime:
        """Return the moment the report of a half-year may start."""
        return interval.end.add(days=self.grace_days).set(hour=RUN_HOUR)

    def latest_due(self, moment: DateTime) -> DataInterval:
        """Return the newest half-year whose report may have started by a moment."""
        newest = self.infer_manual_data_interval(run_after=moment)
        if self.run_after(newest) <= moment:
            return newest
        return _half_ending_at(newest.start)


def opening_on_or_before(moment: DateTime) -> DateTime:
    """Return the last opening of a half-year that is not after a moment."""
    local = _local(moment)
    return max(opening for opening in _openings(local.year - 1, local.year) if opening <= local)


def period_code_at(moment: DateTime) -> str:
    """Return the code of the last half-year that had closed by a moment: 2024H2 from 15/12/2024 on."""
    opening = opening_on_or_before(moment)
    return f"{opening.year}H{OPENING_MONTHS.index(opening.month) + 1}"


def _opening_after(moment: DateTime) -> DateTime:
    local = _local(moment)
    return min(opening for opening in _openings(local.year, local.year + 1) if opening > local)


def _opening_on_or_after(moment: DateTime) -> DateTime:
    local = _local(moment)
    return min(opening for opening in _openings(local.year, local.year + 1) if opening >= local)


def _half_ending_at(end: DateTime) -> DataInterval:
    return DataInterval(opening_on_or_before(end.subtract(days=1)), end)


def _openings(*years: int) -> list[DateTime]:
    return [pendulum.datetime(y, month, OPENING_DAY, tz=TIME_ZONE) for y in years for month in OPENING_MONTHS]


def _local(moment: DateTime) -> DateTime:
    return pendulum.instance(moment).in_timezone(TIME_ZONE)


class ReportPeriodPlugin(AirflowPlugin):
    """Makes the timetable known to Airflow: an unregistered one cannot be stored with its DAG."""

    name = "report_period_timetable"
    timetables = [ReportPeriodTimetable]
