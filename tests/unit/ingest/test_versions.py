"""Two versions of the workbook at once: an old one is read as it stood, a closed or unknown one is refused by name."""

import districts
import pytest
from openpyxl import load_workbook

from ingest import spec
from ingest.spec import load_forms, load_versions
from ingest.validate import judge_file
from pipeline.settings import PROJECT
from samples.build import sheets

ARCHIVE = PROJECT / "samples" / "archive"

OLD = """
form_version: "0.5"
closed_on: 2024-06-14
forms:
  product:
    sheet: DM sản phẩm
    headers: {star: [Xếp hạng]}
    absent: {status_code: Còn hiệu lực, producer_address: null}
    joined:
      - name: decision
        headers: ["Số, ngày quyết định"]
        pattern: '(?P<decision_number>\\S+) ngày (?P<decision_date>\\S+)'
"""


@pytest.fixture
def old_version(tmp_path, monkeypatch):
    """A made-up version 0.5 beside those that are taken: another sheet name, title, a missing and a joined column."""
    (tmp_path / "version-0.5.yml").write_text(OLD, encoding="utf-8")
    versions = load_versions() | {"0.5": load_versions(tmp_path)["0.5"]}
    for module in ("ingest.spec", "ingest.read", "ingest.identity"):
        monkeypatch.setattr(f"{module}.load_versions", lambda: versions)


@pytest.mark.parametrize(("unit", "period"), [("587", "2024H2"), ("585", "2025Y")])
def test_workbooks_of_the_first_version_give_the_same_rows(unit, period):
    judgement = judge_file(ARCHIVE / f"ocop-{unit}-{period}-v1.0.xlsx", "58")
    today = judge_file(PROJECT / "samples" / f"ocop-{unit}-{period}.xlsx", "58")
    assert (judgement.verdict, judgement.identity.form_version) == ("accepted", "1.0")
    assert today.identity.form_version == "1.1"
    for name in spec.TABLE_FORM_NAMES:
        assert judgement.tables[name] == today.tables[name]
        assert len(judgement.tables[name]) == len(sheets(unit, period)[name])
    assert [i.rule_id for i in judgement.issues] == [i.rule_id for i in today.issues]


def test_a_column_that_came_later_is_foreign_to_an_old_workbook(tmp_path):
    path = districts.make(tmp_path)
    workbook = load_workbook(path)
    districts.cover_cell(workbook, "form_version").value = 1.0
    workbook.save(path)
    issues = [i for i in judge_file(path, "58").issues if i.rule_id == "SHEET-03"]
    assert [i.column_title for i in issues] == ["Địa chỉ", "Chuyển nguồn"]


def _aged(path, tmp_path):
    """The workbook as version 0.5 would have had it."""
    workbook = load_workbook(path)
    districts.cover_cell(workbook, "form_version").value = "0.5"
    sheet = workbook["Sản phẩm"]
    sheet.title = "DM sản phẩm"
    columns = {f.name: i for i, f in enumerate(load_forms()["product"].fields, start=1)}
    sheet.cell(districts.HEADER_ROW, columns["star"]).value = "Xếp hạng"
    sheet.cell(districts.HEADER_ROW, columns["decision_number"]).value = "Số, ngày quyết định"
    for row in range(districts.HEADER_ROW + 1, districts.HEADER_ROW + 4):
        number, day = (sheet.cell(row, columns[n]) for n in ("decision_number", "decision_date"))
        number.value = f"{number.value} ngày {day.value:%d/%m/%Y}"
    for name in ("producer_address", "status_code", "decision_date"):
        sheet.delete_cols(columns[name])
    aged = tmp_path / "aged.xlsx"
    workbook.save(aged)
    return aged


def test_an_old_version_is_read_through_its_layout(tmp_path, old_version):
    path = districts.make(tmp_path, "587", "2024H1")
    judgement = judge_file(_aged(path, tmp_path), "58")
    assert [i for i in judgement.issues if i.severity == "error"] == []
    rows = judge_file(path, "58").tables["product"]
    assert [
        {k: v for k, v in row.items() if k not in ("_sheet", "decision")}
        for row in judgement.tables["product"]
    ] == [{k: v for k, v in row.items() if k != "_sheet"} for row in rows]


def test_what_does_not_fit_a_joined_column_is_a_fault_of_that_cell(tmp_path, old_version):
    path = _aged(districts.make(tmp_path, "587", "2024H1"), tmp_path)
    workbook = load_workbook(path)
    sheet = workbook["DM sản phẩm"]
    column = next(c for c in sheet[districts.HEADER_ROW] if c.value == "Số, ngày quyết định").column
    sheet.cell(districts.HEADER_ROW + 1, column).value = "ngày 20 tháng 12"
    workbook.save(path)
    errors = [i for i in judge_file(path, "58").issues if i.severity == "error"]
    assert [(i.rule_id, i.row_number) for i in errors] == [("CELL-07", districts.HEADER_ROW + 1)]


def test_a_closed_version_is_refused_by_the_cut_off_of_the_period(tmp_path, old_version):
    judgement = judge_file(_aged(districts.make(tmp_path, "587", "2024H2"), tmp_path), "58")
    (issue,) = [i for i in judgement.issues if i.rule_id == "FILE-25"]
    assert judgement.verdict == "refused"
    assert "đến hết ngày 14/06/2024" in issue.message
    assert issue.expected_text == "1.1 hoặc 1.0"


def test_an_unknown_version_names_the_ones_that_are_open(tmp_path):
    judgement = judge_file(districts.make(tmp_path, fault="old_version"), "58")
    (issue,) = [i for i in judgement.issues if i.rule_id == "FILE-06"]
    assert issue.expected_text == "1.1 hoặc 1.0"
    assert "phiên bản 1.1 hoặc 1.0" in issue.action


def test_a_layout_speaks_of_fields_that_exist(tmp_path):
    (tmp_path / "version-0.4.yml").write_text('form_version: "0.4"\nforms: {product: {absent: {sao: null}}}')
    with pytest.raises(KeyError, match="sao"):
        load_versions(tmp_path)
