"""Who and when: folder, file name and cover, each disagreement by its own rule."""

from datetime import date

import districts
import pytest
from openpyxl import load_workbook

from ingest.copies import copies, fingerprints, note_accepted, refuse_copies, standing_content
from ingest.sender import NO_HINT, Hint, hint_of
from ingest.validate import judge_file

LONG_AFTER = date(2026, 1, 1)
IN_TIME = date(2024, 12, 15)


def covered(path, **cover: object):
    """A faultless workbook of 587 for 2024H2 with other values on its cover."""
    workbook = load_workbook(districts.make(path))
    for name, value in cover.items():
        districts.cover_cell(workbook, name).value = value
    workbook.save(path / "cover.xlsx")
    return path / "cover.xlsx"


def rules(path, hint: Hint = NO_HINT, severity: str | None = None) -> list[str]:
    found = judge_file(path, districts.PROVINCE, hint).issues
    return [i.rule_id for i in found if severity in (None, i.severity)]


@pytest.mark.parametrize(
    ("folder", "name", "expected"),
    [
        ("587/2024H2", "san-pham.csv", Hint("587", "2024H2")),
        ("587 - Ninh Phước", "a.csv", Hint("587")),
        ("58/585/587-2024H1", "a.csv", Hint("587", "2024H1")),
        ("", "ocop_587_2024H2_sanpham.csv", Hint(None, None, "587", "2024H2")),
        ("", "Báo cáo 22870 H2-2025 (2).xlsx", Hint(None, None, "22870", "2025H2")),
        ("", "ocop-58-2024Y.xlsx", Hint(None, None, "58", "2024Y")),
        ("", "58 trang, 14-12-2024.xlsx", Hint()),
        ("", "585 và 587 2024-H2.xlsx", Hint(None, None, None, "2024H2")),
        ("home/pytest-587/999", "2024.xlsx", Hint()),
    ],
)
def test_codes_are_read_from_folder_and_name(folder, name, expected):
    assert hint_of(folder, name, districts.PROVINCE) == expected


def test_a_folder_takes_only_what_its_unit_may_send(tmp_path):
    path = districts.make(tmp_path)
    assert rules(path, Hint("587", "2024H2", "587", "2024H2")) == []
    judgement = judge_file(path, districts.PROVINCE, Hint("585"))
    assert (judgement.verdict, [i.rule_id for i in judgement.issues]) == ("refused", ["FILE-11"])
    assert "585" in judgement.issues[0].message
    assert "587 - Huyện Ninh Phước" in judgement.issues[0].message


def test_a_copied_file_name_is_a_warning(tmp_path):
    path = districts.make(tmp_path)
    assert rules(path, Hint(None, None, "585", "2024H1")) == ["FILE-12", "FILE-12"]
    judgement = judge_file(path, districts.PROVINCE, Hint(None, None, "585"))
    assert judgement.verdict == "accepted"
    assert judgement.issues[0].message.startswith("Tên tệp ghi 585")


def test_a_successor_corrects_for_the_dead_district_and_no_other_commune_does(tmp_path):
    path = districts.make(tmp_path)
    judgement = judge_file(path, districts.PROVINCE, Hint("22870"))
    assert (judgement.verdict, [i.rule_id for i in judgement.issues]) == ("accepted", ["FILE-16"])
    assert judgement.identity.unit.code == "587"
    assert rules(path, Hint("22846")) == ["FILE-11"]  # a commune of another district


def test_a_reused_code_with_the_name_of_the_other_era_is_refused_by_name(tmp_path):
    (issue,) = (
        i
        for i in judge_file(
            covered(tmp_path, unit_code="22870", unit_name="Thị trấn Phước Dân", period_code="2026H1"), "58"
        ).issues
        if i.rule_id == "FILE-14"
    )
    assert "22870 - Xã Ninh Phước" in issue.message
    assert "22870 - Thị trấn Phước Dân" in issue.message
    # and the new commune's code for a period of the old map
    assert "FILE-14" in rules(covered(tmp_path, unit_code="22870", unit_name="Xã Ninh Phước"))
    assert rules(covered(tmp_path, unit_code="22870", unit_name=None)) == ["FILE-07"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("UBND huyện Ninh Phước", []),
        ("NINH PHUOC", []),
        ("Huyện Ninh Phướcc", []),
        ("Phòng Nông nghiệp", []),
        ("Huyện Ninh Sơn", ["FILE-15"]),
        ("huyện ninh sơnn", ["FILE-15"]),
    ],
)
def test_a_name_that_fits_another_unit_than_the_code_is_a_question(tmp_path, name, found):
    assert rules(covered(tmp_path, unit_name=name)) == found


def test_another_units_products_are_said_once(tmp_path):
    path = districts.make(tmp_path, unit="585")
    workbook = load_workbook(path)
    districts.cover_cell(workbook, "unit_code").value = "587"
    districts.cover_cell(workbook, "unit_name").value = "Huyện Ninh Phước"
    workbook.save(path)
    judgement = judge_file(path, districts.PROVINCE)
    told = [i for i in judgement.issues if i.severity == "error"]
    assert [(i.rule_id, i.row_number) for i in told] == [("FILE-18", 5)]
    assert "585 - Huyện Ninh Sơn" in told[0].message


