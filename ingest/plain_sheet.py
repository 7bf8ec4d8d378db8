"""The second look's short way: a sheet in the plain shape that Excel, LibreOffice and openpyxl write, without an XML parser.

A callback for each element costs most of the time a workbook takes. Here one pattern must match all of the cells, to the
byte; where it does not, nothing is counted and the parser goes the long way. Both ways count the same.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ingest.second_look import MAX_GRID_CELLS, SheetCensus

_ROW = rb'<row r="[1-9]\d{0,6}"(?: [\w:.]+="[^"<>]*+")*+'
_PLACE = rb'<c r="[A-Z]{1,3}[1-9]\d{0,6}"(?: s="\d+")?+(?: t="\w+")?+'
_INSIDE = (
    rb"(?:<f(?: \w+=\"[^\"<>]*+\")*+(?:/>|>[^<]*+</f>))?+"
    rb"(?:<v/>|<v>[^<]*+</v>)?+"
    rb'(?:<is><t(?: xml:space="preserve")?+>[^<]*+</t></is>)?+'
)
_PLAIN_ROWS = re.compile(
    rb"(?:" + _ROW + rb"(?:/>|>(?:" + _PLACE + rb"(?:/>|>" + _INSIDE + rb"</c>))*+</row>))*+"
)
# The same of nothing but visible values, as nearly all sheets are: no formula, no error, no element without a character,
# and no cell so far off that its grid could be too large.
_SEEN = rb"(?:&[^;<]*;|[\s\x80-\xff])*+[!-%'-;=-~][^<]*+"
_VALUE = (
    rb'(?: t="(?:s|n|b|str)")?+(?:/>|></c>|><v>' + _SEEN + rb"</v></c>)"
    rb'| t="inlineStr"><is><t(?: xml:space="preserve")?+>' + _SEEN + rb"</t></is></c>"
)
_VALUE_ROWS = re.compile(
    rb"(?:" + _ROW + rb'(?:/>|>(?:<c r="A?[A-Z][1-9]\d{0,3}"(?: s="\d+")?+(?:' + _VALUE + rb"))*+</row>))*+"
)
# Cells with something in them: letters, row, style, type, formula, the value's element, value, text.
_CELLS = re.compile(
    rb'<c r="([A-Z]+)(\d+)"(?: s="(\d+)")?+(?: t="(\w+)")?+>'
    rb"(<f[^<]*+(?:</f>)?+)?+(<v/>|<v>([^<]*+)</v>)?+(?:<is><t[^>]*+>([^<]*+))?+"
)
_HIDDEN_ROWS = re.compile(rb'<row r="(\d+)"[^>]* hidden="(?:1|true)"')
_COLUMN = re.compile(rb"<col\b[^>]*+>")
_HIDDEN_COLUMN = re.compile(rb' hidden="(?:1|true)"')
_FIRST_AND_LAST = re.compile(rb'(?=[^>]* min="(\d+)")[^>]* max="(\d+)"')
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3})([1-9]\d{0,6})(?::([A-Z]{1,3})([1-9]\d{0,6}))?"/>')
# What the parser would read as a cell, a row or a merged area outside of the rows, and encodings of other kinds.
_BEFORE = re.compile(
    rb'(?:\xef\xbb\xbf)?(?:<\?xml version="1\.0"(?: encoding="(?i:utf-8)")?(?: standalone="(?:yes|no)")?\s*\?>)?\s*<worksheet\b'
)
_ELSEWHERE = re.compile(rb"<(?:\w+:)?(?:c|row|sheetData)[\s/>]|<\w+:mergeCell\b|<!|<\?")
_TEXTS = re.compile(rb'<si>(?:<t/>|<t(?: xml:space="preserve")?+>([^<]*+)</t>)</si>')
_TEXT_LIST = re.compile(rb"[^<]*(?:<\?xml[^<]*\?>\s*)?<sst\b[^<>]*>((?:" + _TEXTS.pattern + rb")*+)</sst>\s*")
_VISIBLE = re.compile(rb"(?:&[^;]*;|\s)*[!-%'-~]")
_VISIBLE_BYTES = frozenset(range(ord("!"), ord("~") + 1)) - {ord("&")}


def empty_texts(content: bytes) -> set[int] | None:
    """Numbers of the shared texts without a visible character; None when the list is not plain."""
    found = _TEXT_LIST.fullmatch(content)
    if found is None:
        return None
    return {number for number, text in enumerate(_TEXTS.findall(found[1])) if not is_visible(text)}


def is_visible(text: bytes) -> bool:
    """Whether anything of a text (as it stands in XML) can be seen."""
    return bool(_VISIBLE.match(text)) or bool(_read(text).strip())


def count_plain(
    content: bytes,
    sheet: SheetCensus,
    empty: set[int],
    formats: dict[int, str],
    shown_number: Callable[[str, str], str],
) -> bool:
    """Fill the census of a sheet from its XML; False, and nothing filled, when the sheet is not plain."""
    before, found, rest = content.partition(b"<sheetData>")
    rows, ended, after = rest.partition(b"</sheetData>")
    if not (found and ended and _BEFORE.match(before)):
        return False
    if _ELSEWHERE.search(before, len(b"<?xml")) or _ELSEWHERE.search(after):
        return False
    merged = _MERGED.findall(after)
    if len(merged) != after.count(b"<mergeCell "):
        return False
    blanks, styles = {b"%d" % number for number in empty}, {b"%d" % n: shown for n, shown in formats.items()}
    counted = _count_values(rows, blanks, styles) or _count_cells(rows, blanks, styles)
    if counted is None:
        return False
    if counted.last_row * counted.last_column > MAX_GRID_CELLS:
        return False  # the long way names the cell
    sheet.fill(counted.last_row, counted.last_column, counted.filled)
    for row, column, text in counted.faults:
        sheet.fault(row, column, text)
    for row, column, value, number_format in counted.shown:
        sheet.shown[row, column] = shown_number(value, number_format)
    if b" hidden=" in rows:
        sheet.hidden_rows.update(map(int, _HIDDEN_ROWS.findall(rows)))
    for column in filter(_HIDDEN_COLUMN.search, _COLUMN.findall(before)):
        sheet.hide_columns(*map(int, _FIRST_AND_LAST.search(column).groups()))
    for first_column, first_row, last_column, last_row in merged:
        first = (int(first_row), _column(first_column))
        sheet.merge(*first, *((int(last_row), _column(last_column)) if last_row else first))
    return True


@dataclass
class _Counted:
    filled: int = 0
    faults: list[tuple[int, int, str]] = field(default_factory=list)
    shown: list[tuple[int, int, str, str]] = field(default_factory=list)
    last_row: int = 0
    last_column: int = 0


def _count_values(rows: bytes, empty: set[bytes], styles: dict[bytes, str]) -> _Counted | None:
    """The count of rows of nothing but visible values, without a look at each cell; None for others."""
    signs = (*(b't="s"><v>%s</v>' % number for number in empty), *(b' s="%s"' % style for style in styles))
    if not _VALUE_ROWS.fullmatch(rows) or any(sign in rows for sign in signs):
        return None
    return _Counted(filled=rows.count(b"></c>") - rows.count(b'"></c>'))


def _count_cells(rows: bytes, empty: set[bytes], styles: dict[bytes, str]) -> _Counted | None:
    """The count of plain rows, cell by cell; None for others."""
    if not _PLAIN_ROWS.fullmatch(rows):
        return None
    counted = _Counted()
    found, columns = set(), set()
    for letters, row, style, kind, formula, has_value, value, text in _CELLS.findall(rows):
        if kind == b"e" or (formula and not value and not (kind == b"str" and has_value)):
            said = _read(value) or "#N/A" if kind == b"e" else f"={_formula(formula)}"
            counted.faults.append((int(row), _column(letters), said))
        elif kind == b"s":
            if not value or value in empty:
                continue
        else:
            said = text if kind == b"inlineStr" else value
            if not said or not (said[0] in _VISIBLE_BYTES or is_visible(said)):
                continue
            if style in styles and kind in (b"", b"n"):
                counted.shown.append((int(row), _column(letters), _read(value), styles[style]))
        found.add(row)
        columns.add(letters)
        counted.filled += 1
    counted.filled -= len(counted.faults)
    counted.last_row = max(map(int, found), default=0)
    counted.last_column = max(map(_column, columns), default=0)
    return counted


def _formula(element: bytes) -> str:
    return _read(element[element.index(b">") + 1 :].removesuffix(b"</f>"))


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column


def _read(text: bytes) -> str:
    return html.unescape(text.decode()) if b"&" in text else text.decode()
