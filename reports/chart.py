"""Draws tables as bars: native charts, editable in Word and Excel, that a black-and-white print keeps apart.

openpyxl writes the same chart for the workbook, where it follows the cells of its sheet, and for the document,
where Word keeps a small workbook behind each chart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.parts.document import DocumentPart
from docx.shared import Cm, Length
from lxml import etree
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.data_source import (
    AxDataSource,
    MultiLevelStrRef,
    NumData,
    NumDataSource,
    NumRef,
    NumVal,
    StrData,
    StrRef,
    StrVal,
)
from openpyxl.chart.label import DataLabel, DataLabelList
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from reports import reproducible, wording
from reports.definition import Chart, Definition, Table
from reports.frozen import is_total

FONT = "Times New Roman"  # of the whole report (NĐ 30/2020 Phụ lục I)
FONT_SIZE = 1000  # hundredths of a point
GREYS = ("BFBFBF", "595959", "000000", "FFFFFF")  # the report is printed without colours
BAR, FRAME, LEAST_HEIGHT = 0.6, 1.8, 3.5  # cm: of one bar, of axis and legend together, of a chart
COLUMN_CHART_HEIGHT = 8.0
MOST_BARS = 34  # what stays readable on one page; more go into a chart of their own
SHEET = "Số liệu"
# In number formats: dots for thousands and a decimal comma, whatever the language of the office that opens it.
VIETNAMESE = "[$-42A]"
LABEL_ROOM = Decimal("0.02")  # of the longest bar, for one digit
LABEL_BEYOND = 1.3  # the scale beyond the longest bar, so that its figure still stands in the frame
EMPTY = "Trong kỳ chưa có số liệu để vẽ biểu đồ."
NAMESPACES = {
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}


@dataclass(frozen=True)
class Drawing:
    """What one chart shows; a value that is not known is not drawn and has no place here as 0."""

    categories: list[str]
    series: list[tuple[str, list[Decimal | None]]]


def drawings(table: Table, rows: list[dict]) -> tuple[list[Drawing], list[str], Decimal | int | None]:
    """The charts of a table, and the rows and columns that have no value at all and are left out of them.

    A long table is drawn in several charts, each with the columns of all, or by its largest rows alone: then the least
    sum that is drawn comes third.
    """
    chart = table.chart
    by_name = {column.name: column for column in table.columns}
    drawn, left_out = [], []
    for row in rows:
        if is_total(row["row_code"]):
            continue
        columns = (by_name[name] for name in chart.categories)
        texts = (wording.cell(row[column.name], column.kind, column.labels) for column in columns)
        category = ": ".join(text for text in texts if text)
        values = [row[name] for name in chart.series]
        # A period without figures stays on the axis of time: a gap says more than its absence.
        if chart.is_upright or any(value is not None for value in values):
            drawn.append((category, values))
        else:
            left_out.append(category)
    if all(value is None for _, values in drawn for value in values):
        return [], [], None
    series = []
    for at, name in enumerate(chart.series):
        if any(values[at] is not None for _, values in drawn):
            series.append((by_name[name].heading, at))
        else:
            heading = by_name[name].heading
            left_out.append(heading[0].lower() + heading[1:])
    least = least_drawn(chart, [values for _, values in drawn])
    drawn = [(category, values) for category, values in drawn if least is None or total(values) >= least]
    step = MOST_BARS // (1 if chart.is_stacked else len(series))
    parts = [drawn[at : at + step] for at in range(0, len(drawn), step)]
    return (
        [
            Drawing(
                [category for category, _ in part],
                [(heading, [values[at] for _, values in part]) for heading, at in series],
            )
            for part in parts
        ],
        left_out,
        least,
    )


def total(values: Iterable[Decimal | int | None]) -> Decimal | int:
    """The whole length of a stacked bar."""
    return sum(value or 0 for value in values)


def least_drawn(chart: Chart, rows: list[list[Decimal | int | None]]) -> Decimal | int | None:
    """The least sum of a row that is drawn: equal rows stand or fall together; None where all rows are drawn."""
    if not chart.if_cut or len(rows) <= MOST_BARS:
        return None
    sums = sorted(map(total, rows), reverse=True)
    return min((one for one in sums if one > sums[MOST_BARS]), default=None)


def bars(
    chart: Chart,
    sheet: Worksheet,
    categories: list[int],
    series: list[tuple[str, int]],
    first: int,
    last: int,
) -> BarChart:
    """Bars over the rows of a sheet; categories and series are named by their columns."""
    drawn = BarChart()
    drawn.type = "col" if chart.is_upright else "bar"
    drawn.gapWidth = 80
    if chart.is_stacked:
        drawn.grouping, drawn.overlap = "stacked", 100
    values = [[_number(sheet.cell(row, column)) for _, column in series] for row in range(first, last + 1)]
    longest = longest_bar(chart, values)
    names = str(Reference(sheet, min_col=categories[0], max_col=categories[-1], min_row=first, max_row=last))
    for order, ((heading, column), grey) in enumerate(zip(series, GREYS, strict=False)):
        one = Series(idx=order, order=order, tx=SeriesLabel(v=heading))
        one.val = NumDataSource(NumRef(f=str(Reference(sheet, min_col=column, min_row=first, max_row=last))))
        one.cat = (
            AxDataSource(strRef=StrRef(f=names))
            if len(categories) == 1
            else AxDataSource(multiLvlStrRef=MultiLevelStrRef(f=names))
        )
        one.graphicalProperties = GraphicalProperties(solidFill=grey, ln=_line("000000"))
        one.dLbls = _labels([row[order] for row in values], longest)
        drawn.series.append(one)
    # Each bar says its figure: a scale beside it would say less.
    drawn.y_axis.delete = True
    drawn.y_axis.majorGridlines = None
    drawn.y_axis.scaling.min = 0
    drawn.x_axis.delete = False
    drawn.x_axis.txPr = _text()
    if not chart.is_upright:
        drawn.x_axis.scaling.orientation = "maxMin"  # the first row on top, as in the table
    drawn.legend.position = "b"
    drawn.legend.txPr = _text()
    drawn.graphical_properties = GraphicalProperties(solidFill="FFFFFF", ln=_line("808080"))
    drawn.roundedCorners = False
    return drawn


def captions(definition: Definition, table: Table, count: int) -> list[str]:
    """The lines above the charts of a table; a chart without figures keeps its number as a table does."""
    first = f"Biểu đồ {definition.chart_number_of(table.name)}. {table.chart.title}"
    return [first, *[f"{first} (tiếp theo)"] * (count - 1)]


def notes(definition: Definition, table: Table, rows: list[dict]) -> list[str]:
    """The lines under the charts of a table: what could not be drawn, and which figures stand in the table only."""
    drawn, left_out, least = drawings(table, rows)
    lines = (
        [f"Chưa có số liệu, không thể hiện trên biểu đồ: {wording.listing(left_out)}."] if left_out else []
    )
    if least is not None:
        number = definition.number_of(table.name)
        said = table.chart.if_cut.format(least=wording.padded(least))
        lines.append(f"{said}; số liệu đầy đủ tại Bảng {number}.")
    for drawing in drawn:
        rows = list(zip(*(values for _, values in drawing.series), strict=True))
        longest = longest_bar(table.chart, rows)
        if any(value and not is_labelled(value, longest) for row in rows for value in row):
            number = definition.number_of(table.name)
            return [*lines, f"Phần quá ngắn trên biểu đồ không ghi số; số liệu đầy đủ tại Bảng {number}."]
    return lines


def is_labelled(value: Decimal | int, longest: Decimal | int) -> bool:
    """Whether a part of a stacked bar is long enough to print its figure on; longest is 0 where none is stacked."""
    return value >= longest * LABEL_ROOM * (1 + len(str(int(value)))) and (value != 0 or not longest)


def longest_bar(chart: Chart, rows: Iterable[Iterable[Decimal | None]]) -> Decimal | int:
    """The largest sum of one row, in a chart whose parts stand behind one another."""
    return max(map(total, rows), default=0) if chart.is_stacked else 0


def height(chart: Chart, bar_count: int) -> float:
    """The height in cm of a chart with this many categories."""
    if chart.is_upright:
        return COLUMN_CHART_HEIGHT
    each = BAR * (1 if chart.is_stacked else len(chart.series))
    return max(LEAST_HEIGHT, FRAME + each * bar_count)


def description(chart: Chart, table_number: int) -> str:
    """The alternative text: what is drawn, and where a reader who sees no chart finds the figures."""
    kind = "cột" if chart.is_upright else "thanh ngang"
    return f"Biểu đồ {kind}: {chart.title}. Số liệu đầy đủ tại Bảng {table_number}."


def inline(
    document: DocumentPart, chart: Chart, drawing: Drawing, text: str, width: Length, day: date
) -> etree._Element:
    """Add a chart to a Word document; the drawing that shows it stands in a run."""
    book, xml = _word_chart(chart, drawing)
    package = document.package
    name = package.next_partname("/word/charts/chart%d.xml")
    data = Part(
        PackURI(f"/word/embeddings/{name.filename.removesuffix('.xml')}.xlsx"),
        CONTENT_TYPE.SML_SHEET,
        reproducible.fixed(book, day),
        package,
    )
    part = Part(name, CONTENT_TYPE.DML_CHART, b"", package)
    external = etree.SubElement(xml, f"{{{NAMESPACES['c']}}}externalData")
    external.set(f"{{{NAMESPACES['r']}}}id", part.relate_to(data, RELATIONSHIP_TYPE.PACKAGE))
    etree.SubElement(external, f"{{{NAMESPACES['c']}}}autoUpdate", val="0")
    part._blob = etree.tostring(xml, xml_declaration=True, encoding="UTF-8", standalone=True)
    size = f'cx="{width}" cy="{Cm(height(chart, len(drawing.categories)))}"'
    found = parse_xml(
        f'<w:drawing {nsdecls("w", "wp", "a", "r")}><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent {size}/><wp:docPr id="{name.idx}" name="Biểu đồ {name.idx}"/><wp:cNvGraphicFramePr/>'
        f'<a:graphic><a:graphicData uri="{NAMESPACES["c"]}"><c:chart xmlns:c="{NAMESPACES["c"]}" '
        f'r:id="{document.relate_to(part, RELATIONSHIP_TYPE.CHART)}"/></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing>"
    )
    found[0].find(f"{{{found.nsmap['wp']}}}docPr").set("descr", text)
    return found


def _word_chart(chart: Chart, drawing: Drawing) -> tuple[bytes, etree._Element]:
    """The small workbook behind a chart and the chart itself, with the figures that Word shows at first."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = SHEET
    sheet.append([None, *(heading for heading, _ in drawing.series)])
    for at, category in enumerate(drawing.categories):
        sheet.append([None, *(values[at] for _, values in drawing.series)])
        cell = sheet.cell(sheet.max_row, 1, category)
        cell.data_type = "s"  # a name that begins with "=" is no formula
    last = 1 + len(drawing.categories)
    rows = list(zip(*(values for _, values in drawing.series), strict=True))
    most = longest_bar(chart, rows) or max(value for row in rows for value in row if value is not None)
    columns = [(heading, at) for at, (heading, _) in enumerate(drawing.series, start=2)]
    drawn = bars(chart, sheet, [1], columns, 2, last)
    drawn.y_axis.scaling.max = float(most) * (1 if chart.is_stacked else LABEL_BEYOND) or 1
    names = StrData(ptCount=len(drawing.categories), pt=_points(StrVal, drawing.categories))
    for one, (heading, column), (_, values) in zip(drawn.series, columns, drawing.series, strict=True):
        cell = f"'{SHEET}'!{sheet.cell(1, column).coordinate}"
        one.tx = SeriesLabel(
            strRef=StrRef(f=cell, strCache=StrData(ptCount=1, pt=_points(StrVal, [heading])))
        )
        one.cat.strRef.strCache = names
        one.val.numRef.numCache = NumData("General", len(values), _points(NumVal, values))
    content = BytesIO()
    workbook.save(content)
    xml = etree.fromstring(tostring(drawn._write()))
    xml.insert(0, etree.Element(f"{{{NAMESPACES['c']}}}lang", val="vi-VN"))
    # Word writes the name of a single series above the bars unless it is told not to.
    xml.find("c:chart", NAMESPACES).insert(
        0, etree.Element(f"{{{NAMESPACES['c']}}}autoTitleDeleted", val="1")
    )
    # A figure is never broken over two lines; openpyxl takes wrap="none" for no attribute.
    for body in xml.iterfind(".//c:dLbls//a:bodyPr", NAMESPACES):
        body.set("wrap", "none")
    return content.getvalue(), xml


