"""Prints the report as a Word document: the template brings the layout, this module tables and text."""

import re
import zipfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import jinja2
from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_SECTION
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.parts.document import DocumentPart
from docx.shared import Twips
from docxtpl import DocxTemplate
from lxml import etree
from markupsafe import Markup

from reports import chart, reproducible, wording
from reports.definition import Column, Definition, Table
from reports.frozen import Frozen, ReportError, is_blank, is_total
from reports.sentences import Prose

TEMPLATE = Path(__file__).parent / "templates" / "bao-cao.docx"
EMU_PER_TWIP = 635
TWIPS_PER_POINT = 20
CELL_MARGIN = 57  # twips
# Widths in bold Times New Roman as shares of the font size; a digit is 0.5.
LETTER_WIDTH, CAPITAL_WIDTH = 0.52, 0.75
ORDINAL_WIDTH = 9  # of the same measure as the widths in ministry.yml
ORDINAL_HEADING = "TT"
# Style ids of the template; the names Word shows are Vietnamese.
BODY, CAPTION, CELL, NOTE = "OcopBody", "OcopCaption", "OcopCell", "OcopNote"
ALIGNMENT = {"text": "left", "count": "center", "year": "center", "date": "center", "number": "right"}


class Named(dict):
    """A mapping for the template that remembers what the template has printed."""

    def __init__(self, entries: dict) -> None:
        super().__init__(entries)
        self.printed: set[str] = set()

    def __getitem__(self, key: str) -> object:
        self.printed.add(key)
        return super().__getitem__(key)


def write_document(definition: Definition, frozen: Frozen, prose: Prose, path: Path) -> None:
    """Fill the template and store it."""
    # autoescape: a producer may be called "A & B"; what is XML on purpose is Markup.
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=True)
    template = DocxTemplate(TEMPLATE)
    of_template = [table for table in definition.tables if table.only is None]
    widths = _text_widths(TEMPLATE, sum(table.place == "annex" for table in of_template))
    template.init_docx()  # charts are added to its package while the tables are written
    sections = {
        section.key: {"heading": section.heading, "sentences": prose.sections[section.key]}
        for section in definition.sections
    }
    annexes = {
        table.name: {
            "number": f"Phụ lục {definition.annex_number_of(table.name)}",
            "title": prose.captions[table.name].upper(),
        }
        for table in of_template
        if table.place == "annex"
    }
    tables = {}
    for table in of_template:
        elements = _block(definition, table, frozen.rows(table.model), prose, widths)
        if table.chart:
            elements += _charts(template.docx.part, definition, table, frozen, widths[0])
        tables[table.name] = _xml(elements)
    facts = {
        **frozen.names(),
        "title": definition.title,
        "prose": prose,
        "section": Named(sections),
        "annex": Named(annexes),
        "table": Named(tables),
    }
    try:
        template.render(facts, environment, autoescape=True)
    except jinja2.UndefinedError as error:
        raise ReportError(
            f"{TEMPLATE.name} has a placeholder that the report does not know: {error}"
        ) from error
    except jinja2.TemplateSyntaxError as error:
        raise ReportError(f"{TEMPLATE.name} has a placeholder that cannot be read: {error}") from error
    for kind in ("section", "annex", "table"):
        unprinted = sorted(set(facts[kind]) - facts[kind].printed)
        if unprinted:
            raise ReportError(
                f"{TEMPLATE.name} has no placeholder for {kind} {', '.join(unprinted)} of ministry.yml"
            )
    for table in definition.tables:
        if table.only:
            block = _block(definition, table, frozen.rows(table.model), prose, widths)
            _append_annex(template.docx, definition, table, prose, block)
    properties = template.docx.core_properties
    properties.title = prose.subject
    properties.author = frozen.names()["authority"]["issuing_body_name"]
    properties.last_modified_by = properties.author
    content = BytesIO()
    template.save(content)
    reproducible.write(content.getvalue(), path, frozen.cut_off)


