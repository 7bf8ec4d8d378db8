"""Landing keeps the original, knows a file by its content, and lets no file stop another."""

import hashlib
from datetime import UTC, datetime

import districts

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


def test_lock_files_of_excel_stay_where_they_are(tmp_path):
    (tmp_path / "landing").mkdir()
    lock = tmp_path / "landing" / "~$a.xlsx"
    lock.write_bytes(b"lock")
    assert land(tmp_path) == []
    assert lock.exists()


def test_arrivals_are_numbered_over_all_nights(tmp_path):
    for name in ("one", "two"):
        (tmp_path / "landing").mkdir(exist_ok=True)
        districts.make(tmp_path / "landing" / f"{name}.xlsx", unit="585" if name == "one" else "586")
        land(tmp_path)
    lines = journal.read(ledger_path(tmp_path / "archive"))
    assert [line["arrival_no"] for line in lines] == [1, 2]
