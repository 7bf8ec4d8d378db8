"""Typed rows to parquet in raw, written by DuckDB with the column types of the forms."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from ingest.issue import Issue
from ingest.spec import load_forms

PROVENANCE = {"_submission_id": "varchar", "_sheet": "varchar", "_row_number": "integer"}
_ISSUE_TYPES = {"_submission_id": "varchar"} | {
    f.name: {"row_number": "integer", "amount_vnd_million": "decimal(18, 3)"}.get(f.name, "varchar")
    for f in fields(Issue)
}
_LAYOUT_TYPES = {
    "_submission_id": "varchar",
    "_sheet": "varchar",
    "field_name": "varchar",
    "column_letter": "varchar",
    "header_text": "varchar",
    "header_row_number": "integer",
}


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


@cache
def memory():
    """The in-memory DuckDB of this process; to open one takes longer than to judge a sheet.

    Tables are small: a second thread would gain nothing, and to optimise a query takes longer than to run it.
    """
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    connection.execute("pragma disable_optimizer")
    return connection


def select_rows(types: dict[str, str], rows: list[dict]) -> str:
    """SQL that gives the rows with these columns and types, in their order; a type that does not hold a value is an error."""
    return select_json(types, as_json({name: [row.get(name) for row in rows] for name in types}))


def select_json(types: dict[str, str], content: str) -> str:
    """The same from ``content``, SQL that gives what as_json makes.

    Rows go in as one JSON text: as SQL literals they took ten times as long to parse.
    """
    structure = json.dumps({name: [type_.upper()] for name, type_ in types.items()})
    selected = ", ".join(f'unnest(content."{name}") as "{name}"' for name in types)
    return f"select {selected} from (select from_json_strict({content}, '{structure}') as content)"


def as_json(columns: dict[str, list]) -> str:
    """The values by column as an SQL literal for select_json."""
    # Most columns are empty, and a null is shorter; where all are, their lists say how many rows there are.
    short = {name: None if values.count(None) == len(values) else values for name, values in columns.items()}
    # str is how JSON gets dates (ISO) and decimals (every digit); DuckDB reads them back by the type.
    content = json.dumps(short if any(short.values()) else columns, ensure_ascii=False, default=str)
    if "\\u0000" in content:  # the one character a string of SQL cannot carry
        return as_json({name: list(map(_without_nul, values)) for name, values in columns.items()})
    return literal(content)


def _without_nul(value: object) -> object:
    return value.replace("\x00", "") if isinstance(value, str) else value


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


def read_submission(raw: Path, submission_id: str, period_code: str) -> dict[str, list[dict]]:
    """The typed rows of an accepted submission by form, as they were stored."""
    import duckdb

    tables = {}
    with duckdb.connect() as connection:
        for name in load_forms():
            path = raw / name / period_code / f"{submission_id}.parquet"
            if not path.exists():
                continue  # a text file holds one form
            cursor = connection.execute(
                f"select * from read_parquet({literal(str(path))}) order by _row_number"
            )
            columns = [column[0] for column in cursor.description]
            tables[name] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return tables


def is_stored(
    raw: Path, submission_id: str, period_code: str, is_accepted: bool, form_name: str | None = None
) -> bool:
    """Whether all of a submission's files are in raw; of a refused one there are only its issues.

    ``form_name`` is the one form of a text file, None for a workbook.
    """
    forms = ((form_name,) if form_name else tuple(load_forms())) if is_accepted else ()
    names = (*forms, "issue", "layout")
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
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    content = select_rows(raw_types(name), rows)
    memory().execute(f"copy ({content}) to {literal(str(unfinished))} (format parquet)")
    os.replace(unfinished, path)  # a reader never sees half a file
