"""Real Airflow in this one pytest process: its home is set before anything imports it."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline import demo
from pipeline.airflow_access import make_pool
from pipeline.airflow_local import airflow_environment
from pipeline.settings import TIME_ZONE

# At import, because Airflow reads its configuration at import, and a fixture of another file may be first.
AIRFLOW_HOME = Path(tempfile.mkdtemp(prefix="ocop-airflow-"))
_APPROVER, PASSWORD = demo.approver_environment(AIRFLOW_HOME)
os.environ |= airflow_environment(AIRFLOW_HOME) | _APPROVER


def pytest_unconfigure() -> None:
    """Remove the metadata database of this run."""
    shutil.rmtree(AIRFLOW_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def metadata():
    """Make the metadata database, and put the folders of DAGs and plugins on the path as Airflow does."""
    from airflow.utils.db import initdb

    initdb()
    make_pool()


@pytest.fixture
def bag(metadata):
    """Return the DAGs of the project, read anew: `dag.test` leaves its rendered arguments in the tasks."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])


@pytest.fixture(autouse=True)
def no_idle_seconds(monkeypatch):
    """Shorten the whole second `dag.test` sleeps for each task that cannot run any more."""
    sleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: sleep(min(seconds, 0.05)))


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """Return a data home of this test's own."""
    monkeypatch.setenv("OCOP_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def steps(home, monkeypatch):
    """Put recorders in the place of the steps; what is tested is the DAG around them."""
    return RecordedSteps(monkeypatch)


class RecordedSteps:
    """The steps as a list of the calls they got; one of them may be told to hold or to break."""

    def __init__(self, monkeypatch) -> None:
        self.calls: list[tuple] = []
        self.settings = []
        self._exit_codes: dict[str, int] = {}
        self._errors: dict[str, Exception] = {}
        night = ("land", "load", "build", "gate", "publish", "tell", "remind")
        for verb in (*night, "freeze", "report", "release", "verify", "backup", "tidy"):
            monkeypatch.setattr(f"pipeline.steps.{verb}", self._step(verb))
        self.nights_asked: list[datetime] = []
        monkeypatch.setattr("pipeline.steps.published_night", self._night)

    @property
    def verbs(self) -> list[str]:
        return [call[0] for call in self.calls]

    def hold(self, verb: str) -> None:
        self._exit_codes[verb] = 1

    def break_down(self, verb: str, error: Exception) -> None:
        self._errors[verb] = error

    def _night(self, settings, since: datetime):
        from pipeline.steps import Outcome, StepError

        self.nights_asked.append(since)
        if "night" in self._exit_codes:
            raise StepError("the last nights were held back")
        return Outcome("night", 0, "published", {})

    def _step(self, verb: str):
        from pipeline.steps import Outcome

        def step(settings, *arguments, **named):
            self.calls.append((verb, *arguments, *named.values()))
            self.settings.append(settings)
            if verb in self._errors:
                raise self._errors[verb]
            exit_code = self._exit_codes.get(verb, 0)
            return Outcome(verb, exit_code, f"{verb} held back" if exit_code else f"{verb} done", {})

        return step


@pytest.fixture
def password(monkeypatch) -> str:
    """Return the password of the approver, who looks often."""
    monkeypatch.setattr(demo, "POLL_SECONDS", 0.2)
    return PASSWORD


@pytest.fixture
def approver(password):
    """Return a person who answers the request to sign with the option given."""
    return lambda choice: demo.Approver(password, choice)


@pytest.fixture(scope="session")
def at():
    """Return a moment on the clock of Việt Nam."""
    return lambda *parts: datetime(*parts, tzinfo=ZoneInfo(TIME_ZONE))


@pytest.fixture
def states():
    """Return the state of each task of a run."""
    return lambda run: {ti.task_id: str(ti.state) for ti in run.get_task_instances()}
