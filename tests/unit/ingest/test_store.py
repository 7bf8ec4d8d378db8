"""Raw files: the zero-row file keeps up with the forms."""

import duckdb

from ingest.store import ensure_empty_files, raw_types


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
