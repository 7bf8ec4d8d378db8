"""The nightly load: files that arrived become the published warehouse, or the last good one stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.sdk import Asset, CronTriggerTimetable, dag, task

from pipeline.dag_run import alert, passed, settings_of
from pipeline.settings import TIME_ZONE

PUBLISHED = Asset(name="ocop_published", uri="file:///published/ocop.duckdb")


@dag(
    dag_id="nightly_load",
    description="land → load → build → gate → publish",
    doc_md="""
### Nightly load
Takes what the reporting units have put into `landing/` and publishes the warehouse the analysts read.

| task | does | when it fails |
|---|---|---|
| land | recognises unit, period and form version, keeps the original | the file stays in `landing/` |
| load | accepts or refuses each workbook whole, receipt to `outbox/` | a refused workbook is no failure |
| build | `dbt build` into a candidate file | the last good warehouse stays published |
| gate | suite *nightly* on the candidate | **held back**: `build/gate.html` names the rule and what to do |
| publish | puts the candidate in the place of the published one | the last good warehouse stays published |
| tell | receipts to the senders, digest to the desk, by mail | mail waits in `post/spool/` and goes out later |

The clock is the run's: `as_of` is its local date, `known_at` its moment. To repeat a past night, trigger
with that logical date. Every task may be cleared and run again alone.
""",
    schedule=CronTriggerTimetable("0 22 * * *", timezone=TIME_ZONE),
    start_date=datetime(2024, 1, 1, tzinfo=ZoneInfo(TIME_ZONE)),
    catchup=False,
    # One candidate file, one writer: two nights at once would build over each other.
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=3),
    default_args={"owner": "reporting-desk", "on_failure_callback": alert},
    tags=["ocop", "nightly"],
)
def nightly_load():
    # It reads a folder others write to: a share that was away comes back. Load, build and gate would fail again
    # on the same files.
    @task(retries=2, retry_delay=timedelta(minutes=5))
    def land(dag_run=None) -> str:
        from pipeline import steps

        return passed(steps.land(settings_of(dag_run)))

    @task
    def load(dag_run=None) -> str:
        from pipeline import steps

        return passed(steps.load(settings_of(dag_run)))

    @task(owner="provincial-it")
    def build(dag_run=None) -> str:
        from pipeline import steps

        return passed(steps.build(settings_of(dag_run)))

    @task
    def gate(dag_run=None) -> str:
        from pipeline import steps

        return passed(steps.gate(settings_of(dag_run), "nightly"))

    # A file that a reader on a Windows share holds open is closed again.
    @task(outlets=[PUBLISHED], retries=3, retry_delay=timedelta(minutes=15))
    def publish(dag_run=None) -> str:
        from pipeline import steps

        return passed(steps.publish(settings_of(dag_run)))

    # A teardown runs whatever the night came to, and a night that failed stays a failed one.
    @task(retries=3, retry_delay=timedelta(minutes=10), retry_exponential_backoff=True)
    def tell(dag_run=None) -> str:
        from pipeline import steps

        return passed(steps.tell(settings_of(dag_run)))

    land() >> load() >> build() >> gate() >> publish() >> tell().as_teardown()


nightly_load()
