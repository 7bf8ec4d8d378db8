"""Reads a printed report back: tables, paragraphs, and figures as a reader of the page understands them.

Written apart from the code that prints, so that an error in one is not repeated in the other.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from docx import Document
from docx.opc.part import Part
from docx.oxml.ns import qn
from lxml import etree
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.chart._chart import ChartBase
from openpyxl.worksheet.worksheet import Worksheet

VIETNAMESE_NUMBER = re.compile(r"-?(?:0|0[1-9]|[1-9]\d{0,2}(?:\.\d{3})*)(?:,\d+)?")
VIETNAMESE_DATE = re.compile(r"(\d{2})/(\d{1,2})/(\d{4})")
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
UNKNOWN_MARKS = ("", "–", "chưa có số liệu")


@dataclass(frozen=True)
class PrintedTable:
    """Headings as (upper, lower) pairs and the cells below them."""

    headings: list[tuple[str, str]]
    rows: list[list[object]]


@dataclass(frozen=True)
class PrintedChart:
    """A chart as rows of its category and its values; Word also keeps the rows of a workbook behind it."""

    description: str
    headings: list[str]
    rows: list[list[object]]
    behind: list[list[object]]


@dataclass(frozen=True)
class PrintedDocument:
    """A Word report taken apart."""

    paragraphs: list[str]
    blocks: list[str]
    tables: list[PrintedTable]
    charts: list[PrintedChart]


@dataclass(frozen=True)
class PrintedSheet:
    """A sheet taken apart; a sheet without a table has only text."""

    texts: list[str]
    table: PrintedTable | None
    charts: list[PrintedChart]


def number(text: str) -> Decimal:
    """Read 1.234,5 as 1234.5; a comma is never a thousands separator."""
    if not VIETNAMESE_NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a number in Vietnamese writing")
    return Decimal(text.replace(".", "").replace(",", "."))


def day(text: str) -> date:
    """Read 14/12/2024."""
    match = VIETNAMESE_DATE.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a date")
    return date(int(match[3]), int(match[2]), int(match[1]))


def plain(text: str) -> str:
    """Text with its white space folded, for comparison."""
    return " ".join(text.split())


def read_document(path: Path) -> PrintedDocument:
    """Take a Word report apart; tables with a repeated heading row are data, the others are layout."""
    paragraphs, blocks, tables = [], [], []
    document = Document(str(path))
    for element in document.element.body:
        if element.tag == qn("w:p"):
            paragraphs.append(_text(element))
        elif element.tag == qn("w:tbl"):
            if element.find(f".//{qn('w:tblHeader')}") is None:
                blocks += [_text(paragraph) for paragraph in element.iter(qn("w:p"))]
            else:
                tables.append(_document_table(element))
    charts = [_document_chart(document.part, shown) for shown in document.element.body.iter(qn("wp:inline"))]
    return PrintedDocument([p for p in paragraphs if p], [b for b in blocks if b], tables, charts)


def read_workbook(path: Path, ordinal_heading: str) -> dict[str, PrintedSheet]:
    """Take a workbook apart; a table begins where the first column says the ordinal heading."""
    workbook = load_workbook(path)
    return {sheet.title: _sheet(sheet, ordinal_heading) for sheet in workbook}


def live(value: object) -> object:
    """A cell's value in exact types."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(repr(value))
    return plain(value) if isinstance(value, str) else value


def _document_table(element: etree._Element) -> PrintedTable:
    headings: list[list[str | None]] = []
    rows: list[list[object]] = []
    for row in element.iter(qn("w:tr")):
        cells: list[str | None] = []
        for cell in row.iter(qn("w:tc")):
            span = cell.find(f".//{qn('w:gridSpan')}")
            merge = cell.find(f".//{qn('w:vMerge')}")
            is_continued = merge is not None and merge.get(qn("w:val")) != "restart"
            text = None if is_continued else _text(cell)
            cells += [text] * (1 if span is None else int(span.get(qn("w:val"))))
        if row.find(f".//{qn('w:tblHeader')}") is None:
            rows.append(list(cells))
        else:
            headings.append(cells)
    return PrintedTable(_pairs(headings), rows)


