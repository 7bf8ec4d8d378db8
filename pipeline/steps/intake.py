"""Files in: land takes them into the archive, load judges and answers them."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from ingest import journal
from ingest.land import Landed, land_files
from pipeline.integrity import require_whole_logs
from pipeline.load import load_landed
from pipeline.outcome import Outcome, StepError
from pipeline.settings import Settings
from pipeline.steps.letters import post_settings


def land(settings: Settings) -> Outcome:
    """Take every file of the landing folder into the archive and the ledger."""
    _require_landing(settings)
    _close_to_others(settings)
    with journal.exclusive(settings.archive):
        require_whole_logs(settings)
        not_brought = _collect(settings) + _collect_mail(settings)
        landed = not_brought + land_files(
            settings.landing,
            settings.archive,
            settings.province_code,
            settings.known_at,
            settings.due_at,
            _mailed_at(settings),
        )
    new = [item.submission_id for item in landed if item.is_new]
    left = {item.file_name: item.problem for item in landed if item.problem}
    older = {item.file_name: item.newer_id for item in landed if item.newer_id}
    known = len(landed) - len(new) - len(left)
    summary = f"{len(new)} new, {known} already known"
    if older:
        summary += "; sent again although a newer one came since: "
        summary += ", ".join(f"{name} (newer: {newer})" for name, newer in older.items())
    if left:
        summary += "; not taken: " + ", ".join(f"{name} ({problem})" for name, problem in left.items())
    return Outcome(
        "land", 0, summary, {"new": new, "already_known": known, "older": older, "not_taken": left}
    )


def _open_home(settings: Settings) -> None:
    """A new home gets its landing folder; one that has lived is asked where its folder is."""
    if not settings.archive.exists():
        settings.landing.mkdir(parents=True, exist_ok=True)


def _require_landing(settings: Settings) -> None:
    """A share that is not mounted must not read as a night on which nobody sent."""
    _open_home(settings)
    if not settings.landing.is_dir():
        raise StepError(
            f"The landing folder {settings.landing} is gone; nothing was taken. Mount the share again or make the folder, "
            "then run: ocop nightly"
        )


def _close_to_others(settings: Settings) -> None:
    """Names and telephone numbers stand in originals and raw rows; who only reads what is published needs none of them."""
    for folder in (settings.archive, settings.raw, settings.decisions.parent):
        folder.mkdir(parents=True, exist_ok=True)
        if folder.stat().st_uid == os.geteuid():  # another owner has seen to it
            folder.chmod(0o750)


def _collect(settings: Settings) -> list[Landed]:
    """What stays at a remote landing place, after all else was brought into the landing folder."""
    if not settings.remote_landing:
        return []
    from ingest.collect import LandingPlaceError, collect

    try:
        return collect(settings.remote_landing, settings.landing)
    except LandingPlaceError as error:
        raise StepError(
            f"{error} Nothing was landed; check OCOP_LANDING, the network and the credentials in fsspec's configuration."
        ) from error


def _collect_mail(settings: Settings) -> list[Landed]:
    """Why the mailbox gave nothing, if it is set up and did not answer: that stops no file of a folder."""
    post = post_settings()
    if not post.imap:
        return []
    from pipeline.post_office import fetch_mail

    problem = fetch_mail(settings, post)
    return [Landed("mailbox", problem=problem)] if problem else []


def _mailed_at(settings: Settings) -> dict[str, datetime]:
    """By sha256 when each file of the mailbox first came into it; none where an earlier version did not note it."""
    from pipeline.digest import mailbox_path

    mailed = [line for line in journal.read(mailbox_path(settings)) if "came_at" in line]
    mailed.sort(key=lambda line: line["came_at"], reverse=True)  # all in UTC; the first one is written last
    return {line["file_sha256"]: datetime.fromisoformat(line["came_at"]) for line in mailed}


def load(settings: Settings) -> Outcome:
    """Judge every landed submission without a verdict; accept or refuse it whole and answer its sender.

    A file that breaks the judging is left without a verdict and named; it stops no other.
    """
    with journal.exclusive(settings.archive):
        require_whole_logs(settings)
        loaded = load_landed(settings)
    given = list(loaded.verdicts.values())
    summary = ", ".join(f"{given.count(code)} {code}" for code in ("accepted", "refused", "unreadable"))
    if loaded.stored_again:
        summary += f"; {loaded.stored_again} stored again from the archive"
    if loaded.broken:
        names = ", ".join(f"{name} ({reason})" for name, reason in loaded.broken.items())
        summary += f"; not judged, report them to the developers: {names}"
    return Outcome("load", 0, summary, {"verdicts": loaded.verdicts, "broken": loaded.broken})


def import_list(settings: Settings, path: Path, list_name: str, period_code: str) -> Outcome:
    """Take a list of many units that an office kept so far; `load` judges and answers it as everything else."""
    from ingest.land import land_list
    from ingest.reference import periods

    period = periods()[period_code]
    _open_home(settings)
    with journal.exclusive(settings.archive):
        require_whole_logs(settings)
        try:
            list_id, new = land_list(
                path, list_name, settings.archive, period, settings.province_code, settings.known_at
            )
        except OSError as error:
            raise StepError(f"{error}. Nothing was taken.") from error
    unit_count = len([name for name in new if name != list_id])
    summary = f"{list_id}: rows of {unit_count} units" if new else f"{list_id} is known already"
    return Outcome("import", 0, summary, {"list_id": list_id, "new": new})
