"""Says in sentences what the table of one theme of activities says: one sentence for each kind of activity."""

from collections.abc import Callable
from itertools import groupby
from operator import itemgetter

from reports import wording
from reports.definition import Table

# column, its noun (else the row's own unit of measure), the column that says it contains an estimate
QUANTITIES = (
    ("activity_count", None, "is_count_approximate"),
    ("participant_count", "lượt người", "is_participant_approximate"),
    ("area_ha", "ha", "is_area_approximate"),
)


def summary(table: Table, rows: list[dict], done: str, count: Callable[[str, str], str]) -> str:
    """Write "Tập huấn: đã tổ chức 94 lớp với khoảng 4.300 lượt người (2021–2024); theo kế hoạch 05 lớp (năm 2025)."

    ``done`` is the verb of what was done; ``count`` writes the figure of a reference with its noun.
    """
    sentences = []
    for kind, of_kind in groupby(rows, key=itemgetter("activity_type_name")):
        states = []
        for (code, name), of_state in groupby(of_kind, key=itemgetter("state_code", "state_name")):
            verb = done if code == "done" else name[0].lower() + name[1:]
            states.append(f"{verb} {', '.join(_quantities(table, row, count) for row in of_state)}")
        sentences.append(f"{kind}: {'; '.join(states)}.")
    return " ".join(sentences)


def _quantities(table: Table, row: dict, count: Callable[[str, str], str]) -> str:
    """The printed figures of one row and the time they are told for."""
    at = f"{table.name}/{row['row_code']}"
    printed = {column.name for column in table.columns}
    said = [
        ("khoảng " if row[is_approximate] else "")
        + count(f"{at}/{column}", noun or wording.one_line(row["measure_unit"] or ""))
        for column, noun, is_approximate in QUANTITIES
        if column in printed and row[column] is not None
    ]
    quantities = " với ".join(said) or f"{count(f'{at}/line_count', 'hoạt động')} không ghi số lượng"
    years = row["years"] or "không ghi thời gian"
    return f"{quantities} ({'năm ' if years.isdigit() else ''}{years})"
