"""The charts: native, readable without colours, every figure in them proven."""

import re
import zipfile
from io import BytesIO

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree
from openpyxl import load_workbook
from report_warehouse import PRODUCTS, build_warehouse

from reports import chart, definition, readback
from reports.freeze import freeze
from reports.proof import prove
from reports.render import render

PERIOD = "2024H2"
DOCX, XLSX = f"bao-cao-ocop-{PERIOD}.docx", f"bao-cao-ocop-{PERIOD}.xlsx"
COMMUNES = {str(22000 + n): f"Xã số {n}" for n in range(64)} | {"587": "Huyện Ninh Phước"}


@pytest.fixture
def print_period(freeze_and_pass):
    """Freeze what is published now and print it."""

    def run():
        directory = freeze_and_pass()
        render(directory, PERIOD)
        return directory

    return run


def charts_of(directory):
    return readback.read_document(directory / DOCX).charts


def parts_of(path, pattern):
    with zipfile.ZipFile(path) as container:
        return {name: container.read(name) for name in container.namelist() if re.search(pattern, name)}


def with_part(path, pattern, change):
    """Store an office file again with one part changed."""
    with zipfile.ZipFile(path) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    (name,) = (name for name in parts if re.search(pattern, name))
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w") as container:
        for name, content in parts.items():
            container.writestr(name, content)


def test_a_chart_in_word_is_native_and_says_what_its_table_says(release):
    by_unit, funding = charts_of(release)
    assert by_unit.headings == ["3 sao", "4 sao", "5 sao", "Chưa rõ hạng"]
    assert by_unit.rows == [
        ["Huyện Ninh Phước", 2, 0, 0, 1]
    ]  # neither the total nor a unit that sent nothing
    assert funding.headings == ["Giải ngân"]  # nothing is known of the plan
    assert [row[0].partition(":")[0] for row in funding.rows] == [
        "Ngân sách trung ương",
        "Doanh nghiệp, HTX, hộ tự huy động",
    ]
    # Word opens the workbook behind a chart when somebody edits its data.
    assert [one.behind for one in (by_unit, funding)] == [by_unit.rows, funding.rows]
    assert prove(release, PERIOD) == []


def test_a_reader_without_eyes_or_colours_is_served(release):
    assert [one.description for one in charts_of(release)] == [
        "Biểu đồ thanh ngang: Sản phẩm còn hiệu lực theo đơn vị và hạng sao. Số liệu đầy đủ tại Bảng 5.",
        "Biểu đồ thanh ngang: Kinh phí kế hoạch và giải ngân (triệu đồng). Số liệu đầy đủ tại Bảng 9.",
    ]
    for content in parts_of(release / DOCX, "word/charts/chart").values():
        tree = etree.fromstring(content)
        fills = [fill.get("val") for fill in tree.iterfind(".//c:ser/c:spPr/a:solidFill/*", chart.NAMESPACES)]
        assert len(set(fills)) == len(fills) > 0
        assert all(fill[:2] == fill[2:4] == fill[4:] for fill in fills)  # greys
        assert tree.find(".//c:dLbls/c:showVal", chart.NAMESPACES).get("val") == "1"


def test_what_cannot_be_drawn_is_named_under_the_chart(release):
    paragraphs = readback.read_document(release / DOCX).paragraphs
    at = paragraphs.index("Biểu đồ 1. Sản phẩm còn hiệu lực theo đơn vị và hạng sao")
    named = "Chưa có số liệu, không thể hiện trên biểu đồ: thành phố Phan Rang - Tháp Chàm; huyện Bác Ái;"
    assert paragraphs[at + 1].startswith(named)
    assert "Chưa có số liệu, không thể hiện trên biểu đồ: kế hoạch." in paragraphs


@pytest.mark.parametrize(
    "sql",
    [
        "update rpt_ministry__funding_by_source set disbursed_amount_vnd_million = null",
        "delete from rpt_ministry__funding_by_source",
    ],
)
def test_without_figures_there_is_a_sentence_and_no_chart(print_period, change, sql):
    change(sql)
    directory = print_period()
    assert len(charts_of(directory)) == 1
    assert len(parts_of(directory / XLSX, r"xl/charts/chart\d")) == 1
    paragraphs = readback.read_document(directory / DOCX).paragraphs
    at = paragraphs.index("Biểu đồ 2. Kinh phí kế hoạch và giải ngân (triệu đồng)")
    assert paragraphs[at + 1] == chart.EMPTY
    assert prove(directory, PERIOD) == []


