"""What stands in published/: readers are never disturbed, and nothing personal is in it."""

import shutil
import subprocess
import sys
from pathlib import Path

import districts
import duckdb
import pytest
from homes import query, settings_of
from openpyxl import load_workbook

from ingest.dictionary import marts
from ingest.spec import load_forms
from pipeline import export, steps
from pipeline.warehouse import DATABASE

PLANTED = "Zwxqvzkj"  # in no Vietnamese text, and too long to be met by chance among packed bytes
# Opens the published file before the night, says what it sees then, and again when it is told that the night is over.
READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
for _ in range(2):
    print(connection.execute("select count(*) from mart_submission").fetchone()[0], flush=True)
    sys.stdin.readline()
"""


def plant(path: Path, values: list[str], gender: str | None = None) -> None:
    """Write a recognisable person into every personal cell of a workbook: one value a row, the first one on the cover.

    ``gender`` is a word of its list, without which the workbook is refused.
    """
    workbook = load_workbook(path)
    for form in load_forms().values():
        for field in (field for field in form.fields if field.personal):
            if form.name == "cover":
                districts.cover_cell(workbook, field.name).value = f"{PLANTED} {values[0]}"
                continue
            for row, value in enumerate(values, start=1):
                cell = districts.cell(workbook, form.name, field.name, row)
                is_listed = gender and field.codelist
                cell.value = gender if is_listed else f"{value} {PLANTED} {field.name}"
    workbook.save(path)


@pytest.fixture(scope="module")
def night(sample_night, tmp_path_factory):
    """Settings after a second night with planted persons, and what a reader saw that had opened the file before it."""
    home = tmp_path_factory.mktemp("published") / "home"
    shutil.copytree(sample_night[0].home, home)
    settings = settings_of(home)
    plant(districts.make(home / "landing", unit="586"), ["một", "hai", "ba"], gender="Nữ")
    # Beyond every limit, like a formula, and one product twice with other persons: findings about personal cells.
    plant(districts.make(home / "landing", unit="585"), ["x" * 2000, "=1+1", "#REF!"])
    plant(districts.make(home / "landing", unit="589", fault="duplicate_row"), ["@cmd", "-", "31/02/2024"])
    command = [sys.executable, "-c", READER, str(settings.published / DATABASE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        before = int(reader.stdout.readline())
        outcomes = steps.nightly(settings)
        after, _ = reader.communicate("\n\n")
    assert outcomes[-1].exit_code == 0, outcomes[-1].summary
    return settings, before, int(after)


def test_a_reader_keeps_what_it_opened_and_a_new_one_sees_the_night(night):
    settings, before, after = night
    assert before == after
    assert query(settings, "select count(*) from mart_submission") == [(before + 3,)]


def test_pandas_reads_a_mart_beside_the_warehouse(night):
    import pandas

    settings, *_ = night
    path = settings.published / "marts" / "mart_product.parquet"
    frame = duckdb.sql(f"from '{path}'").df()  # pandas' own reader needs a package more
    assert isinstance(frame, pandas.DataFrame)
    assert [(len(frame),)] == query(settings, "select count(*) from mart_product")


def test_planted_persons_are_stored_and_found_again(night):
    settings, *_ = night
    raw = f"read_parquet('{settings.raw}/product/**/*.parquet', union_by_name = true)"
    fields = [field.name for field in load_forms()["product"].fields if field.personal]
    for name in set(fields) - {"representative_gender"}:  # of a list: another word stands in a finding alone
        assert duckdb.sql(f"from {raw} where {name} like '%{PLANTED}%'").fetchall(), name
    issues = f"read_parquet('{settings.raw}/issue/**/*.parquet', union_by_name = true)"
    assert duckdb.sql(f"from {issues} as t where t::varchar like '%{PLANTED}%'").fetchall()


def test_planted_persons_are_nowhere_in_what_is_published(night, tmp_path):
    settings, *_ = night
    with duckdb.connect(str(settings.published / DATABASE), read_only=True) as connection:
        tables = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
        found = {
            name: rows
            for name in tables
            if (
                rows := connection.execute(f"from {name} as t where t::varchar like '%{PLANTED}%'").fetchall()
            )
        }
    assert found == {}
    for path in settings.published.rglob("*.parquet"):
        assert duckdb.sql(f"from '{path}' as t where t::varchar like '%{PLANTED}%'").fetchall() == [], (
            path.name
        )
    for name in marts():
        export.export_mart(settings, name, "csv", tmp_path / f"{name}.csv")
    for path in [*settings.published.rglob("*"), *tmp_path.glob("*.csv")]:
        assert path.is_dir() or PLANTED.encode() not in path.read_bytes(), path.name


def test_every_column_of_a_mart_is_described_in_both_languages(night):
    settings, *_ = night
    published = query(
        settings,
        "select table_name, column_name, comment from duckdb_columns() where table_name like 'mart\\_%' escape '\\'",
    )
    described = {
        (mart.name, column.name): f"{column.vietnamese} | {column.english}"
        for mart in marts().values()
        for column in mart.columns
    }
    assert {(table, column): comment for table, column, comment in published} == described
