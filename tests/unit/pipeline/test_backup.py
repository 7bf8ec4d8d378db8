"""Backup and restore on a home of two small workbooks."""

import json
import os
import re
import shlex
import shutil
import socket
import sqlite3
import subprocess
import tarfile
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import districts
import pytest
from homes import settings_of
from sqlalchemy.engine import make_url

from ingest import journal
from ingest.land import ledger_path
from pipeline import backup as backup_module
from pipeline import integrity, steps
from pipeline.settings import PROJECT

KEY = b"mot khoa bi mat du dai"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A home with one loaded submission, a decision, a contact and one file that waits in landing."""
    settings = settings_of(tmp_path_factory.mktemp("home"))
    settings.landing.mkdir()
    shutil.move(districts.make(settings.home), settings.landing)
    steps.land(settings)
    steps.load(settings)
    (line, *_) = journal.read(ledger_path(settings.archive))
    steps.decide(settings, "hold", "A", "b", submission_id=line["submission_id"])
    (settings.home / "contacts").mkdir()
    (settings.home / "contacts" / "contacts.csv").write_text("unit_code,email\n587,a@example.vn\n")
    (settings.home / "contacts" / "contacts.unfinished").write_text("unit_code,em")
    (settings.home / "post" / "spool").mkdir(parents=True)
    (settings.home / "post" / "spool" / "1.eml").write_text("waits")
    journal.append(settings.home / "post" / "sent.jsonl", {"mail_id": "0"})
    return settings


@pytest.fixture
def home(loaded, tmp_path):
    shutil.copytree(loaded.home, tmp_path / "home")
    return settings_of(tmp_path / "home")


def with_key(settings, key=KEY):
    path = settings.home.parent / "key"
    path.write_bytes(key)
    return replace(settings, backup_key_file=path)


def backed_up(settings, to):
    return to / steps.backup(settings, to).details["path"].rsplit("/", 1)[1]


def durable(settings):
    return {
        path.relative_to(settings.home).as_posix(): path.read_bytes()
        for folder in ("archive", "decisions", "contacts", "post")
        for path in (settings.home / folder).rglob("*")
        if path.is_file() and path.name != ".lock" and path.suffix not in (".unfinished", ".eml")
    }


@pytest.mark.parametrize("keyed", [False, True])
def test_what_is_restored_is_what_was_there(home, tmp_path, keyed):
    settings = with_key(home) if keyed else home
    path = backed_up(settings, tmp_path / "kept")
    assert path.stat().st_mode & 0o777 == 0o600
    assert tarfile.is_tarfile(path) is not keyed
    new = settings_of(tmp_path / "new")
    steps.restore(settings, path, new.home)
    assert durable(new) == durable(home)
    assert not [*new.home.rglob("*.unfinished"), *new.home.rglob("*.eml")]
    assert (new.home / "contacts").stat().st_mode & 0o777 == 0o700
    assert new.landing.is_dir()
    assert integrity.verify_home(new) == []
    assert "1 stored again" in steps.load(new).summary


def test_a_backup_during_a_load_names_only_what_it_holds(home, tmp_path, monkeypatch):
    """Another process lands and judges a file between the reading of one thing and of the next."""
    shutil.move(districts.make(tmp_path, unit="585"), home.landing)
    read, calls = backup_module._named, []

    def meanwhile(root, paths):
        found = list(read(root, paths))
        calls.append(found)
        if any(name == "archive/ledger.jsonl" for name, _ in found):
            steps.land(home)
            steps.load(home)
        return found

    monkeypatch.setattr(backup_module, "_named", meanwhile)
    path = backed_up(home, tmp_path / "kept")
    assert len(journal.read(ledger_path(home.archive))) == 4
    new = settings_of(tmp_path / "new")
    steps.restore(home, path, new.home)
    assert len(journal.read(ledger_path(new.archive))) == 2
    assert len(list(new.archive.rglob("*.xlsx"))) == 1
    assert integrity.verify_home(new) == []


def test_half_a_line_at_the_end_of_a_log_is_left_out(home, tmp_path):
    with ledger_path(home.archive).open("ab") as ledger:
        ledger.write(b'{"event": "lan')
    # A half line is what a power cut leaves; the chain above it holds.
    settings = home
    found = dict(backup_module._sources(settings, tmp_path))
    assert found["archive/ledger.jsonl"].endswith(b"\n")
    assert [json.loads(line)["event"] for line in found["archive/ledger.jsonl"].splitlines()] == [
        "landed",
        "judged",
    ]


@pytest.mark.parametrize("keyed", [False, True])
@pytest.mark.parametrize("harm", ["cut", "end", "bit"])
def test_a_damaged_backup_is_named_and_restores_nothing(home, tmp_path, harm, keyed):
    settings = with_key(home) if keyed else home
    path = backed_up(settings, tmp_path / "kept")
    content = bytearray(path.read_bytes())
    if harm == "bit":
        content[len(content) // 2] ^= 1
    path.write_bytes(content[: {"cut": len(content) // 2, "end": -1}.get(harm)])
    with pytest.raises(steps.StepError, match="cannot be restored.*Nothing was restored"):
        steps.restore(settings, path, tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_large_encrypted_stream_cut_at_a_piece_or_with_pieces_exchanged_is_refused(tmp_path):
    import io

    from pipeline import encryption

    plain = bytes(range(256)) * 12_000  # three pieces
    out = io.BytesIO()
    with encryption.Encrypting(out, KEY) as stream:
        stream.write(plain)
    whole, piece = out.getvalue(), encryption._PIECE + encryption._TAG
    head = encryption._SALT + encryption._PREFIX
    assert encryption.Decrypting(io.BytesIO(whole), KEY).readall() == plain
    cut = whole[: head + 2 * piece]
    exchanged = (
        whole[:head]
        + whole[head + piece : head + 2 * piece]
        + whole[head : head + piece]
        + whole[head + 2 * piece :]
    )
    for bad in (cut, exchanged):
        with pytest.raises((encryption.DamagedError, encryption.WrongKeyError)):
            encryption.Decrypting(io.BytesIO(bad), KEY).readall()


def test_another_key_and_no_key_are_named(home, tmp_path):
    path = backed_up(with_key(home), tmp_path / "kept")
    with pytest.raises(steps.StepError, match="the key does not open it"):
        steps.restore(with_key(home, b"another key of enough length"), path, tmp_path / "new")
    with pytest.raises(steps.StepError, match="encrypted and no key is set"):
        steps.restore(home, path, tmp_path / "new")
    with pytest.raises(steps.StepError, match="too short"):
        steps.backup(with_key(home, b"short"), tmp_path / "kept")


def test_only_an_empty_home_is_filled(home, tmp_path):
    path = backed_up(home, tmp_path / "kept")
    with pytest.raises(steps.StepError, match="not empty"):
        steps.restore(home, path, home.home)
    (tmp_path / "new" / "landing").mkdir(parents=True)  # as a fresh server has it
    steps.restore(home, path, tmp_path / "new")
    assert (tmp_path / "new" / "archive" / "ledger.jsonl").exists()


def test_a_touched_original_makes_no_backup_and_removes_no_older_one(home, tmp_path):
    kept = tmp_path / "kept"
    first = backed_up(home, kept)
    (original,) = home.archive.rglob("*.xlsx")
    original.write_bytes(b"other")
    later = settings_of(home.home, home.known_at + timedelta(days=1))
    with pytest.raises(steps.StepError, match="not the file that landed.*older ones are kept"):
        steps.backup(later, kept)
    assert [path.name for path in kept.iterdir() if path.name != ".lock"] == [first.name]


def test_a_week_of_backups_and_one_of_each_month_stay(home, tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    for month in range(1, 12):
        for day in (3, 20):
            (kept / f"ocop-2024{month:02}{day:02}T150000Z.tar.gz").touch()
    (kept / "ocop-mine.tar.gz").touch()
    outcome = steps.backup(home, kept)
    left = sorted(path.name for path in kept.glob("ocop-2*"))
    assert [name[5:13] for name in left] == [
        *(f"2024{month:02}20" for month in range(1, 9)),
        "20240903", "20240920", "20241003", "20241020", "20241103", "20241120", "20241216",
    ]  # fmt: skip
    assert len(outcome.details["removed"]) == 8
    assert (kept / "ocop-mine.tar.gz").exists()


def test_sqlite_metadata_comes_along_and_postgresql_without_pg_dump_is_said(home, tmp_path, monkeypatch):
    database = tmp_path / "meta.db"
    with sqlite3.connect(database) as connection:
        connection.execute("create table dag (dag_id text)")
        connection.execute("insert into dag values ('nightly_load')")
    connection.close()
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", f"sqlite:///{database}")
    path = backed_up(home, tmp_path / "kept")
    steps.restore(home, path, tmp_path / "new")
    restored = sqlite3.connect(tmp_path / "new" / "airflow" / "airflow.db")
    assert restored.execute("select dag_id from dag").fetchall() == [("nightly_load",)]
    restored.close()
    address = "postgresql+psycopg2://airflow:geheim@127.0.0.1:1/airflow"
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "airflow-db-not-allowed:///")  # inside a task
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD", f"echo {address}")
    with pytest.raises(steps.StepError, match="pg_dump") as said:
        steps.backup(home, tmp_path / "kept")
    assert "geheim" not in str(said.value)
    monkeypatch.delenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD")
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", address)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(steps.StepError, match="pg_dump is not installed"):
        steps.backup(home, tmp_path / "kept")


POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@pytest.fixture
def postgresql():
    """Address of a PostgreSQL server of this test alone, with one table."""
    if not POSTGRES or not shutil.which("pg_dump"):
        pytest.skip("PostgreSQL is not installed")
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to other users
        yield from _server(Path(folder))


def _server(folder):
    as_postgres = []
    if os.getuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres")
        as_postgres = ["runuser", "-u", "postgres", "--"]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def run(*command):
        subprocess.run([*as_postgres, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL)

    data = folder / "data"
    run(POSTGRES[-1] / "initdb", "-D", data, "-A", "trust", "-U", "airflow", "--no-sync")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    run(POSTGRES[-1] / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
    try:
        query = "create table dag as select 'nightly_load' as dag_id"
        run("psql", "-h", "127.0.0.1", "-p", str(port), "-U", "airflow", "-d", "postgres", "-c", query)
        yield f"postgresql+psycopg2://airflow:geheim@127.0.0.1:{port}/postgres"
    finally:
        run(POSTGRES[-1] / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def test_postgresql_metadata_comes_along_as_a_dump_that_restores(home, tmp_path, monkeypatch, postgresql):
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", postgresql)
    outcome = steps.restore(home, backed_up(home, tmp_path / "kept"), tmp_path / "new")
    dump = tmp_path / "new" / "airflow" / "airflow.dump"
    assert f"pg_restore --clean --if-exists --dbname=airflow {dump}" in outcome.summary
    assert list((tmp_path / "kept").glob(".metadata-*")) == []
    # The runbook's line, typed twice: into the empty database of a new server, and over what stands.
    server = make_url(postgresql)
    line = re.search(
        r"pg_restore --host=postgres.*airflow\.dump", (PROJECT / "docs" / "runbook.md").read_text()
    )[0]
    line = line.replace("--host=postgres", f"--host={server.host} --port={server.port}")
    line = line.replace("/srv/ocop/airflow/airflow.dump", str(dump))
    psql = ["psql", "-h", server.host, "-p", str(server.port), "-U", "airflow", "-At"]
    subprocess.run([*psql, "-d", "postgres", "-c", "create database airflow"], check=True)
    for _ in range(2):
        subprocess.run(shlex.split(line), check=True)
        query = [*psql, "-d", "airflow", "-c", "select dag_id from dag"]
        assert subprocess.run(query, check=True, capture_output=True, text=True).stdout == "nightly_load\n"
