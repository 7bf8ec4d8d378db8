"""One dbt build of the whole warehouse into a candidate file, in this process."""

from __future__ import annotations

import contextlib
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.dictionary import marts
from ingest.land import ledger_path
from ingest.spec import TABLE_FORM_NAMES, load_forms
from ingest.store import ensure_empty_files
from pipeline.settings import PROJECT, Settings, git_commit

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
    # A night has no reader for dbt's own records, and writing them costs a twentieth of it.
    options = [] if with_unit_tests else ["--exclude-resource-type", "unit_test", "--no-write-json"]
    _run_dbt(settings, ["build", *options], settings.build / "dbt", candidate)
    _make_publishable(candidate)
    return candidate


def dbt_variables(settings: Settings, candidate: Path) -> dict[str, object]:
    """The variables the dbt project asks for: the same for every night, and paths for every home."""
    paths = {
        "build_db": candidate,
        "temp_directory": settings.build / "duckdb_spill",
        "raw_dir": settings.raw,
        "ledger_file": ledger_path(settings.archive),
        "decisions_file": settings.decisions,
        "gate_file": gate_history(settings),
    }
    return {name: str(path.relative_to(settings.home)) for name, path in paths.items()} | {
        "git_commit": git_commit(),
        "province_code": settings.province_code,
        "form_sheets": {name: load_forms()[name].sheet for name in TABLE_FORM_NAMES},
        "personal_fields": [f.name for form in load_forms().values() for f in form.fields if f.personal],
    }


def built_with(database: Path) -> dict[str, object]:
    """Commit, province and the two clocks a warehouse was built with. Raises BuildError where it does not say."""
    import duckdb

    if not database.is_file():
        raise BuildError(
            f"there is no warehouse {database.name} in {database.parent.name}/; run: ocop nightly"
        )
    with duckdb.connect(str(database), read_only=True) as connection:
        try:
            commit, province, as_of, microseconds = connection.execute(
                "select commit_code, province_code, as_of_date, epoch_us(known_at) from dim_build"
            ).fetchone()
        except duckdb.CatalogException as error:
            raise BuildError(
                f"{database.parent.name}/{database.name} was built by an earlier version and does not say with which "
                "clocks; run: ocop nightly"
            ) from error
    known_at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)
    return {"git_commit": commit, "province_code": province, "as_of": as_of, "known_at": known_at}


def _run_dbt(settings: Settings, arguments: list[str], target: Path, candidate: Path) -> None:
    import gc
    import json

    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    from pipeline.dbt_clocks import set_clocks

    arguments = [*arguments, "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
    arguments += ["--target-path", str(target), "--log-path", str(settings.build / "dbt_logs")]
    arguments += ["--vars", json.dumps(dbt_variables(settings, candidate))]
    arguments += ["--log-level", "none"]  # its log is a file; lines for nobody cost a tenth of the build
    set_clocks(settings.as_of, settings.known_at)
    # What dbt has parsed lives to the end; to look through it for garbage again and again costs a seventh of the build.
    gc.disable()
    try:
        with contextlib.chdir(settings.home):
            result = dbtRunner().invoke(arguments)
    finally:
        gc.enable()
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
    raise BuildError(f"dbt {arguments[0]} failed in " + "; ".join(failed))


def _make_publishable(candidate: Path) -> None:
    """Tables only, for what is checked is what is read and views over raw files must not be published; marts described."""
    import duckdb

    with duckdb.connect(str(candidate)) as connection:
        connection.execute("drop schema if exists staging cascade")
        # Not dbt's persist_docs: it knows one language and costs a statement per column and model.
        connection.execute("begin")
        for mart in marts().values():
            connection.execute(f"comment on table {mart.name} is {_quoted(mart.vietnamese, mart.english)}")
            for column in mart.columns:
                said = _quoted(column.vietnamese, column.english)
                connection.execute(f'comment on column {mart.name}."{column.name}" is {said}')
        connection.execute("commit")
        connection.execute("checkpoint")


def _quoted(vietnamese: str, english: str) -> str:
    return "'" + f"{vietnamese} | {english}".replace("'", "''") + "'"


def table_checksums(database: Path) -> dict[str, str]:
    """For each table its row count and a sum over the hashes of its rows: equal whatever the order of the rows."""
    import duckdb

    with duckdb.connect(str(database), read_only=True) as connection:
        names = connection.execute("select table_name from duckdb_tables() order by 1").fetchall()
        sums = {}
        for (name,) in names:
            count, total = connection.execute(
                f'select count(*), coalesce(sum(md5_number_lower(t::varchar)), 0) from "{name}" as t'
            ).fetchone()
            sums[name] = f"{count}:{total:x}"
    return sums


def write_docs(settings: Settings) -> Path:
    """Write dbt's documentation of the project as one page beside the published warehouse; returns its path."""
    arguments = ["docs", "generate", "--static", "--empty-catalog"]
    target = settings.build / "dbt_docs"
    _run_dbt(settings, arguments, target, settings.build / "docs.duckdb")
    page = settings.published / "docs" / "index.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    text = (target / "static_index.html").read_text(encoding="utf-8")
    for folder in (settings.home, PROJECT):  # where things lie on this machine is nobody's business
        text = text.replace(f"{folder}/", "")
    page.write_text(text, encoding="utf-8")
    shutil.rmtree(target)
    (settings.build / "docs.duckdb").unlink()
    return page
