"""The charts: native, readable without colours, every figure in them proven."""

import re
import zipfile
from decimal import Decimal
from io import BytesIO

import duckdb
import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
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


def charts_of(directory, table_name):
    """The printed charts of one table."""
    title = definition.load().table(table_name).chart.title
    charts = readback.read_document(directory / DOCX).charts
    return [one for one in charts if f": {title}. Số liệu đầy đủ tại Bảng" in one.description]


def caption_of(table_name):
    report = definition.load()
    return f"Biểu đồ {report.chart_number_of(table_name)}. {report.table(table_name).chart.title}"


def part_of(directory, table_name):
    """The chart part of the first chart of a table, as XML."""
    number = definition.load().chart_number_of(table_name)
    (content,) = parts_of(directory / DOCX, f"word/charts/chart{number}.xml").values()
    return etree.fromstring(content)


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
    (by_unit,), (funding,) = (charts_of(release, name) for name in ("star_by_unit", "funding_by_content"))
    assert by_unit.headings == ["3 sao", "4 sao", "5 sao", "Chưa rõ hạng"]
    assert by_unit.rows == [
        ["Huyện Ninh Phước", 2, 0, 0, 1]
    ]  # neither the total nor a unit that sent nothing
    assert funding.headings == ["Giải ngân"]  # nothing is known of the plan
    assert funding.rows == [  # what is 0 is drawn, what is unknown is not
        ["Đề án, kế hoạch, tư vấn", Decimal("1415.029")],
        ["Quảng bá, xúc tiến thương mại", 0],
    ]
    # Word opens the workbook behind a chart when somebody edits its data.
    assert [one.behind for one in (by_unit, funding)] == [by_unit.rows, funding.rows]
    assert prove(release, PERIOD) == []


def test_a_period_without_figures_is_a_gap_on_the_axis_of_time(release):
    (stock,) = charts_of(release, "stock_by_period")
    assert [row[:2] for row in stock.rows] == [
        ["6 tháng cuối năm 2023", 3],
        ["6 tháng đầu năm 2024", None],
        ["6 tháng cuối năm 2024", 2],
    ]
    assert part_of(release, "stock_by_period").find(".//c:barDir", chart.NAMESPACES).get("val") == "col"


def test_a_reader_without_eyes_or_colours_is_served(release):
    report = definition.load()
    descriptions = {one.description for one in readback.read_document(release / DOCX).charts}
    assert (
        "Biểu đồ thanh ngang: Kinh phí kế hoạch và giải ngân theo nội dung chi (triệu đồng). Số liệu đầy đủ tại "
        f"Bảng {report.number_of('funding_by_content')}."
    ) in descriptions
    parts = parts_of(release / DOCX, "word/charts/chart")
    assert len(parts) == len(descriptions) == 3
    for content in parts.values():
        tree = etree.fromstring(content)
        fills = [fill.get("val") for fill in tree.iterfind(".//c:ser/c:spPr/a:solidFill/*", chart.NAMESPACES)]
        assert len(set(fills)) == len(fills) > 0
        assert all(fill[:2] == fill[2:4] == fill[4:] for fill in fills)  # greys
        assert tree.find(".//c:dLbls/c:showVal", chart.NAMESPACES).get("val") == "1"


def test_what_cannot_be_drawn_is_named_under_the_chart(release):
    paragraphs = readback.read_document(release / DOCX).paragraphs
    at = paragraphs.index(caption_of("star_by_unit"))
    named = "Chưa có số liệu, không thể hiện trên biểu đồ: thành phố Phan Rang - Tháp Chàm; huyện Bác Ái;"
    assert paragraphs[at + 1].startswith(named)
    assert "Chưa có số liệu, không thể hiện trên biểu đồ: kế hoạch." in paragraphs


@pytest.mark.parametrize(
    "sql",
    [
        "update rpt_ministry__funding_by_content set disbursed_amount_vnd_million = null",
        "delete from rpt_ministry__funding_by_content",
    ],
)
def test_without_figures_there_is_a_sentence_and_no_chart(print_period, change, sql):
    change(sql)
    directory = print_period()
    assert charts_of(directory, "funding_by_content") == []
    assert len(parts_of(directory / XLSX, r"xl/charts/chart\d")) == 2
    paragraphs = readback.read_document(directory / DOCX).paragraphs
    assert paragraphs[paragraphs.index(caption_of("funding_by_content")) + 1] == chart.EMPTY
    assert prove(directory, PERIOD) == []


def test_amounts_stand_on_the_bars_in_vietnamese_writing(print_period, change):
    change("update rpt_ministry__funding_by_content set planned_amount_vnd_million = 1500")
    labels = [
        [mark.get("formatCode") for mark in series.iterfind(".//c:dLbls//c:numFmt", chart.NAMESPACES)]
        for series in part_of(print_period(), "funding_by_content").iterfind(".//c:ser", chart.NAMESPACES)
    ]
    assert labels == [["[$-42A]#,##0"], ["[$-42A]#,##0.000", "[$-42A]#,##0"]]  # 1.415,029 and 0


