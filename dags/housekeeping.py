"""Housekeeping: what the house needs besides its nights — a backup, proof that nothing was changed, room on the disk."""

from __future__ import annotations

import sys
from datetime import timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import CronTriggerTimetable, Param, dag, task

from pipeline.airflow_access import WRITER_POOL
from pipeline.dag_run import alert, run_step, runbook
from pipeline.settings import TIME_ZONE

# A task may not reach the metadata database through Airflow's own variable, which is taken from its environment; where
# the variable is a command (docker-compose.yml, make airflow), the command is what remains.
CLEAN_METADATA = f"""
env --unset=AIRFLOW__DATABASE__SQL_ALCHEMY_CONN {sys.executable} -m airflow db clean --yes --skip-archive \\
    --clean-before-timestamp "{{{{ macros.ds_add(dag_run.run_after | ds, -params.keep_days) }}}}T00:00:00+07:00"
"""


@dag(
    dag_id="housekeeping",
    description="verify; backup → tidy; clean the metadata",
    doc_md=runbook("housekeeping"),
    # After the night, before the desk opens.
    schedule=CronTriggerTimetable("0 3 * * *", timezone=TIME_ZONE),
    # No start date: a new server waits for its first due moment instead of making up for one it was not there for.
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    default_args={
        "owner": "provincial-it",
        "execution_timeout": timedelta(hours=2),
        "on_failure_callback": alert,
    },
    params={
        "keep_days": Param(
            180,
            type="integer",
            minimum=30,
            title="Số ngày giữ lịch sử chạy",
            description="Airflow's own history",
        )
    },
    tags=["ocop", "housekeeping"],
)
def housekeeping():
    @task(doc_md=runbook("verify"))
    def verify(**context) -> str:
        return run_step(context, "verify")

    # It may go to a share or a disk that was away for a moment.
    @task(
        pool=WRITER_POOL,
        retries=2,
        retry_delay=timedelta(minutes=10),
        retry_exponential_backoff=True,
        doc_md=runbook("backup"),
    )
    def backup(**context) -> str:
        return run_step(context, "backup")

    # Behind the backup: nothing is deleted on a day nothing was kept.
    @task(pool=WRITER_POOL, doc_md=runbook("tidy"))
    def tidy(**context) -> str:
        return run_step(context, "tidy")

    clean = BashOperator(
        task_id="clean_metadata", bash_command=CLEAN_METADATA, doc_md=runbook("clean_metadata")
    )
    verify()
    backup() >> tidy() >> clean


housekeeping()
