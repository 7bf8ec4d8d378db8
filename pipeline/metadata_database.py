"""A copy of Airflow's metadata database, consistent while Airflow runs: PostgreSQL by pg_dump, SQLite by its own backup."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from pipeline.outcome import StepError


def copy_metadata(url: str, folder: Path) -> Path:
    """Write the copy of the database that ``url`` (SQLAlchemy's) names into a folder; returns its path."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        found = make_url(url)
    except ArgumentError as error:
        # The text may hold a password, so it is not repeated.
        raise StepError(
            "The address of Airflow's metadata database cannot be read; correct AIRFLOW__DATABASE__SQL_ALCHEMY_CONN."
        ) from error
    backend = found.get_backend_name()
    if backend == "sqlite":
        return _copy_sqlite(Path(found.database or ""), folder / "airflow.db")
    if backend == "postgresql":
        return _dump_postgresql(found, folder / "airflow.dump")
    raise StepError(f"Airflow's metadata lies in {backend}; only PostgreSQL and SQLite can be backed up.")


def _copy_sqlite(source: Path, target: Path) -> Path:
    if not source.is_file():
        raise StepError(f"Airflow's metadata database {source} does not exist; run: airflow db migrate")
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as database,
        closing(sqlite3.connect(target)) as copy,
    ):
        database.backup(copy)
    return target


def _dump_postgresql(url, target: Path) -> Path:
    # libpq's variables: a password on the command line can be read by everybody on the machine.
    given = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    environment = os.environ | {name: value for name, value in given.items() if value}
    command = ["pg_dump", "--no-password", "--format=custom", f"--file={target}"]
    try:
        subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise StepError(
            "Airflow's metadata lies in PostgreSQL and pg_dump is not installed; "
            "install the package postgresql-client of the server's version. No backup was made."
        ) from error
    except subprocess.CalledProcessError as error:
        raise StepError(
            f"pg_dump could not copy Airflow's metadata: {error.stderr.strip()}. No backup was made."
        ) from error
    return target
