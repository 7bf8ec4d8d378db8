"""Freezes the published warehouse for one report: a copy, a manifest, a fingerprint of the printed rows."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from reports.amendment import add_amendment
from reports.frozen import DATABASE, MANIFEST, SEAL

CORRECTION = "dieu-chinh-"

# A year is the stock of its second half and the flow of both (bridge_period); a plan may be filed for the
# year itself. Submissions of other periods count when a printed figure rests on a row of theirs.
IN_FORCE = """
select submission_id from fct_submission
where is_in_force and (period_code = $period or period_code in
    (select source_period_code from bridge_period where period_code = $period))
"""
BEHIND_A_FIGURE = "select distinct _submission_id from int_ministry__evidence where period_code = $period"


class FreezeError(RuntimeError):
    """Nothing can be frozen; the message says why."""


@dataclass(frozen=True)
class FreezeResult:
    """Where the frozen copy stands and whether this call made it."""

    directory: Path
    is_new: bool
    fingerprint: str


def freeze(published: Path, releases: Path, period: str, inputs: dict) -> FreezeResult:
    """Copy the published warehouse into the release of a period; a sealed one gets a correction beside it.

    ``inputs`` is what the warehouse was built with (git_commit, province_code, as_of, known_at), for the manifest.
    """
    source = published / DATABASE
    if not source.is_file():
        raise FreezeError(
            f"there is no published warehouse {DATABASE} in {published.name}/; run: ocop nightly"
        )
    with duckdb.connect(str(source), read_only=True) as connection:
        submissions = _submissions(connection, period)
        fingerprint = _fingerprint(connection, period)
    newest = _newest(releases, period)
    sealed = [directory for directory in directories(releases, period) if (directory / SEAL).exists()]
    if newest is None:
        directory = releases / period
    elif newest not in sealed:
        directory = newest
    elif _read(newest / MANIFEST)["fingerprint"] == fingerprint:
        return FreezeResult(newest, False, fingerprint)
    else:
        directory = releases / period / f"{CORRECTION}{1 + _correction_number(newest)}"

    temporary = releases / f".{period}.tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    shutil.copyfile(source, temporary / DATABASE)
    amends = None
    if sealed:
        manifest = _read(sealed[-1] / MANIFEST)
        commits = manifest["git_commit"], inputs["git_commit"]
        add_amendment(temporary / DATABASE, sealed[-1] / DATABASE, period, manifest["known_at"], commits)
        signed_at = _read(sealed[-1] / SEAL)["signed_at"]
        amends = {"release": sealed[-1].relative_to(releases).as_posix(), "signed_at": signed_at}
    with (temporary / DATABASE).open("rb") as copy:
        digest = hashlib.file_digest(copy, "sha256").hexdigest()
    manifest = {
        "period": period,
        "amends": amends,
        "fingerprint": fingerprint,
        **{name: _moment(value) for name, value in inputs.items()},
        "submission_ids": submissions,
        "database_sha256": digest,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)
    (temporary / MANIFEST).write_text(text + "\n", encoding="utf-8")
    _put_in_place(temporary, directory)
    return FreezeResult(directory, True, fingerprint)


def current_directory(releases: Path, period: str) -> Path:
    """The newest release directory of a period: the release itself or its last correction."""
    newest = _newest(releases, period)
    if newest is None:
        raise FreezeError(f"period {period} has no release yet; run: ocop freeze {period}")
    return newest


def directory_at(releases: Path, period: str, moment: datetime) -> Path:
    """The newest release directory of a period at a moment: signed by then, or a draft of what was known by then."""
    found = directories(releases, period)
    for directory in reversed(found):
        seal = directory / SEAL
        said = _read(seal)["signed_at"] if seal.exists() else _read(directory / MANIFEST)["known_at"]
        if datetime.fromisoformat(said) <= moment:
            return directory
    raise FreezeError(f"period {period} has no release by {moment.isoformat()}; run: ocop freeze {period}")


def directories(releases: Path, period: str) -> list[Path]:
    """The release of a period, then its corrections in order."""
    first = releases / period
    if not first.is_dir():
        return []
    return [first, *sorted(first.glob(f"{CORRECTION}*"), key=_correction_number)]


def _newest(releases: Path, period: str) -> Path | None:
    return (directories(releases, period) or [None])[-1]


def _correction_number(directory: Path) -> int:
    number = directory.name.removeprefix(CORRECTION)
    return int(number) if number != directory.name else 0


def _read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def _put_in_place(temporary: Path, directory: Path) -> None:
    """Exchange whole directories, so that no release is ever half old and half new."""
    outgoing = temporary.with_suffix(".old")
    shutil.rmtree(outgoing, ignore_errors=True)
    if directory.exists():
        os.replace(directory, outgoing)
    os.replace(temporary, directory)
    shutil.rmtree(outgoing, ignore_errors=True)


def _submissions(connection: duckdb.DuckDBPyConnection, period: str) -> list[str]:
    parameters = {"period": period}
    if not connection.execute("select 1 from dim_period where period_code = $period", parameters).fetchone():
        raise FreezeError(f"period {period} is not in dim_period; periods read like 2024H1, 2024H2, 2024Y")
    in_force = {row[0] for row in connection.execute(IN_FORCE, parameters).fetchall()}
    if not in_force:
        raise FreezeError(
            f"no submission of period {period} is in force in the published warehouse; see: ocop status"
        )
    behind = {row[0] for row in connection.execute(BEHIND_A_FIGURE, parameters).fetchall()}
    return sorted(in_force | behind)


def _fingerprint(connection: duckdb.DuckDBPyConnection, period: str) -> str:
    """sha256 over the rows of every printed table of the period, in printed order."""
    digest = hashlib.sha256()
    models = connection.execute(
        """select table_name from information_schema.tables
        where starts_with(table_name, 'rpt_ministry__') order by table_name"""
    ).fetchall()
    for (model,) in models:
        for row in _canonical_rows(connection, model, period):
            digest.update(row.encode())
    return digest.hexdigest()


def _canonical_rows(connection: duckdb.DuckDBPyConnection, model: str, period: str) -> Iterator[str]:
    cursor = connection.execute(
        f"select * from {model} where period_code = $period order by row_no, row_code", {"period": period}
    )
    columns = [column[0] for column in cursor.description]
    for row in cursor.fetchall():
        record = {name: _canonical(value) for name, value in zip(columns, row, strict=True)}
        yield json.dumps([model, record], ensure_ascii=False, sort_keys=True) + "\n"


def _canonical(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"  # 345.000 and 345 are one figure
    return value.isoformat() if isinstance(value, date) else str(value)


def _moment(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
