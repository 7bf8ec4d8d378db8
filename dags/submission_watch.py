"""The submission watch: as a deadline comes near, who has not sent yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.sdk import CronTriggerTimetable, dag, task
from airflow.sdk.exceptions import AirflowSkipException
from report_period_timetable import ReportPeriodTimetable, period_code_at

from pipeline.dag_run import alert, moment_of, run_step, runbook, settings_of
from pipeline.settings import TIME_ZONE

REPORT_CLOCK = ReportPeriodTimetable()
# Three weeks before a cut-off there is still time to telephone.
WATCH_BEFORE_CUT_OFF = timedelta(days=21)


def period_near(moment: datetime) -> str | None:
    """Return the half-year whose cut-off is near and whose report has not started, if there is one."""
    half = REPORT_CLOCK.infer_manual_data_interval(run_after=moment + WATCH_BEFORE_CUT_OFF)
    return period_code_at(half.end) if moment < REPORT_CLOCK.run_after(half) else None


@dag(
    dag_id="submission_watch",
    description="Names the expected units that have not sent",
    doc_md=runbook("submission_watch"),
    schedule=CronTriggerTimetable("0 8 * * *", timezone=TIME_ZONE),
    # No start date: a new server waits for its first due moment instead of making up for one it was not there for.
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "reporting-desk", "on_failure_callback": alert},
    tags=["ocop", "watch"],
)
def submission_watch():
    @task(execution_timeout=timedelta(minutes=10), doc_md=runbook("missing_units"))
    def missing_units(dag_run=None) -> list[str]:
        from pipeline import steps

        period = period_near(moment_of(dag_run))
        if period is None:
            raise AirflowSkipException("No deadline is near.")
        units = steps.status(settings_of(dag_run), period)["units"]
        missing = [
            f"{unit['unit_code']} {unit['unit_name']}: {unit['submission_status_code']}"
            for unit in units
            if unit["submission_status_code"] in ("missing", "refused")
        ]
        print(f"{period}: {len(missing)} of {len(units)} units still have to send")
        print("\n".join(missing))
        return missing

    @task(execution_timeout=timedelta(minutes=30), doc_md=runbook("remind"))
    def remind(**context) -> str:
        return run_step(context, "remind", period_near(moment_of(context["dag_run"])))

    missing_units() >> remind()


submission_watch()
