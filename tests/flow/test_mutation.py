"""Source cells change: the figures that list them change, and no other figure does.

A figure is a function of the things its evidence names: a count of different keys, a sum of amounts, or derived from
them (a share, the least, a day). So of the figures that list a cell, one stays only when its things stay: the sum over
stars has the same products when one goes from three stars to four, the producers are the same while one of them keeps
another product. A derived one may also come to the same value. Listing too much would pass this; so every column that
lists a field has to change by it somewhere in these nights, or is named in STAYS with the reason.
An empty cell is no ground of a figure, save where what is missing is counted: what is changed here says something.
"""

from collections import defaultdict
from datetime import datetime, timedelta

import districts
import duckdb
import pytest
from homes import KNOWN_AT, settings_of
from openpyxl import load_workbook

from ingest.spec import load_forms
from pipeline import steps

# Each night changes cells of different lines, none making good what another takes away: form, field, row of the
# sheet's table, another value.
NIGHTS = [
    [
        ("funding", "disbursed_amount_vnd_million", 1, 343),
        ("product", "star", 20, 4),
        ("product", "status_code", 22, "Đang đề nghị công nhận"),
        ("activity", "activity_count", 1, 77),
        ("target", "target_min", 1, 9),
    ],
    [
        ("product", "status_code", 29, "Hết hạn"),
        ("funding", "source_code", 1, "TU_HUY_DONG"),
        ("activity", "state_code", 3, "Theo kế hoạch"),
        ("target", "measure_unit", 3, "nhãn"),
        ("rating", "star", 2, 4),
    ],
    [
        ("product", "decision_date", 1, datetime(2022, 1, 8)),
        ("funding", "is_approximate", 1, "Có"),
        ("activity", "to_year", 5, 2023),
        ("target", "target_to_year", 3, 2026),
        ("rating", "outcome_code", 3, "Không đạt"),
        ("rating", "decision_date", 15, datetime(2024, 10, 1)),
    ],
    [
        ("product", "product_group_code", 26, "2"),
        ("product", "commune_code", 42, "22873"),
        ("product", "producer_type_code", 28, "HTX"),
        ("funding", "content_code", 1, "2"),
        ("activity", "participant_count", 6, 30),
        ("target", "star", 4, 3),
        ("rating", "decision_date", 15, datetime(2020, 10, 1)),
    ],
    [
        ("product", "product_name", 25, "Măng tây khô"),
        ("funding", "planned_amount_vnd_million", 1, 400),
        ("activity", "is_approximate", 7, "Có"),
        ("target", "target_max", 3, 9),
        ("rating", "cycle_code", 5, "Đánh giá lại"),
        ("rating", "decision_date", 15, datetime(2024, 12, 20)),
    ],
]
# A name is what a thing is counted by: under another name it is another thing, and as many are counted.
NAMES = ("product_name", "producer_name")
OTHER_SIDE = {("conflict", "first_value")}  # a conflict stands because of both its sides; this is the cover's
STAYS = {
    ("funding", "disbursed_amount_vnd_million"): OTHER_SIDE,
    ("product", "star"): OTHER_SIDE,
    # the producers of that product have others that count
    ("product", "status_code"): {*OTHER_SIDE, ("producer_goal", "counted_producer_count")},
    ("rating", "cycle_code"): OTHER_SIDE,
    # what the rating says of a product puts it on the list of what moved; its star now is that of the product sheet
    ("rating", "outcome_code"): {*OTHER_SIDE, ("movement_list", "star_now")},
    # below three stars it would be no recognition, and no way in
    ("rating", "star"): {
        ("movement_list", "star_now"),
        *(("movement", column) for column in ("product_count", "star_3_count", "change_count")),
    },
}
REGISTER = "submission_status"  # tells of the filing, which is another one each night


def built(settings, sql: str) -> list[tuple]:
    """Rows of a query on the candidate, or on what it was published as."""
    candidate = settings.build / "ocop.duckdb"
    database = candidate if candidate.exists() else settings.published / "ocop.duckdb"
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def figures(settings) -> dict[tuple[str, ...], object]:
    """Every number and day of the printed tables by period, table, row and column."""
    columns = built(
        settings,
        "select table_name, list(column_name) from information_schema.columns where table_name like 'rpt_ministry__%' "
        "and regexp_matches(data_type, 'INT|DECIMAL|DATE') and column_name not like '\\_%' escape '\\' "
        f"and column_name <> 'row_no' and table_name <> 'rpt_ministry__{REGISTER}' group by table_name",
    )
    found = {}
    for table, names in columns:
        name = table.removeprefix("rpt_ministry__")
        for period, row, *values in built(
            settings, f"select period_code, row_code, {', '.join(names)} from {table}"
        ):
            found |= {(period, name, row, column): value for column, value in zip(names, values, strict=True)}
    return found


