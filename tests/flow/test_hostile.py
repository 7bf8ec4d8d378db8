"""A night on which everything comes at once: each file has its outcome, and the good one is loaded."""

import json
import os
import re
import shutil
import socket
import threading
from pathlib import Path

import districts
import hostile
import pytest
from homes import settings_of

from ingest import journal
from ingest.land import ledger_path
from ingest.readers import readers
from ingest.sender import NO_HINT
from pipeline import steps
from pipeline.load import judge_in_order

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    """Home after land and load of every hostile kind and one good workbook, and what the two steps said."""
    settings = settings_of(tmp_path_factory.mktemp("hostile"))
    landing = settings.landing
    landing.mkdir()
    districts.make(landing / "tot.xlsx", unit="585")
    for name, make, _, _ in hostile.KINDS.values():
        (landing / name).write_bytes(make())
    (landing / "x.xlsx").mkdir()
    districts.make(landing / "x.xlsx" / "trong-thu-muc.xlsx", unit="586")
    (landing / "lien-ket.xlsx").symlink_to("/etc/passwd")
    (landing / "thu-muc-lien-ket").symlink_to("/etc")
    os.mkfifo(landing / "ong.xlsx")
    with (landing / "dang-ghi.xlsx").open("wb") as writing:
        writing.write(hostile.good()[:100])
        writing.flush()
        outcomes = steps.land(settings), steps.load(settings)
    return settings, outcomes


def ledger(settings) -> list[dict]:
    return journal.read(ledger_path(settings.archive))


def test_what_is_no_file_is_named_and_stays(night):
    settings, (landed, _) = night
    assert landed.details["not_taken"] == {
        "lien-ket.xlsx": "not a file but a link or a device",
        "thu-muc-lien-ket": "not a file but a link or a device",
        "ong.xlsx": "not a file but a link or a device",
        "dang-ghi.xlsx": "still being written; it is taken the next time",
    }
    left = [path.name for path in settings.landing.rglob("*") if not path.is_dir() or path.is_symlink()]
    assert sorted(left) == sorted(landed.details["not_taken"])


def test_every_file_has_one_outcome_with_a_cause_in_words(night):
    settings, (landed, loaded) = night
    assert loaded.details["broken"] == {}
    lines = ledger(settings)
    judged = {line["submission_id"]: line for line in lines if line["event"] == "judged"}
    by_name = {line["file_name"][:100]: line["submission_id"] for line in lines if line["event"] == "landed"}
    assert len(by_name) == len(judged) == len(landed.details["new"]) == len(hostile.KINDS) + 2
    wrong = []
    for kind, (name, _, rule_id, word) in hostile.KINDS.items():
        submission_id = by_name[re.sub(r"[\\\x00-\x1f]", "_", name)[:100]]
        receipt = answer(settings, submission_id)
        found = [issue["rule_id"] for issue in receipt["issues"] if issue["severity"] == "error"]
        sentences = " ".join(issue["message"] for issue in receipt["issues"])
        if found != ([rule_id] if rule_id else []) or word not in sentences:
            wrong.append((kind, receipt["verdict"], found, sentences))
        assert judged[submission_id]["verdict_code"] == receipt["verdict"]
    assert wrong == []


def answer(settings, submission_id) -> dict:
    folder = settings.outbox / submission_id
    (document,) = folder.glob("*.json")
    assert list(folder.glob("phan-hoi-*.xlsx"))
    return json.loads(document.read_text(encoding="utf-8"))


def test_the_good_ones_are_loaded(night):
    settings, (_, loaded) = night
    for unit in ("585", "586"):
        (submission_id,) = [name for name in loaded.details["verdicts"] if f"-{unit}-" in name]
        assert loaded.details["verdicts"][submission_id] == "accepted"
        assert (settings.raw / "product" / "2024H2" / f"{submission_id}.parquet").exists()


def test_a_second_run_changes_nothing_and_what_is_gone_comes_back(night, tmp_path):
    settings, _ = night
    shutil.copytree(settings.home, tmp_path / "home", symlinks=True, ignore=lambda *_: ["landing"])
    again = settings_of(tmp_path / "home")
    again.landing.mkdir()
    before = {path: path.read_bytes() for path in again.home.rglob("*") if path.is_file()}
    steps.land(again), steps.load(again)
    assert {path: path.read_bytes() for path in again.home.rglob("*") if path.is_file()} == before
    shutil.rmtree(again.raw)
    assert "stored again" in steps.load(again).summary
    after = {path.relative_to(again.home) for path in again.home.rglob("*") if path.is_file()}
    assert after == {path.relative_to(again.home) for path in before}


def test_the_archive_holds_nothing_from_outside(night):
    settings, _ = night
    users = Path("/etc/passwd").read_bytes()
    stored = [path for path in settings.archive.rglob("*") if path.is_file()]
    assert not any(users in path.read_bytes() for path in stored)
    assert {path.name for path in settings.archive.iterdir() if not path.is_dir()} == {
        "ledger.jsonl",
        "ledger.head.json",
        ".lock",
    }


def test_nothing_is_fetched(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        calls = []
        threading.Thread(target=_count_calls, args=(listener, calls), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = settings_of(tmp_path)
        settings.landing.mkdir()
        (settings.landing / "goi-ra.xlsx").write_bytes(hostile.calls_home(url))
        (settings.landing / "thuc-the.xlsx").write_bytes(hostile.external_entity(url))
        steps.land(settings)
        verdicts = steps.load(settings).details["verdicts"]
        assert sorted(verdicts.values()) == ["accepted", "unreadable"]
        with socket.create_connection(listener.getsockname()) as call:
            call.recv(1)  # the listener does count, and hangs up when it has
    assert len(calls) == 1


def _count_calls(listener, calls: list) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        calls.append(connection)
        connection.close()


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_an_old_workbook_with_a_password_is_told_to_have_one(tmp_path):
    path = tmp_path / "cu.xls"
    path.write_bytes(hostile.old_password())
    with readers(most=1) as pool:
        ((_, judgement),) = judge_in_order(pool, [(path, (path, NO_HINT))], districts.PROVINCE)
    assert [(i.rule_id, "mật khẩu" in i.message) for i in judgement.issues] == [("FILE-01", True)]
