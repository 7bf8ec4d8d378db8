"""The sender's workbook with marked cells and pages of our own in front, changed as a package: everything else stays.

What changes, and nothing more: the format number of marked cells (with an empty cell where there was none), formats
appended to the styles, comments, our sheets with their entries in workbook, relations and content types, the number of
the sheet a sheet-wide name belongs to (ours stand in front), and which sheet is open. A digital signature is taken out:
it vouches for the original, which the archive keeps, and would be reported as forged on a copy with marks.
"""

from __future__ import annotations

import io
import re
import zipfile
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from ingest.answer_page import Page, location, printable, sheet_xml
from ingest.cell_notes import add_notes
from ingest.office_package import OfficePackage, UnpatchableError
from ingest.second_look import column_letter, position
from ingest.style_sheet import ERROR_COLOUR, WARNING_COLOUR, StyleSheet, empty_style_sheet

_TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET_TYPE = f"{_CONTENT}.worksheet+xml"
# What kind of workbook it is decides what its file must be called; an add-in is no report.
_SUFFIXES = {
    f"{_CONTENT}.sheet.main+xml": ".xlsx",
    f"{_CONTENT}.template.main+xml": ".xltx",
    "application/vnd.ms-excel.sheet.macroEnabled.main+xml": ".xlsm",
    "application/vnd.ms-excel.template.macroEnabled.main+xml": ".xltm",
}
# A tree takes many times the memory of its text.
_LARGEST_SHEET_BYTES = 40_000_000
# Every marked cell is coloured; so many of a sheet have a comment, which is more than anybody opens.
MOST_NOTES = 500
_SELECTED = re.compile(rb"""(<(?:\w+:)?sheetView\b[^>]*?\stabSelected=)(["'])(?:1|true)\2""")


@dataclass(frozen=True)
class Mark:
    """What a marked cell shows: its colour by severity, and the text of its comment."""

    is_error: bool
    text: str


def mark_package(
    source: Path | BinaryIO,
    target: Path,
    marks: dict[str, dict[str, Mark]],
    pages: Callable[[list[str]], list[Page]],
) -> str:
    """Write the workbook with marks (sheet -> address -> mark) and pages in front; returns the suffix its file must have.

    ``pages`` makes our pages from the names of the workbook's sheets. Marks on a sheet that is not there are left out;
    the mark of a merged cell goes to the one that is seen. Raises UnpatchableError for anything that is not a zipped
    .xlsx or .xlsm with well-formed parts.
    """
    with OfficePackage(source) as package:
        relation = next((r for r in package.relations("") if r.get("Type").endswith("/officeDocument")), None)
        if relation is None:
            raise UnpatchableError("the package names no document")
        base = relation.get("Type").removesuffix("/officeDocument")
        (book,) = package.related("", "/officeDocument").values()
        suffix = _SUFFIXES.get(package.content_type(book) or "")
        if suffix is None:
            raise UnpatchableError(f"{package.content_type(book)} is no workbook that can be marked")
        styles = StyleSheet(package.edit(_styles_part(package, book, base)))
        sheets = _sheet_parts(package, book, base)
        for part in package.related(book, "sheet").values():  # chart sheets too
            _put_aside(package, part)
        for name, wanted in marks.items():
            if name in sheets:
                _mark_sheet(package, sheets[name], wanted, styles, base)
        names = [sheet.get("name") for sheet in _sheets(package.look(book))]
        _add_pages(package, book, base, pages(names), styles)
        _drop_signatures(package)
        package.save(target)
    return suffix


def blank_workbook() -> BinaryIO:
    """A workbook without any sheet, for an answer that has nothing but our pages."""
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_CONTENT}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="rId1" '
        f'Type="{_TRANSITIONAL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_TRANSITIONAL}"><sheets/></workbook>',
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(zipfile.ZipInfo(name), text)
    return content


def _styles_part(package: OfficePackage, book: str, base: str) -> str:
    part = next(iter(package.related(book, "/styles").values()), None)
    if part is None:
        part = "xl/styles.xml"  # where readers look that do not follow the relations
        namespace = etree.QName(package.look(book)).namespace
        package.add(part, empty_style_sheet(namespace), f"{_CONTENT}.styles+xml")
        package.relate(book, f"{base}/styles", part)
    return part