def _number(cell: Cell) -> Decimal | int | None:
    return cell.value if isinstance(cell.value, Decimal | int) else None


def _points(kind: type, values: list) -> list:
    return [kind(idx=at, v=value) for at, value in enumerate(values) if value is not None]


def _labels(values: list[Decimal | int | None], longest: Decimal | int) -> DataLabelList:
    """Figures on the bars; a part of a stacked bar too short for its figure would mix it with the next one."""
    shown = {
        "showVal": True,
        "showLegendKey": False,
        "showCatName": False,
        "showSerName": False,
        "showPercent": False,
        "showBubbleSize": False,
        "txPr": _text(),
        "spPr": GraphicalProperties(solidFill="FFFFFF"),
    }
    one_by_one = []
    for at, value in enumerate(values):
        if value is None:
            continue
        if not is_labelled(value, longest):
            one_by_one.append(DataLabel(idx=at, numFmt=";;;", **shown))
        elif value != int(value):
            places = -Decimal(value).normalize().as_tuple().exponent
            one_by_one.append(DataLabel(idx=at, numFmt=f"{VIETNAMESE}#,##0.{'0' * places}", **shown))
    return DataLabelList(dLbl=one_by_one, numFmt=f"{VIETNAMESE}#,##0", **shown)


def _text() -> RichText:
    marks = CharacterProperties(sz=FONT_SIZE, latin=Font(typeface=FONT), lang="vi-VN")
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=marks), r=[])])


def _line(colour: str) -> LineProperties:
    return LineProperties(solidFill=colour, w=6350)
