"""Words in a number cell that belong to other cells of the row."""

from decimal import Decimal

import districts
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest.cells import Place
from ingest.row_words import settle
from ingest.spec import load_forms
from ingest.validate import judge_file
from ingest.vietnamese import format_number, parse_range


def judged(tmp_path, form: str, **values):
    """The first row of a form with these raw values, and what was said about the workbook."""
    from openpyxl import load_workbook

    path = districts.make(tmp_path)
    workbook = load_workbook(path)
    for name, value in values.items():
        districts.cell(workbook, form, name).value = value
    workbook.save(path)
    judgement = judge_file(path, districts.PROVINCE)
    return judgement.tables[form][0], [(i.rule_id, i.field_name, i.value_text) for i in judgement.issues]


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [
        ("15-25", None, (15, 25)),
        (None, "15-25", (15, 25)),
        ("02-05", None, (2, 5)),
        ("01- 02", "", (1, 2)),
        ("từ 5 đến 7", "7", (5, 7)),
        ("5 đến 7", 7, (5, 7)),
        (5, "5-7", (5, 7)),
        ("5-7", "từ 5 đến 7", (5, 7)),
        ("ít nhất 50%", None, (50, None)),
        (None, "trên 50%", (50, None)),
        ("tối thiểu 5", 9, (5, 9)),
        (3, "không quá 7", (3, 7)),
        ("1.000 - 2.000", None, (1000, 2000)),
    ],
)
def test_a_range_fills_both_ends(tmp_path, low, high, ends):
    row, said = judged(tmp_path, "target", target_min=low, target_max=high)
    assert (row["target_min"], row["target_max"]) == ends
    assert said == []


def test_an_upper_end_alone_leaves_the_lower_unknown(tmp_path):
    row, said = judged(tmp_path, "target", target_min="tối đa 7", target_max=None)
    assert (row["target_min"], row["target_max"]) == (None, 7)
    assert said == [("CELL-02", "target_min", None)]


@pytest.mark.parametrize(
    ("low", "high", "held"),
    [
        ("15-25", 30, "target_min"),
        (10, "15-25", "target_max"),
        ("15-25", "15-30", "target_min"),
    ],
)
def test_a_range_that_the_other_cell_contradicts_is_held_with_both(tmp_path, low, high, held):
    row, said = judged(tmp_path, "target", target_min=low, target_max=high)
    assert row[held] is None
    assert [(rule, field) for rule, field, _ in said] == [("CELL-17", held)]
    (issue,) = judge_file(districts.make(tmp_path, fault="range_in_one_cell"), districts.PROVINCE).issues
    assert '"15-25"' in issue.message
    assert '"2" ở cột "Mức tối đa"' in issue.message


def test_a_range_turned_round_is_the_business_of_its_rule(tmp_path):
    _, said = judged(tmp_path, "target", target_min="25-15", target_max=None)
    assert [rule for rule, _, _ in said] == ["TARGET-01"]


@pytest.mark.parametrize("typed", ["khoảng 93", "hơn 93", "trên 93", "gần 93", "~93", "Khoảng 93 triệu đồng"])
def test_a_guess_marks_the_row_as_approximate(tmp_path, typed):
    row, said = judged(tmp_path, "funding", disbursed_amount_vnd_million=typed)
    assert (row["disbursed_amount_vnd_million"], row["is_approximate"], said) == (93, True, [])


@pytest.mark.parametrize(("marked", "value"), [("Có", True), ("x", True)])
def test_a_row_that_is_marked_already_needs_no_word(tmp_path, marked, value):
    row, said = judged(tmp_path, "funding", disbursed_amount_vnd_million="khoảng 93", is_approximate=marked)
    assert (row["is_approximate"], said) == (value, [])


def test_a_guess_in_a_row_marked_exact_is_said(tmp_path):
    row, said = judged(tmp_path, "funding", disbursed_amount_vnd_million="khoảng 93", is_approximate="Không")
    assert (row["disbursed_amount_vnd_million"], row["is_approximate"]) == (93, False)
    assert said == [("CELL-16", "disbursed_amount_vnd_million", "khoảng 93")]


def test_a_guessed_range_is_a_range_and_a_guess(tmp_path):
    row, said = judged(tmp_path, "target", target_min="khoảng 15-25", target_max=None)
    assert (row["target_min"], row["target_max"]) == (15, 25)
    assert said == [("CELL-16", "target_min", "khoảng 15-25")]


def test_a_guess_in_another_unit_is_converted_and_said(tmp_path):
    row, said = judged(tmp_path, "funding", planned_amount_vnd_million="gần 1,2 tỷ đồng")
    assert (row["planned_amount_vnd_million"], row["is_approximate"]) == (Decimal(1200), True)
    assert said == [("CELL-15", "planned_amount_vnd_million", "1,2 tỷ đồng")]


@pytest.mark.parametrize(
    ("typed", "unit", "kept"),
    [("08 xã", None, "xã"), ("08 lớp", "Lớp", "Lớp"), ("8 lop", "lớp", "lớp"), ("8", None, None)],
)
def test_the_counter_behind_a_number_goes_to_its_column(tmp_path, typed, unit, kept):
    row, said = judged(tmp_path, "activity", activity_count=typed, measure_unit=unit)
    assert (row["activity_count"], row["measure_unit"], said) == (8, kept, [])


def test_a_percentage_keeps_its_sign_as_unit(tmp_path):
    row, _ = judged(tmp_path, "target", target_min="50%", target_max=None, measure_unit=None)
    assert (row["target_min"], row["measure_unit"]) == (50, "%")


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [("star", "3 sao", 3), ("star", "4*", 4), ("local_labour_count", "130.316 người", 130316)],
)
def test_what_a_field_counts_may_stand_behind_its_number(tmp_path, field, typed, value):
    row, said = judged(tmp_path, "product", **{field: typed})
    # Whether the star is that of the rating is another question.
    assert (row[field], [place for place in said if not place[0].startswith("CROSS")]) == (value, [])


def nowhere(known):
    return Place("Trang", 5, "A", known.title)


numbers = st.decimals(0, 10**7, places=2, allow_nan=False).map(format_number)


@given(numbers, numbers, st.sampled_from([" - ", "–", " đến ", "-"]), st.sampled_from(["", " lớp", "%"]))
def test_a_range_of_numbers_in_any_format_is_two_such_numbers(low, high, between, unit):
    form = load_forms()["target"]
    values, issues = settle(form, {"target_min": f"{low}{between}{high}{unit}"}, nowhere)
    assert (values["target_min"], values["target_max"], issues) == (low, high, [])
    assert values.get("measure_unit") == (unit.strip() or None)


@given(st.text("0123456789.,- \u2212"))
def test_figures_alone_are_never_taken_apart(text):
    assume(parse_range(text) is None)
    values = {"activity_count": text, "measure_unit": None}
    assert settle(load_forms()["activity"], values, nowhere) == (values, [])


def test_a_guess_on_the_cover_is_said(tmp_path):
    from openpyxl import load_workbook

    path = districts.make(tmp_path)
    workbook = load_workbook(path)
    districts.cover_cell(workbook, "total_funding_disbursed_vnd_million").value = "hơn 119,474"
    workbook.save(path)
    judgement = judge_file(path, districts.PROVINCE)
    assert [(i.rule_id, i.expected_text) for i in judgement.issues] == [("CELL-16", "119,474")]
    assert judgement.tables["cover"][0]["total_funding_disbursed_vnd_million"] == Decimal("119.474")
