"""Append-only JSON lines, each carrying the hash of the line before it: the ledger, the decisions, past verdicts."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold a folder alone: a second process waits here until the first is done."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def head_path(path: Path) -> Path:
    """The file beside a log that says how many lines were written and what the last one was."""
    return path.with_suffix(".head.json")


def head_of(path: Path, lines: int | None = None) -> dict:
    """Number and hash of the last line of a log (or of its first ``lines``), as its head and a seal keep it."""
    return _head(_whole_lines(path)[:lines])


def copy_of(path: Path) -> dict[Path, bytes]:
    """A log as it is at this moment, while others append: its whole lines, and the head of just these."""
    lines = _whole_lines(path)
    if not lines:
        return {path: b""}
    return {path: b"".join(line + b"\n" for line in lines), head_path(path): _head_bytes(lines)}


def _head(lines: list[bytes]) -> dict:
    return {"lines": len(lines), "last_sha256": _line_sha256(lines[-1]) if lines else None}


def _head_bytes(lines: list[bytes]) -> bytes:
    return json.dumps(_head(lines)).encode() + b"\n"


def append(path: Path, record: dict) -> dict:
    """Add one record and return it with ``line_no`` and ``previous_sha256``.

    Safe against a second process and a cut-off last line.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        handle.seek(0)
        content = handle.read()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            # Power went while the last line was written: its writer never returned, so nobody relied on it.
            handle.truncate(len(whole))
        lines = whole.split(b"\n")[:-1]
        chained = {
            **record,
            "line_no": len(lines) + 1,
            "previous_sha256": _line_sha256(lines[-1]) if lines else None,
        }
        line = json.dumps(chained, ensure_ascii=False, sort_keys=True).encode()
        handle.seek(0, os.SEEK_END)
        handle.write(line + b"\n")
        handle.flush()
        os.fsync(handle.fileno())
        # After the line: a head that is one line behind tells of a crash, not of a removed line.
        head = head_path(path)
        unfinished = head.with_name(f".{head.name}.tmp")
        unfinished.write_bytes(_head_bytes([*lines, line]))
        os.replace(unfinished, head)
    return chained


def read(path: Path) -> list[dict]:
    """All records, oldest first; an empty list when nothing was written yet."""
    return [json.loads(line) for line in _whole_lines(path)]


def verify(path: Path) -> list[str]:
    """One sentence per broken link of the log, the first one first; empty when every line is as it was written."""
    faults = []
    previous, before = None, "the beginning"
    lines = _whole_lines(path)
    for number, line in enumerate(lines, start=1):
        try:
            record = json.loads(line)
            found, name = record.get("previous_sha256"), _entry(number, record)
        except (ValueError, AttributeError):
            found, name = "nothing readable", f"line {number}"
        if found != previous:
            faults.append(
                f"{path.name} {name} does not follow {before}: it names {_short(found)} as the line before it, "
                f"found is {_short(previous)}; a line was changed, removed or moved. Restore it from the backup."
            )
        previous, before = _line_sha256(line), name
    return faults + _head_faults(path, lines)


def _head_faults(path: Path, lines: list[bytes]) -> list[str]:
    """The chain cannot see its own end: whether the log ends where the head says that it does."""
    head = head_path(path)
    advice = "Restore both from the backup."
    if not head.exists():
        # A log of the first version has no head and numbers no line; its next line makes one.
        is_numbered = bool(lines) and b'"line_no"' in lines[-1]
        return (
            [f"{head.name}, which says where {path.name} ends, is missing. {advice}"] if is_numbered else []
        )
    try:
        written = json.loads(head.read_text(encoding="utf-8"))
        count, last = written["lines"], written["last_sha256"]
    except (ValueError, KeyError, TypeError):
        return [f"{head.name}, which says where {path.name} ends, cannot be read. {advice}"]
    if len(lines) < count:
        return [
            f"{path.name} ends with line {len(lines)}, but {count} lines were written: the rest was removed. {advice}"
        ]
    found = _line_sha256(lines[count - 1])
    if found != last:
        return [
            f"{path.name} line {count} was changed or moved: expected is {_short(last)}, found is {_short(found)}. {advice}"
        ]
    if len(lines) > count + 1:
        return [f"{path.name} has lines after line {count + 1} that ocop did not write. {advice}"]
    return []


def _entry(number: int, record: dict) -> str:
    what = record.get("event") or record.get("decision") or record.get("suite")
    about = record.get("submission_id") or record.get("release") or record.get("period")
    said = " ".join(word for word in (what, about) if word)
    return f"line {number} ({said})" if said else f"line {number}"


def _short(sha256: str | None) -> str:
    return sha256[:16] if sha256 else "none"


def _whole_lines(path: Path) -> list[bytes]:
    content = path.read_bytes() if path.exists() else b""
    # Not splitlines(): it also divides at a carriage return, which is no end of a line here.
    return content[: content.rfind(b"\n") + 1].split(b"\n")[:-1]


def _line_sha256(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
