"""A province's register: whatever its header and rows look like, rows in are rows stored plus rows named."""

import re
import shutil
import subprocess
from datetime import date

import pytest
import registers
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from ingest.reference import periods
from ingest.register import judge_list
from ingest.spec import load_forms, load_list
from ingest.validate import judge_file
from pipeline.settings import PROJECT

COLUMNS = (
    "product_name", "producer_name", "commune_code", "producer_type_code", "product_group_code", "star",
    "decision_number", "decision_date", "issuing_authority", "status_code",
)  # fmt: skip


def judge(path, period="2024H2"):
    return judge_list(path, "register", periods()[period], "58")


def rows(period="2024H2", **changes):
    """Register rows of the sample figures; a change names a column letter and its value in the first row."""
    found = [registers.row_of(f, period) for f in registers.figures(int(period[:4]))]
    found[0] |= changes
    return found


def errors(judgement):
    return [i for i in judgement.issues if i.severity == "error"]


def named(judged):
    """Numbers of the rows that are named as not taken."""
    numbers = {i.row_number for i in judged.own.issues if i.rule_id == "REGISTER-01"}
    for issue in judged.answer().issues:
        if issue.rule_id in ("REGISTER-02", "REGISTER-04"):
            spans = re.search(r"dòng \(?([\d\-, ]+?)\)? (?:không|chưa)", issue.message)[1]
            for first, _, last in (span.partition("-") for span in spans.split(", ")):
                numbers |= set(range(int(first), int(last or first) + 1))
    return numbers


def stored(judged):
    accepted = [part for part in judged.units.values() if part.verdict == "accepted"]
    return {row["_row_number"] for part in accepted for row in part.tables["product"]}


@pytest.mark.parametrize("period", ["2020H2", "2022H2", "2023H2", "2024H2"])
def test_the_register_gives_the_rows_of_the_sample_workbooks(tmp_path, period):
    judged = judge(registers.make(tmp_path / "register.xlsx", rows(period)), period)
    assert errors(judged.answer()) == []
    sample = judge_file(PROJECT / "samples" / f"ocop-587-{period}.xlsx", "58")
    unit = judged.units["587"]
    assert [[r[c] for c in COLUMNS] for r in unit.tables["product"]] == [
        [r[c] for c in COLUMNS] for r in sample.tables["product"]
    ]
    keep = ("product_name", "producer_name", "star", "cycle_code", "council_level_code", "decision_date")
    recognised = [r for r in sample.tables["rating"] if r["outcome_code"] == "recognised"]
    assert [[r[c] for c in keep] for r in unit.tables["rating"]] == [[r[c] for c in keep] for r in recognised]


def test_personal_columns_are_read_under_their_names(tmp_path):
    (row, *_) = judge(registers.make(tmp_path / "r.xlsx", rows())).units["587"].tables["product"]
    assert (row["producer_address"], row["representative_phone"]) == ("Thôn 1", "0912 345 678")
    personal = {f.name for f in load_forms()["product"].fields if f.personal}
    assert {f.name for f in load_list("register").form.fields if f.personal} <= personal


def test_group_titles_between_the_rows_are_no_products_and_are_named(tmp_path):
    path = registers.make(tmp_path / "r.xlsx", rows(), titles={0: "I. Huyện Ninh Phước", 14: "II. Năm 2022"})
    judged = judge(path)
    (issue,) = [i for i in judged.own.issues if i.rule_id == "REGISTER-02"]
    assert issue.message.startswith("Các dòng 8, 23 ")
    assert len(judged.units["587"].tables["product"]) == judged.row_count - 2 == 46


def test_rows_of_several_units_go_to_each(tmp_path):
    listed = rows()[:2]
    listed.append(listed[0] | {"B": "Tỏi", "F": "22813"})
    judged = judge(registers.make(tmp_path / "r.xlsx", listed))
    assert {code: len(part.tables["product"]) for code, part in judged.units.items()} == {"587": 2, "585": 1}
    assert [part.tables["cover"][0]["unit_name"] for part in judged.units.values()] == [
        "Huyện Ninh Phước", "Huyện Ninh Sơn",
    ]  # fmt: skip