def _document_chart(document: Part, shown: etree._Element) -> PrintedChart:
    description = shown.find(qn("wp:docPr")).get("descr", "")
    reference = shown.find(f".//{{{CHART}}}chart")
    if reference is None:
        return PrintedChart(description, [], [], [])
    part = document.related_parts[reference.get(qn("r:id"))]
    chart = etree.fromstring(part.blob)
    headings, columns, categories = [], [], []
    for series in chart.iter(f"{{{CHART}}}ser"):
        headings += _points(series, "tx").values()
        categories = _points(series, "cat")
        values = _points(series, "val")
        columns.append([Decimal(values[at]) if at in values else None for at in categories])
    data = part.related_parts[chart.find(f"{{{CHART}}}externalData").get(qn("r:id"))]
    heading, *behind = [
        [live(cell) for cell in row] for row in load_workbook(BytesIO(data.blob)).active.values
    ]
    rows = [list(row) for row in zip(categories.values(), *columns, strict=True)]
    return PrintedChart(description, headings, rows, behind if heading[1:] == headings else [heading])


def _points(series: etree._Element, role: str) -> dict[int, str]:
    points = series.iterfind(f"{{{CHART}}}{role}//{{{CHART}}}pt")
    return {int(point.get("idx")): point.findtext(f"{{{CHART}}}v") for point in points}


def _sheet_chart(sheet: Worksheet, chart: ChartBase) -> PrintedChart:
    """The cells that a chart of a sheet shows: it has no figures of its own."""
    headings, columns, categories = [], [], []
    for series in chart.series:
        headings.append(series.tx.v)
        names = (series.cat.strRef or series.cat.multiLvlStrRef).f
        categories = [": ".join(str(cell.value) for cell in row) for row in _cells(sheet, names)]
        columns.append([live(row[0].value) for row in _cells(sheet, series.val.numRef.f)])
    return PrintedChart("", headings, [list(row) for row in zip(categories, *columns, strict=True)], [])


def _cells(sheet: Worksheet, reference: str) -> tuple[tuple[Cell, ...], ...]:
    name, _, cells = reference.rpartition("!")
    if name.strip("'") != sheet.title:
        raise ValueError(f"the chart on sheet {sheet.title} shows {reference}")
    found = sheet[cells.replace("$", "")]
    return found if isinstance(found, tuple) else ((found,),)


def _sheet(sheet: Worksheet, ordinal_heading: str) -> PrintedSheet:
    values = list(sheet.values)
    at = next((i for i, row in enumerate(values) if row and row[0] == ordinal_heading), None)
    if at is None:
        return PrintedSheet([plain(str(v)) for row in values for v in row if v is not None], None, [])
    # Headings on two rows: the ordinal's cell is merged over both, a group's cell over its columns.
    is_double = any(
        m.min_row == at + 1 and m.min_col == 1 and m.max_row > m.min_row for m in sheet.merged_cells.ranges
    )
    upper = list(values[at])
    for i, value in enumerate(upper):
        upper[i] = upper[i - 1] if value is None else value
    headings = [upper, list(values[at + 1])] if is_double else [upper]
    start = at + len(headings)
    end = next((i for i in range(start, len(values)) if _is_note(values[i])), len(values))
    texts = [plain(str(v)) for row in (*values[:at], *values[end:]) for v in row if v is not None]
    rows = [[live(value) for value in row] for row in values[start:end]]
    charts = [_sheet_chart(sheet, chart) for chart in sheet._charts]
    return PrintedSheet(texts, PrintedTable(_pairs(headings), rows), charts)


def _is_note(row: tuple) -> bool:
    """A merged line below the table: a word in the first column, where rows have their ordinal or nothing."""
    return isinstance(row[0], str) or all(value is None for value in row)


def _pairs(headings: list[list[str | None]]) -> list[tuple[str, str]]:
    if len(headings) == 1:
        return [(plain(text or ""), "") for text in headings[0]]
    return [(plain(up or ""), plain(low or "")) for up, low in zip(*headings, strict=True)]


def _text(element: etree._Element) -> str:
    parts = []
    for node in element.iter(qn("w:t"), qn("w:br"), qn("w:tab")):
        parts.append(node.text or "" if node.tag == qn("w:t") else " ")
    return plain("".join(parts))
