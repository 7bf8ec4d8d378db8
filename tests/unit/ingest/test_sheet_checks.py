"""A column is judged at once and says what each of its cells would say alone."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cells import Place, typed_value
from ingest.identity import NOBODY
from ingest.second_look import SheetCensus
from ingest.sheet import SheetData
from ingest.sheet_checks import judge_rows
from ingest.spec import load_forms
from ingest.validate import Judgement

FORM = load_forms()["product"]
FIRST_ROW = 5
FIELDS = [
    "product_name",
    "is_on_ecommerce",
    "star",
    "product_group_code",
    "annual_revenue_vnd_million",
    "decision_date",
]
# Some are equal and mean different things: 1, 1.0 and True.
CELLS = st.sampled_from(
    [None, 1, 1.0, True, False, 0, 3, 4.5, "1", "x", "có", "ba sao", "12,5", "93.974", "", "14/12/2024"]
    + [datetime(2024, 12, 14), 45640, "2024", "nho"]
)


def sheet(name: str, cells: list[object]) -> SheetData:
    numbers = list(range(FIRST_ROW, FIRST_ROW + len(cells)))
    census = SheetCensus(FORM.sheet)
    return SheetData(FORM, FORM.sheet, census, {name: "C"}, row_numbers=numbers, values={name: cells})


@pytest.mark.parametrize("name", FIELDS)
@given(cells=st.lists(CELLS, min_size=1, max_size=6))
def test_a_column_is_judged_as_its_cells_are(name, cells):
    known = FORM.field(name)
    judgement = Judgement("refused", NOBODY)
    rows = judge_rows(sheet(name, cells), judgement, {})
    issues = [issue for issue in judgement.issues if issue.field_name == name]
    for number, cell in enumerate(cells, start=FIRST_ROW):
        value, issue = typed_value(known, cell, Place(FORM.sheet, number, "C", known.title), {})
        row = rows[number - FIRST_ROW]
        assert (row["_row_number"], repr(row[name])) == (number, repr(value))
        said = [i for i in issues if i.row_number == number]
        if issue:
            assert said == [issue]
        elif value is None and known.level != "optional":
            assert [i.rule_id for i in said] == ["CELL-01" if known.level == "key" else "CELL-02"]
        else:
            assert said == []