def things(settings) -> dict[tuple[str, ...], tuple]:
    """What each figure counts, adds up or is derived from; a total has what its rows have."""
    found = {}
    for *figure, kind, keys, amounts in built(
        settings,
        """
        with line as (
            select period_code, table_code, row_code, column_code, _sheet, _row_number,
                any_value(measure_kind) as measure_kind, sum(amount) as amount,
                -- a line keeps its place when the workbook is sent again
                list(distinct replace(evidence_key, _submission_id, '')) as keys,
            from int_ministry__evidence group by all
        )
        select period_code, table_code, coalesce(row_code, 'total') as row_code, column_code,
            any_value(measure_kind), list_sort(list_distinct(flatten(list(keys)))),
            list_sort(list((_sheet, _row_number, amount)) filter (amount <> 0)),
        from line group by grouping sets (
            (period_code, table_code, row_code, column_code), (period_code, table_code, column_code)
        )
        """,
    ):
        found[tuple(figure)] = (kind, (amounts if kind == "sum" else keys) or None)
    return found


def listing(settings, cell: tuple[str, int, str]) -> set[tuple[str, ...]]:
    """The figures whose trace lists the cell (sheet, row, field), or the whole sheet: what is missing is in no line."""
    sheet, row, field = cell
    listed = built(
        settings,
        "select distinct period_code, table_code, row_code, column_code from int_ministry__evidence "
        f"where _submission_id like '2024H2-587-%' and coalesce(_sheet, '{sheet}') = '{sheet}' "
        f"and (table_code <> 'conflict' and _row_number is null or "
        f"_row_number = {row} and (_field_name = '{field}' or list_contains(_other_field_names, '{field}')))",
    )
    return {*listed, *((period, table, "total", column) for period, table, _, column in listed)}


def differ(key: tuple[str, ...], before: dict, after: dict) -> bool:
    """Whether a figure is another one; a line that stands on one side only says something where it has a number."""
    if key in before and key in after:
        return before[key] != after[key]
    return bool(before.get(key) or after.get(key))


@pytest.mark.slow
def test_what_lists_a_cell_changes_and_nothing_else(home):
    (original,) = home.archive.glob("2024H2-587-*/*.xlsx")
    workbook = load_workbook(original)
    home.landing.mkdir(exist_ok=True)
    settings, forms = home, load_forms()
    none = (None, None)
    lists, changes = defaultdict(set), defaultdict(set)  # columns by field
    unlisted, stubborn = [], []
    before, things_before = figures(settings), things(settings)
    for night, cells in enumerate(NIGHTS, start=1):
        addresses = {}
        for form, field, row, value in cells:
            cell = districts.cell(workbook, form, field, row)
            assert cell.value != value
            cell.value = value
            addresses[form, field] = forms[form].sheet, cell.row, field
        listed = {name: listing(settings, address) for name, address in addresses.items()}
        workbook.save(home.landing / "ocop-587-2024H2.xlsx")
        settings = settings_of(home.home, KNOWN_AT + timedelta(days=night))
        for step in (steps.land, steps.load, steps.build):
            assert step(settings).exit_code == 0
        after, things_after = figures(settings), things(settings)
        for name, address in addresses.items():
            listed[name] |= listing(settings, address)
        changed = {key for key in before.keys() | after.keys() if differ(key, before, after)}
        told = set().union(*listed.values())
        # A target comes onto the list of what is left, or leaves it, by its result: that lists the cell.
        moved = {key for key in changed if key[1] == "target_left" and not (key in before and key in after)}
        told |= {key for key in moved if (key[0], "target_result", key[2], "result_value") in told}
        unlisted += sorted(changed - told)
        for name, figures_of_it in listed.items():
            for key in figures_of_it & (before.keys() | after.keys()):
                if key not in changed and not (key in before and key in after):
                    continue  # a line that stands on one side only, with nothing in it, has no figure to stay
                lists[name].add(key[1::2])
                if key in changed:
                    changes[name].add(key[1::2])
                    continue
                (kind, was), (_, now) = things_before.get(key, none), things_after.get(key, none)
                if name[1] in NAMES and kind == "count":
                    was, now = len(was or []), len(now or [])
                if was != now and kind != "derived":
                    stubborn.append((name, key))
        before, things_before = after, things_after
    assert unlisted == []
    assert stubborn == [], stubborn
    too_much = {name: lists[name] - changes[name] for name in lists if name[1] not in NAMES}
    assert {name: columns for name, columns in too_much.items() if columns} == STAYS
