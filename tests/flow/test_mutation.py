"""One source cell changes: the figures that listed it change, and no other figure does."""

import re
from datetime import timedelta

import districts
import pytest
from homes import KNOWN_AT, query, settings_of
from openpyxl import load_workbook

from ingest.spec import load_forms
from pipeline import steps

# form, field, row of the sheet's table, another value
CELLS = [("funding", "disbursed_amount_vnd_million", 1, 343)]

NO_FIGURES = ("row_no", "target_from_year", "target_to_year", "revision_no")


def figures(settings) -> dict[tuple[str, ...], object]:
    """Every number of the printed tables by period, table, row and column."""
    numbers = query(
        settings,
        "select table_name, column_name from information_schema.columns where table_name like 'rpt_ministry__%' "
        f"and regexp_matches(data_type, 'INT|DECIMAL') and column_name not in {NO_FIGURES}",
    )
    found = {}
    for table, column in numbers:
        if table == "rpt_ministry__conflict":
            continue  # a conflict is named by its two statements: a revision makes another one
        rows = query(settings, f"select period_code, row_code, {column} from {table}")
        name = table.removeprefix("rpt_ministry__")
        found |= {(period, name, row_of(row), column): value for period, row, value in rows}
    return found


def row_of(code: str) -> str:
    """A row's code without the revision that a line of a plan is named by."""
    return re.sub(r"-[0-9a-f]{12}(?=-)", "", code)


def listing(settings, cells: set[tuple[str, int, str]]) -> set[tuple[str, ...]]:
    """The figures whose trace lists one of the cells (sheet, row, field); a total lists what its rows list."""
    rows = query(
        settings,
        "select period_code, table_code, row_code, column_code, _sheet, _row_number, _field_name from int_ministry__evidence "
        "where _submission_id like '2024H2-587-%' and table_code <> 'conflict'",
    )
    own = {
        (period, table, row_of(row), column)
        for period, table, row, column, *cell in rows
        if tuple(cell) in cells
    }
    return own | {(period, table, "total", column) for period, table, _, column in own}


@pytest.mark.slow
def test_what_listed_the_cell_changes_and_nothing_else(home):
    (original,) = home.archive.glob("2024H2-587-*/*.xlsx")
    before = figures(home)
    workbook = load_workbook(original)
    cells = set()
    for form, field, row, value in CELLS:
        cell = districts.cell(workbook, form, field, row)
        assert cell.value not in (None, value)
        cells.add((load_forms()[form].sheet, cell.row, field))
        cell.value = value
    listed = listing(home, cells)
    home.landing.mkdir(exist_ok=True)
    workbook.save(home.landing / "ocop-587-2024H2.xlsx")
    later = settings_of(home.home, KNOWN_AT + timedelta(days=1))
    assert steps.nightly(later)[-1].exit_code == 0
    after = figures(later)
    listed |= listing(later, cells)
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert len(listed) > 3
    printed = {key for key in listed if key in before or key in after}
    assert (sorted(changed - printed), sorted(printed - changed)) == ([], [])