def _text_widths(template: Path, annex_count: int) -> list[int]:
    """Text widths in twips: of the body, then of each annex, as the template's sections stand."""
    try:
        sections = Document(str(template)).sections
    except (PackageNotFoundError, KeyError, zipfile.BadZipFile, etree.XMLSyntaxError) as error:
        raise ReportError(
            f"{template.name} cannot be read as a Word document; save it again in Word as .docx: {error}"
        ) from error
    if len(sections) != 1 + annex_count:
        raise ReportError(
            f"{template.name} has {len(sections)} sections; it needs one for the body and one per annex"
        )
    return [(s.page_width - s.left_margin - s.right_margin) // EMU_PER_TWIP for s in sections]


def _append_annex(
    document: DocumentType, definition: Definition, table: Table, prose: Prose, block: list[etree._Element]
) -> None:
    """Add an annex that only some reports have: a page section like those of the template's annexes, as wide as the body."""
    body, annex = document.sections[0], document.add_section(WD_SECTION.NEW_PAGE)
    for measure in ("orientation", "page_width", "page_height"):
        setattr(annex, measure, getattr(body, measure))
    title = [
        _paragraph(f"Phụ lục {definition.annex_number_of(table.name)}", "OcopAnnex"),
        _paragraph(prose.captions[table.name].upper(), "OcopAnnexTitle"),
        _paragraph(prose.annex_reference, "OcopAnnexReference"),
    ]
    end = document.element.body.sectPr
    for element in [*title, *block]:
        end.addprevious(element)


def _block(
    definition: Definition, table: Table, rows: list[dict], prose: Prose, widths: list[int]
) -> list[etree._Element]:
    caption = []
    width = widths[0]
    if table.place == "annex" and table.only is None:  # its title stands in the template
        width = widths[1 + definition.annexes.index(table)]
    elif table.place == "body":
        # An empty table keeps its number, so that a table has the same number in every period.
        number = definition.number_of(table.name)
        caption = [_paragraph(f"Bảng {number}. {prose.captions[table.name]}", CAPTION)]
    if not rows:
        return [*caption, _paragraph(prose.empty[table.name], BODY)]
    notes = [_paragraph(text, NOTE) for text in prose.notes[table.name]]
    return [*caption, _table(table, rows, width), *(notes or [_paragraph("", NOTE)])]


def _charts(
    part: DocumentPart, definition: Definition, table: Table, frozen: Frozen, width: int
) -> list[etree._Element]:
    rows = frozen.rows(table.model)
    drawings, *_ = chart.drawings(table, rows)
    captions = chart.captions(definition, table, len(drawings))
    if not drawings:
        return [_paragraph(captions[0], CAPTION), _paragraph(chart.EMPTY, BODY)]
    text = chart.description(table.chart, definition.number_of(table.name))
    elements = []
    for caption, drawing in zip(captions, drawings, strict=True):
        shown = _paragraph("", NOTE, "center")
        drawn = chart.inline(part, table.chart, drawing, text, Twips(width), frozen.cut_off)
        shown.append(_element("w:r", drawn))
        elements += [_paragraph(caption, CAPTION), shown]
    return elements + [_paragraph(text, NOTE) for text in chart.notes(definition, table, rows)]


def _table(table: Table, rows: list[dict], width: int) -> etree._Element:
    texts = [[cell_text(table, column, row) for column in table.columns] for row in rows]
    twips = _column_widths(table, texts, width)
    element = _element("w:tbl", _table_properties(width), _element("w:tblGrid"))
    for size in twips:
        element[1].append(_element("w:gridCol", w=str(size)))
    half_points = str(2 * table.font_size)
    for row in _heading_rows(table.columns, twips, half_points):
        element.append(row)
    ordinal = 0
    for row, row_texts, next_row in zip(rows, texts, [*rows[1:], None], strict=True):
        is_bold = is_total(row["row_code"])
        ordinal += not is_bold
        cells = [_cell("" if is_bold else str(ordinal), twips[0], "center", half_points, is_bold)]
        for column, text, size in zip(table.columns, row_texts, twips[1:], strict=True):
            alignment = "center" if text == wording.DASH else _alignment(column)
            cells.append(_cell(text, size, alignment, half_points, is_bold))
        # The heading has a row under it on its page, and a total the row above it.
        if row is rows[0] or (next_row and is_total(next_row["row_code"])):
            _keep_with_next(cells)
        element.append(_element("w:tr", _element("w:trPr", _element("w:cantSplit")), *cells))
    return element


def _keep_with_next(cells: list[etree._Element]) -> None:
    """Keep a row on the page of the next one: a total, or a row, alone under headings explains nothing."""
    for cell in cells:
        style = cell.find(f".//{qn('w:pStyle')}")
        style.addnext(_element("w:keepNext"))


def _column_widths(table: Table, texts: list[list[str]], width: int) -> list[int]:
    """Share out the page width so that no figure, and where there is room no word, is broken."""
    shares = [ORDINAL_WIDTH, *(column.width for column in table.columns)]
    columns = [[column.heading, *cells] for column, *cells in zip(table.columns, *texts, strict=True)]
    needs = [0, *(max(_needed(text, table.font_size) for text in cells) for cells in columns)]
    if sum(needs) > width:  # one endless word must not push the figures off the page
        kinds = ["", *(column.kind for column in table.columns)]
        needs = [0 if kind == "text" else need for kind, need in zip(kinds, needs, strict=True)]
    if sum(needs) > width:
        raise ReportError(f"{table.model}: its figures are wider than the page; print it in landscape")
    narrow: set[int] = set()
    while True:
        left = width - sum(needs[at] for at in narrow)
        shared = sum(share for at, share in enumerate(shares) if at not in narrow)
        widths = [
            need if at in narrow else left * share / shared
            for at, (share, need) in enumerate(zip(shares, needs, strict=True))
        ]
        more = {at for at, need in enumerate(needs) if widths[at] < need}
        if not more:
            break
        narrow |= more
    edges = [round(sum(widths[:at])) for at in range(len(widths) + 1)]
    return [right - left for left, right in zip(edges, edges[1:], strict=False)]


def _needed(text: str, font_size: int) -> float:
    """The width in twips of the longest piece of a text that a line break must not divide."""
    pieces = re.split(r"(?<=-)|\s", text)
    widest = max(sum(CAPITAL_WIDTH if c.isupper() else LETTER_WIDTH for c in piece) for piece in pieces)
    return widest * font_size * TWIPS_PER_POINT + 2 * CELL_MARGIN


def cell_text(table: Table, column: Column, row: dict) -> str:
    """The printed text of one cell."""
    try:
        text = wording.cell(row[column.name], column.kind, column.labels)
    except (KeyError, TypeError, ValueError) as error:
        raise ReportError(
            f"{table.model}, row {row['row_code']!r}, column {column.name}: {error!r} cannot be printed; "
            "compare the model with ministry.yml"
        ) from error
    if text is None:
        return "" if is_blank(column, row) else wording.DASH
    return text


def heading_cells(columns: Iterable[Column]) -> list[tuple[str, list[str]]]:
    """Headings with the sub-headings under them; columns of one group stand under a common heading."""
    cells: list[tuple[str, list[str]]] = [(ORDINAL_HEADING, [])]
    group = None
    for column in columns:
        if column.group is None:
            cells.append((column.heading, []))
        elif column.group == group:
            cells[-1][1].append(column.heading)
        else:
            cells.append((column.group, [column.heading]))
        group = column.group
    return cells


def _heading_rows(columns: tuple[Column, ...], twips: list[int], half_points: str) -> list[etree._Element]:
    headings = heading_cells(columns)
    is_double = any(below for _, below in headings)
    first, second, at = [], [], 0
    for heading, below in headings:
        span = max(1, len(below))
        sizes = twips[at : at + span]
        at += span
        merge = "restart" if is_double and not below else None
        first.append(_cell(heading, sum(sizes), "center", half_points, True, span=span, merge=merge))
        for text, size in zip(below or [""], sizes, strict=True):
            second.append(_cell(text, size, "center", half_points, True, merge=None if below else "continue"))
    # Repeated on every page the table runs over.
    rows = [first, second] if is_double else [first]
    for row in rows:
        _keep_with_next(row)
    return [
        _element("w:tr", _element("w:trPr", _element("w:cantSplit"), _element("w:tblHeader")), *r)
        for r in rows
    ]


def _table_properties(width: int) -> etree._Element:
    borders = _element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(_element(f"w:{side}", val="single", sz="4", space="0", color="000000"))
    margins = _element(
        "w:tblCellMar",
        _element("w:left", w=str(CELL_MARGIN), type="dxa"),
        _element("w:right", w=str(CELL_MARGIN), type="dxa"),
    )
    return _element(
        "w:tblPr",
        _element("w:tblW", w=str(width), type="dxa"),
        _element("w:tblInd", w="0", type="dxa"),
        borders,
        _element("w:tblLayout", type="fixed"),
        margins,
    )


def _cell(
    text: str,
    width: int,
    alignment: str,
    half_points: str,
    is_bold: bool,
    span: int = 1,
    merge: str | None = None,
) -> etree._Element:
    properties = _element("w:tcPr", _element("w:tcW", w=str(width), type="dxa"))
    if span > 1:
        properties.append(_element("w:gridSpan", val=str(span)))
    if merge:
        properties.append(_element("w:vMerge", val=merge))
    properties.append(_element("w:vAlign", val="center"))
    return _element("w:tc", properties, _paragraph(text, CELL, alignment, half_points, is_bold))


def _alignment(column: Column) -> str:
    return "center" if column.labels else ALIGNMENT[column.kind]


def _paragraph(
    text: str, style: str, alignment: str | None = None, half_points: str | None = None, is_bold: bool = False
) -> etree._Element:
    properties = _element("w:pPr", _element("w:pStyle", val=style))
    if alignment:
        properties.append(_element("w:jc", val=alignment))
    paragraph = _element("w:p", properties)
    if text:
        marks = _element("w:rPr")
        if is_bold:
            marks.append(_element("w:b"))
        if half_points:
            marks.extend([_element("w:sz", val=half_points), _element("w:szCs", val=half_points)])
        content = _element("w:t")
        content.text = text
        content.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        paragraph.append(_element("w:r", marks, content))
    return paragraph


def _element(tag: str, *children: etree._Element, **attributes: str) -> etree._Element:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    element.extend(children)
    return element


def _xml(elements: list[etree._Element]) -> Markup:
    return Markup("".join(etree.tostring(element, encoding="unicode") for element in elements))
