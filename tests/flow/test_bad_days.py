"""Bad days: what breaks in the middle leaves the last good state readable, and the next night repairs itself."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta

import districts
import pytest
from homes import KNOWN_AT, query, settings_of

from ingest import journal
from ingest.land import ledger_path
from pipeline import steps
from pipeline.integrity import verify_home
from pipeline.settings import PROJECT
from pipeline.warehouse import DATABASE, table_checksums

OCOP = [sys.executable, "-c", "from pipeline.cli import main; main()"]
SENT = (
    "select unit_code, revision_no, is_in_force from fct_submission where period_code = '2024H2' order by all"
)


def ocop(settings, *arguments: str, limit_bytes: int | None = None, **options) -> subprocess.Popen:
    """One command in a process of its own, at the clock of the tests."""
    if limit_bytes:
        options["preexec_fn"] = lambda: _limit_files(limit_bytes)
    clock = ["--home", str(settings.home), "--known-at", settings.known_at.isoformat()]
    return subprocess.Popen(
        [*OCOP, *clock, *arguments], cwd=PROJECT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, **options,
    )  # fmt: skip


def _limit_files(size: int) -> None:
    """No file of this process may grow beyond a size; the write then fails as on a full disk."""
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def kill_with_readers(process: subprocess.Popen) -> None:
    """What a killed scheduler or a power cut does to a task and the processes that read for it."""
    os.killpg(process.pid, 9)
    process.communicate()


def last_night(settings) -> dict:
    """The row the last night left."""
    return journal.read(settings.runs / "nightly.jsonl")[-1]


def events(settings) -> list[tuple[str, str]]:
    return [(line["submission_id"], line["event"]) for line in journal.read(ledger_path(settings.archive))]


def test_a_load_killed_in_the_middle_is_finished_by_the_next(home, tmp_path):
    calm = settings_of(tmp_path / "calm")
    for number in range(12):
        filing = districts.rows("585", "2024H2")
        filing["product"][0]["product_name"] = f"Nho sấy {number}"
        districts.make(home.landing / f"{number}.xlsx", unit="585", filing=filing)
    steps.land(home)
    shutil.copytree(home.home, calm.home)
    published = table_checksums(home.published / DATABASE)

    before = len(events(home))
    load = ocop(home, "load")
    while len(events(home)) == before:  # until one is judged; the others are on their way
        assert load.poll() is None, load.stderr.read()
        time.sleep(0.005)
    kill_with_readers(load)

    assert len(events(home)) < before + 12, "the load was over before it was killed"
    assert table_checksums(home.published / DATABASE) == published
    for settings in (home, calm):
        assert steps.load(settings).exit_code == 0
    assert events(home) == events(calm)
    assert len(events(home)) == len(set(events(home))) == before + 12
    assert contents(home.raw) == contents(calm.raw)
    assert verify_home(home) == []


def contents(folder) -> dict[str, str]:
    """Digest of every file of a folder that counts."""
    files = (path for path in folder.rglob("*.parquet"))
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_full_disk_stops_the_build_and_is_named(home):
    published = table_checksums(home.published / DATABASE)

    build = ocop(home, "build", limit_bytes=1_000_000)
    _, said = build.communicate()

    assert build.returncode == 2, said
    assert "The published warehouse is untouched" in said
    assert table_checksums(home.published / DATABASE) == published
    with pytest.raises(steps.StepError):  # half a candidate reaches nobody
        steps.publish(home)
    assert steps.build(home).exit_code == 0


def test_a_landing_folder_that_is_gone_ends_the_night_and_is_told(home):
    before = table_checksums(home.published / DATABASE)
    shutil.rmtree(home.landing)

    with pytest.raises(steps.StepError, match="landing folder .* is gone"):
        steps.nightly(home)

    assert table_checksums(home.published / DATABASE) == before
    told = last_night(home)
    assert told["outcome"] == "broken"
    assert "is gone" in told["steps"][0]["summary"]
    page = max(home.runs.glob("*.html"), key=os.path.getmtime)
    assert "một bước bị lỗi" in page.read_text(encoding="utf-8")

    home.landing.mkdir()
    districts.make(home.landing, unit="585")
    assert len(steps.land(home).details["new"]) == 1


def test_a_clock_set_back_an_hour_neither_loses_nor_reorders(home):
    filing = districts.rows("585", "2024H2")
    districts.make(home.landing / "first.xlsx", unit="585", filing=filing)
    steps.land(home)
    steps.load(home)
    earlier = settings_of(home.home, KNOWN_AT - timedelta(hours=1))
    filing["product"] = filing["product"][:2]
    districts.make(home.landing / "second.xlsx", unit="585", filing=filing)
    steps.land(earlier)
    steps.load(earlier)
    later = settings_of(home.home, KNOWN_AT + timedelta(minutes=1))

    assert steps.nightly(later)[-1].exit_code == 0
    assert [row for row in query(later, SENT) if row[0] == "585"] == [("585", 1, False), ("585", 2, True)]


def test_two_nights_started_at_once_leave_one_good_night(home):
    districts.make(home.landing, unit="585")
    nights = [ocop(home, "nightly") for _ in range(2)]
    ended = [(night.communicate(), night.returncode) for night in nights]

    assert [code for _, code in ended] == [0, 0], ended
    assert len(events(home)) == len(set(events(home)))
    assert ("585", 1, True) in query(home, SENT)
    two = journal.read(home.runs / "nightly.jsonl")[-2:]
    assert [night["outcome"] for night in two] == ["published", "published"]
    assert journal.verify(home.runs / "nightly.jsonl") == []


def test_a_night_that_begins_late_takes_no_late_file_for_one_in_time(home):
    """Deadline 17/12/2024, down that night, started again the next morning: the file came meanwhile."""
    districts.make(home.landing, unit="585")
    due, began = KNOWN_AT + timedelta(days=1), KNOWN_AT + timedelta(days=1, hours=10)
    late = replace(settings_of(home.home, began), due_at=due)

    for _ in range(2):  # run again, it changes nothing
        assert steps.nightly(late)[-1].exit_code == 0
        sent = "select received_at, is_on_time from fct_submission where unit_code = '585' and period_code = '2024H2'"
        assert query(late, sent) == [(began, False)]


def test_what_came_since_is_not_known_on_a_past_night_that_is_repeated(home):
    before = table_checksums(home.published / DATABASE)["fct_submission"]
    districts.make(home.landing, unit="585")
    steps.land(settings_of(home.home, KNOWN_AT + timedelta(days=1)))

    steps.load(home)
    steps.build(home)
    assert table_checksums(home.build / DATABASE)["fct_submission"] == before
    tomorrow = settings_of(home.home, KNOWN_AT + timedelta(days=2))
    assert steps.nightly(tomorrow)[-1].exit_code == 0
    assert [row[0] for row in query(tomorrow, SENT)].count("585") == 1
