"""The second look at .xlsb: the BIFF12 records of the sheets' binary parts, as MS-XLSB describes them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ingest.look_xlsx import related
from ingest.number_formats import shown_number, telling_format
from ingest.package_xml import open_package
from ingest.second_look import DamagedPackageError, SheetCensus

_ROW, _BLANK, _RK, _ERROR, _BOOL, _REAL, _TEXT, _SHARED_TEXT = range(8)
_FORMULA_TEXT, _FORMULA_NUMBER, _FORMULA_BOOL, _FORMULA_ERROR = range(8, 12)
_SHARED_ITEM, _FORMAT, _CELL_FORMAT, _COLUMN = 19, 44, 47, 60
_SHEET, _WORKBOOK_SETTINGS, _MERGED, _BEGIN_CELL_FORMATS, _END_CELL_FORMATS = 156, 153, 176, 617, 618
_ERROR_TEXTS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
_PERCENT_IDS = (9, 10)
_HIDDEN_ROW = 0x10  # bit 4 of the third byte of flags
_CELL_HEAD = 8  # column, and style number with a flag


def census(path: Path, is_wanted: Callable[[str], bool]) -> dict[str, SheetCensus]:
    """See second_look.census."""
    try:
        with open_package(path) as package:
            (book,) = related(package, "", "/officeDocument").values()
            content = package[book]
            is_1904 = any(kind == _WORKBOOK_SETTINGS and data[0] & 1 for kind, data in _records(content))
            found = [
                (sheet, part) for sheet, part in _sheets(package, book, content) if is_wanted(sheet.name)
            ]
            empty_texts, formats = _empty_shared_texts(package, book), _formats(package, book)
            for sheet, part in found:
                sheet.is_1904 = is_1904
                _count(sheet, package[part], empty_texts, formats)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise DamagedPackageError("tệp hỏng hoặc không phải là tệp Excel") from error
    return {sheet.name: sheet for sheet, _ in found}


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and data of each record; kind and length are written in groups of seven bits, the low ones first."""
    position = 0
    while position < len(content):
        kind = content[position]
        position += 1
        if kind & 0x80:
            kind = kind & 0x7F | (content[position] & 0x7F) << 7
            position += 1
        length = shift = 0
        while True:
            byte = content[position]
            position += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        if position + length > len(content):
            raise DamagedPackageError("tệp hỏng hoặc không phải là tệp Excel")
        yield kind, content[position : position + length]
        position += length


def _text(data: bytes, offset: int) -> str:
    (length,) = struct.unpack_from("<I", data, offset)
    return data[offset + 4 : offset + 4 + 2 * length].decode("utf-16-le")


def _sheets(package: Mapping[str, bytes], book: str, content: bytes) -> Iterator[tuple[SheetCensus, str]]:
    parts = related(package, book, "/worksheet")
    for kind, data in _records(content):
        if kind == _SHEET:
            (state,) = struct.unpack_from("<I", data, 0)
            relation = _text(data, 8)
            if relation in parts:
                yield SheetCensus(_text(data, 12 + 2 * len(relation)), is_hidden=state != 0), parts[relation]


def _empty_shared_texts(package: Mapping[str, bytes], book: str) -> set[int]:
    empty: set[int] = set()
    for part in related(package, book, "/sharedStrings").values():
        items = (data for kind, data in _records(package[part]) if kind == _SHARED_ITEM)
        empty.update(number for number, data in enumerate(items) if not _text(data, 1).strip())
    return empty


def _formats(package: Mapping[str, bytes], book: str) -> dict[int, str]:
    """Style number -> telling format."""
    found: dict[int, str] = {}
    for part in related(package, book, "/styles").values():
        codes: dict[int, str] = {}
        style = None
        for kind, data in _records(package[part]):
            if kind == _FORMAT:
                codes[struct.unpack_from("<H", data)[0]] = _text(data, 2)
            elif kind == _BEGIN_CELL_FORMATS:
                style = 0
            elif kind == _END_CELL_FORMATS:
                style = None
            elif kind == _CELL_FORMAT and style is not None:
                (format_id,) = struct.unpack_from("<H", data, 2)
                code = codes.get(format_id, "")
                if telling := "%" if format_id in _PERCENT_IDS else telling_format(code):
                    found[style] = telling
                style += 1
    return found


def _count(sheet: SheetCensus, content: bytes, empty_texts: set[int], formats: dict[int, str]) -> None:
    row = 0
    for kind, data in _records(content):
        if kind == _ROW:
            row = struct.unpack_from("<I", data)[0] + 1
            if data[11] & _HIDDEN_ROW:
                sheet.hidden_rows.add(row)
        elif kind == _COLUMN:
            first, last, _, _, flags = struct.unpack_from("<IIIIH", data)
            if flags & 1:
                sheet.hide_columns(first + 1, last + 1)
        elif kind == _MERGED:
            first_row, last_row, first_column, last_column = struct.unpack_from("<IIII", data)
            sheet.merge(first_row + 1, first_column + 1, last_row + 1, last_column + 1)
        elif _BLANK < kind <= _FORMULA_ERROR:
            column, style = struct.unpack_from("<II", data)
            _count_cell(sheet, row, column + 1, kind, data, empty_texts, formats.get(style & 0xFFFFFF))


def _count_cell(
    sheet: SheetCensus,
    row: int,
    column: int,
    kind: int,
    data: bytes,
    empty_texts: set[int],
    number_format: str | None,
) -> None:
    if kind in (_ERROR, _FORMULA_ERROR):
        sheet.fault(row, column, _ERROR_TEXTS.get(data[_CELL_HEAD], "#N/A"))
    elif kind == _SHARED_TEXT:
        if struct.unpack_from("<I", data, _CELL_HEAD)[0] not in empty_texts:
            sheet.fill(row, column)
    elif kind in (_TEXT, _FORMULA_TEXT):
        if _text(data, _CELL_HEAD).strip():
            sheet.fill(row, column)
    elif kind in (_BOOL, _FORMULA_BOOL):
        sheet.fill(row, column)
    else:
        sheet.fill(row, column)
        if number_format:
            number = _rk(data) if kind == _RK else struct.unpack_from("<d", data, _CELL_HEAD)[0]
            sheet.shown[row, column] = shown_number(str(number), number_format)


def _rk(data: bytes) -> float:
    """A number in four bytes: thirty bits of a whole number or of a float, maybe divided by a hundred."""
    (coded,) = struct.unpack_from("<i", data, _CELL_HEAD)
    if coded & 2:
        number = float(coded >> 2)
    else:
        (number,) = struct.unpack("<d", b"\0\0\0\0" + struct.pack("<i", coded & ~3))
    return number / 100 if coded & 1 else number
