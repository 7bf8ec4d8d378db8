"""What a command may rely on: that the folder it was given is a data home, that something is published; how it is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.outcome import StepError
from pipeline.settings import Settings
from pipeline.warehouse import DATABASE

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def require_home(settings: Settings) -> None:
    """StepError on a folder that never was a data home or has lost its archive: "all is well" would be said of nothing.

    One that waits for its first files has a landing folder and nothing else of a home.
    """
    made = (settings.raw, settings.published, settings.releases, settings.decisions.parent)
    is_new = (settings.home / "landing").is_dir() and not any(folder.exists() for folder in made)
    if not settings.archive.is_dir() and not is_new:
        raise StepError(
            f"{settings.home} is no data home: it has no archive/. Name the right one with --home or OCOP_HOME; if this is it, "
            "restore the last backup. A new home begins with: ocop nightly"
        )


def published_database(settings: Settings) -> Path:
    """The published warehouse; StepError while there is none."""
    database = settings.published / DATABASE
    if not database.exists():
        require_home(settings)
        raise StepError(f"Nothing is published yet in {settings.home}; run: ocop nightly")
    return database


def rows_of(connection: DuckDBPyConnection, query: str, **parameters: object) -> list[dict]:
    """The rows of a query by the names of their columns."""
    cursor = connection.execute(query, parameters)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