@pytest.mark.parametrize("commune", ["Xã Không Có", None, "=F99"])
def test_a_row_of_no_unit_is_named_and_no_unit_is_taken_without_it(tmp_path, commune):
    judged = judge(registers.make(tmp_path / "r.xlsx", rows(F=commune)))
    (issue,) = errors(judged.own)
    assert (issue.rule_id, issue.row_number, issue.column_letter) == ("REGISTER-01", registers.FIRST_ROW, "F")
    (whole,) = errors(judged.units["587"])
    assert "45 dòng (9-53) chưa được đưa vào kho vì danh sách còn dòng chưa biết" in whole.message
    assert (judged.own.verdict, judged.answer().verdict) == ("refused", "refused")


def test_a_fault_keeps_all_rows_of_its_unit_out_and_no_other(tmp_path):
    listed = rows(C="Vũ khí")
    listed.append(listed[1] | {"B": "Tỏi", "F": "22813"})
    judged = judge(registers.make(tmp_path / "r.xlsx", listed))
    fault, whole = errors(judged.units["587"])
    assert (fault.rule_id, fault.column_letter, fault.column_title) == ("CELL-05", "C", "Nhóm sản phẩm")
    assert whole.rule_id == "REGISTER-04"
    assert "Huyện Ninh Phước: 46 dòng (8-53)" in whole.message
    assert judged.units["585"].verdict == "accepted"
    assert (judged.own.verdict, judged.answer().verdict) == ("accepted", "partly")


def test_the_row_that_counts_the_columns_may_begin_with_letters(tmp_path):
    workbook = load_workbook(registers.make(tmp_path / "r.xlsx", rows()[:2]))
    numbering = registers.FIRST_ROW - 1
    for column in range(1, 22):
        workbook.active.cell(numbering, column).value = "AB"[column - 1] if column < 3 else column - 2
    workbook.save(tmp_path / "letters.xlsx")
    judged = judge(tmp_path / "letters.xlsx")
    assert judged.row_count == 2
    assert errors(judged.own) == []


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_a_copy_of_the_cell_above_is_read_when_it_has_a_result(tmp_path):
    path = registers.make(tmp_path / "r.xlsx", rows(), formulas=True)
    uncalculated = judge(path)
    faults = {i.rule_id for i in errors(uncalculated.answer())}
    assert faults == {"CELL-09", "REGISTER-01", "REGISTER-04"}
    assert len(named(uncalculated)) == uncalculated.row_count
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "xlsx",
    ]
    subprocess.run(
        [*command, "--outdir", str(tmp_path / "calculated"), str(path)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    judged = judge(tmp_path / "calculated" / "r.xlsx")
    assert errors(judged.answer()) == []
    plain = judge(registers.make(tmp_path / "plain.xlsx", rows())).units["587"].tables["product"]
    assert judged.units["587"].tables["product"] == plain


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({"Q": "4 sao", "R": date(2024, 12, 1)}, ("upgrade", "upgraded", 4)),
        ({"Q": "3 sao", "R": "1/12/2024"}, ("re_rating", "kept", 3)),
        ({"Q": 3, "S": 2024}, ("re_rating", "kept", 3)),
    ],
)
def test_a_second_round_is_the_decision_in_force_and_a_rating_of_its_half_year(tmp_path, second, expected):
    first = (
        rows()[0] | {"J": second["Q"], "K": None, "L": "3 sao", "T": "5/QĐ-UBND", "U": "UBND tỉnh"} | second
    )
    judged = judge(registers.make(tmp_path / "r.xlsx", [first]))
    assert errors(judged.answer()) == []
    unit = judged.units["587"]
    ((product,), (rating,)) = unit.tables["product"], unit.tables["rating"]
    assert (rating["cycle_code"], rating["outcome_code"], rating["star"]) == expected
    assert (product["decision_number"], product["status_code"]) == ("5/QĐ-UBND", "recognised")
    assert (
        product["decision_date"] == rating["decision_date"] == (date(2024, 12, 1) if "R" in second else None)
    )
    letters = {(f["_sheet"], f["field_name"]): f["column_letter"] for f in unit.layout}
    assert letters["Danh sách (lần 2)", "decision_number"] == "T"
    assert letters[product["_sheet"], "decision_number"] == "T"


