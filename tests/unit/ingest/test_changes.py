"""What a newer workbook changed: rows added, removed, cell by cell, by the form's key or as a heap of rows."""

from collections import Counter
from copy import deepcopy
from datetime import date
from decimal import Decimal

import districts
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.changes import CellChange, accepted_by_sender, compare, previous_of
from ingest.spec import load_forms
from ingest.store import read_submission, store_submission
from ingest.validate import judge_file


def numbered(tables: dict[str, list[dict]]) -> dict[str, list[dict]]:
    """Rows with the number of their row in the sheet, as the judge gives them."""
    return {
        name: [{**row, "_row_number": number} for number, row in enumerate(rows, start=5)]
        for name, rows in tables.items()
    }


@pytest.fixture
def filing():
    return districts.rows("587", "2024H2")


def kinds(changes) -> list[tuple[str, str]]:
    return [(change.form_name, change.kind) for change in changes]


def test_nothing_changed(filing):
    assert compare(numbered(filing), numbered(deepcopy(filing))) == []


def test_a_row_that_only_moved_is_no_change(filing):
    turned = {name: rows[::-1] for name, rows in filing.items()}
    assert compare(numbered(filing), numbered(turned)) == []


def test_a_changed_cell_is_named_with_both_values(filing):
    newer = deepcopy(filing)
    newer["product"][1] |= {"star": 4, "decision_date": date(2023, 12, 21)}
    (change,) = compare(numbered(filing), numbered(newer))
    assert (change.kind, change.form_name, change.row_number, change.previous_row_number) == (
        "changed", "product", 6, 6,
    )  # fmt: skip
    assert change.key == {"product_name": "Nho sấy 2 587", "producer_name": "HTX Nho 587"}
    title = load_forms()["product"].field("star").title
    assert change.cells[0] == CellChange("star", title, 3, 4)
    assert [cell.field_name for cell in change.cells] == ["star", "decision_date"]


def test_rows_meet_although_the_key_is_spelled_otherwise(filing):
    filing["product"][0]["producer_name"] = "HTX Hoà Bình"
    newer = deepcopy(filing)
    newer["product"][0]["producer_name"] = "htx Hòa  Bình"
    (change,) = compare(numbered(filing), numbered(newer))
    assert [(c.field_name, c.before, c.after) for c in change.cells] == [
        ("producer_name", "HTX Hoà Bình", "htx Hòa  Bình")
    ]


def test_rows_are_added_and_removed_with_all_they_hold(filing):
    newer = deepcopy(filing)
    gone = newer["product"].pop(0)
    newer["rating"].append({**newer["rating"][0], "cycle_code": "upgrade", "council_level_code": "province"})
    changes = compare(numbered(filing), numbered(newer))
    assert kinds(changes) == [("product", "removed"), ("rating", "added")]
    removed, added = changes
    assert (removed.row_number, removed.previous_row_number) == (None, 5)
    assert {cell.field_name: cell.before for cell in removed.cells} == gone
    assert (added.row_number, added.previous_row_number) == (6, None)


def test_one_key_field_corrected_is_a_changed_row_where_all_others_agree(filing):
    newer = deepcopy(filing)
    newer["funding"][0]["disbursed_amount_vnd_million"] = Decimal("94")
    (change,) = compare(numbered(filing), numbered(newer))
    assert [(c.field_name, c.before, c.after) for c in change.cells] == [
        ("disbursed_amount_vnd_million", Decimal("93.974"), Decimal("94"))
    ]


def test_another_product_of_the_same_producer_is_another_product(filing):
    newer = deepcopy(filing)
    newer["product"][0]["product_name"] = "Táo sấy"
    assert sorted(kinds(compare(numbered(filing), numbered(newer)))) == [
        ("product", "added"),
        ("product", "removed"),
    ]


def test_rows_with_the_same_key_are_a_heap(filing):
    filing["product"] = [{**filing["product"][0], "note": note} for note in ("a", "a", "b")]
    newer = {**filing, "product": [{**filing["product"][0], "note": note} for note in ("b", "c", "a")]}
    changes = compare(numbered(filing), numbered(newer))
    assert [(c.kind, c.row_number or c.previous_row_number) for c in changes] == [
        ("added", 6),
        ("removed", 6),
    ]


def test_the_cover_is_compared_cell_by_cell(filing):
    before = {**filing, "cover": [{"prepared_by": "A", "_row_number": None}]}
    newer = {**filing, "cover": [{"prepared_by": "B", "_row_number": None}]}
    (change,) = compare(before, newer)
    assert (change.form_name, change.kind, change.row_number, change.key) == ("cover", "changed", None, {})


@given(data=st.data())
def test_every_row_is_accounted_for(data):
    names = st.sampled_from(["Nho", "Táo", "Hành"])
    notes = st.sampled_from([None, "x", "y"])
    rows = st.lists(
        st.fixed_dictionaries({"product_name": names, "producer_name": st.just("A"), "note": notes})
    )
    before, after = data.draw(rows), data.draw(rows)
    changes = compare(numbered({"product": before}), numbered({"product": after}))
    count = {kind: sum(c.kind == kind for c in changes) for kind in ("added", "removed", "changed")}
    assert len(after) - len(before) == count["added"] - count["removed"]
    # Undone, the new rows are the old ones.
    undone = dict(enumerate(after, start=5))
    for change in changes:
        if change.kind == "added":
            del undone[change.row_number]
        elif change.kind == "changed":
            undone[change.row_number] = before[change.previous_row_number - 5]
    restored = [
        *undone.values(),
        *(before[c.previous_row_number - 5] for c in changes if c.kind == "removed"),
    ]
    assert Counter(frozenset(row.items()) for row in restored) == Counter(
        frozenset(row.items()) for row in before
    )


def test_each_of_many_corrected_rows_finds_its_own(filing):
    line = filing["funding"][0]
    before = {"funding": [{**line, "note": f"khoản {n}", "_row_number": n} for n in range(5000)]}
    after = {"funding": [{**row, "planned_amount_vnd_million": Decimal(7)} for row in before["funding"]]}
    changes = compare(before, after)
    assert [(c.kind, c.row_number, c.previous_row_number) for c in changes] == [
        ("changed", n, n) for n in range(5000)
    ]


def test_what_is_stored_reads_back_as_it_was_judged(tmp_path):
    path = districts.make(tmp_path)
    judgement = judge_file(path, districts.PROVINCE)
    store_submission(tmp_path / "raw", "s-1", "2024H2", judgement.tables, [], judgement.layout)
    assert compare(read_submission(tmp_path / "raw", "s-1", "2024H2"), judgement.tables) == []


def test_the_previous_one_is_the_newest_accepted_before_it():
    def landed(number: int, unit: str = "587") -> dict:
        return {
            "event": "landed",
            "submission_id": f"s-{number}",
            "unit_code": unit,
            "period_code": "2024H2",
            "arrival_no": number,
        }

    def judged(number: int, verdict: str) -> dict:
        return {"event": "judged", "submission_id": f"s-{number}", "verdict_code": verdict}

    lines = [landed(1), landed(2), landed(3), landed(4, "585"), landed(5), landed(6)]
    lines += [judged(1, "accepted"), judged(2, "accepted"), judged(3, "refused"), judged(4, "accepted")]
    lines += [judged(6, "accepted")]
    accepted = accepted_by_sender(lines)
    assert previous_of(lines[4], accepted)["submission_id"] == "s-2"
    assert previous_of(lines[0], accepted) is None
    assert previous_of({**landed(9), "unit_code": None, "period_code": None}, accepted) is None
