"""The candidate warehouse: built, judged by the gate, published; the gate judges a frozen copy likewise."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ingest import journal
from pipeline.decisions import waivers
from pipeline.integrity import require_whole_logs
from pipeline.outcome import HELD, Outcome, StepError
from pipeline.settings import Settings
from pipeline.warehouse import DATABASE, BuildError, build_warehouse, gate_history

# Where the new state lies while a reader keeps the published one from being replaced.
NEXT_DATABASE = "ocop.next.duckdb"


def build(settings: Settings) -> Outcome:
    """Build the candidate warehouse with dbt."""
    require_whole_logs(settings)
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
    from reports.freeze import FreezeError, current_directory
    from reports.frozen import SEAL

    require_whole_logs(settings)
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
