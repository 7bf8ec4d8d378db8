"""A home that has lived through one night on the samples; every test gets its own copy."""

import re
import shutil
from collections.abc import Iterator

import pytest
from homes import settings_of

from pipeline import steps
from pipeline.settings import PROJECT, Settings

SAMPLES = PROJECT / "samples"


@pytest.fixture(scope="session")
def sample_night(tmp_path_factory) -> Iterator[tuple[Settings, list[steps.Outcome]]]:
    """Home and outcomes of one night on every sample, the bad ones too. Do not change it."""
    home = tmp_path_factory.mktemp("samples")
    (home / "landing").mkdir()
    for path in [*SAMPLES.glob("*.xlsx"), *SAMPLES.glob("bad/*.xlsx")]:
        shutil.copy(path, home / "landing")
    settings = settings_of(home)
    outcomes = steps.nightly(settings)
    with pytest.MonkeyPatch.context() as patch:
        # What dbt has parsed here it need not parse again for a home that begins empty: a quarter of its first build.
        patch.setenv("DBT_PARTIAL_PARSE_FILE_PATH", str(settings.build / "dbt" / "partial_parse.msgpack"))
        yield settings, outcomes


@pytest.fixture
def home(sample_night, tmp_path) -> Settings:
    """A copy of the sample home to change."""
    settings, _ = sample_night
    shutil.copytree(settings.home, tmp_path / "home")
    return settings_of(tmp_path / "home")


@pytest.fixture
def model(sample_night):
    """Runs a model's own SQL, as dbt compiled it, on rows of a test: ``model(name, table=[{column: value}, …], …)``,
    asked on the day of the sample home or on ``as_of``.

    A table given as a list has the columns of the sample warehouse, missing values are null; one not given is as the samples
    have it. Returns the rows as dicts.
    """
    import duckdb

    settings, _ = sample_night
    compiled = settings.build / "dbt" / "compiled" / "ocop" / "models" / "core"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{settings.published / 'ocop.duckdb'}' as samples (read_only)")
        connection.execute("attach ':memory:' as ocop")
        connection.execute("create schema ocop.staging")
        untouched: set[str] = set()  # tables that are as the samples have them

        def run(name: str, as_of=settings.as_of, **tables: list[dict]) -> list[dict]:
            connection.execute(f"set variable as_of = date '{as_of}'")
            sql = (compiled / f"{name}.sql").read_text(encoding="utf-8")
            for schema, table in set(re.findall(r'"ocop"\."(\w+)"\."(\w+)"', sql)):
                qualified = f"ocop.{schema}.{table}"
                if table in untouched and table not in tables:
                    continue
                (untouched.discard if table in tables else untouched.add)(table)
                if table in tables and isinstance(tables[table], dict):
                    columns = ", ".join(
                        f"{column} {type_}" for column, type_ in tables[table]["columns"].items()
                    )
                    connection.execute(f"create or replace table {qualified} ({columns})")
                else:
                    keep = "" if table not in tables else " limit 0"
                    connection.execute(
                        f"create or replace table {qualified} as from samples.main.{table}{keep}"
                    )
                given = tables.get(table, [])
                for row in given["rows"] if isinstance(given, dict) else given:
                    marks = ", ".join("?" for _ in row)
                    connection.execute(
                        f"insert into {qualified} ({', '.join(row)}) values ({marks})", list(row.values())
                    )
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        yield run
