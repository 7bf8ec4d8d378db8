"""Landing keeps the original, knows a file by its content, and lets no file stop another."""

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import districts
import pytest

from ingest import journal
from ingest.land import land_files, ledger_path, unjudged

NOW = datetime(2024, 12, 16, 15, tzinfo=UTC)


def land(home):
    return land_files(home / "landing", home / "archive", districts.PROVINCE, NOW)


def test_the_original_is_kept_byte_for_byte(tmp_path):
    (tmp_path / "landing").mkdir()
    content = districts.make(tmp_path / "landing").read_bytes()
    (landed,) = land(tmp_path)
    assert landed.submission_id == f"2024H2-587-{hashlib.sha256(content).hexdigest()[:12]}"
    assert (tmp_path / "archive" / landed.submission_id / landed.file_name).read_bytes() == content
    assert list((tmp_path / "landing").iterdir()) == []


def test_the_same_file_again_changes_nothing(tmp_path):
    (tmp_path / "landing").mkdir()
    path = districts.make(tmp_path / "landing")
    content = path.read_bytes()
    land(tmp_path)
    before = ledger_path(tmp_path / "archive").read_bytes()
    (tmp_path / "landing" / "another name.xlsx").write_bytes(content)
    (again,) = land(tmp_path)
    assert not again.is_new
    assert ledger_path(tmp_path / "archive").read_bytes() == before
    assert list((tmp_path / "landing").iterdir()) == []


def test_what_nobody_can_recognise_is_kept_under_unknown(tmp_path):
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "a.xlsx").write_bytes(b"broken")
    districts.make(tmp_path / "landing" / "b.xlsx")
    landed = {item.file_name: item.submission_id for item in land(tmp_path)}
    assert landed["a.xlsx"].startswith("unknown-unknown-")
    assert landed["b.xlsx"].startswith("2024H2-587-")
    assert len(unjudged(tmp_path / "archive")) == 2


@pytest.mark.parametrize(
    "name", ["~$a.xlsx", ".~lock.a.xlsx#", "._a.xlsx", ".DS_Store", "Thumbs.db", ".a.xlsx.unfinished"]
)
def test_what_a_program_left_stays_without_a_word(tmp_path, name):
    (tmp_path / "landing").mkdir()
    litter = tmp_path / "landing" / name
    litter.write_bytes(b"lock")
    assert land(tmp_path) == []
    assert litter.exists()


def test_a_hidden_workbook_is_named_and_stays(tmp_path):
    (tmp_path / "landing").mkdir()
    path = districts.make(tmp_path / "landing" / ".ocop.xlsx")
    (left,) = land(tmp_path)
    assert (left.submission_id, left.problem) == (None, "hidden; name it without the dot")
    assert path.exists()


def test_a_file_landed_late_was_received_when_it_came_but_not_before_it_was_due(tmp_path):
    """The kernel's note of its coming counts, not the time of the content, which the sender chooses."""
    archive = tmp_path / "archive"

    def received(number: int, due_in: timedelta, landed_in: timedelta) -> timedelta:
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "a.xlsx").write_bytes(b"%d" % number)
        os.utime(folder / "a.xlsx", (0, 0))
        came = datetime.fromtimestamp((folder / "a.xlsx").stat().st_ctime, UTC)
        land_files(folder, archive, districts.PROVINCE, came + landed_in, came + due_in)
        return datetime.fromisoformat(journal.read(ledger_path(archive))[-1]["received_at"]) - came

    hour = timedelta(hours=1)
    assert received(1, hour, 9 * hour) == hour  # it lay there when the server was down
    assert received(2, -hour, 9 * hour) == timedelta(0)
    assert received(3, -9 * hour, -hour) == -hour  # the clock of a share may be ahead of ours


def test_arrivals_are_numbered_over_all_nights(tmp_path):
    for name in ("one", "two"):
        (tmp_path / "landing").mkdir(exist_ok=True)
        districts.make(tmp_path / "landing" / f"{name}.xlsx", unit="585" if name == "one" else "586")
        land(tmp_path)
    lines = journal.read(ledger_path(tmp_path / "archive"))
    assert [line["arrival_no"] for line in lines] == [1, 2]


def test_files_that_cannot_be_taken_are_named_and_stop_no_other(tmp_path):
    landing = tmp_path / "landing"
    landing.mkdir()
    districts.make(landing / "good.xlsx")
    (landing / "link.xlsx").symlink_to("/etc/hostname")
    writing = landing / "writing.xlsx"
    with writing.open("wb") as handle:
        handle.write(b"half")
        handle.flush()
        landed = {item.file_name: item for item in land(tmp_path)}
    assert landed["good.xlsx"].is_new
    assert "link" in landed["link.xlsx"].problem
    assert "still being written" in landed["writing.xlsx"].problem
    assert (landed["link.xlsx"].submission_id, landed["writing.xlsx"].submission_id) == (None, None)
    assert sorted(path.name for path in landing.iterdir()) == ["link.xlsx", "writing.xlsx"]
    assert [item.file_name for item in land(tmp_path) if item.is_new] == ["writing.xlsx"]


