"""The health of an installation in one place: a line each, and the worst of them as exit code."""

from __future__ import annotations

import json
import platform
import re
import shutil
import smtplib
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import metadata
from urllib.parse import urlsplit

from ingest import journal
from ingest.land import ledger_path
from ingest.mailbox import MailboxError, require_mailbox
from pipeline.backup import newest_backup
from pipeline.home import require_home
from pipeline.integrity import verify_home
from pipeline.mail import connected, reason_of
from pipeline.outcome import Outcome, StepError
from pipeline.settings import PROJECT, Settings, load_post_settings
from pipeline.tidy import LEFTOVERS_KEPT, leftovers

WELL, LOOK, BROKEN = 0, 1, 2
_WORDS = ("ok", "look", "BROKEN")
_GB = 1e9
# A night writes a candidate beside the published file, a report a copy of it.
_DISK_BROKEN, _DISK_LOOK = 1 * _GB, 5 * _GB
_NIGHT_MISSED = timedelta(days=2)
_MAIL_SECONDS = 5
_CALENDAR_YEARS = 2

Finding = tuple[int, str]


def doctor(settings: Settings) -> Outcome:
    """Look at disk, modes, versions, calendar, last publish, chain, clock, mail, mailbox, landing, leftovers and backup."""
    checks: tuple[Callable[[Settings], Finding], ...] = (
        disk, modes, versions, calendar, libreoffice, published, chain, clock, mail, mailbox, landing, leftover_files,
        backup,
    )  # fmt: skip
    findings = [_as_record(check.__name__, *check(settings)) for check in checks]
    worst = max(finding["exit_code"] for finding in findings)
    ill = [finding["check"] for finding in findings if finding["exit_code"]]
    return Outcome(
        "doctor", worst, "look at: " + ", ".join(ill) if ill else "all is well", {"checks": findings}
    )


def show(outcome: Outcome, as_json: bool) -> None:
    """Print the findings of a doctor's outcome."""
    checks = outcome.details["checks"]
    if as_json:
        print(json.dumps({"exit_code": outcome.exit_code, "checks": checks}, ensure_ascii=False, indent=2))
        return
    for found in checks:
        advice = f"; see {found['runbook']}" if found["exit_code"] else ""
        print(f"{_WORDS[found['exit_code']]:6} {found['check']:14} {found['finding']}{advice}")


def _as_record(check: str, exit_code: int, finding: str) -> dict:
    return {
        "check": check,
        "exit_code": exit_code,
        "finding": finding,
        "runbook": f"docs/runbook.md#doctor-{check}",
    }


