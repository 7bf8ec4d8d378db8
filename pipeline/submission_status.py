"""Who is expected for a period, who has sent and who in time, and how long there is left."""

from __future__ import annotations

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ingest.reference import Period, deadlines, periods
from pipeline.home import published_database, rows_of
from pipeline.outcome import StepError
from pipeline.settings import TIME_ZONE, Settings


def submission_status(settings: Settings, period_code: str | None = None) -> dict:
    """The units expected for a period, their filings, rates and deadlines; without a period, the last one closed."""
    import duckdb

    database = published_database(settings)
    period_code = period_code or _last_closed(min(settings.as_of, _built_on(settings)))
    if (period := periods().get(period_code)) is None:
        raise StepError(f"Period {period_code} is not known; write it like 2024H1, 2024H2 or 2024Y.")
    with duckdb.connect(str(database), read_only=True) as connection:
        units = rows_of(
            connection,
            "select s.*, f.submission_id from rpt_ministry__submission_status as s "
            "left join fct_submission as f on s.unit_code = f.unit_code and s.period_code = f.period_code "
            "and f.is_latest_accepted where s.period_code = $period order by s.row_no",
            period=period_code,
        )
    if not units:
        raise StepError(
            f"Nobody has filed for {period_code} yet, and it was not due when the warehouse was built."
        )
    due = deadlines(period, settings.province_code)
    return {
        "period": period_code,
        "cut_off_on": period.cut_off_on,
        "deadline_on": due.unit_on,
        "ministry_deadline_on": due.ministry_on,
        **rates(units),
        "units": units,
    }


def rates(units: list[dict]) -> dict:
    """How many are expected, of them received, of them on time; a filing that says "nothing to report" is received.

    A unit whose rows a list of the province brought is received, and neither on time nor late.
    """
    received = [unit for unit in units if unit["submission_status_code"] == "received"]
    on_time = [unit for unit in received if unit["is_on_time"]]
    counts = {
        "expected_count": len(units),
        "received_count": len(received),
        "on_time_count": len(on_time),
    }
    shares = {"received_pct": len(received), "on_time_pct": len(on_time)}
    return counts | {name: round(100 * count / len(units), 1) for name, count in shares.items()}


def due_words(deadline_on: date, day: date) -> str:
    """How a day stands to a deadline: "còn 3 ngày", "hôm nay là hạn cuối", "đã quá 2 ngày"."""
    left = (deadline_on - day).days
    if left == 0:
        return "hôm nay là hạn cuối"
    return f"còn {left} ngày" if left > 0 else f"đã quá {-left} ngày"


def half_due(day: date, province_code: str) -> Period:
    """The half-year whose report the province owes next."""
    owed = [
        half
        for half in periods().values()
        if half.kind != "Y" and deadlines(half, province_code).ministry_on >= day
    ]
    if not owed:
        raise StepError(f"The reporting calendar ends before {day}; raise last_year in ref_calendar.csv.")
    return min(owed, key=lambda half: half.cut_off_on)


def _built_on(settings: Settings) -> date:
    """Day of the published warehouse: it lists no period that came due later."""
    verdict = json.loads((settings.published / "gate.json").read_text(encoding="utf-8"))
    return datetime.fromisoformat(verdict["checked_at"]).astimezone(ZoneInfo(TIME_ZONE)).date()


def _last_closed(day: date) -> str:
    closed = [period for period in periods().values() if period.kind != "Y" and period.cut_off_on <= day]
    return max(closed, key=lambda period: period.cut_off_on).code
