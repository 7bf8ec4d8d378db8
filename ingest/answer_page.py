"""A sheet of our own in an answer: rows of styled text, written as sheet XML that prints on A4."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from ingest.second_look import column_letter

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
# A cell holds 32,767 characters; nobody reads so many, and the JSON answer has them all.
_LONGEST_TEXT = 1_500
_LINE_POINTS = 15
_HIGHEST_ROW = 409  # points; Excel's limit


@dataclass(frozen=True)
class Cell:
    """A text or whole number in a style of style_sheet; ``link`` is (sheet, address), ``span`` the columns it covers."""

    value: str | int | None
    style: str = "text"
    link: tuple[str, str] | None = None
    span: int = 1


@dataclass
class Page:
    """A sheet: widths in characters, rows of cells from column A; the row of the headings stays in sight and is printed again."""

    name: str
    widths: tuple[int, ...]
    rows: list[list[Cell]]
    heading_row: int | None = None


def printable(text: str) -> str:
    """Text as a cell can hold it: no control characters, not longer than somebody reads."""
    shown = _NOT_XML.sub("", text[:_LONGEST_TEXT])
    return shown if len(text) <= _LONGEST_TEXT else f"{shown} […]"


def location(sheet: str, address: str) -> str:
    """A place in the workbook as a link or a defined name writes it."""
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{address}"


def sheet_xml(page: Page, namespace: str, style_number: Callable[[str], int], is_active: bool) -> bytes:
    """The page as a worksheet part; ``style_number`` gives the cell format of a style."""
    rows, merged, links = [], [], []
    for number, cells in enumerate(page.rows, start=1):
        written = []
        column, lines = 0, 1
        for cell in cells:
            first, last = column_letter(column), column_letter(column + cell.span - 1)
            address, style = f"{first}{number}", style_number(cell.style)
            written.append(_cell(address, cell.value, style))
            if cell.span > 1:
                merged.append(f'<mergeCell ref="{address}:{last}{number}"/>')
                written.extend(
                    f'<c r="{column_letter(column + n)}{number}" s="{style}"/>' for n in range(1, cell.span)
                )
            if cell.link:
                place = quoteattr(location(*cell.link))
                links.append(f'<hyperlink ref="{address}" location={place}/>')
            width = sum(page.widths[column : column + cell.span])
            lines = max(lines, _lines(cell.value, width, is_large=cell.style.endswith("title")))
            column += cell.span
        # LibreOffice opens wrapped rows one line high unless told.
        height = min(_HIGHEST_ROW, lines * _LINE_POINTS)
        rows.append(f'<row r="{number}" ht="{height}" customHeight="1">{"".join(written)}</row>')
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(page.widths, start=1)
    )
    selected = ' tabSelected="1"' if is_active else ""
    pane = ""
    if page.heading_row:
        below = page.heading_row + 1
        pane = (
            f'<pane ySplit="{page.heading_row}" topLeftCell="A{below}" activePane="bottomLeft" state="frozen"/>'
            f'<selection pane="bottomLeft" activeCell="A{below}" sqref="A{below}"/>'
        )
    parts = [
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
        f'<worksheet xmlns="{namespace}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>',
        f'<sheetViews><sheetView showGridLines="0"{selected} workbookViewId="0">{pane}</sheetView></sheetViews>',
        f'<sheetFormatPr defaultRowHeight="{_LINE_POINTS}"/><cols>{columns}</cols>',
        f"<sheetData>{''.join(rows)}</sheetData>",
        f'<mergeCells count="{len(merged)}">{"".join(merged)}</mergeCells>' if merged else "",
        f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else "",
        '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>',
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>',
        "<headerFooter><oddFooter>&amp;CTrang &amp;P/&amp;N</oddFooter></headerFooter></worksheet>",
    ]
    return "".join(parts).encode()


def _cell(address: str, value: str | int | None, style: int) -> str:
    if value is None:
        return f'<c r="{address}" s="{style}"/>'
    if isinstance(value, int):
        return f'<c r="{address}" s="{style}"><v>{value}</v></c>'
    # Inline text is text whatever it begins with; a literal _x0041_ would otherwise be read as a letter.
    text = escape(_LOOKS_ESCAPED.sub("_x005F_", printable(value)))
    return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _lines(value: str | int | None, width: int, is_large: bool) -> int:
    """Lines a text takes when wrapped at words into a column of that many characters."""
    room = max(1, int(width * (0.75 if is_large else 0.95)))
    count = 0
    for paragraph in printable(str("" if value is None else value)).split("\n"):
        used = 0
        count += 1
        for word in paragraph.split(" "):
            if used and used + 1 + len(word) > room:
                count += 1
                used = 0
            used += len(word) + bool(used)
            count += (used - 1) // room if used > room else 0
            used = (used - 1) % room + 1 if used > room else used
    return count * 2 if is_large and count > 1 else count + is_large
