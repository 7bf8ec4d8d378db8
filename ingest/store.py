"""Typed rows to parquet in raw, written by DuckDB with the column types of the forms."""

from __future__ import annotations

import os
from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from pathlib import Path

from ingest.issue import Issue
from ingest.spec import Form, load_forms

PROVENANCE = {"_submission_id": "varchar", "_sheet": "varchar", "_row_number": "integer"}
_ISSUE_TYPES = {"_submission_id": "varchar"} | {
    f.name: "integer" if f.name == "row_number" else "varchar" for f in fields(Issue)
}
_LAYOUT_TYPES = {
    "_submission_id": "varchar",
    "_sheet": "varchar",
    "field_name": "varchar",
    "column_letter": "varchar",
    "header_text": "varchar",
    "header_row_number": "integer",
}
_BATCH_ROWS = 500


def raw_types(name: str) -> dict[str, str]:
    """Columns and DuckDB types of one raw table: a form, ``issue`` or ``layout``."""
    if name == "issue":
        return _ISSUE_TYPES
    if name == "layout":
        return _LAYOUT_TYPES
    return {f.name: f.sql_type for f in load_forms()[name].fields} | PROVENANCE


def raw_names() -> tuple[str, ...]:
    """Every table of raw."""
    return (*load_forms(), "issue", "layout")


def create_table(connection, name: str, form: Form, rows: list[dict]) -> None:
    """A table of the form's columns plus provenance in this connection, filled with the rows."""
    _fill(connection, name, {f.name: f.sql_type for f in form.fields} | PROVENANCE, rows)


def _fill(connection, name: str, types: dict[str, str], rows: list[dict]) -> None:
    columns = ", ".join(f'"{column}" {type_}' for column, type_ in types.items())
    connection.execute(f'create table "{name}" ({columns})')
    for start in range(0, len(rows), _BATCH_ROWS):
        batch = rows[start : start + _BATCH_ROWS]
        values = ("(" + ", ".join(literal(row.get(column)) for column in types) + ")" for row in batch)
        connection.execute(f'insert into "{name}" values ' + ", ".join(values))


def literal(value: object) -> str:
    """A value as an SQL literal. A bound parameter would make DuckDB import pandas, half a second for each `ocop check`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    text = str(value).replace("\x00", "")  # the one character a string of SQL cannot carry
    return "'" + text.replace("'", "''") + "'"


def store_submission(
    raw: Path,
    submission_id: str,
    period_code: str,
    tables: dict[str, list[dict]],
    issues: list[Issue],
    layout: list[dict],
) -> None:
    """Write ``raw/<form>/<period>/<submission_id>.parquet`` for each table given, and its issues and layout."""
    # issue last: where it stands, everything stands
    content = {**tables, "layout": layout, "issue": [asdict(issue) for issue in issues]}
    for name, rows in content.items():
        stamped = [{**row, "_submission_id": submission_id} for row in rows]
        _write(raw / name / period_code / f"{submission_id}.parquet", name, stamped)


def is_stored(raw: Path, submission_id: str, period_code: str, is_accepted: bool) -> bool:
    """Whether all of a submission's files are in raw; of a refused one there are only its issues."""
    names = raw_names() if is_accepted else ("issue", "layout")
    return all((raw / name / period_code / f"{submission_id}.parquet").exists() for name in names)


def ensure_empty_files(raw: Path) -> None:
    """A zero-row file per table with today's columns: a night without submissions has something to read, and files of
    before a column came get it as null."""
    for name in raw_names():
        path = raw / name / "empty.parquet"
        if not path.exists() or _stored_columns(path) != list(raw_types(name)):
            _write(path, name, [])


def _stored_columns(path: Path) -> list[str]:
    import duckdb

    with duckdb.connect() as connection:
        relation = connection.sql(f"select * from read_parquet({literal(str(path))})")
        return relation.columns


def _write(path: Path, name: str, rows: list[dict]) -> None:
    import duckdb

    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with duckdb.connect() as connection:
        _fill(connection, "content", raw_types(name), rows)
        connection.execute(f"copy content to {literal(str(unfinished))} (format parquet)")
    os.replace(unfinished, path)  # a reader never sees half a file
