"""Whether what must never change is as it was written: the logs, the archived originals, the sealed releases."""

from __future__ import annotations

import hashlib

from ingest import journal
from ingest.land import ledger_path, original_path
from pipeline.settings import Settings
from pipeline.warehouse import gate_history


def verify_logs(settings: Settings) -> list[str]:
    """One sentence per broken line of the ledger, the decisions and the past verdicts."""
    logs = (ledger_path(settings.archive), settings.decisions, gate_history(settings))
    return [fault for log in logs for fault in journal.verify(log)]


def verify_original(settings: Settings, line: dict) -> str | None:
    """What is wrong with the archived original of a ledger line; None when it is the file that landed."""
    original = original_path(settings.archive, line)
    if not original.is_file():
        return f"The original of {line['submission_id']} is missing from the archive; restore it from the backup."
    with original.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != line["file_sha256"]:
            return f"The original of {line['submission_id']} is not the file that landed; restore it from the backup."
    return None


def verify_home(settings: Settings) -> list[str]:
    """Every fault found in the logs, the originals and the sealed releases."""
    from reports.seal import verify

    faults = verify_logs(settings)
    for line in journal.read(ledger_path(settings.archive)):
        if line["event"] == "landed" and (fault := verify_original(settings, line)):
            faults.append(fault)
    return faults + verify(settings.releases)
