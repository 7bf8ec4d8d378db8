"""Take what lies in the landing folder: recognise, hash, archive the untouched original, write a ledger line."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest import journal
from ingest.read import UnreadableError, read_cover
from ingest.validate import identify


@dataclass(frozen=True)
class Landed:
    """What became of one file of the landing folder."""

    file_name: str
    submission_id: str
    is_new: bool


def ledger_path(archive: Path) -> Path:
    """The ledger: one line when a submission landed, one when it was judged."""
    return archive / "ledger.jsonl"


def land_files(landing: Path, archive: Path, province_code: str, received_at: datetime) -> list[Landed]:
    """Move every file of the landing folder (and its sub-folders) into the archive, in order of arrival.

    A file whose content is known already changes nothing: no ledger line, no new copy.
    """
    ledger = ledger_path(archive)
    known = {
        line["file_sha256"]: line["submission_id"]
        for line in journal.read(ledger)
        if line["event"] == "landed"
    }
    landed = []
    for path in _arrivals(landing):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest in known:
            path.unlink()
            landed.append(Landed(path.name, known[digest], is_new=False))
            continue
        record = _recognise(path, digest, province_code)
        folder = archive / record["submission_id"]
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / (path.name + ".unfinished")
        shutil.copyfile(path, unfinished)
        os.replace(unfinished, folder / path.name)
        journal.append(
            ledger,
            {
                "event": "landed",
                **record,
                "file_name": path.name,
                "file_sha256": digest,
                "arrival_no": len(known) + 1,
                "received_at": received_at.isoformat(),
            },
        )
        path.unlink()
        known[digest] = record["submission_id"]
        landed.append(Landed(path.name, record["submission_id"], is_new=True))
    return landed


def unjudged(archive: Path) -> list[dict]:
    """Ledger lines of submissions that landed and have no verdict yet, in order of arrival."""
    lines = journal.read(ledger_path(archive))
    judged = {line["submission_id"] for line in lines if line["event"] == "judged"}
    return [line for line in lines if line["event"] == "landed" and line["submission_id"] not in judged]


def _arrivals(landing: Path) -> list[Path]:
    """Files in order of arrival (time of the file, then content name); Excel's lock files and hidden files stay."""
    if not landing.exists():
        return []
    files = [p for p in landing.rglob("*") if p.is_file() and not p.name.startswith((".", "~$"))]
    return sorted(files, key=lambda p: (p.stat().st_mtime_ns, p.name))


def _recognise(path: Path, digest: str, province_code: str) -> dict:
    """Unit, period and form version from the cover; null where the file does not tell."""
    unit = period = version = None
    try:
        identity = identify(read_cover(path), province_code)
    except UnreadableError:
        pass  # load judges it and writes the answer; here it only needs a name
    else:
        unit = identity.unit.code if identity.unit else None
        period = identity.period.code if identity.period else None
        version = identity.form_version
    name = f"{period or 'unknown'}-{unit or 'unknown'}-{digest[:12]}"
    return {"submission_id": name, "unit_code": unit, "period_code": period, "form_version": version}
