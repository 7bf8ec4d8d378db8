"""Every printed figure of the samples leads to the cells it comes from, or says by name why there are none."""

import re
from collections import Counter

import duckdb
import pytest

from reports import definition
from reports.trace import trace

# A figure of a sentence; without a column it is one of the headline.
SAID = re.compile(r"(?:count|money|value)\('([a-z0-9_]+)/([a-z0-9_]+)(?:/([a-z0-9_]+))?'")


def printed(connection: duckdb.DuckDBPyConnection, period: str) -> list[tuple[str, str, str]]:
    """Every number and day of every table, by table, row and column."""
    return [
        (table.name, row, column.name)
        for table in definition.load().tables
        for (row,) in connection.execute(
            f"select row_code from {table.model} where period_code = ?", [period]
        ).fetchall()
        for column in table.columns
        if column.kind != "text"
    ]


@pytest.mark.parametrize("period", ["2024H2", "2024Y"])
def test_every_printed_figure_has_cells_or_a_named_reason(sample_night, period):
    database = sample_night[0].published / "ocop.duckdb"
    reasons = {}
    with duckdb.connect(str(database), read_only=True) as connection:  # kept open: the file is opened once
        figures = printed(connection, period)
        for figure in figures:
            found = trace(database, *figure, period)
            reasons[figure] = found["reason"]
            if found["reason"] is None:
                # what the cells come to is what is printed, and each can be looked up
                assert found["note"] is None, (figure, found["note"])
                # a whole sheet stands for the sum of its lines
                assert all(c["file_name"] and (c["cell"] or not c["row_number"]) for c in found["cells"]), (
                    figure
                )
                assert found["cells"]
            else:
                assert found["note"]
                assert not found["cells"]
    said = SAID.findall(definition.DEFINITION.read_text(encoding="utf-8"))
    tables = {table.name for table in definition.load().tables}  # these reports have no table of an occasion
    assert {(name, row, column or "value") for name, row, column in said if name in tables} <= reasons.keys()
    charted = {(t.name, series) for t in definition.load().tables if t.chart for series in t.chart.series}
    assert charted <= {(table, column) for table, _, column in reasons}
    by_reason = Counter(reasons.values())
    assert by_reason["lost"] == by_reason["words"] == 0
    assert by_reason[None] > 300
    of_the_register = {
        figure if figure[0] == "headline" else (figure[0], figure[2])
        for figure, reason in reasons.items()
        if reason == "register"
    }
    assert of_the_register == {
        ("submission_status", "received_on"),
        ("submission_status", "revision_no"),
        ("submission_status", "warning_count"),
        ("stock_by_period", "received_unit_count"),
        ("headline", "expected_unit", "value"),
        ("headline", "received_unit", "value"),
        ("headline", "missing_unit", "value"),
        ("headline", "held_unit", "value"),
        ("headline", "refused_unit", "value"),
    }