def print_many(tmp_path, inputs, pass_gate, sql):
    """The report of 65 units, each with the same products unless the statement says otherwise."""
    (tmp_path / "large").mkdir()
    status = dict.fromkeys(COMMUNES, "received")
    build_warehouse(tmp_path / "large/ocop.duckdb", PRODUCTS, COMMUNES, status)
    with duckdb.connect(str(tmp_path / "large/ocop.duckdb")) as con:
        con.execute(sql)
    directory = freeze(tmp_path / "large", tmp_path / "releases", PERIOD, inputs).directory
    pass_gate(directory)
    render(directory, PERIOD)
    return directory


def test_of_many_units_those_with_most_are_drawn_and_the_note_says_from_which_on(tmp_path, inputs, pass_gate):
    # 5 at place 31 to 40: they do not all fit the page, so none of them is drawn
    sql = """update rpt_ministry__star_by_unit set star_unknown_count = 0, star_3_count =
        case when row_no <= 30 then 6 + row_no % 3 when row_no <= 40 then 5 else row_no % 4 end
        where row_code <> 'total'"""
    directory = print_many(tmp_path, inputs, pass_gate, sql)
    (drawn,) = charts_of(directory, "star_by_unit")
    assert [row[0] for row in drawn.rows] == list(COMMUNES.values())[:30]
    number = definition.load().number_of("star_by_unit")
    note = f"Biểu đồ chỉ thể hiện các đơn vị có từ 06 sản phẩm còn hiệu lực trở lên; số liệu đầy đủ tại Bảng {number}."
    assert note in readback.read_document(directory / DOCX).paragraphs
    assert prove(directory, PERIOD) == []


def test_many_units_that_are_all_alike_are_drawn_in_several_charts_of_a_page_each(
    tmp_path, inputs, pass_gate
):
    directory = print_many(tmp_path, inputs, pass_gate, "select 1")
    charts = charts_of(directory, "star_by_unit")
    assert [row[0] for one in charts for row in one.rows] == list(COMMUNES.values())
    assert len(charts) == 2
    sizes = [
        int(size.get("cy")) for size in Document(str(directory / DOCX)).element.body.iter(qn("wp:extent"))
    ]
    assert max(sizes) < Mm(257) * 0.95  # a page without its margins
    first = caption_of("star_by_unit")
    captions = [p for p in readback.read_document(directory / DOCX).paragraphs if p.startswith(first)]
    assert captions == [first, f"{first} (tiếp theo)"]
    assert prove(directory, PERIOD) == []


def test_a_part_too_short_for_its_figure_is_not_labelled_and_its_table_is_named(print_period, change):
    change(
        "update rpt_ministry__star_by_unit set star_3_count = 200, star_4_count = 1 where unit_code = '587'"
    )
    directory = print_period()
    four_stars = part_of(directory, "star_by_unit").findall(".//c:ser", chart.NAMESPACES)[1]
    assert four_stars.find(".//c:dLbl/c:numFmt", chart.NAMESPACES).get("formatCode") == ";;;"
    number = definition.load().number_of("star_by_unit")
    note = f"Phần quá ngắn trên biểu đồ không ghi số; số liệu đầy đủ tại Bảng {number}."
    assert note in readback.read_document(directory / DOCX).paragraphs


def test_a_changed_figure_of_a_chart_is_named(release):
    number = definition.load().chart_number_of("funding_by_content")
    with_part(
        release / DOCX,
        f"charts/chart{number}.xml$",
        lambda content: content.replace(b"1415.029", b"1416.029"),
    )
    differences = prove(release, PERIOD)
    assert len(differences) == 2  # it also is no longer what the workbook behind it says
    assert "chart of table funding_by_content" in differences[0]
    assert "drawn Decimal('1416.029'), the frozen copy has 1415.029" in differences[0]


def test_a_changed_figure_behind_a_chart_is_named(release):
    def change(content):
        workbook, target = load_workbook(BytesIO(content)), BytesIO()
        workbook.active["B2"] = 9
        workbook.save(target)
        return target.getvalue()

    number = definition.load().chart_number_of("star_by_unit")
    with_part(release / DOCX, f"embeddings/chart{number}.xlsx", change)
    (difference,) = prove(release, PERIOD)
    assert (
        "chart of table star_by_unit: the workbook behind it says [['Huyện Ninh Phước', Decimal('9')"
        in difference
    )


def test_a_chart_taken_away_or_brought_along_is_named(release):
    word = Document(str(release / DOCX))
    *_, last = word.element.body.iter(qn("wp:docPr"))
    last.set("descr", "Biểu đồ khác")
    word.save(str(release / DOCX))
    differences = prove(release, PERIOD)
    assert sum("chart of table funding_by_content: " in difference for difference in differences) == 2
    assert differences[-1] == "document: a chart is not of the report: 'Biểu đồ khác'"


def test_a_chart_of_the_workbook_that_shows_other_cells_is_named(release):
    number = definition.load().chart_number_of("star_by_unit")
    with_part(
        release / XLSX,
        f"xl/charts/chart{number}.xml",
        lambda content: content.replace(b"$C$6:$C$12", b"$H$6:$H$12"),
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
