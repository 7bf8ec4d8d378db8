"""One dbt build of the whole warehouse into a candidate file, in this process."""

from __future__ import annotations

import shutil
from pathlib import Path

from ingest.land import ledger_path
from ingest.spec import TABLE_FORM_NAMES, load_forms
from ingest.store import ensure_empty_files
from pipeline.settings import PROJECT, Settings

DATABASE = "ocop.duckdb"
DBT_PROJECT = PROJECT / "dbt_project"


class BuildError(Exception):
    """dbt did not build the warehouse; the message names the models and tests that failed."""


def gate_history(settings: Settings) -> Path:
    """Past verdicts of the gates, one line each."""
    return settings.archive / "gate.jsonl"


def build_warehouse(settings: Settings, with_unit_tests: bool = False) -> Path:
    """Build ``build/ocop.duckdb`` from raw, ledger, decisions and code lists; returns its path. Raises BuildError.

    The models' unit tests run on rows of their own, so a night learns nothing from them; the test suite runs them.
    """
    ensure_empty_files(settings.raw)
    for log in (ledger_path(settings.archive), settings.decisions, gate_history(settings)):
        log.parent.mkdir(parents=True, exist_ok=True)
        log.touch()
    settings.build.mkdir(parents=True, exist_ok=True)
    candidate = settings.build / DATABASE
    candidate.unlink(missing_ok=True)
    _run_dbt(settings, candidate, [] if with_unit_tests else ["--exclude-resource-type", "unit_test"])
    _drop_staging(candidate)
    return candidate


def dbt_variables(settings: Settings, candidate: Path) -> dict[str, object]:
    """The variables the dbt project asks for; every path absolute."""
    return {
        "build_db": str(candidate),
        "temp_directory": str(settings.build / "duckdb_spill"),
        "raw_dir": str(settings.raw),
        "ledger_file": str(ledger_path(settings.archive)),
        "decisions_file": str(settings.decisions),
        "gate_file": str(gate_history(settings)),
        "as_of": settings.as_of.isoformat(),
        "known_at": settings.known_at.isoformat(),
        "province_code": settings.province_code,
        "form_sheets": {name: load_forms()[name].sheet for name in TABLE_FORM_NAMES},
        "personal_fields": [f.name for form in load_forms().values() for f in form.fields if f.personal],
    }


def _run_dbt(settings: Settings, candidate: Path, options: list[str]) -> None:
    import json

    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    arguments = ["build", *options, "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
    arguments += [
        "--target-path",
        str(settings.build / "dbt"),
        "--log-path",
        str(settings.build / "dbt_logs"),
    ]
    arguments += ["--vars", json.dumps(dbt_variables(settings, candidate)), "--quiet"]
    try:
        result = dbtRunner().invoke(arguments)
    finally:
        # dbt keeps DuckDB's write lock in this process until told to let go.
        DuckDBConnectionManager.close_all_connections()
        shutil.rmtree(settings.build / "duckdb_spill", ignore_errors=True)
    if result.success:
        return
    if result.exception is not None:
        raise BuildError(f"dbt could not run: {result.exception}")
    failed = [
        f"{r.node.name}: {r.message}" for r in result.result if r.status in ("error", "fail", "runtime error")
    ]
    raise BuildError("dbt build failed in " + "; ".join(failed))


def _drop_staging(candidate: Path) -> None:
    """Views over raw files must not be published: what is checked is what is read, tables only."""
    import duckdb

    with duckdb.connect(str(candidate)) as connection:
        connection.execute("drop schema if exists staging cascade")
        connection.execute("checkpoint")