def test_amounts_stand_on_the_bars_in_vietnamese_writing(print_period, change):
    change("update rpt_ministry__funding_by_source set planned_amount_vnd_million = 1500")
    parts = parts_of(print_period() / DOCX, "word/charts/")
    funding = etree.fromstring(parts["word/charts/chart2.xml"])
    labels = [
        [mark.get("formatCode") for mark in series.iterfind(".//c:dLbls//c:numFmt", chart.NAMESPACES)]
        for series in funding.iterfind(".//c:ser", chart.NAMESPACES)
    ]
    assert labels == [["[$-42A]#,##0"], ["[$-42A]#,##0.000", "[$-42A]#,##0"]]  # 1.390,029 and 25


def test_many_units_are_drawn_in_several_charts_of_a_page_each(tmp_path, inputs, pass_gate, change):
    (tmp_path / "large").mkdir()
    status = dict.fromkeys(COMMUNES, "received")
    build_warehouse(tmp_path / "large/ocop.duckdb", PRODUCTS, COMMUNES, status)
    directory = freeze(tmp_path / "large", tmp_path / "releases", PERIOD, inputs).directory
    pass_gate(directory)
    render(directory, PERIOD)
    *by_unit, _ = charts_of(directory)
    assert [row[0] for one in by_unit for row in one.rows] == list(COMMUNES.values())
    shown = Document(str(directory / DOCX)).element.body.iter(qn("wp:extent"))
    page = 247 * 36000  # mm of the text height
    assert len(by_unit) == 2
    assert all(int(extent.get("cy")) < page * 0.95 for extent in shown)
    captions = [p for p in readback.read_document(directory / DOCX).paragraphs if p.startswith("Biểu đồ 1.")]
    assert [caption.endswith("(tiếp theo)") for caption in captions] == [False, True]
    assert prove(directory, PERIOD) == []


def test_a_part_too_short_for_its_figure_is_not_labelled_and_its_table_is_named(print_period, change):
    change(
        "update rpt_ministry__star_by_unit set star_3_count = 200, star_4_count = 1 where unit_code = '587'"
    )
    directory = print_period()
    tree = etree.fromstring(parts_of(directory / DOCX, "word/charts/")["word/charts/chart1.xml"])
    four_stars = tree.findall(".//c:ser", chart.NAMESPACES)[1]
    assert four_stars.find(".//c:dLbl/c:numFmt", chart.NAMESPACES).get("formatCode") == ";;;"
    paragraphs = readback.read_document(directory / DOCX).paragraphs
    assert "Phần quá ngắn trên biểu đồ không ghi số; số liệu đầy đủ tại Bảng 5." in paragraphs


def test_a_changed_figure_of_a_chart_is_named(release):
    with_part(release / DOCX, "charts/chart2.xml", lambda content: content.replace(b"1390.029", b"1391.029"))
    differences = prove(release, PERIOD)
    assert len(differences) == 2  # it also is no longer what the workbook behind it says
    assert "chart of table funding_by_source" in differences[0]
    assert "drawn Decimal('1391.029'), the frozen copy has 1390.029" in differences[0]


def test_a_changed_figure_behind_a_chart_is_named(release):
    def change(content):
        workbook, target = load_workbook(BytesIO(content)), BytesIO()
        workbook.active["B2"] = 9
        workbook.save(target)
        return target.getvalue()

    with_part(release / DOCX, "embeddings/chart1.xlsx", change)
    (difference,) = prove(release, PERIOD)
    assert (
        "chart of table star_by_unit: the workbook behind it says [['Huyện Ninh Phước', Decimal('9')"
        in difference
    )


def test_a_chart_taken_away_or_brought_along_is_named(release):
    word = Document(str(release / DOCX))
    first, second = word.element.body.iter(qn("wp:docPr"))
    second.set("descr", "Biểu đồ khác")
    word.save(str(release / DOCX))
    differences = prove(release, PERIOD)
    assert sum("is not drawn" in difference for difference in differences) == 2
    assert differences[-1] == "document: a chart is not of the report: 'Biểu đồ khác'"


def test_a_chart_of_the_workbook_that_shows_other_cells_is_named(release):
    with_part(
        release / XLSX, "xl/charts/chart1.xml", lambda content: content.replace(b"$C$6:$C$12", b"$H$6:$H$12")
    )
    (difference,) = prove(release, PERIOD)
    assert "sheet Theo đơn vị, its chart, row Huyện Ninh Phước, bar 3 sao" in difference


def test_an_annex_has_no_chart(tmp_path):
    text = definition.DEFINITION.read_text(encoding="utf-8")
    annex = text.index("- name: star_by_commune")
    drawn = "chart: {title: T, categories: [unit_name], series: [valid_count], is_stacked: false}\n    place: annex"
    path = tmp_path / "ministry.yml"
    path.write_text(text[:annex] + text[annex:].replace("place: annex", drawn, 1), encoding="utf-8")
    with pytest.raises(definition.DefinitionError, match="only a table of the body has a chart"):
        definition.load(path)
