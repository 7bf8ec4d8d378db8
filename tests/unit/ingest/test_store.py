"""What is stored is what was judged, value for value."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.store import ensure_empty_files, memory, raw_types, select_rows

TYPES = {
    "text": "varchar", "count": "integer", "amount": "decimal(18, 3)", "day": "date", "yes": "boolean", "none": "varchar",
}  # fmt: skip
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "text": st.none() | st.text(st.characters(exclude_categories=["Cs"])),
        "count": st.none() | st.integers(-(2**31), 2**31 - 1),
        "amount": st.none() | st.decimals(-999_999_999_999_999, 999_999_999_999_999, places=3),
        "day": st.none() | st.dates(date(1900, 1, 1), date(9999, 12, 31)),
        "yes": st.none() | st.booleans(),
    },
)


@given(st.lists(ROWS, max_size=5))
def test_rows_go_through_sql_unchanged(rows):
    result = memory().execute(select_rows(TYPES, rows))
    assert [column[0] for column in result.description] == list(TYPES)
    expected = [{name: row.get(name) for name in TYPES} for row in rows]
    for row in expected:
        row["text"] = row["text"] and row["text"].replace("\x00", "")
    assert [dict(zip(TYPES, row, strict=True)) for row in result.fetchall()] == expected


def test_columns_have_their_types_without_rows_too():
    described = memory().execute(f"describe {select_rows(TYPES, [])}").fetchall()
    assert [row[1] for row in described] == [
        "VARCHAR",
        "INTEGER",
        "DECIMAL(18,3)",
        "DATE",
        "BOOLEAN",
        "VARCHAR",
    ]


@pytest.mark.parametrize("row", [{"count": 2**31}, {"amount": Decimal(10) ** 15}, {"day": "2024-02-31"}])
def test_what_a_type_cannot_hold_is_an_error_and_no_null(row):
    with pytest.raises(duckdb.Error):
        memory().execute(select_rows(TYPES, [row])).fetchall()


def test_the_zero_row_file_gets_the_columns_that_came_later(tmp_path):
    old = tmp_path / "product" / "empty.parquet"
    old.parent.mkdir()
    with duckdb.connect() as connection:
        connection.execute(f"copy (select 'a' as product_name limit 0) to '{old}' (format parquet)")
        ensure_empty_files(tmp_path)
        assert connection.sql(f"select * from '{old}'").columns == list(raw_types("product"))
        written = old.stat().st_mtime_ns
        ensure_empty_files(tmp_path)
        assert old.stat().st_mtime_ns == written