def test_one_product_in_a_foreign_commune_is_a_fault_of_its_cell(tmp_path):
    filing = districts.rows("587", "2024H2")
    workbook = load_workbook(districts.make(tmp_path, filing=filing))
    districts.cell(workbook, "product", "commune_code").value = "22813"
    workbook.save(tmp_path / "one.xlsx")
    assert rules(tmp_path / "one.xlsx", severity="error") == ["CELL-05"]


def standing_of(judgement, unit: str, period: str) -> dict:
    standing: dict = {}
    landed = {"unit_code": unit, "period_code": period}
    judged = {
        "submission_id": f"{period}-{unit}-x",
        "verdict_code": "accepted",
        "fingerprints": fingerprints(judgement.tables),
    }
    note_accepted(standing, landed, judged)
    return standing


def judged(path, unit: str = "587", period: str = "2024H2", filing=None):
    return judge_file(districts.make(path, unit, period, filing=filing), districts.PROVINCE)


def test_last_periods_rows_are_recognised_in_whatever_order(tmp_path):
    filing = districts.rows("587", "2024H1")
    standing = standing_of(judged(tmp_path, period="2024H1", filing=filing), "587", "2024H1")
    again = {name: list(reversed(rows)) for name, rows in filing.items()}
    (issue,) = copies(judged(tmp_path, filing=again), standing, IN_TIME)
    assert issue.rule_id == "FILE-17"
    assert "2024H1" in issue.message
    assert "Phân hạng, Kinh phí, Hoạt động" in issue.message
    for name in ("rating", "funding", "activity"):
        again[name][0]["note"] = "phát sinh của kỳ này"
    assert copies(judged(tmp_path, filing=again), standing, IN_TIME) == []


def test_a_file_whose_period_was_not_changed_is_recognised_after_the_deadline(tmp_path):
    same = judged(tmp_path)
    standing = standing_of(same, "587", "2024H2")
    assert copies(same, standing, IN_TIME) == []  # sent once more to be sure
    assert [i.rule_id for i in copies(same, standing, LONG_AFTER)] == ["FILE-17"]
    corrected = judge_file(covered(tmp_path, total_producer_htx_count=1), districts.PROVINCE)
    assert copies(corrected, standing, LONG_AFTER) == []


def test_another_units_content_is_recognised(tmp_path):
    theirs = judged(tmp_path, unit="585", filing=districts.rows("585", "2024H2"))
    mine = districts.rows("585", "2024H2")
    for row in mine["product"]:
        row["commune_code"] = "22882"
    (issue,) = copies(judged(tmp_path, filing=mine), standing_of(theirs, "585", "2024H2"), IN_TIME)
    assert (issue.rule_id, "585" in issue.message) == ("FILE-18", True)


def test_another_units_file_is_told_once_by_its_communes(tmp_path):
    theirs = districts.make(tmp_path, unit="585")
    standing = standing_of(judge_file(theirs, districts.PROVINCE), "585", "2024H2")
    workbook = load_workbook(theirs)
    districts.cover_cell(workbook, "unit_code").value = "587"
    districts.cover_cell(workbook, "unit_name").value = None
    workbook.save(tmp_path / "mine.xlsx")
    judgement = refuse_copies(judge_file(tmp_path / "mine.xlsx", districts.PROVINCE), standing, IN_TIME)
    assert [i.rule_id for i in judgement.issues if i.severity == "error"] == ["FILE-18"]


@pytest.mark.parametrize(
    ("received_on", "found"),
    [
        (date(2024, 6, 14), ["FILE-26"]),  # the day before it begins
        (date(2024, 6, 15), ["FILE-27"]),
        (date(2024, 12, 14), ["FILE-27"]),  # its last day
        (date(2024, 12, 15), []),
    ],
)
def test_a_half_year_that_is_not_over_may_be_the_wrong_one(tmp_path, received_on, found):
    judgement = refuse_copies(judged(tmp_path), {}, received_on)
    assert [i.rule_id for i in judgement.issues] == found
    assert judgement.verdict == ("refused" if found == ["FILE-26"] else "accepted")
    if found:
        issue = judgement.issues[0]
        assert (issue.sheet, issue.row_number, issue.column_letter) == ("Bìa", 6, "C")
        assert f"nhận ngày {received_on:%d/%m/%Y}." in issue.message


def test_a_plan_is_made_before_its_year(tmp_path):
    plan = districts.make(
        tmp_path, period="2024Y", filing={"target": districts.rows("587", "2024H2")["target"]}
    )
    assert refuse_copies(judge_file(plan, districts.PROVINCE), {}, date(2023, 11, 1)).issues == []


def test_what_stands_is_the_newest_accepted_of_each_form():
    lines = [
        {"event": "landed", "submission_id": n, "unit_code": "587", "period_code": "2024H2"}
        for n in ("a", "b", "c")
    ]
    lines += [
        {"event": "judged", "submission_id": "a", "verdict_code": "accepted", "fingerprints": {"product": "1", "rating": "2"}},
        {"event": "judged", "submission_id": "b", "verdict_code": "accepted", "fingerprints": {"product": "3"}},
        {"event": "judged", "submission_id": "c", "verdict_code": "refused", "fingerprints": {}},
    ]  # fmt: skip
    standing = standing_content(lines)
    assert {key[2]: found[0] for key, found in standing.items()} == {"product": "3", "rating": "2"}
