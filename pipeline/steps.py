"""The verbs in order: land, load, build, gate, publish, freeze, report, release. CLI commands and DAG tasks call these.

Steps share nothing but the disk, so each can be run again alone. Every one returns an Outcome or raises StepError.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ingest import journal
from ingest.land import Landed, land_files
from pipeline.backup import backup as backup
from pipeline.backup import restore as restore
from pipeline.decisions import decide, waivers
from pipeline.doctor import doctor as doctor
from pipeline.home import published_database, require_home
from pipeline.load import load_landed
from pipeline.outcome import BROKEN, HELD, Outcome, StepError
from pipeline.settings import TIME_ZONE, PostSettings, Settings, git_commit, load_post_settings
from pipeline.tidy import tidy as tidy
from pipeline.warehouse import DATABASE, BuildError, build_warehouse, built_with, gate_history

# Where the new state lies while a reader keeps the published one from being replaced.
NEXT_DATABASE = "ocop.next.duckdb"

if TYPE_CHECKING:
    from pipeline.mail import Sent
    from pipeline.post_office import Round


def land(settings: Settings) -> Outcome:
    """Take every file of the landing folder into the archive and the ledger."""
    _require_landing(settings)
    _close_to_others(settings)
    with journal.exclusive(settings.archive):
        _require_whole_logs(settings)
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
    post = _post_settings()
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


def _post_settings() -> PostSettings:
    try:
        return load_post_settings()
    except ValueError as error:
        raise StepError(str(error)) from error


def _require_whole_logs(settings: Settings) -> None:
    from pipeline.integrity import verify_logs

    if faults := verify_logs(settings):
        raise StepError(" ".join(faults) + " Nothing was done.")


def load(settings: Settings) -> Outcome:
    """Judge every landed submission without a verdict; accept or refuse it whole and answer its sender.

    A file that breaks the judging is left without a verdict and named; it stops no other.
    """
    with journal.exclusive(settings.archive):
        _require_whole_logs(settings)
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
        _require_whole_logs(settings)
        try:
            list_id, new = land_list(
                path, list_name, settings.archive, period, settings.province_code, settings.known_at
            )
        except OSError as error:
            raise StepError(f"{error}. Nothing was taken.") from error
    unit_count = len([name for name in new if name != list_id])
    summary = f"{list_id}: rows of {unit_count} units" if new else f"{list_id} is known already"
    return Outcome("import", 0, summary, {"list_id": list_id, "new": new})


def build(settings: Settings) -> Outcome:
    """Build the candidate warehouse with dbt."""
    _require_whole_logs(settings)
    try:
        with journal.exclusive(settings.build):
            candidate = build_warehouse(settings)
    except BuildError as error:
        raise StepError(
            f"{error}. The published warehouse is untouched; see build/dbt_logs/dbt.log."
        ) from error
    return Outcome(
        "build", 0, f"candidate of {candidate.stat().st_size / 1e6:.1f} MB", {"path": str(candidate)}
    )


def gate(settings: Settings, suite: str, period: str | None = None) -> Outcome:
    """Judge the candidate (suite nightly) or the frozen copy of a period (suite ministry)."""
    from expectations.gate import GateBroken, run_gate
    from reports.freeze import SEAL, FreezeError, current_directory

    _require_whole_logs(settings)
    if suite == "nightly":
        directory = settings.build
    elif period:
        try:
            directory = current_directory(settings.releases, period)
        except FreezeError as error:
            raise StepError(str(error)) from error
        if (directory / SEAL).exists():
            return Outcome(
                "gate", 0, f"{directory.name} is released; its verdict stands", {"directory": str(directory)}
            )
    else:
        raise StepError("The ministry suite judges one period; give --period, for example --period 2024H2.")
    database = directory / DATABASE
    if not database.exists():
        raise StepError(f"There is no {database.name} in {directory.name}/ to judge; run: ocop build")
    try:
        verdict = run_gate(database, suite, directory, settings.known_at, period, waivers(settings))
    except GateBroken as error:
        raise StepError(
            f"The gate could not judge: {error}. Nothing was published; tell the developers."
        ) from error
    _remember(settings, suite, period, verdict)
    failed = [r for r in verdict.results if not r["success"]]
    blocking = [r for r in failed if r["is_blocking"]]
    details = {
        "verdict": verdict.verdict,
        "failed": [r["rule_id"] for r in failed],
        "page": str(directory / "gate.html"),
    }
    if verdict.verdict != "passed":
        names = ", ".join(r["rule_id"] for r in blocking)
        return Outcome("gate", HELD, f"held back by {names}; see {directory.name}/gate.html", details)
    return Outcome("gate", 0, f"passed {len(verdict.results)} rules, {len(failed)} with warnings", details)


def _remember(settings: Settings, suite: str, period: str | None, verdict) -> None:
    checked_at = settings.known_at.isoformat()
    # A moment that is built again had its verdict then; another one would change what was known since.
    if any(line["checked_at"] > checked_at for line in journal.read(gate_history(settings))):
        return
    keep = ("rule_id", "severity", "success", "unexpected_count", "waived_count", "waived_by", "sentences")
    journal.append(
        gate_history(settings),
        {
            "suite": suite,
            "period": period,
            "checked_at": checked_at,
            "verdict": verdict.verdict,
            "results": [{name: result[name] for name in keep} for result in verdict.results],
        },
    )


def publish(settings: Settings) -> Outcome:
    """Put the judged candidate in the place of the published warehouse, and its marts beside it as parquet."""
    import hashlib
    import json

    import duckdb

    candidate, verdict_path = settings.build / DATABASE, settings.build / "gate.json"
    if not candidate.exists():
        raise StepError("There is no candidate to publish; run: ocop build, then ocop gate nightly.")
    verdict = json.loads(verdict_path.read_text(encoding="utf-8")) if verdict_path.exists() else {}
    if verdict.get("database_sha256") != hashlib.sha256(candidate.read_bytes()).hexdigest():
        raise StepError("The candidate is not the one the gate judged; run: ocop gate nightly.")
    if verdict["verdict"] != "passed":
        return Outcome("publish", HELD, "the gate held the candidate back; the published warehouse stays")
    settings.published.mkdir(parents=True, exist_ok=True)
    unfinished = settings.published / "marts.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    with duckdb.connect(str(candidate), read_only=True) as connection:
        marts = [
            name
            for (name,) in connection.execute(
                "select table_name from information_schema.tables where table_name like 'mart\\_%' escape '\\' order by 1"
            ).fetchall()
        ]
        for name in marts:
            connection.execute(f'copy "{name}" to $1 (format parquet)', [str(unfinished / f"{name}.parquet")])
    marts_folder, before = settings.published / "marts", settings.published / "marts.before"
    shutil.rmtree(before, ignore_errors=True)
    try:
        if marts_folder.exists():
            os.replace(marts_folder, before)
        # The same basename: views and readers keep working, a reader that is open keeps the state it opened.
        os.replace(candidate, settings.published / DATABASE)
    except PermissionError as error:
        # A Windows share refuses to replace what a program holds open, and a folder with such a file in it.
        if before.exists() and not marts_folder.exists():
            os.replace(before, marts_folder)
        _copy_whole(candidate, settings.published / NEXT_DATABASE)
        raise StepError(
            f"A reader holds a file of published/ open ({DATABASE} or one of marts/); the last good state stays and the "
            f"new one lies beside it as {NEXT_DATABASE}. Once the file is closed, run: ocop publish"
        ) from error
    (settings.published / NEXT_DATABASE).unlink(missing_ok=True)
    for name in ("gate.json", "gate.html"):
        _copy_whole(settings.build / name, settings.published / name)
    shutil.rmtree(before, ignore_errors=True)
    os.replace(unfinished, marts_folder)
    return Outcome("publish", 0, f"published {DATABASE} and {len(marts)} marts", {"marts": marts})


def _copy_whole(source: Path, target: Path) -> None:
    unfinished = target.with_name(target.name + ".unfinished")
    shutil.copyfile(source, unfinished)
    os.replace(unfinished, target)


def nightly(settings: Settings, talk: Callable[[str], None] = lambda verb: None) -> list[Outcome]:
    """land, load, build, gate, publish; stops after a gate that holds. Leaves its row and its page in ``runs/``."""
    from pipeline.run_summary import summarise

    night = {
        "land": land,
        "load": load,
        "build": build,
        "gate": lambda s: gate(s, "nightly"),
        "publish": publish,
    }
    ended = {verb: {"verb": verb, "exit_code": None, "summary": None} for verb in night}
    outcomes = []
    # A second night waits here: between two builds it would judge and publish the other's candidate.
    with journal.exclusive(settings.runs):
        try:
            for verb, step in night.items():
                talk(verb)
                try:
                    outcomes.append(step(settings))
                except Exception as error:
                    ended[verb] |= {"exit_code": BROKEN, "summary": str(error)}
                    raise
                ended[verb] |= {"exit_code": outcomes[-1].exit_code, "summary": outcomes[-1].summary}
                if outcomes[-1].exit_code:
                    break
        finally:
            # On a full disk the sentence of the step that broke is worth more than that of its summary.
            with suppress(OSError):
                summarise(settings, list(ended.values()))
    return outcomes


def published_night(settings: Settings, since: datetime) -> Outcome:
    """Make sure that a night of a moment or later is the published one, before a report is made of it."""
    import json

    page = published_database(settings).with_name("gate.json")
    night = datetime.fromisoformat(json.loads(page.read_text(encoding="utf-8"))["checked_at"])
    local = ZoneInfo(TIME_ZONE)
    shown = f"{night.astimezone(local):%d/%m/%Y %H:%M}"
    if night < since:
        raise StepError(
            f"The published night is that of {shown}; the report needs one since {since.astimezone(local):%d/%m/%Y %H:%M}. "
            "See in runs/ why later nights were not published, mend it, run nightly_load."
        )
    return Outcome("night", 0, f"published night of {shown}", {"night": night.isoformat()})


def freeze(settings: Settings, period: str) -> Outcome:
    """Copy the published warehouse for the report of a period."""
    from reports.freeze import FreezeError
    from reports.freeze import freeze as freeze_copy

    _require_whole_home(settings)
    try:
        inputs = built_with(settings.published / DATABASE)
        result = freeze_copy(settings.published, settings.releases, period, inputs)
    except (FreezeError, BuildError) as error:
        raise StepError(str(error)) from error
    name = result.directory.relative_to(settings.releases)
    summary = (
        f"frozen into releases/{name}" if result.is_new else f"releases/{name} is released and unchanged"
    )
    return Outcome("freeze", 0, summary, {"directory": str(result.directory), "is_new": result.is_new})


def _require_whole_home(settings: Settings, releasing: str | None = None) -> None:
    """What is signed must rest on originals nobody has touched."""
    from pipeline.integrity import verify_home

    if faults := verify_home(settings, releasing):
        raise StepError(" ".join(faults) + " No report is made until `ocop verify` finds nothing.")


def verify(settings: Settings) -> Outcome:
    """Whether logs, originals and releases are as they were written; 1 when they are not."""
    from pipeline.integrity import verify_home

    require_home(settings)
    faults = verify_home(settings)
    summary = " ".join(faults) if faults else "everything is as it was written"
    return Outcome("verify", HELD if faults else 0, summary, {"faults": faults})


def report(settings: Settings, period: str) -> Outcome:
    """Print docx and xlsx (and pdf where LibreOffice is) from the frozen copy, and prove every figure against it."""
    from reports.definition import DefinitionError
    from reports.freeze import SEAL, FreezeError, current_directory
    from reports.frozen import ReportError
    from reports.pdf import PdfError, make_pdf
    from reports.pdf_proof import prove_pdf
    from reports.proof import prove
    from reports.render import ReportHeld, render

    try:
        directory = current_directory(settings.releases, period)
        if (directory / SEAL).exists():
            files = [str(path) for path in sorted(directory.glob("bao-cao-*"))]
            return Outcome("report", 0, f"{directory.name} is released; its report stands", {"files": files})
        paths = render(directory, period)
        differences = prove(directory, period)
        if differences:
            raise StepError("The printed report differs from the frozen warehouse: " + " ".join(differences))
        pdf = make_pdf(paths[0])
        differences = prove_pdf(paths[0], pdf) if pdf else None
        if differences:
            pdf.unlink()
            raise StepError("The PDF differs from the proven document and is removed: " + differences[0])
    except ReportHeld as error:
        return Outcome("report", HELD, str(error))
    except (FreezeError, ReportError, DefinitionError, PdfError) as error:
        raise StepError(str(error)) from error
    files = [*paths, *([pdf] if pdf else [])]
    note = "" if pdf else "; no pdf, LibreOffice is not installed"
    if pdf and differences is None:
        note = "; the pdf is not read back, poppler (pdftotext) is not installed"
    names = ", ".join(path.name for path in files)
    return Outcome(
        "report", 0, f"{names}; every figure proven{note}", {"files": [str(path) for path in files]}
    )


def report_again(settings: Settings, period: str, into: Path) -> Outcome:
    """Print a released report again from the archive alone; 1 when it is not, byte for byte, the sealed one."""
    from pipeline.print_again import print_release_again
    from reports.definition import DefinitionError
    from reports.freeze import FreezeError
    from reports.frozen import ReportError

    if into.resolve().is_relative_to(settings.releases):
        raise StepError(
            f"{into} lies in releases/, where nothing is added to what is sealed; give another folder."
        )
    _require_whole_home(settings)
    try:
        again = print_release_again(settings, period, into)
    except (BuildError, FreezeError, ReportError, DefinitionError) as error:
        raise StepError(str(error)) from error
    details = {
        "release": again.release,
        "files": [str(path) for path in again.paths],
        "sha256": again.sha256,
        "differing": again.differing,
    }
    printed = ", ".join(f"{name} sha256 {found[:16]}" for name, found in again.sha256.items())
    if not again.differing:
        summary = (
            f"{printed}: printed again from the archive, byte for byte as sealed in releases/{again.release}"
        )
        return Outcome("report", 0, summary, details)
    what = "other figures" if again.has_other_figures else "the same figures in another form"
    here = git_commit()
    if again.released_with == here:
        advice = "This is the version it was released with: tell the developers."
    else:
        advice = f"It was released with commit {again.released_with}, this is {here}: print it again with that version."
    summary = (
        f"printed again from the archive, {', '.join(again.differing)} is not what was sealed in "
        f"releases/{again.release}: {what}. {advice} The sealed files stand, whole."
    )
    return Outcome("report", HELD, summary, details)


def release(settings: Settings, period: str, by: str, why: str = "") -> Outcome:
    """Approve the report of a period under the name of the person who signs it off, then seal it.

    One that broke off between the two is finished by calling it again.
    """
    from ingest.vietnamese import clean
    from pipeline.integrity import approvals, log_heads
    from reports.freeze import SEAL, FreezeError, current_directory
    from reports.render import differing
    from reports.seal import SealError, content_of, require_sealable, seal

    _require_whole_home(settings, releasing=period)
    try:
        directory = current_directory(settings.releases, period)
        name = directory.relative_to(settings.releases).as_posix()
        was_sealed = (directory / SEAL).exists()
        if not was_sealed:
            require_sealable(directory, by, settings.known_at)
            if changed := differing(directory, period):
                raise StepError(
                    f"releases/{name}/{', '.join(changed)} is not what the frozen copy prints; "
                    f"nothing is approved. Run: ocop report {period}"
                )
            content = content_of(directory)
            approval = approvals(settings).get(name)
            if not approval or (approval.get("content_sha256"), approval["by"]) != (content, clean(by)):
                what = {"period_code": period, "release": name, "content_sha256": content}
                approval = decide(settings, "approve", by, why, **what)
            approved_at = datetime.fromisoformat(approval["decided_at"])
            seal(directory, approval["by"], approval["why"], approved_at, log_heads(settings))
        sealed = seal(directory, by, why, settings.known_at)
    except (FreezeError, SealError) as error:
        raise StepError(str(error)) from error
    details = {"directory": str(directory), "signed_by": sealed["signed_by"]}
    if was_sealed:
        return Outcome(
            "release", 0, f"releases/{name} was released by {sealed['signed_by']} and is unchanged", details
        )
    return Outcome("release", 0, f"releases/{name} released by {sealed['signed_by']}", details)


def status(settings: Settings, period: str | None = None) -> dict:
    """Who is expected for a period, who has sent, and how it stands; without a period, the last one closed."""
    from pipeline.submission_status import submission_status

    return submission_status(settings, period)


def post(settings: Settings) -> Outcome:
    """Send each receipt to the contacts of its sender, and what else waits to be sent."""
    from pipeline.post_office import send_receipts

    require_home(settings)
    return _posted("post", send_receipts(settings, _post_settings()))


def _posted(verb: str, done: Round) -> Outcome:
    summary = f"{done.new} new letters, {done.sent.sent} sent, {done.sent.waiting} waiting"
    if done.without_contacts:
        summary += f"; no contact for {', '.join(done.without_contacts)} (ocop contacts FILE)"
    if done.sent.refused:
        summary += f"; refused by the mail server for good: {', '.join(done.sent.refused)}"
    details = {"new": done.new, "sent": done.sent.sent, "waiting": done.sent.waiting}
    return _sent(verb, summary, done.sent, details | {"without_contacts": list(done.without_contacts)})


def _sent(verb: str, summary: str, sent: Sent, details: dict) -> Outcome:
    """A mail server that is down breaks the step, so that it is tried again; the letters wait in the spool."""
    if sent.problem:
        summary += f"; {sent.problem}"
    if sent.is_broken:
        raise StepError(f"{summary}. Nothing is lost; the letters go out with the next: ocop post")
    return Outcome(verb, 0, summary, details)


def remind(settings: Settings, period: str) -> Outcome:
    """Remind the units that have not sent for a period, or whose file was sent back."""
    from pipeline.post_office import remind_units

    missing = [
        u for u in status(settings, period)["units"] if u["submission_status_code"] in ("missing", "refused")
    ]
    return _posted("remind", remind_units(settings, _post_settings(), period, missing))


def tell(settings: Settings) -> Outcome:
    """Receipts to their senders and the morning digest to the desk; whatever the night before it came to."""
    from pipeline.post_office import send_digest, send_receipts

    office = _post_settings()
    receipts = send_receipts(settings, office)
    problems = []
    if receipts.without_contacts:
        problems.append(f"Chưa có người liên hệ của: {', '.join(receipts.without_contacts)}.")
    if receipts.sent.waiting:
        problems.append(f"{receipts.sent.waiting} thư đang chờ gửi.")
    digest, sent, webhook = send_digest(settings, office, tuple(problems))
    count = receipts.sent.sent + sent.sent
    summary = f"{receipts.new} receipts, {len(office.desk)} digests; {count} sent, {sent.waiting} waiting"
    if webhook:
        summary += f"; {webhook}"
    return _sent("tell", summary, sent, {"digest": digest.text, "waiting": sent.waiting})
