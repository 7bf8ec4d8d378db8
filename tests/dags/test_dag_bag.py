"""Every DAG can be read, stored and scheduled."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from pipeline.airflow_access import WRITER_POOL
from pipeline.dag_run import moment_of, night_settings, runbook, settings_of

CHAINS = {
    "nightly_load": ["land", "load", "build", "gate", "publish", "summary", "tell"],
    "ministry_report": ["night", "freeze", "gate", "report", "approve", "release"],
    "submission_watch": ["missing_units", "remind"],
    "housekeeping": ["backup", "tidy", "clean_metadata"],
    "decision": ["decide"],
}
BESIDE = {"housekeeping": ["verify"]}


def test_dag_files_are_read_without_errors(bag):
    assert bag.import_errors == {}
    assert set(bag.dags) == set(CHAINS)


@pytest.mark.parametrize("dag_id", CHAINS)
def test_tasks_stand_in_the_order_of_the_verbs(bag, dag_id):
    dag = bag.dags[dag_id]
    verbs = CHAINS[dag_id]
    assert set(dag.task_ids) == {*verbs, *BESIDE.get(dag_id, ())}
    for verb, following in zip(verbs, verbs[1:], strict=False):
        assert following in dag.task_dict[verb].downstream_task_ids


@pytest.mark.parametrize("dag_id", CHAINS)
def test_dag_tells_what_it_is_and_whose(bag, dag_id):
    dag = bag.dags[dag_id]
    assert dag.doc_md
    assert dag.tags
    assert dag.catchup is False
    assert dag.max_active_runs == 1
    assert "airflow" not in {task.owner for task in dag.tasks}
    assert all(task.on_failure_callback for task in dag.tasks)


@pytest.mark.parametrize("dag_id", CHAINS)
def test_dag_can_be_stored(bag, dag_id):
    from airflow.serialization.serialized_objects import DagSerialization

    stored = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(bag.dags[dag_id]))
    assert type(stored.timetable).__name__ == type(bag.dags[dag_id].timetable).__name__
    assert set(stored.task_ids) == set(bag.dags[dag_id].task_ids)


def test_night_starts_at_22_local_time(bag, at):
    from airflow.serialization.encoders import coerce_to_core_timetable
    from airflow.timetables.base import TimeRestriction
    from pendulum import instance

    timetable = coerce_to_core_timetable(bag.dags["nightly_load"].timetable)
    due = timetable.next_dagrun_info(
        last_automated_data_interval=None,
        restriction=TimeRestriction(instance(at(2024, 12, 20, 12)), None, catchup=True),
    )
    assert due.run_after == at(2024, 12, 20, 22)
    assert due.logical_date == due.run_after


def test_only_what_waits_for_others_is_tried_again(bag):
    retried = {t.task_id for dag in bag.dags.values() for t in dag.tasks if t.retries}
    assert retried == {"land", "publish", "tell", "night", "backup"}


def test_every_task_has_an_end_and_every_writer_the_one_slot(bag):
    for dag in bag.dags.values():
        for each in dag.tasks:
            assert each.execution_timeout or each.task_id == "approve", each.task_id
    writers = {t.task_id for t in bag.dags["nightly_load"].tasks if t.pool == WRITER_POOL}
    assert writers == {*CHAINS["nightly_load"]}


@pytest.mark.slow
def test_dag_files_cost_little_to_read():
    """The DAG processor reads them over and over: nothing heavy may be imported at the top of a file."""
    code = """
