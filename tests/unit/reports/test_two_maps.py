"""A report in whose period a map ended: the stock by the former districts too, as an annex behind the others."""

import pytest
from docx import Document
from openpyxl import load_workbook
from report_warehouse import PERIOD

from reports import definition, readback
from reports.definition import DefinitionError
from reports.proof import prove
from reports.render import file_names, render

SHEET = "Theo huyện cũ"
# As if the reform had come on 1/10/2024, within 2024H2.
REFORM = f"""
update dim_map set valid_to = '2024-09-30' where map_code = 'old';
update dim_map set valid_from = '2024-10-01' where map_code = 'new';
insert into rpt_ministry__star_by_former_district values
    ('{PERIOD}', 1, '587', 'Tỉnh Ninh Thuận', 'Huyện Ninh Phước', 1, 0, 0, 1, 2, 1, 1, 3),
    ('{PERIOD}', 2, 'divided', null, 'Chia tách, không xác định được', 1, 0, 0, 0, 1, 0, 0, 1),
    ('{PERIOD}', 3, 'total', null, 'Tổng các đơn vị đã báo cáo', 2, 0, 0, 1, 3, 1, 1, 4);
"""


@pytest.fixture
def straddling(change, freeze_and_pass):
    """The release directory of a period in which the map changed."""
    change(REFORM)
    directory = freeze_and_pass()
    render(directory, PERIOD)
    return directory


def test_it_prints_the_stock_by_the_former_districts_as_its_last_annex(straddling):
    document, workbook = (straddling / name for name in file_names(PERIOD))
    report = definition.load(occasions=["two_maps"])
    printed = readback.read_document(document)
    annex = report.annex_number_of("star_by_former_district")
    at = printed.paragraphs.index(f"Phụ lục {annex}")
    assert printed.paragraphs[at + 1].endswith("THEO HUYỆN, THỊ XÃ, THÀNH PHỐ TRƯỚC NGÀY 01/10/2024")
    assert [row[2] for row in printed.tables[-1].rows][1] == "Chia tách, không xác định được"
    assert len(Document(str(document)).sections) == 1 + len(report.annexes)
    assert load_workbook(workbook).sheetnames[-1] == SHEET
    assert prove(straddling, PERIOD) == []


def test_a_sentence_says_which_map_each_table_uses_and_what_could_not_be_placed(straddling):
    document, _ = (straddling / name for name in file_names(PERIOD))
    (sentence,) = (p for p in readback.read_document(document).paragraphs if "sắp xếp đơn vị hành chính" in p)
    assert "(từ ngày 01/10/2024)" in sentence
    assert "(theo đơn vị mới: 03 sản phẩm; theo đơn vị cũ: 03 sản phẩm)" in sentence
    assert sentence.endswith("thành phố: 01 sản phẩm.")


def test_a_figure_of_the_former_districts_altered_by_hand_is_named(straddling):
    document, _ = (straddling / name for name in file_names(PERIOD))
    word = Document(str(document))
    cell = word.tables[-1].rows[2].cells[7]
    assert cell.text == "2"
    cell.paragraphs[0].runs[0].text = "3"
    word.save(str(document))
    (difference,) = prove(straddling, PERIOD)
    assert "table star_by_former_district, row 587, column valid_count" in difference


def test_another_report_has_no_such_table_at_all(release):
    document, workbook = (release / name for name in file_names(PERIOD))
    assert SHEET not in load_workbook(workbook).sheetnames
    assert not any("TRƯỚC NGÀY" in p or "sắp xếp" in p for p in readback.read_document(document).paragraphs)


@pytest.mark.parametrize("change", ["only: never", "only: two_maps\n    place: body"])
def test_an_occasion_nobody_knows_and_a_table_of_the_body_are_refused(tmp_path, change):
    text = definition.DEFINITION.read_text(encoding="utf-8").replace("only: two_maps", change)
    path = tmp_path / "ministry.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match="star_by_former_district: it is no annex, or its occasion"):
        definition.load(path)


def test_a_table_of_an_occasion_stands_behind_the_others(tmp_path):
    text = definition.DEFINITION.read_text(encoding="utf-8").replace("only: two_maps", "", 1)
    path = tmp_path / "ministry.yml"
    path.write_text(
        text.replace("  - name: expiring", "  - name: expiring\n    only: amended", 1), encoding="utf-8"
    )
    with pytest.raises(DefinitionError, match="stands before one that always is"):
        definition.load(path, occasions=["amended"])
