"""The nightly load: files that arrived become the published warehouse, or the last good one stays."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import Asset, CronTriggerTimetable, dag, task, teardown

from pipeline.airflow_access import WRITER_POOL
from pipeline.dag_run import ENDED, alert, night_settings, run_night_step, runbook
from pipeline.settings import TIME_ZONE

PUBLISHED = Asset(name="ocop_published", uri="file:///published/ocop.duckdb")
VERBS = ["land", "load", "build", "gate", "publish"]


@dag(
    dag_id="nightly_load",
    description="land → load → build → gate → publish",
    doc_md=runbook("nightly_load"),
    schedule=CronTriggerTimetable("0 22 * * *", timezone=TIME_ZONE),
    # No start date: a new server waits for its first due moment instead of making up for one it was not there for.
    catchup=False,
    # One candidate file, one writer: two nights at once would build over each other.
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=3),
    default_args={"owner": "reporting-desk", "pool": WRITER_POOL, "on_failure_callback": alert},
    tags=["ocop", "nightly"],
)
def nightly_load():
    # It reads a folder others write to: a share that was away comes back. Load, build and gate would fail again
    # on the same files.
    @task(
        retries=3,
        retry_delay=timedelta(minutes=2),
        retry_exponential_backoff=True,
        execution_timeout=timedelta(minutes=30),
        doc_md=runbook("land"),
    )
    def land(**context) -> str:
        return run_night_step(context, "land")

    @task(execution_timeout=timedelta(hours=1), doc_md=runbook("load"))
    def load(**context) -> str:
        return run_night_step(context, "load")

    @task(owner="provincial-it", execution_timeout=timedelta(hours=1), doc_md=runbook("build"))
    def build(**context) -> str:
        return run_night_step(context, "build")

    @task(execution_timeout=timedelta(minutes=20), doc_md=runbook("gate"))
    def gate(**context) -> str:
        return run_night_step(context, "gate", "nightly")

    # A file that a reader on a Windows share holds open is closed again.
    @task(
        outlets=[PUBLISHED],
        retries=3,
        retry_delay=timedelta(minutes=15),
        execution_timeout=timedelta(minutes=10),
        doc_md=runbook("publish"),
    )
    def publish(**context) -> str:
        return run_night_step(context, "publish")

    # A teardown runs whatever came before, and its own success does not make a night that broke a good one.
    @teardown
    @task(execution_timeout=timedelta(minutes=5), doc_md=runbook("summary"))
    def summary(**context) -> str:
        from pipeline.run_summary import summarise

        ended = [context["ti"].xcom_pull(task_ids=verb, key=ENDED) for verb in VERBS]
        nothing = {"exit_code": None, "summary": None}
        steps = [{"verb": verb, **(said or nothing)} for verb, said in zip(VERBS, ended, strict=True)]
        return str(summarise(night_settings(context), steps))

    # Mail waits in the spool where its server is down, and the next try sends it.
    @teardown
    @task(
        retries=3,
        retry_delay=timedelta(minutes=10),
        retry_exponential_backoff=True,
        execution_timeout=timedelta(minutes=30),
        doc_md=runbook("tell"),
    )
    def tell(**context) -> str:
        return run_night_step(context, "tell")

    land() >> load() >> build() >> gate() >> publish() >> summary() >> tell()


nightly_load()
