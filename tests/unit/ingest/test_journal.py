"""The logs only grow; a changed or removed line is found; a half-written last line is not taken for one."""

from ingest import journal


def test_records_come_back_in_order_and_chained(tmp_path):
    log = tmp_path / "a" / "log.jsonl"
    for n in range(3):
        journal.append(log, {"n": n})
    assert [record["n"] for record in journal.read(log)] == [0, 1, 2]
    assert journal.verify(log) == []


def test_a_changed_line_is_named(tmp_path):
    log = tmp_path / "log.jsonl"
    for n in range(3):
        journal.append(log, {"n": n})
    log.write_bytes(log.read_bytes().replace(b'"n": 1', b'"n": 7'))
    assert journal.verify(log) == ["log.jsonl line 3 does not follow line 2: a line was changed or removed."]


def test_a_removed_line_is_named(tmp_path):
    log = tmp_path / "log.jsonl"
    for n in range(3):
        journal.append(log, {"n": n})
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(lines[0] + lines[2])
    assert len(journal.verify(log)) == 1


def test_a_line_cut_off_by_a_power_failure_is_dropped(tmp_path):
    log = tmp_path / "log.jsonl"
    journal.append(log, {"n": 0})
    with log.open("ab") as handle:
        handle.write(b'{"n": 1, "prev')
    assert [record["n"] for record in journal.read(log)] == [0]
    journal.append(log, {"n": 2})
    assert [record["n"] for record in journal.read(log)] == [0, 2]
    assert journal.verify(log) == []
