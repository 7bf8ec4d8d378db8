"""One source cell changes: the figures that list it change, and no other figure does."""

from datetime import timedelta

import districts
import duckdb
import pytest
from homes import KNOWN_AT, settings_of
from openpyxl import load_workbook

from ingest.spec import load_forms
from pipeline import steps

# form, field, row of the sheet's table, another value
CELLS = [
    ("funding", "disbursed_amount_vnd_million", 1, 343),
    ("product", "star", 20, 4),
    ("product", "status_code", 21, "Hết hạn"),
]

NO_FIGURES = ("row_no", "target_from_year", "target_to_year", "revision_no")


def built(settings, sql: str) -> list[tuple]:
    """Rows of a query on the candidate, or on what it was published as."""
    candidate = settings.build / "ocop.duckdb"
    database = candidate if candidate.exists() else settings.published / "ocop.duckdb"
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def figures(settings) -> dict[tuple[str, ...], object]:
    """Every number of the printed tables by period, table, row and column."""
    numbers = built(
        settings,
        "select table_name, column_name from information_schema.columns where table_name like 'rpt_ministry__%' "
        f"and regexp_matches(data_type, 'INT|DECIMAL') and column_name not like '\\_%' escape '\\' "
        f"and column_name not in {NO_FIGURES}",
    )
    found = {}
    for table, column in numbers:
        if table == "rpt_ministry__quality":
            continue  # a finding may rest on any cell of its row and names one
        rows = built(settings, f"select period_code, row_code, {column} from {table}")
        name = table.removeprefix("rpt_ministry__")
        found |= {(period, name, row, column): value for period, row, value in rows}
    return found


def listing(settings, cell: tuple[str, int, str]) -> set[tuple[str, ...]]:
    """The figures whose trace lists the cell (sheet, row, field)."""
    sheet, row, field = cell
    return set(
        built(
            settings,
            "select distinct period_code, table_code, row_code, column_code from int_ministry__evidence "
            f"where table_code <> 'quality' and _submission_id like '2024H2-587-%' "
            f"and _sheet = '{sheet}' and _row_number = {row} "
            f"and (_field_name = '{field}' or list_contains(_other_field_names, '{field}'))",
        )
    )


@pytest.mark.slow
def test_what_lists_the_cell_changes_and_nothing_else(home):
    (original,) = home.archive.glob("2024H2-587-*/*.xlsx")
    workbook = load_workbook(original)
    home.landing.mkdir(exist_ok=True)
    settings = home
    for night, (form, field, row, value) in enumerate(CELLS, start=1):
        cell = districts.cell(workbook, form, field, row)
        assert cell.value not in (None, value)
        cell.value = value
        address = load_forms()[form].sheet, cell.row, field
        before, listed_before = figures(settings), listing(settings, address)
        workbook.save(home.landing / "ocop-587-2024H2.xlsx")
        settings = settings_of(home.home, KNOWN_AT + timedelta(days=night))
        for step in (steps.land, steps.load, steps.build):
            assert step(settings).exit_code == 0
        after, listed_after = figures(settings), listing(settings, address)
        # a line that nothing took before was not printed: its zeros and blanks are no other numbers
        changed = {key for key in before.keys() & after.keys() if before[key] != after[key]}
        changed |= {key for key in before.keys() ^ after.keys() if before.get(key) or after.get(key)}
        listed = listed_before | listed_after
        # a total lists what its rows list
        listed |= {(period, table, "total", column) for period, table, _, column in listed}
        assert sorted(changed - listed) == []
        if field == "star":
            # what lists it only now, or does no more, has changed; leaving one star for another keeps the sum. (A
            # product that no longer counts may leave a producer who counts by another: listed, and the same.)
            turned = {key for key in listed_before ^ listed_after if key[3] != "change_count"}
            assert sorted(turned - changed) == []
        assert len(changed) > 3
        if form == "funding":
            # the line of a conflict stands because of both its sides; the value of the other side stays
            other_side = {key for key in listed if key[1] == "conflict" and key[3] == "first_value"}
            assert sorted((listed & (before.keys() | after.keys())) - changed - other_side) == []