def test_a_year_without_a_day_leaves_the_date_empty_and_says_so(tmp_path):
    judged = judge(registers.make(tmp_path / "r.xlsx", rows(M=None, N=2020, K=None)[:1]))
    (issue,) = [i for i in judged.units["587"].issues if i.rule_id == "REGISTER-06"]
    assert (issue.row_number, issue.column_letter) == (registers.FIRST_ROW, "N")
    (row,) = judged.units["587"].tables["product"]
    assert (row["decision_date"], row["status_code"]) == (None, "expired")


def test_a_year_that_is_not_the_year_of_the_date_is_said(tmp_path):
    judged = judge(registers.make(tmp_path / "r.xlsx", rows(N=2021)))
    assert "REGISTER-08" in {i.rule_id for i in judged.units["587"].issues}


def test_rounds_of_other_half_years_are_no_flow_of_this_one(tmp_path):
    judged = judge(registers.make(tmp_path / "r.xlsx", rows()))
    (issue,) = [i for i in judged.own.issues if i.rule_id == "REGISTER-03"]
    assert "lần 1 ở các dòng 8-36 " in issue.message
    assert len(judged.units["587"].tables["rating"]) == 16


def test_the_rules_of_the_forms_hold_for_the_rows_of_a_list(tmp_path):
    late = {"M": date(2024, 12, 20), "N": None, "K": None}
    judged = judge(registers.make(tmp_path / "r.xlsx", rows(**late)))
    fault = errors(judged.units["587"])[0]
    assert (fault.rule_id, fault.column_letter, fault.row_number) == ("PRODUCT-02", "M", registers.FIRST_ROW)


def test_two_rows_of_one_product_are_a_duplicate(tmp_path):
    listed = rows()
    judged = judge(registers.make(tmp_path / "r.xlsx", [*listed, listed[0]]))
    assert errors(judged.units["587"])[0].rule_id == "ROW-01"


def test_a_later_list_knows_the_communes_of_its_day(tmp_path):
    listed = [rows()[0] | {"F": "Xã Ninh Phước"}, rows()[1] | {"F": "Thị trấn Phước Dân"}]
    judged = judge(registers.make(tmp_path / "r.xlsx", listed), "2026H1")
    assert [part.identity.unit.name for part in judged.units.values()] == ["Xã Ninh Phước"]
    (issue,) = errors(judged.own)
    assert (issue.rule_id, issue.row_number) == ("REGISTER-01", registers.FIRST_ROW + 1)


def test_what_is_no_register_is_said(tmp_path):
    judged = judge(PROJECT / "samples" / "ocop-58-2024Y.xlsx")
    assert [i.rule_id for i in judged.own.issues] == ["REGISTER-10"]
    broken = judge(PROJECT / "samples" / "bad" / "tep-hong.xlsx")
    assert (broken.own.verdict, [i.rule_id for i in broken.own.issues]) == ("unreadable", ["FILE-01"])


def test_a_list_without_rows_is_a_question(tmp_path):
    assert [i.rule_id for i in errors(judge(registers.make(tmp_path / "r.xlsx", [])).own)] == ["REGISTER-11"]


def test_every_column_of_the_layout_is_used_or_a_label():
    layout = load_list("register")
    used = " ".join(
        text for table in layout.tables for text in (*table.select.values(), table.where, table.within)
    )
    assert {f.name for f in layout.form.fields if f.name not in used} == {"row_label"}
    for table in layout.tables:
        for name in table.select:
            load_forms()[table.form].field(name)


@settings(max_examples=15, deadline=None)
@given(
    faults=st.lists(
        st.sampled_from([{}, {"F": "Xã Lạ"}, {"C": "Lạ"}, {"F": "22813"}, {"J": 9}]), min_size=5, max_size=5
    ),
    titles=st.sets(st.integers(0, 4)),
)
def test_rows_in_are_rows_stored_plus_rows_named(tmp_path_factory, faults, titles):
    listed = [row | fault for row, fault in zip(rows()[:5], faults, strict=True)]
    path = tmp_path_factory.mktemp("r") / "r.xlsx"
    judged = judge(registers.make(path, listed, titles=dict.fromkeys(titles, "Nhóm")))
    assert judged.row_count == 5 + len(titles)
    assert len(stored(judged)) + len(named(judged)) == judged.row_count
    assert stored(judged) & named(judged) == set()