def _sheets(book_root: etree._Element) -> Iterator[etree._Element]:
    return book_root.iterfind("{*}sheets/{*}sheet")


def _sheet_parts(package: OfficePackage, book: str, base: str) -> dict[str, str]:
    """Part of each sheet with cells by its name."""
    parts = package.related(book, "/worksheet")
    relations = {sheet.get("name"): sheet.get(f"{{{base}}}id") for sheet in _sheets(package.look(book))}
    return {name: parts[relation] for name, relation in relations.items() if relation in parts}


def _put_aside(package: OfficePackage, part: str) -> None:
    """Take the selection off a sheet: two selected sheets are edited together, and ours is the open one."""
    content = package.read(part)
    end = content.find(b"<sheetData")
    head = content if end < 0 else content[:end]
    if _SELECTED.search(head):
        package.write(part, _SELECTED.sub(rb"\1\g<2>0\2", head) + content[len(head) :])


def _mark_sheet(
    package: OfficePackage, part: str, marks: dict[str, Mark], styles: StyleSheet, base: str
) -> None:
    if len(package.read(part)) > _LARGEST_SHEET_BYTES:
        raise UnpatchableError(f"{part} is too large to be changed")
    root = package.edit(part)
    places = _seen(root, {position(address): mark for address, mark in marks.items()})
    _colour(root, places, styles)
    by_weight = sorted(places.items(), key=lambda item: (not item[1].is_error, item[0]))
    notes = {
        (row, column): (f"{column_letter(column - 1)}{row}", printable(mark.text))
        for (row, column), mark in by_weight[:MOST_NOTES]
    }
    if notes:
        add_notes(package, part, notes, base)


def _seen(root: etree._Element, marks: dict[tuple[int, int], Mark]) -> dict[tuple[int, int], Mark]:
    """Marks by the cell that is seen: of merged cells, the first."""
    corners: dict[tuple[int, int], tuple[int, int]] = {}
    ordered = sorted(marks)
    for area in root.iterfind("{*}mergeCells/{*}mergeCell"):
        first, _, last = area.get("ref").partition(":")
        top, left = position(first)
        bottom, right = position(last or first)
        for place in ordered[bisect_left(ordered, (top, left)) : bisect_left(ordered, (bottom, right + 1))]:
            if left <= place[1] <= right:
                corners[place] = (top, left)
    seen: dict[tuple[int, int], Mark] = {}
    for place in ordered:
        corner, mark = corners.get(place, place), marks[place]
        other = seen.get(corner)
        seen[corner] = Mark(other.is_error or mark.is_error, f"{other.text}\n{mark.text}") if other else mark
    return seen


def _colour(root: etree._Element, places: dict[tuple[int, int], Mark], styles: StyleSheet) -> None:
    """Give the cells their coloured format; a cell that is not there is added, empty, in its place."""
    namespace = f"{{{etree.QName(root).namespace}}}"
    data = root.find(f"{namespace}sheetData")
    if data is None:
        raise UnpatchableError("a sheet has no rows")
    rows = _Numbered(data, f"{namespace}row", int)
    default = _column_formats(root, namespace)
    for row_number, wanted in groupby(sorted(places.items()), key=lambda item: item[0][0]):
        row = rows.get(row_number) if row_number in rows else rows.insert(row_number, str(row_number))
        cells = _Numbered(row, f"{namespace}c", lambda address: position(address)[1])
        has_format = row.get("customFormat") in ("1", "true")
        for (_, column), mark in wanted:
            if column in cells:
                cell = cells.get(column)
                base = int(cell.get("s", 0))
            else:
                cell = cells.insert(column, f"{column_letter(column - 1)}{row_number}")
                base = int(row.get("s", 0)) if has_format else default(column)
            cell.set("s", str(styles.coloured(base, ERROR_COLOUR if mark.is_error else WARNING_COLOUR)))


