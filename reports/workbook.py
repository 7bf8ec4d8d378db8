"""Prints the report as a workbook: a cover with an index, then one sheet of live figures per table."""

import textwrap
from copy import copy
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from reports import chart, reproducible, wording
from reports.chart import FONT
from reports.definition import Column, Definition, Table
from reports.document import ALIGNMENT, cell_text, heading_cells
from reports.frozen import Frozen, is_total
from reports.sentences import Prose

COVER = "Mục lục"
GRID = Border(*(Side(style="thin", color="808080") for _ in range(4)))
HEADING_FILL = PatternFill("solid", fgColor="DDEBF7")
TOTAL_FILL = PatternFill("solid", fgColor="F2F2F2")
FIRST_HEADING_ROW = 4
ORDINAL_CHARACTERS = 6
LINE_HEIGHT = 15
CHART_WIDTH, CHART_TITLE = 17, 1.2  # cm
PORTRAIT_CHARACTERS, LANDSCAPE_CHARACTERS = 95, 150  # what fits a page without shrinking it much


def write_workbook(definition: Definition, frozen: Frozen, prose: Prose, path: Path) -> None:
    """Build the workbook and store it."""
    workbook = Workbook()
    _cover(workbook.active, definition, frozen, prose)
    for table in definition.printed:
        sheet = workbook.create_sheet(table.sheet)
        _sheet(sheet, table, frozen.rows(table.model), prose)
    properties = workbook.properties
    properties.title = prose.subject
    properties.creator = properties.lastModifiedBy = frozen.names()["authority"]["issuing_body_name"]
    content = BytesIO()
    workbook.save(content)
    reproducible.write(content.getvalue(), path, frozen.cut_off)


def sheet_caption(definition: Definition, table: Table, prose: Prose) -> str:
    """The title above a table, numbered as in the document."""
    if table.place != "body":
        return f"Phụ lục {definition.annex_number_of(table.name)}. {prose.captions[table.name]}"
    return f"Bảng {definition.number_of(table.name)}. {prose.captions[table.name]}"