import sys, time
import airflow.sdk, airflow.timetables.base, airflow.plugins_manager
import airflow.providers.standard.operators.hitl
from airflow import settings
settings.prepare_syspath_for_config_and_plugins()
sys.path.insert(0, settings.DAGS_FOLDER)
before = set(sys.modules); started = time.perf_counter()
import nightly_load, ministry_report, submission_watch, decision, housekeeping
elapsed = time.perf_counter() - started
new = set(sys.modules) - before
heavy = {"dbt", "duckdb", "great_expectations", "pandas", "docx", "pipeline.steps"} & new
print(elapsed, *heavy)
"""
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    elapsed, *heavy = printed.stdout.splitlines()[-1].split()
    assert heavy == []
    assert float(elapsed) < 1


def test_every_task_has_its_page_which_its_alerts_name(bag):
    """And no page of another: a verb of two DAGs has one heading."""
    for dag in bag.dags.values():
        for task in dag.tasks:
            assert task.doc_md == runbook(task.task_id), task.task_id
            assert task.doc_md, task.task_id


@pytest.mark.parametrize(
    ("run_type", "logical_date", "expected"),
    [
        ("manual", "2024-12-20T15:00+00:00", "2024-12-20T15:00+00:00"),
        ("manual", None, "2025-01-05T02:00+00:00"),
        # The logical date of a report run is the first day of its half-year.
        ("scheduled", "2024-06-14T17:00+00:00", "2025-01-05T02:00+00:00"),
    ],
)
def test_moment_of_a_run(run_type, logical_date, expected):
    run = SimpleNamespace(
        run_type=run_type,
        logical_date=logical_date and datetime.fromisoformat(logical_date),
        run_after=datetime.fromisoformat("2025-01-05T02:00+00:00"),
    )
    assert moment_of(run) == datetime.fromisoformat(expected)


def test_day_of_a_run_is_the_local_one(home):
    just_after_midnight = datetime(2024, 12, 14, 17, 30, tzinfo=UTC)
    run = SimpleNamespace(run_type="manual", logical_date=just_after_midnight, run_after=None)
    settings = settings_of(run)
    assert settings.as_of == date(2024, 12, 15)
    assert settings.known_at == just_after_midnight
    assert settings.home == home


class Instance:
    """A task of one night: what `land` leaves, the others find."""

    def __init__(self, task_id: str, started: str, left: dict) -> None:
        self.task_id, self.start_date, self._left = task_id, datetime.fromisoformat(started), left

    def xcom_push(self, key: str, value: str) -> None:
        self._left["land", key] = value

    def xcom_pull(self, task_ids: str, key: str) -> str | None:
        return self._left.get((task_ids, key))


@pytest.mark.parametrize(
    ("run_type", "logical_date", "run_after", "known_at_of_the_load"),
    [
        ("scheduled", "2024-12-17T22:00+07:00", "2024-12-17T22:00+07:00", "2024-12-18T08:00+07:00"),
        ("manual", None, "2024-12-18T07:50+07:00", "2024-12-18T08:00+07:00"),
        # As the form of the page fills it in: the moment it was opened.
        ("manual", "2024-12-18T07:49+07:00", "2024-12-18T07:50+07:00", "2024-12-18T08:00+07:00"),
        # A past night repeated: what has come since is not known on it.
        ("manual", "2024-12-16T22:00+07:00", "2024-12-18T07:50+07:00", "2024-12-16T22:00+07:00"),
    ],
)
def test_a_night_that_begins_late_lands_with_the_moment_it_began(
    home, run_type, logical_date, run_after, known_at_of_the_load
):
    run = SimpleNamespace(
        run_type=run_type,
        logical_date=logical_date and datetime.fromisoformat(logical_date),
        run_after=datetime.fromisoformat(run_after),
        triggering_user_name=None,
    )
    left = {}
    land = night_settings({"dag_run": run, "ti": Instance("land", "2024-12-18T08:00+07:00", left)})
    load = night_settings({"dag_run": run, "ti": Instance("load", "2024-12-18T08:05+07:00", left)})

    assert (land.due_at, land.known_at) == (moment_of(run), datetime.fromisoformat("2024-12-18T08:00+07:00"))
    assert load.known_at == datetime.fromisoformat(known_at_of_the_load)
    again = night_settings({"dag_run": run, "ti": Instance("load", "2024-12-19T09:00+07:00", left)})
    assert again == load
