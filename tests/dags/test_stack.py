"""The server as docker-compose.yml describes it, with real processes: a night, a report, its approval, and who may do what."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from secrets import token_urlsafe

import districts
import httpx
import pytest
from browser import Browser, chromium_program
from homes import query
from mail_servers import free_port, smtp_server
from stack import AIRFLOW_SERVICES, Stack, postgres_programs, wait_for

from ingest import journal
from ingest.land import ledger_path
from pipeline import demo
from pipeline.integrity import verify_home
from pipeline.settings import PROJECT, load_settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        postgres_programs() is None, reason="no PostgreSQL; install Debian's package postgresql"
    ),
]

DESK, IT, ANALYST, AUDITOR = "Nguyễn Thị Lan", "Trần Văn Máy", "Lê Thị Số", "Phạm Văn Soát"
ROLES = {DESK: "reporting-desk", IT: "operator", ANALYST: "analyst", AUDITOR: "auditor"}


@pytest.fixture(scope="module")
def letters():
    """Return what the mail server of the office took."""
    port = free_port()
    with smtp_server(port) as taken:
        taken.port = port
        yield taken


@pytest.fixture(scope="module")
def stack(letters):
    """Return the running server; a DAG file that cannot be read lies beside ours."""
    mail = {"OCOP_SMTP": f"smtp://127.0.0.1:{letters.port}", "OCOP_MAIL_FROM": "OCOP <ocop@tinh.vn>"}
    # Not below pytest's folder, which every other pytest of this machine closes to PostgreSQL's user again.
    with tempfile.TemporaryDirectory(prefix="ocop-stack-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        dags = folder / "dags"
        shutil.copytree(PROJECT / "dags", dags)
        (dags / "neighbour.py").write_text(
            "from airflow.sdk import dag\nthis is not python\n", encoding="utf-8"
        )
        server = Stack(folder, dags, mail | {"OCOP_MAIL_DESK": "desk@tinh.vn", "OCOP_MAIL_IT": "it@tinh.vn"})
        demo.lay_out_samples(server.home)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="module")
def passwords(stack) -> dict[str, str]:
    """Return the passwords of four people: one made with the command of the runbook, the others by the administrator."""
    printed = stack.run_once("init", ["python", "-m", "pipeline.airflow_access", "user", DESK, ROLES[DESK]])
    made = {DESK: re.search(rf"^Password of {DESK}: (\S+)$", printed, re.MULTILINE)[1]}
    with sign_in(stack, "admin", stack.secret("admin_password")) as admin:
        for name in ROLES.keys() - {DESK}:
            made[name] = token_urlsafe(12)
            user = {"username": name, "first_name": name, "last_name": "-", "email": f"{name}@localhost"}
            user |= {"password": made[name], "roles": [{"name": ROLES[name]}]}
            answer = admin.post(f"{stack.url}/auth/fab/v1/users", json=user)
            assert answer.status_code == 200, answer.text
    return made


@pytest.fixture(scope="module")
def api(stack, passwords):
    """Return a client of the API for each person, signed in with a token."""
    clients = {name: sign_in(stack, name, password) for name, password in passwords.items()}
    clients["nobody"] = httpx.Client(base_url=f"{stack.url}/api/v2", timeout=60)
    yield clients
    for client in clients.values():
        client.close()


def sign_in(stack, name: str, password: str) -> httpx.Client:
    answer = httpx.post(f"{stack.url}/auth/token", json={"username": name, "password": password}, timeout=60)
    answer.raise_for_status()
    client = httpx.Client(base_url=f"{stack.url}/api/v2", timeout=60)
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return client


def start(client: httpx.Client, dag_id: str, logical_date: str | None, **conf) -> httpx.Response:
    return client.post(f"/dags/{dag_id}/dagRuns", json={"logical_date": logical_date, "conf": conf})


def finished(stack, client: httpx.Client, dag_id: str, run_id: str, seconds: int = 300) -> str:
    """Return the state a run ends in."""

    def state():
        answer = client.get(f"/dags/{dag_id}/dagRuns/{run_id}").json()["state"]
        return answer if answer in ("success", "failed") else None

    return wait_for(f"{dag_id} to end", state, seconds, on_poll=stack.start_ended_again)


@pytest.fixture(scope="module")
def night(stack, api) -> dict:
    """Return the run of a night on the samples, started through the API by the operator."""
    known = wait_for("the DAGs", lambda: dag_ids(api[IT]) >= {"nightly_load", "ministry_report"}, 120)
    assert known
    run = start(api[IT], "nightly_load", None)
    assert run.status_code == 200, run.text
    state = finished(stack, api[IT], "nightly_load", run.json()["dag_run_id"])
    assert state == "success", stack.log("scheduler")[-5000:]
    return api[IT].get(f"/dags/nightly_load/dagRuns/{run.json()['dag_run_id']}").json()


def dag_ids(client: httpx.Client) -> set[str]:
    return {dag["dag_id"] for dag in client.get("/dags").json()["dags"]}


@pytest.fixture(scope="module")
def waiting(stack, api, night) -> str:
    """Return the path of the approval a report waits for; the desk started the report."""
    run = start(api[DESK], "ministry_report", None, period="2024H2")
    assert run.status_code == 200, run.text
    task = f"/dags/ministry_report/dagRuns/{run.json()['dag_run_id']}/taskInstances/approve"

    def asked():
        return api[DESK].get(task).json()["state"] == "awaiting_input"

    wait_for("the approval to be asked for", asked, 300, on_poll=stack.start_ended_again)
    return f"{task}/-1/hitlDetails"


def test_every_health_check_passes(stack):
    assert {name: stack.is_healthy(name) for name in ("postgres", *AIRFLOW_SERVICES)} == dict.fromkeys(
        ("postgres", *AIRFLOW_SERVICES), True
    )


def test_a_night_is_published_beside_a_dag_file_that_cannot_be_read(stack, api, night):
    settings = load_settings(as_of=None, known_at=None, home=stack.home)
    accepted = query(settings, "select count(*) from fct_submission where verdict_code = 'accepted'")
    assert accepted[0][0] > 0
    row = (stack.home / "runs/nightly.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    assert json.loads(row)["outcome"] == "published"
    assert [step["exit_code"] for step in json.loads(row)["steps"]] == [0] * 5
    errors = api[IT].get("/importErrors").json()["import_errors"]
    assert [Path(error["filename"]).name for error in errors] == ["neighbour.py"]


def test_nobody_without_a_token_reads_anything(api):
    assert api["nobody"].get("/dags").status_code == 401
    assert api["nobody"].get("/dags", auth=("admin", "admin")).status_code == 401


@pytest.mark.parametrize(
    ("who", "dag_id", "expected"),
    [
        (ANALYST, "nightly_load", 403),
        (AUDITOR, "nightly_load", 403),
        (DESK, "nightly_load", 403),
        (IT, "decision", 403),
        (ANALYST, "ministry_report", 403),
        (AUDITOR, "decision", 403),
    ],
)
def test_who_may_not_start_a_dag_is_refused(api, night, who, dag_id, expected):
    assert start(api[who], dag_id, None).status_code == expected


def test_everybody_reads_and_only_the_operator_changes_the_machine(api, night):
    for who in ROLES:
        assert api[who].get("/dags/nightly_load/dagRuns").status_code == 200
    paused = {
        who: api[who].patch("/dags/submission_watch", json={"is_paused": True}).status_code for who in ROLES
    }
    assert paused == {IT: 200, DESK: 403, ANALYST: 403, AUDITOR: 403}
    pool = {"name": "another", "slots": 1, "include_deferred": False}
    assert {who: api[who].post("/pools", json=pool).status_code for who in (DESK, ANALYST, AUDITOR)} == {
        DESK: 403, ANALYST: 403, AUDITOR: 403,
    }  # fmt: skip
    log = {who: api[who].get("/eventLogs").status_code for who in ROLES}
    assert log == {AUDITOR: 200, DESK: 403, ANALYST: 403, IT: 403}


@pytest.mark.skipif(
    chromium_program() is None,
    reason="no Chromium, so nobody looked at the pages; install Debian's package chromium",
)
def test_the_pages_show_the_night_its_documentation_and_the_approval(stack, api, waiting):
    """As people see them; the pictures stay in OCOP_SCREENSHOTS, where that is set."""
    pictures = Path(os.environ.get("OCOP_SCREENSHOTS", stack.folder))
    run = waiting.split("/taskInstances")[0].replace("/dagRuns/", "/runs/")
    night = api[IT].get("/dags/nightly_load/dagRuns").json()["dag_runs"][0]["dag_run_id"]
    with Browser(stack.folder / "chromium") as browser:
        browser.sign_in(stack.url, api[DESK].headers["Authorization"].split()[1])
        browser.look(
            f"{stack.url}/dags/nightly_load/runs/{night}", ["publish", "Success"], pictures / "run.png"
        )
        browser.look(
            f"{stack.url}/dags/nightly_load", ["Every night at 22:00"], pictures / "doc.png", "Dag Docs"
        )
        approval = f"{stack.url}{run}/tasks/approve/required_actions"
        browser.look(approval, ["Duyệt báo cáo OCOP kỳ 2024H2", "Approve"], pictures / "approval.png")


def test_only_the_reporting_desk_signs(stack, api, waiting):
    yes = {"chosen_options": ["Approve"], "params_input": {}}
    for who in (ANALYST, AUDITOR, IT):
        assert api[who].patch(waiting, json=yes).status_code == 403, who
    assert api["nobody"].patch(waiting, json=yes).status_code == 401
    assert not (stack.home / "releases/2024H2/seal.json").exists()

    assert api[DESK].patch(waiting, json=yes).status_code == 200
    run_id = waiting.split("/")[4]
    assert finished(stack, api[DESK], "ministry_report", run_id) == "success"
    seal = json.loads((stack.home / "releases/2024H2/seal.json").read_text(encoding="utf-8"))
    assert seal["signed_by"] == DESK


def test_the_desk_decides_under_its_own_name(stack, api, night):
    ledger = (stack.home / "archive/ledger.jsonl").read_text(encoding="utf-8").splitlines()
    landed = next(json.loads(line) for line in ledger if '"2024H2-587' in line)
    run = start(
        api[DESK],
        "decision",
        None,
        decision="hold",
        why="đối chiếu kinh phí",
        submission_id=landed["submission_id"],
    )
    assert finished(stack, api[DESK], "decision", run.json()["dag_run_id"]) == "success"
    lines = (stack.home / "decisions/decisions.jsonl").read_text(encoding="utf-8").splitlines()
    held = [json.loads(line) for line in lines if json.loads(line)["decision"] == "hold"]
    assert [(line["by"], line["submission_id"]) for line in held] == [(DESK, landed["submission_id"])]


def test_no_secret_and_no_password_stands_in_a_log(stack, api, passwords, night):
    files = {path.read_text(encoding="utf-8") for path in (stack.folder / "secrets").iterdir()}
    secrets = files - {""}  # a way that is not set up
    token = api[IT].headers["Authorization"].split()[1]
    for log in [*(stack.folder / "logs").rglob("*.log"), *(stack.folder / "airflow/logs").rglob("*.log")]:
        text = log.read_text(encoding="utf-8", errors="replace")
        assert not [word for word in {*secrets, *passwords.values(), token} if word in text], log


def test_a_night_outlives_a_killed_scheduler_and_a_restart_of_the_database(stack, api, night, letters):
    ledger = ledger_path(stack.home / "archive")
    before = journal.read(ledger)
    for number in range(16):
        filing = districts.rows("585", "2024H2")
        filing["product"][0]["product_name"] = f"Nho sấy {number}"
        districts.make(stack.landing / f"{number}.xlsx", unit="585", filing=filing)
    letters.received.clear()

    run = start(api[IT], "nightly_load", None).json()["dag_run_id"]
    while not judged_since(before, ledger):  # until one is judged; the others are on their way
        assert stack.processes["scheduler"].poll() is None
        time.sleep(0.005)
    stack.kill("scheduler")
    assert 0 < judged_since(before, ledger) < 16, "the load was over before it was killed"
    stack.start_service("scheduler")

    task = f"/dags/nightly_load/dagRuns/{run}/taskInstances"
    wait_for("the build to run", lambda: api[IT].get(f"{task}/build").json()["state"] == "running", 180)
    stack.restart_postgres()

    assert finished(stack, api[IT], "nightly_load", run) == "success"
    assert api[IT].get(f"{task}/load").json()["try_number"] == 2
    events = [(line["submission_id"], line["event"]) for line in journal.read(ledger)]
    assert len(events) == len(set(events)) == len(before) + 2 * 16
    assert judged_since(before, ledger) == 16
    settings = load_settings(as_of=None, known_at=None, home=stack.home)
    assert verify_home(settings) == []
    sent = "select count(*), count(*) filter (is_in_force) from fct_submission where unit_code = '585' and period_code = '2024H2'"
    assert query(settings, sent) == [(16, 1)]
    subjects = {str(letter["Subject"]): letter["To"] for letter in letters.received}
    assert subjects["OCOP: nightly_load.load was interrupted"] == "it@tinh.vn"
    assert "desk@tinh.vn" in subjects.values()  # the digest


def judged_since(before: list[dict], ledger: Path) -> int:
    return [line["event"] for line in journal.read(ledger)[len(before) :]].count("judged")