def _cover(sheet: Worksheet, definition: Definition, frozen: Frozen, prose: Prose) -> None:
    sheet.title = COVER
    authority = frozen.names()["authority"]
    bold, plain = Font(name=FONT, size=12, bold=True), Font(name=FONT, size=12)
    lines = [
        (authority["parent_body_name"].upper(), plain),
        (authority["issuing_body_short_name"].upper(), bold),
        ("", plain),
        (definition.title, Font(name=FONT, size=14, bold=True)),
        (prose.subject, bold),
        ("", plain),
        *((sentence, plain) for sentence in prose.cover),
        ("", plain),
    ]
    for row, (text, font) in enumerate(lines, start=1):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=2)
        cell = _put(sheet.cell(row, 1), text or None, font, "left")
        sheet.row_dimensions[row].height = 16 * (1 + len(text) // 82)
        if text == definition.title:
            cell.alignment = Alignment(horizontal="center", vertical="center")
    row = len(lines) + 1
    for column, heading in enumerate(("Trang tính", "Nội dung"), start=1):
        _put(sheet.cell(row, column), heading, bold, "center", HEADING_FILL, GRID)
    for table in definition.printed:
        row += 1
        link = _put(
            sheet.cell(row, 1), table.sheet, Font(name=FONT, size=12, color="0563C1", underline="single")
        )
        link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{table.sheet}'!A1")
        link.border = GRID
        _put(sheet.cell(row, 2), sheet_caption(definition, table, prose), plain, "left", border=GRID)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 70
    _page(sheet, "portrait")


def _sheet(sheet: Worksheet, table: Table, rows: list[dict], prose: Prose) -> None:
    last = 1 + len(table.columns)
    for row, (text, font) in enumerate(
        (
            (prose.captions[table.name], Font(name=FONT, size=13, bold=True)),
            (prose.subject, Font(name=FONT, italic=True)),
        ),
        start=1,
    ):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=last)
        _put(sheet.cell(row, 1), text, font, "center")
        sheet.row_dimensions[row].height = 18 * (1 + len(text) // 90)
    widths = _widths(table)
    for position, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    heading_rows = _headings(sheet, table, widths)
    row = FIRST_HEADING_ROW + heading_rows
    ordinal = 0
    styles: dict[tuple, StyleArray] = {}
    for record in rows:
        is_bold = is_total(record["row_code"])
        ordinal += not is_bold
        font, fill = Font(name=FONT, size=11, bold=is_bold), TOTAL_FILL if is_bold else None
        lines = [1]
        _put(sheet.cell(row, 1), None if is_bold else ordinal, font, "center", fill, GRID)
        for position, column in enumerate(table.columns, start=2):
            text = cell_text(table, column, record)
            value, number_format = _live(record[column.name], column, text)
            alignment = "center" if text == wording.DASH or column.labels else ALIGNMENT[column.kind]
            # Looking up the same style for each of thousands of cells is most of openpyxl's work.
            style = (is_bold, alignment, number_format)
            cell = sheet.cell(row, position)
            if style in styles:
                _set(cell, value)
                cell._style = copy(styles[style])
            else:
                _put(cell, value, font, alignment, fill, GRID).number_format = number_format
                styles[style] = cell._style
            lines.append(_line_count(text, widths[position - 1]))
        sheet.row_dimensions[row].height = LINE_HEIGHT * max(lines)
        row += 1
    has_bars = table.chart and chart.drawings(table, rows)[0]
    nothing_drawn = [chart.EMPTY] if table.chart and rows and not has_bars else []
    for text in [*prose.notes[table.name], *nothing_drawn] if rows else [prose.empty[table.name]]:
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=last)
        _put(sheet.cell(row, 1), text, Font(name=FONT, size=11, italic=True), "left")
        sheet.row_dimensions[row].height = 16 * (1 + len(text) // 100)
        row += 1
    if has_bars:
        first = FIRST_HEADING_ROW + heading_rows
        _chart(sheet, table, first, first + ordinal - 1, row + 1)
    sheet.freeze_panes = f"C{FIRST_HEADING_ROW + heading_rows}"
    sheet.print_title_rows = f"{FIRST_HEADING_ROW}:{FIRST_HEADING_ROW + heading_rows - 1}"
    _page(sheet, table.orientation)


def _chart(sheet: Worksheet, table: Table, first: int, last: int, below: int) -> None:
    """Draw the rows of a table as native bars that follow its cells."""
    position = {column.name: at for at, column in enumerate(table.columns, start=2)}
    heading = {column.name: column.heading for column in table.columns}
    drawn = chart.bars(
        table.chart,
        sheet,
        [position[name] for name in table.chart.categories],
        [(heading[name], position[name]) for name in table.chart.series],
        first,
        last,
    )
    drawn.title = table.chart.title
    drawn.width, drawn.height = CHART_WIDTH, CHART_TITLE + chart.height(table.chart, last - first + 1)
    sheet.add_chart(drawn, f"A{below}")


def _headings(sheet: Worksheet, table: Table, widths: list[float]) -> int:
    headings = heading_cells(table.columns)
    depth = 2 if any(below for _, below in headings) else 1
    bold = Font(name=FONT, size=11, bold=True)
    position, lines = 1, [1]
    for heading, below in headings:
        span = max(1, len(below))
        for column in range(position, position + span):
            for row in range(FIRST_HEADING_ROW, FIRST_HEADING_ROW + depth):
                _put(sheet.cell(row, column), None, bold, "center", HEADING_FILL, GRID)
        sheet.cell(FIRST_HEADING_ROW, position).value = heading
        for offset, text in enumerate(below):
            sheet.cell(FIRST_HEADING_ROW + 1, position + offset).value = text
        if span > 1 or (depth == 2 and not below):
            sheet.merge_cells(
                start_row=FIRST_HEADING_ROW,
                end_row=FIRST_HEADING_ROW + (0 if below else depth - 1),
                start_column=position,
                end_column=position + span - 1,
            )
        texts = below or [heading]
        lines += [
            _line_count(text, width) for text, width in zip(texts, widths[position - 1 :], strict=False)
        ]
        position += span
    for row in range(FIRST_HEADING_ROW, FIRST_HEADING_ROW + depth):
        sheet.row_dimensions[row].height = LINE_HEIGHT * max(lines)
    return depth


def _live(value: object, column: Column, text: str) -> tuple[object, str]:
    """A number stays a number and a date a date; only what is unknown or a word is text."""
    if value is None:
        return text or None, "General"
    if column.labels or column.kind == "text":
        return text, "@"
    if column.kind == "date":
        return value, "dd/mm/yyyy"
    if column.kind == "year":
        return int(value), "0"
    # Two formats: with one for both, Excel prints a whole number with a bare decimal comma.
    return value, "#,##0" if Decimal(value) == int(value) else "#,##0.0##"


def _widths(table: Table) -> list[float]:
    characters = LANDSCAPE_CHARACTERS if table.orientation == "landscape" else PORTRAIT_CHARACTERS
    total = sum(column.width for column in table.columns)
    return [ORDINAL_CHARACTERS, *(max(8, characters * column.width / total) for column in table.columns)]


def _line_count(text: str, width: float) -> int:
    """Lines a text takes in a column; row heights are written, not every program fits rows on opening."""
    return max(1, len(textwrap.wrap(text, int(width))))


def _page(sheet: Worksheet, orientation: str) -> None:
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = orientation
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left, margins.right, margins.top, margins.bottom = 1.18, 0.59, 0.79, 0.79  # 30, 15, 20, 20 mm
    sheet.oddFooter.center.text = "&P/&N"


def _put(
    cell: Cell,
    value: object,
    font: Font,
    alignment: str = "left",
    fill: PatternFill | None = None,
    border: Border | None = None,
) -> Cell:
    _set(cell, value)
    cell.font = font
    cell.alignment = Alignment(horizontal=alignment, vertical="center", wrap_text=True)
    if fill:
        cell.fill = fill
    if border:
        cell.border = border
    return cell


def _set(cell: Cell, value: object) -> None:
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # a product called "=..." is a name, not a formula