class _Numbered:
    """Rows of a sheet or cells of a row by their number; new ones are put in from low to high."""

    def __init__(self, parent: etree._Element, tag: str, number_of: Callable[[str], int]):
        self._parent, self._tag = parent, tag
        self._known: dict[int, etree._Element] = {}
        number = 0
        for element in parent.iterchildren(tag):
            address = element.get("r")
            # One that leaves out its address stands after the one before.
            number = number + 1 if address is None else number_of(address)
            self._known[number] = element
        self._numbers = sorted(self._known)
        self._last = self._known[self._numbers[-1]] if self._numbers else None

    def __contains__(self, number: int) -> bool:
        return number in self._known

    def get(self, number: int) -> etree._Element:
        """The element of a number that is there."""
        return self._known[number]

    def insert(self, number: int, address: str) -> etree._Element:
        """A new element before the next higher one; that one has an address of its own, because there was a gap."""
        element = etree.Element(self._tag, r=address)
        following = bisect_left(self._numbers, number)
        if following < len(self._numbers):
            self._known[self._numbers[following]].addprevious(element)
        else:
            if self._last is None:
                self._parent.insert(0, element)
            else:
                self._last.addnext(element)
            self._last = element
        return element


def _column_formats(root: etree._Element, namespace: str) -> Callable[[int], int]:
    """The format an empty cell of a column shows."""
    columns = [
        (int(column.get("min")), int(column.get("max")), int(column.get("style", 0)))
        for column in root.iterfind(f"{namespace}cols/{namespace}col")
    ]
    return lambda number: next((style for low, high, style in columns if low <= number <= high), 0)


def _add_pages(package: OfficePackage, book: str, base: str, pages: list[Page], styles: StyleSheet) -> None:
    root = package.edit(book)
    namespace = etree.QName(root).namespace
    sheets = root.find(f"{{{namespace}}}sheets")
    highest = max((int(sheet.get("sheetId")) for sheet in sheets), default=0)
    for index, page in enumerate(pages):
        part, _ = package.free_name("xl/worksheets/sheet{}.xml")
        package.add(part, sheet_xml(page, namespace, styles.own, is_active=index == 0), _SHEET_TYPE)
        sheet = etree.Element(f"{{{namespace}}}sheet", name=page.name, sheetId=str(highest + index + 1))
        sheet.set(f"{{{base}}}id", package.relate(book, f"{base}/worksheet", part))
        sheets.insert(index, sheet)
    _open_first(root, sheets, namespace)
    _rename(root, sheets, namespace, pages)


def _open_first(root: etree._Element, sheets: etree._Element, namespace: str) -> None:
    """The workbook opens with our first page."""
    views = root.find(f"{{{namespace}}}bookViews")
    if views is None:
        views = etree.Element(f"{{{namespace}}}bookViews")
        sheets.addprevious(views)
        etree.SubElement(views, f"{{{namespace}}}workbookView")
    for view in views.iterchildren(f"{{{namespace}}}workbookView"):
        for name in ("activeTab", "firstSheet"):
            view.attrib.pop(name, None)  # both are the first sheet unless said


def _rename(root: etree._Element, sheets: etree._Element, namespace: str, pages: list[Page]) -> None:
    """Names that belong to one sheet follow it behind our pages; our headings are printed on each sheet of paper."""
    names = root.find(f"{{{namespace}}}definedNames")
    if names is None:
        names = etree.Element(f"{{{namespace}}}definedNames")
        before = [root.find(f"{{{namespace}}}{tag}") for tag in ("externalReferences", "functionGroups")]
        next((e for e in before if e is not None), sheets).addnext(names)
    for name in names:
        if name.get("localSheetId") is not None:
            name.set("localSheetId", str(int(name.get("localSheetId")) + len(pages)))
    for index, page in enumerate(pages):
        if page.heading_row:
            title = etree.SubElement(
                names, f"{{{namespace}}}definedName", name="_xlnm.Print_Titles", localSheetId=str(index)
            )
            title.text = location(page.name, f"${page.heading_row}:${page.heading_row}")
    if not len(names):
        root.remove(names)


def _drop_signatures(package: OfficePackage) -> None:
    signatures = [name for name in package.names if name.startswith("_xmlsignatures/")]
    for part in signatures:
        package.drop(part)
        package.undeclare(part)
    if signatures:
        package.unrelate("", "/digital-signature/origin")