def test_any_file_name_can_be_kept_and_answered(tmp_path):
    landing = tmp_path / "landing"
    landing.mkdir()
    for name in (
        b"a" * 250 + b".xlsx",
        b"t\xean \xff.xlsx",
        b"hai\ndong.xlsx",
        "Báo cáo".encode() * 20 + b".xlsx",
    ):
        with open(bytes(landing) + b"/" + name, "wb") as handle:
            handle.write(name)
    landed = land(tmp_path)
    assert [item.problem for item in landed] == [None] * 4
    for item in landed:
        assert len(f"phan-hoi-{item.file_name}.unfinished".encode()) <= 255
        assert item.file_name.isprintable()
        assert item.file_name.endswith(".xlsx")
        assert (tmp_path / "archive" / item.submission_id / item.file_name).exists()


def test_an_older_file_sent_once_more_is_said_to_be_older(tmp_path):
    landing = tmp_path / "landing"
    landing.mkdir()
    first = districts.make(landing).read_bytes()
    land(tmp_path)
    districts.make(landing, fault="control_total")
    (newer,) = land(tmp_path)
    (landing / "again.xlsx").write_bytes(first)
    (again,) = land(tmp_path)
    assert (again.is_new, again.newer_id) == (False, newer.submission_id)


def test_an_xlsx_under_another_name_is_recognised_by_its_content(tmp_path):
    (tmp_path / "landing").mkdir()
    districts.make(tmp_path / "landing" / "bao-cao.xls")
    (landed,) = land(tmp_path)
    assert landed.submission_id.startswith("2024H2-587-")


def test_two_processes_land_one_after_the_other(tmp_path):
    """Both take the folder alone: every file has one line, whoever took it."""
    (tmp_path / "landing").mkdir()
    for number in range(6):
        (tmp_path / "landing" / f"{number}.xlsx").write_bytes(b"broken %d" % number)
    code = (
        "import sys; from datetime import UTC, date, datetime; from pathlib import Path; from pipeline import steps;"
        "from pipeline.settings import Settings;"
        "steps.land(Settings(Path(sys.argv[1]), date(2024, 12, 16), datetime(2024, 12, 16, tzinfo=UTC)))"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    lines = journal.read(ledger_path(tmp_path / "archive"))
    assert sorted(line["arrival_no"] for line in lines) == [1, 2, 3, 4, 5, 6]
    assert journal.verify(ledger_path(tmp_path / "archive")) == []


def test_files_of_one_moment_are_ordered_by_their_content_not_their_name(tmp_path):
    import os

    contents = [b"broken %d" % n for n in range(6)]
    for number, content in enumerate(contents):
        path = tmp_path / "landing" / f"{number}" / f"{9 - number}.xlsx"
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        os.utime(path, (1_700_000_000, 1_700_000_000))
    land(tmp_path)
    hashes = [line["file_sha256"] for line in journal.read(ledger_path(tmp_path / "archive"))]
    assert hashes == sorted(hashlib.sha256(content).hexdigest() for content in contents)


def test_a_text_file_takes_unit_and_period_from_its_folder(tmp_path):
    path = tmp_path / "landing" / "587" / "2024H2" / "kinh-phi.csv"
    path.parent.mkdir(parents=True)
    path.write_text("Năm kinh phí;Nguồn vốn;Kế hoạch\n2024;NSTW;5\n", encoding="utf-8")
    (landed,) = land(tmp_path)
    assert landed.submission_id.startswith("2024H2-587-")
    (line,) = unjudged(tmp_path / "archive")
    assert (line["form_name"], line["landing_folder"]) == ("funding", "587/2024H2")


def test_a_file_that_names_no_unit_is_answered_to_the_unit_whose_folder_it_lies_in(tmp_path):
    for folder, fault in (("587", "missing_unit"), ("585", None)):  # the second is another unit's file
        (tmp_path / "landing" / folder).mkdir(parents=True)
        districts.make(tmp_path / "landing" / folder, fault=fault)
    land(tmp_path)
    lines = unjudged(tmp_path / "archive")
    assert sorted((line["landing_folder"], line["unit_code"]) for line in lines) == [
        ("585", "585"),
        ("587", "587"),
    ]
    assert all(line["submission_id"].startswith("2024H2-unknown-") is False for line in lines)
