"""Whether what must never change is as it was written: the logs, the archived originals, the sealed releases."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from ingest import journal
from ingest.land import ledger_path, original_path
from pipeline.outcome import StepError
from pipeline.settings import Settings
from pipeline.warehouse import gate_history


def verify_logs(settings: Settings) -> list[str]:
    """One sentence per broken line of the ledger, the decisions and the past verdicts."""
    return [fault for log in _logs(settings) for fault in journal.verify(log)]


def require_whole_logs(settings: Settings) -> None:
    """StepError on a broken line: nothing is written behind it."""
    if faults := verify_logs(settings):
        raise StepError(" ".join(faults) + " Nothing was done.")


def verify_original(settings: Settings, line: dict) -> str | None:
    """What is wrong with the archived original of a ledger line; None when it is the file that landed."""
    original = original_path(settings.archive, line)
    if not original.is_file():
        return f"The original of {line['submission_id']} is missing from the archive; restore it from the backup."
    with original.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != line["file_sha256"]:
            return f"The original of {line['submission_id']} is not the file that landed; restore it from the backup."
    return None


def verify_home(settings: Settings, releasing: str | None = None) -> list[str]:
    """Every fault found in the logs, the originals, the seals and their approvals, the first broken link first.

    An approval without a seal is a fault, but for ``releasing``: that period is being sealed now.
    """
    from reports.seal import verify

    faults = verify_logs(settings)
    if faults:
        return faults  # what rests on a broken log cannot be judged
    lines = journal.read(ledger_path(settings.archive))
    for line in lines:
        if line["event"] == "landed" and (fault := verify_original(settings, line)):
            faults.append(fault)
    faults += _strangers(settings, lines)
    advice = " Restore the release from the backup."
    faults += [f"{fault}.{advice}" for fault in verify(settings.releases)]
    return faults + _approval_faults(settings, releasing) + _sealed_log_faults(settings)


def require_whole_home(settings: Settings, releasing: str | None = None) -> None:
    """StepError on any fault: what is signed must rest on originals nobody has touched."""
    if faults := verify_home(settings, releasing):
        raise StepError(" ".join(faults) + " No report is made until `ocop verify` finds nothing.")


def log_heads(settings: Settings) -> dict[str, dict]:
    """How far each log reaches now, as a seal keeps it."""
    return {log.name: journal.head_of(log) for log in _logs(settings)}


def _logs(settings: Settings) -> tuple[Path, ...]:
    return ledger_path(settings.archive), settings.decisions, gate_history(settings)


def _strangers(settings: Settings, lines: list[dict]) -> list[str]:
    """Files in the archive that no ledger line names."""
    known = {original_path(settings.archive, line) for line in lines if line["event"] == "landed"}
    for log in (ledger_path(settings.archive), gate_history(settings)):
        known |= {log, journal.head_path(log)}
    known.add(settings.archive / ".lock")
    found = (path for path in settings.archive.rglob("*") if path.is_file() and path not in known)
    return [
        f"archive/{path.relative_to(settings.archive).as_posix()} is in no line of the ledger; "
        "if landing broke off, run: ocop land; else somebody added it, take it away."
        for path in sorted(found)
    ]


def approvals(settings: Settings) -> dict[str, dict]:
    """The last approval of each release, by its name."""
    lines = journal.read(settings.decisions)
    return {line["release"]: line for line in lines if line["decision"] == "approve"}


def _approval_faults(settings: Settings, releasing: str | None) -> list[str]:
    """A release is approved, then sealed; either without the other, or about other files, is a broken link."""
    from reports.frozen import SEAL
    from reports.seal import content_sha256, sealed_releases

    sealed, approved, faults = sealed_releases(settings.releases), approvals(settings), []
    for name in sorted(sealed.keys() - approved.keys()):
        faults.append(f"releases/{name} is sealed, but no line of {settings.decisions.name} approves it.")
    for name, line in approved.items():
        if line["period_code"] == releasing and name not in sealed:
            continue
        said = f"{line['by']} approved releases/{name} at {line['decided_at']}"
        if name in sealed:
            seal = sealed[name]
            is_same = (seal["signed_by"], seal["why"]) == (line["by"], line["why"])
            is_same &= datetime.fromisoformat(seal["signed_at"]) == datetime.fromisoformat(line["decided_at"])
            # The first version approved a release without naming its content.
            content = content_sha256(seal["files"])
            if not is_same or content != line.get("content_sha256", content):
                faults.append(
                    f"releases/{name}/{SEAL} is not the seal that was approved: {said}, the seal says "
                    f"{seal['signed_by']} at {seal['signed_at']}. Restore the release from the backup."
                )
        # A moment before the approval is rebuilt elsewhere without the release; where it stands, it must be sealed.
        elif (settings.releases / name).exists() or datetime.fromisoformat(
            line["decided_at"]
        ) <= settings.known_at:
            faults.append(
                f"{said}, but it is not sealed. If releasing broke off, run: ocop release {line['period_code']}; "
                "else restore the release from the backup."
            )
    return faults


def _sealed_log_faults(settings: Settings) -> list[str]:
    """A log rewritten from one end to the other fits itself, but not the seals."""
    from reports.seal import sealed_releases

    seals = sealed_releases(settings.releases)
    return [
        f"{log.name} is not the log that releases/{name} was sealed on: line {head['lines']} is another. "
        "Restore it from the backup."
        for name, seal in seals.items()
        for log in _logs(settings)
        if (head := seal.get("logs", {}).get(log.name)) and journal.head_of(log, head["lines"]) != head
    ]
