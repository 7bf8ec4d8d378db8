"""`make demo`: both DAGs on the samples, in this process, through to a report a named person has signed.

Everything is Airflow's own: the DAG files, a metadata database, the approval answered through the public API
by a user who has logged in. Only the scheduler is left out, so no port and no background process is needed.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import signal
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pipeline.airflow_access import make_pool
from pipeline.airflow_local import airflow_environment
from pipeline.settings import PROJECT, TIME_ZONE

HOME = PROJECT / "var" / "demo"
AIRFLOW_HOME = HOME / "airflow"
LOG = AIRFLOW_HOME / "demo.log"
PERIOD = "2024H2"
# A night before the deadline of 2024H2 (17/12/2024), and the morning the report would be made.
NIGHT = datetime(2024, 12, 16, 22, tzinfo=ZoneInfo(TIME_ZONE))
MORNING = datetime(2024, 12, 21, 8, tzinfo=ZoneInfo(TIME_ZONE))

APPROVER = "Người duyệt (demo)"
POLL_SECONDS = 0.5


class DemoError(Exception):
    """A sentence for the person who started the demo."""


def main() -> int:
    """Run the demo; 0 when a signed report lies in its folder."""
    lay_out_samples(HOME)
    AIRFLOW_HOME.mkdir(parents=True, exist_ok=True)
    approver, password = approver_environment(AIRFLOW_HOME)
    os.environ |= airflow_environment(AIRFLOW_HOME) | approver | {"OCOP_HOME": str(HOME)}
    say = _console()
    say(f"Data home {_short(HOME)}; Airflow's own log goes to {_short(LOG)}")
    try:
        run_both(password, say)
        _show_report(say)
    except DemoError as error:
        say(f"{error} Details: {_short(LOG)}")
        return 1
    except Exception as error:
        # The console is the only place the reader sees; the traceback goes to the log with all the rest.
        traceback.print_exc()
        say(f"The demo broke: {error}. Details: {_short(LOG)}")
        return 2
    return 0


def run_both(password: str, say) -> None:
    """Run the nightly load and then the report, which the approver signs."""
    from airflow.dag_processing.dagbag import DagBag
    from airflow.utils.db import initdb

    initdb()
    make_pool()
    bag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    if bag.import_errors:
        raise DemoError(f"These DAG files cannot be read: {', '.join(bag.import_errors)}.")

    say(f"\nnightly_load, {NIGHT:%d/%m/%Y %H:%M}")
    _run(bag.dags["nightly_load"], NIGHT, {}, say)
    say(f"\nministry_report {PERIOD}, {MORNING:%d/%m/%Y %H:%M}")
    with Approver(password, "Approve"):
        _run(bag.dags["ministry_report"], MORNING, {"period": PERIOD}, say)


def _show_report(say) -> None:
    printed = sorted((HOME / "releases").glob(f"**/bao-cao-ocop-{PERIOD}.*"))
    if not {".docx", ".xlsx"} <= {path.suffix for path in printed}:
        raise DemoError(f"Both runs succeeded, but the report is not in {_short(HOME / 'releases')}.")
    say("\nThe report:")
    for path in printed:
        say(f"  {_short(path)}")


def _short(path: Path) -> Path:
    return path.relative_to(PROJECT)


def lay_out_samples(home: Path) -> None:
    """Put the samples where the units would put their workbooks."""
    landing = home / "landing"
    landing.mkdir(parents=True, exist_ok=True)
    samples = PROJECT / "samples"
    # The bad ones come along: they are sent back to their senders and must keep nobody else waiting.
    for workbook in sorted([*samples.glob("*.xlsx"), *samples.glob("bad/*.xlsx")]):
        shutil.copyfile(workbook, landing / workbook.name)


def approver_environment(airflow_home: Path) -> tuple[dict[str, str], str]:
    """Make the approver a user of an Airflow home; return the variables that say so and the password."""
    passwords = airflow_home / "passwords.json"
    password = secrets.token_urlsafe(16)
    passwords.touch(mode=0o600)
    passwords.write_text(json.dumps({APPROVER: password}), encoding="utf-8")
    return {
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{APPROVER}:user",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        # The key Airflow makes by itself is too short for its own signature (RFC 7518), which it then says.
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(64),
    }, password


def _console():
    """Send all that this process and its children print to the log; return what still reaches the reader."""
    console = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", buffering=1)
    sys.stdout.flush()
    with LOG.open("wb") as log:
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())

    def say(line: str) -> None:
        print(line, file=console)

    return say


def _run(dag, moment: datetime, conf: dict, say) -> None:
    """Run one DAG in this process, a line for each task as it ends."""

    def ended(context) -> None:
        say(f"  {context['ti'].task_id:8} {_result(context)}")

    for task in dag.tasks:
        task.on_success_callback = [ended]
        task.on_failure_callback = [ended]
        # Nobody waits for minutes in a demo.
        task.retries = 0
    run = dag.test(logical_date=moment, run_conf=conf)
    if run.state != "success":
        raise DemoError(f"{dag.dag_id} ended as {run.state}.")


def _result(context) -> str:
    if error := context.get("exception"):
        return f"FAILED: {error}"
    value = context["ti"].xcom_pull(task_ids=context["ti"].task_id)
    if isinstance(value, dict):
        return f"{value['chosen_options'][0]} by {value['responded_by_user']['name']}"
    return value


class Approver:
    """A person at the desk: logs in, waits for the request to sign, answers it through the public API."""

    def __init__(self, password: str, choice: str) -> None:
        self._password = password
        self._choice = choice
        self._error: Exception | None = None
        self._gone_home = threading.Event()
        self._thread = threading.Thread(target=self._work, name="approver", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_exception) -> None:
        self._gone_home.set()
        self._thread.join()
        if self._error is not None:
            raise DemoError(f"The sign-off could not be given: {self._error}.") from self._error

    def _work(self) -> None:
        try:
            asyncio.run(self._answer(since=datetime.now(UTC)))
        except Exception as error:
            self._error = error
            # The run would wait for its signature for ever.
            signal.raise_signal(signal.SIGINT)

    async def _answer(self, since: datetime) -> None:
        import httpx
        from airflow.api_fastapi.app import cached_app

        transport = httpx.ASGITransport(app=cached_app(apps="core"))
        async with httpx.AsyncClient(transport=transport, base_url="http://demo.invalid", timeout=60) as api:
            login = await api.post("/auth/token", json={"username": APPROVER, "password": self._password})
            login.raise_for_status()
            api.headers["Authorization"] = f"Bearer {login.json()['access_token']}"
            seen = None
            while not self._gone_home.is_set():
                waiting = await _waiting_run(api, since)
                # Answered at the second look: dag.test() writes "awaiting input" once more after the task
                # itself has, and an answer in between would be overwritten.
                if waiting is not None and waiting == seen:
                    run = f"/api/v2/dags/ministry_report/dagRuns/{quote(waiting)}"
                    answer = await api.patch(
                        f"{run}/taskInstances/approve/-1/hitlDetails",
                        json={"chosen_options": [self._choice], "params_input": {}},
                    )
                    answer.raise_for_status()
                    return
                seen = waiting
                self._gone_home.wait(POLL_SECONDS)


async def _waiting_run(api, since: datetime) -> str | None:
    """Return the run whose report waits for a signature; one left over from a broken demo does not count."""
    found = await api.get(
        "/api/v2/dags/ministry_report/dagRuns/~/hitlDetails",
        params={"response_received": False, "state": "awaiting_input", "created_at_gte": since.isoformat()},
    )
    found.raise_for_status()
    requests = found.json()["hitl_details"]
    return requests[0]["task_instance"]["dag_run_id"] if requests else None


if __name__ == "__main__":
    sys.exit(main())
