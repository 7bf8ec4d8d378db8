"""The logs only grow; a changed or removed line is found; a half-written last line is not taken for one."""

import pytest

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
    (fault,) = journal.verify(log)
    assert fault.startswith("log.jsonl line 3 does not follow line 2: it names ")
    assert fault.endswith("a line was changed, removed or moved. Restore it from the backup.")


def test_a_removed_line_is_named(tmp_path):
    log = tmp_path / "log.jsonl"
    for n in range(3):
        journal.append(log, {"n": n})
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(lines[0] + lines[2])
    assert [fault[:42] for fault in journal.verify(log)] == [
        "log.jsonl line 2 does not follow line 1: i",
        "log.jsonl ends with line 2, but 3 lines we",
    ]


def test_a_line_cut_off_by_a_power_failure_is_dropped(tmp_path):
    log = tmp_path / "log.jsonl"
    journal.append(log, {"n": 0})
    with log.open("ab") as handle:
        handle.write(b'{"n": 1, "prev')
    assert [record["n"] for record in journal.read(log)] == [0]
    journal.append(log, {"n": 2})
    assert [record["n"] for record in journal.read(log)] == [0, 2]
    assert journal.verify(log) == []


def _last_changed(lines):
    return [*lines[:-1], lines[-1].replace(b'"n": 2', b'"n": 7')]


@pytest.mark.parametrize(
    ("tampered", "first"),
    [
        (lambda lines: [lines[1], lines[0], lines[2]], "line 1 (land b) does not follow the beginning"),
        (lambda lines: [b"x\n", *lines[1:]], "line 1 does not follow the beginning"),
        (_last_changed, "line 3 was changed or moved: expected is "),
        (lambda lines: lines[:-1], "ends with line 2, but 3 lines were written"),
        (lambda lines: [*lines[:-1], lines[-1][:-1]], "ends with line 2, but 3 lines were written"),
        (lambda lines: [], "ends with line 0, but 3 lines were written"),
    ],
)
def test_the_first_broken_link_is_named(tmp_path, tampered, first):
    log = tmp_path / "log.jsonl"
    for n, name in enumerate("abc"):
        journal.append(log, {"n": n, "event": "land", "submission_id": name})
    log.write_bytes(b"".join(tampered(log.read_bytes().splitlines(keepends=True))))
    assert first in journal.verify(log)[0]


def test_lines_added_by_another_hand_and_a_lost_head_are_named(tmp_path):
    log = tmp_path / "log.jsonl"
    journal.append(log, {"n": 0})
    head = journal.head_path(log).read_bytes()
    journal.append(log, {"n": 1})
    journal.head_path(log).write_bytes(head)
    assert journal.verify(log) == []  # a crash between the line and its head
    journal.append(log, {"n": 2})
    journal.head_path(log).write_bytes(head)
    assert journal.verify(log)[0].startswith("log.jsonl has lines after line 2 that ocop did not write")
    journal.head_path(log).write_bytes(b"")
    assert "cannot be read" in journal.verify(log)[0]
    journal.head_path(log).unlink()
    assert "is missing" in journal.verify(log)[0]
