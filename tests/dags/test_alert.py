"""A task that fails is told to IT by mail: why, the end of its log, and where the runbook says what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from mail_servers import free_port, smtp_server


@pytest.fixture
def port(home, monkeypatch):
    number = free_port()
    monkeypatch.setenv("OCOP_SMTP", f"smtp://127.0.0.1:{number}")
    monkeypatch.setenv("OCOP_MAIL_FROM", "ocop@tinh.vn")
    monkeypatch.setenv("OCOP_MAIL_IT", "it@tinh.vn")
    return number


def test_a_night_that_breaks_tells_it_and_the_digest_is_made_all_the_same(bag, steps, at, port):
    steps.break_down("build", RuntimeError("a model broke its promise"))

    with smtp_server(port) as letters:
        run = bag.dags["nightly_load"].test(logical_date=at(2025, 1, 23, 22))

    assert run.state == "failed"
    (letter,) = letters.received
    assert letter["To"] == "it@tinh.vn"
    assert letter["Subject"] == "OCOP: nightly_load.build failed"
    assert "a model broke its promise" in letter.get_body().get_content()
    assert "docs/runbook.md#build" in letter.get_body().get_content()
    assert steps.verbs[-1] == "tell"


def context_of(try_number: int, max_tries: int = 1) -> dict:
    """Of a task of a night by hand."""
    moment = datetime(2024, 12, 20, 15, tzinfo=UTC)
    instance = {"dag_id": "nightly_load", "task_id": "build", "run_id": "r1"}
    run = {"run_id": "r1", "run_type": "manual", "logical_date": moment, "run_after": moment}
    return {
        "ti": SimpleNamespace(
            **instance, try_number=try_number, max_tries=max_tries, xcom_push=lambda *_: None
        ),
        "dag_run": SimpleNamespace(**run, triggering_user_name=None),
    }


def test_a_task_that_is_started_once_more_because_its_process_was_killed_is_told(steps, port):
    from pipeline.dag_run import run_step

    with smtp_server(port) as letters:
        for try_number in (1, 2):  # the second is a retry
            run_step(context_of(try_number), "build")
        assert letters.received == []
        run_step(context_of(3), "build")
        run_step(context_of(3), "build")

    (letter,) = letters.received
    assert letter["Subject"] == "OCOP: nightly_load.build was interrupted"
    assert "docs/runbook.md#interrupted" in letter.get_body().get_content()


def test_a_post_office_set_up_wrongly_stops_no_task(steps, port, monkeypatch, capsys):
    from pipeline.dag_run import run_step

    monkeypatch.delenv("OCOP_MAIL_FROM")
    assert run_step(context_of(try_number=3), "build") == "build done"
    assert "OCOP_MAIL_FROM" in capsys.readouterr().out


def test_an_alert_waits_for_the_mail_server_and_carries_the_end_of_the_log(port, monkeypatch, tmp_path):
    from pipeline.dag_run import alert

    monkeypatch.setenv("AIRFLOW__LOGGING__BASE_LOG_FOLDER", str(tmp_path / "logs"))
    log = tmp_path / "logs/dag_id=nightly_load/run_id=r1/task_id=build/attempt=2.log"
    log.parent.mkdir(parents=True)
    log.write_text("".join(f"line {number}\n" for number in range(100)))
    context = context_of(try_number=2)

    alert(context)
    with smtp_server(port) as letters:
        alert(context)

    (letter,) = letters.received
    text = letter.get_body().get_content()
    assert "line 99" in text
    assert "line 50\n" not in text
