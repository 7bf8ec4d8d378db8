"""The doctor's findings and what tidy removes, on homes that each have one illness."""

import json
import os
import socket
import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from homes import KNOWN_AT, settings_of

from ingest import journal
from ingest.land import ledger_path
from pipeline import doctor, steps
from pipeline.calendar import Calendar, load_calendar


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home that is well as far as this machine is; no mail server is set."""
    for variable in ("OCOP_SMTP", "OCOP_IMAP"):
        monkeypatch.delenv(variable, raising=False)
    settings = settings_of(tmp_path)
    for folder in (settings.landing, settings.archive, settings.published, settings.build):
        folder.mkdir()
    verdict = {"checked_at": (KNOWN_AT - timedelta(hours=17)).isoformat()}
    (settings.published / "gate.json").write_text(json.dumps(verdict))
    steps.backup(settings)
    return settings


def aged(path, days):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * 1000)
    moment = (KNOWN_AT - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))
    return path


def test_a_well_home_lacks_a_mail_server_only(home, capsys):
    outcome = steps.doctor(home)
    found = {c["check"]: (c["exit_code"], c["finding"]) for c in outcome.details["checks"]}
    # The machine's own state is not the home's: room on its disk, its packages, its LibreOffice.
    home_checks = {k: v[0] for k, v in found.items() if k not in ("disk", "versions", "libreoffice")}
    assert home_checks == {
        "modes": 0, "calendar": 0, "published": 0, "chain": 0, "clock": 0, "mail": 1, "mailbox": 0,
        "landing": 0, "leftover_files": 0, "backup": 0,
    }  # fmt: skip
    assert found["published"][1] == "published, 17 hours ago"
    doctor.show(outcome, as_json=True)
    assert json.loads(capsys.readouterr().out)["checks"] == outcome.details["checks"]
    doctor.show(outcome, as_json=False)
    assert len(capsys.readouterr().out.splitlines()) == len(found)


def test_disk(home, monkeypatch):
    for free, code in ((0.5e9, 2), (3e9, 1), (50e9, 0)):
        usage = type("Usage", (), {"free": free})
        monkeypatch.setattr("pipeline.doctor.shutil.disk_usage", lambda _, usage=usage: usage)
        assert doctor.disk(home)[0] == code


def test_modes(home):
    (home.home / "contacts").mkdir(mode=0o755)
    assert doctor.modes(home) == (
        1,
        "everybody on this machine may change contacts (readable); type: chmod o-rwx FOLDER",
    )
    (home.home / "contacts").chmod(0o750)
    home.published.chmod(0o777)
    assert "published" in doctor.modes(home)[1]
    home.published.chmod(0o755)
    home.landing.chmod(0o777)
    assert doctor.modes(home)[0] == 0
    assert doctor.modes(settings_of(home.home / "none"))[0] == 2


def test_versions_name_what_is_not_locked(home, monkeypatch):
    assert "packages as locked" in doctor.versions(home)[1]
    monkeypatch.setattr("pipeline.doctor.metadata.distributions", lambda: [])
    code, said = doctor.versions(home)
    assert (code, "missing instead of" in said) == (1, True)


def test_a_night_missed_and_nothing_published(home):
    later = replace(home, known_at=KNOWN_AT + timedelta(days=3))
    assert doctor.published(later)[0] == doctor.backup(later)[0] == 1
    (home.published / "gate.json").unlink()
    assert doctor.published(home)[0] == 1
    assert doctor.backup(replace(home, backup_place=home.build))[0] == 1


def test_a_changed_log_and_a_clock_that_went_back(home):
    ledger = ledger_path(home.archive)
    for event in ("a", "b"):
        journal.append(ledger, {"event": event, "received_at": KNOWN_AT.isoformat()})
    assert doctor.clock(home)[0] == 0
    assert doctor.clock(replace(home, known_at=KNOWN_AT - timedelta(hours=1)))[0] == 2
    ledger.write_text(ledger.read_text().replace('"a"', '"c"'))
    assert doctor.chain(home)[0] == 2
    assert steps.doctor(home).exit_code == 2


def test_mail_that_answers_and_mail_that_is_down(home, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        thread = threading.Thread(target=_greet, args=(server,), daemon=True)
        thread.start()
        monkeypatch.setenv("OCOP_MAIL_FROM", "ocop@example.vn")
        monkeypatch.setenv("OCOP_SMTP", f"smtp://127.0.0.1:{port}")
        assert doctor.mail(home) == (0, f"smtp://127.0.0.1:{port} answers")
        thread.join()
    monkeypatch.setenv("OCOP_SMTP", f"smtps://127.0.0.1:{port}")
    code, said = doctor.mail(home)
    assert (code, "does not take mail" in said) == (2, True)


def _greet(server):
    connection, _ = server.accept()
    with connection, connection.makefile("rwb", buffering=0) as lines:
        lines.write(b"220 mail.example.vn\r\n")
        while line := lines.readline():
            lines.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 ok\r\n")


def test_a_landing_place_that_is_away(home):
    home.landing.rmdir()
    assert doctor.landing(home)[0] == 2
    assert doctor.landing(replace(home, landing_place="memory://nowhere"))[0] == 2


def test_tidy_removes_what_is_old_and_made_again_and_nothing_else(home):
    gone = [
        aged(home.build / "dbt_logs" / "dbt.log", 31),
        aged(home.raw / "product" / "2024H2" / "x.unfinished", 2),
        aged(home.published / "marts.unfinished" / "mart_product.parquet", 2),
    ]
    kept = [
        aged(home.build / "ocop.duckdb", 29),
        aged(home.raw / "product" / "2024H2" / "x.parquet", 900),
        aged(home.raw / "product" / "2024H2" / "y.unfinished", 0),
        aged(home.archive / "2024H2-587-a" / "x.unfinished", 900),
        aged(home.releases / "2024H2" / "x.unfinished", 900),
        aged(home.home / "decisions" / "decisions.jsonl", 900),
    ]
    assert doctor.leftover_files(home)[0] == 1
    outcome = steps.tidy(home)
    assert outcome.summary == "removed 3 files, 0.0 MB"
    assert [path.exists() for path in (*gone, *kept)] == [False] * 3 + [True] * 6
    assert not (home.published / "marts.unfinished").exists()
    assert doctor.leftover_files(home)[0] == 0


def test_a_calendar_that_was_changed_but_not_written_out_or_that_ends_is_told(home, monkeypatch):
    assert doctor.calendar(home) == (
        0,
        "2024H2: units until 2024-12-17, report made 2024-12-20, due 2024-12-25",
    )
    assert doctor.calendar(replace(home, as_of=date(2034, 7, 1)))[0] == 1
    assert doctor.calendar(replace(home, as_of=date(2036, 7, 1))) == (
        2,
        "The reporting calendar ends before 2036-07-01; raise last_year in ref_calendar.csv.",
    )
    changed = [
        replace(rule, value="3") if rule.code == "unit_deadline" else rule for rule in load_calendar().rules
    ]
    monkeypatch.setattr("pipeline.calendar.load_calendar", lambda: Calendar(changed))
    code, finding = doctor.calendar(home)
    assert (code, finding.split()[0]) == (1, "ref_deadline.csv")