def disk(settings: Settings) -> Finding:
    """Room for the next night."""
    existing = next(path for path in (settings.home, *settings.home.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    code = BROKEN if free < _DISK_BROKEN else LOOK if free < _DISK_LOOK else WELL
    return code, f"{free / _GB:.1f} GB free for {settings.home}" + ("; make room: ocop tidy" if code else "")


def modes(settings: Settings) -> Finding:
    """Whether this user may write the home, and nobody else what only the project writes."""
    import os

    try:
        require_home(settings)
    except StepError as error:
        return BROKEN, str(error)
    folders = [path for path in (settings.home, *sorted(settings.home.iterdir())) if path.is_dir()]
    if closed := [path.name for path in folders if not os.access(path, os.W_OK | os.X_OK)]:
        return (
            BROKEN,
            f"this user may not write into {', '.join(closed)}; give them to the user of the service",
        )
    # Units put their files into landing/, so others may write there.
    kept = [path for path in folders if path != settings.landing]
    open_ = [path.name for path in kept if path.stat().st_mode & stat.S_IWOTH]
    personal = settings.home / "contacts"
    if personal.is_dir() and personal.stat().st_mode & stat.S_IROTH:
        open_.append("contacts (readable)")
    if open_:
        return LOOK, f"everybody on this machine may change {', '.join(open_)}; type: chmod o-rwx FOLDER"
    return WELL, f"{len(folders)} folders, written by this user alone"


def versions(_settings: Settings) -> Finding:
    """Whether the packages that run are the locked ones."""
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([a-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", lock, re.M))
    installed = {re.sub(r"[-_.]+", "-", d.name).lower(): d.version for d in metadata.distributions()}
    others = [f"{name} {installed.get(name, 'missing')} instead of {v}" for name, v in locked.items()
              if installed.get(name) != v]  # fmt: skip
    python = f"Python {platform.python_version()}"
    if others:
        return LOOK, f"{python}; not as locked: {', '.join(others[:5])}; type: make setup"
    return WELL, f"{python}, {len(locked)} packages as locked"


def calendar(settings: Settings) -> Finding:
    """Whether the dates of reports are those of the calendar and the public holidays, and reach far enough."""
    from ingest.reference import deadlines, periods
    from pipeline.calendar import calendar_files
    from pipeline.generated import stale
    from pipeline.submission_status import half_due

    try:
        names = ", ".join(path.name for path in stale(calendar_files()))
        half = half_due(settings.as_of, settings.province_code)
    except StepError as error:
        return BROKEN, str(error)
    if names:
        return LOOK, f"{names} not as ref_calendar.csv and the holidays say; type: ocop generate"
    due = deadlines(half, settings.province_code)
    said = (
        f"{half.code}: units until {due.unit_on}, report made {due.report_starts_on}, due {due.ministry_on}"
    )
    last = max(period.year for period in periods().values())
    if last - settings.as_of.year < _CALENDAR_YEARS:
        return LOOK, f"{said}; periods end in {last}, raise last_year in ref_calendar.csv"
    return WELL, said


def libreoffice(_settings: Settings) -> Finding:
    """Whether the PDF of a report can be made."""
    found = shutil.which("soffice")
    return (WELL, found) if found else (LOOK, "not installed; reports come without a PDF")


def published(settings: Settings) -> Finding:
    """The last good publish and its age."""
    verdict = settings.published / "gate.json"
    if not verdict.exists():
        return LOOK, "nothing is published yet; type: ocop nightly"
    moment = datetime.fromisoformat(json.loads(verdict.read_text(encoding="utf-8"))["checked_at"])
    return _aged(moment, settings, "published", "see the pages in runs/")


def chain(settings: Settings) -> Finding:
    """Whether what must never change is as it was written."""
    faults = verify_home(settings)
    if faults:
        return BROKEN, f"{len(faults)} faults, the first: {faults[0]} All: ocop verify"
    return WELL, "logs, originals and releases are as they were written"


def clock(settings: Settings) -> Finding:
    """Whether the clock went back behind what was written already."""
    lines = journal.read(ledger_path(settings.archive))
    latest = max((line.get("received_at") or line["judged_at"] for line in lines), default=None)
    if latest and datetime.fromisoformat(latest) > settings.known_at:
        return (
            BROKEN,
            f"it is {settings.known_at:%Y-%m-%d %H:%M} UTC, but the ledger was written at {latest}; set the clock",
        )
    return WELL, f"{settings.known_at:%Y-%m-%d %H:%M} UTC, after all that was written"


def mail(_settings: Settings) -> Finding:
    """Whether the mail server answers, can be trusted and lets us in."""
    try:
        server = load_post_settings().smtp
    except ValueError as error:
        return BROKEN, str(error)
    if server is None:
        return LOOK, "no mail server is set (OCOP_SMTP); nobody is told by mail"
    try:
        with connected(server, _MAIL_SECONDS):
            return WELL, f"{server!r} answers"
    except (OSError, smtplib.SMTPException) as error:
        return BROKEN, f"{server!r} does not take mail ({reason_of(error)}); it waits"


def mailbox(_settings: Settings) -> Finding:
    """Whether the mailbox that workbooks are sent to can be opened."""
    try:
        server = load_post_settings().imap
    except ValueError as error:
        return BROKEN, str(error)
    if server is None:
        return WELL, "none is set (OCOP_IMAP); workbooks come by folder alone"
    try:
        require_mailbox(server, _MAIL_SECONDS)
    except MailboxError as error:
        return BROKEN, f"{error} What was sent waits there"
    return WELL, f"{server!r} answers"


def landing(settings: Settings) -> Finding:
    """Whether the place where files arrive can be read."""
    try:
        if settings.remote_landing:
            from fsspec.core import url_to_fs

            system, root = url_to_fs(settings.remote_landing)
            system.ls(root)
            return WELL, f"{urlsplit(settings.remote_landing).scheme} place answers"
        waiting = sum(1 for path in settings.landing.rglob("*") if path.is_file())
        next(settings.landing.iterdir(), None)  # rglob keeps silent about a folder that is away
    except Exception as error:  # each store has its own errors
        return BROKEN, f"the landing place cannot be read ({type(error).__name__}: {error})"
    return WELL, f"{waiting} files wait in {settings.landing}"


def leftover_files(settings: Settings) -> Finding:
    """What killed steps left behind."""
    limit = settings.known_at - LEFTOVERS_KEPT
    old = [p for p in leftovers(settings) if datetime.fromtimestamp(p.stat().st_mtime, UTC) < limit]
    return (LOOK, f"{len(old)} half-written files; type: ocop tidy") if old else (WELL, "none")


def backup(settings: Settings) -> Finding:
    """The last backup and its age."""
    newest = newest_backup(settings.backups)
    if newest is None:
        return LOOK, f"none in {settings.backups}; type: ocop backup"
    moment = datetime.strptime(newest.name.split(".")[0], "ocop-%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return _aged(moment, settings, newest.name, "type: ocop backup")


def _aged(moment: datetime, settings: Settings, what: str, advice: str) -> Finding:
    age = settings.known_at - moment
    said = f"{what}, {max(age, timedelta()) // timedelta(hours=1)} hours ago"
    return (LOOK, f"{said}; {advice}") if age > _NIGHT_MISSED else (WELL, said)
