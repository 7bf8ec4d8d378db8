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


def append(path: Path, record: dict) -> dict:
    """Add one record and return it with ``previous_sha256``. Safe against a second process and a cut-off last line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        handle.seek(0)
        content = handle.read()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            # Power went while the last line was written: its writer never returned, so nobody relied on it.
            handle.truncate(len(whole))
        lines = whole.splitlines()
        chained = {**record, "previous_sha256": _line_sha256(lines[-1]) if lines else None}
        handle.seek(0, os.SEEK_END)
        handle.write(json.dumps(chained, ensure_ascii=False, sort_keys=True).encode() + b"\n")
        handle.flush()
        os.fsync(handle.fileno())
    return chained


def read(path: Path) -> list[dict]:
    """All records, oldest first; an empty list when nothing was written yet."""
    if not path.exists():
        return []
    content = path.read_bytes()
    return [json.loads(line) for line in content[: content.rfind(b"\n") + 1].splitlines()]


def verify(path: Path) -> list[str]:
    """One sentence per line whose ``previous_sha256`` does not fit the line before it; empty when the chain holds."""
    faults = []
    previous = None
    for number, line in enumerate(path.read_bytes().splitlines() if path.exists() else [], start=1):
        if json.loads(line).get("previous_sha256") != previous:
            faults.append(
                f"{path.name} line {number} does not follow line {number - 1}: a line was changed or removed."
            )
        previous = _line_sha256(line)
    return faults


def _line_sha256(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
