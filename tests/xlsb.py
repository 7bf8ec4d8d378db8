"""Writes a workbook of openpyxl as .xlsb, as far as the readers look: no library writes this format."""

from __future__ import annotations

import struct
import zipfile
from datetime import date, datetime
from pathlib import Path

from openpyxl.utils.datetime import to_excel

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ERRORS = {"#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#NAME?": 0x1D, "#NUM!": 0x24, "#N/A": 0x2A}


def record(kind: int, data: bytes = b"") -> bytes:
    """One record: kind and length in groups of seven bits."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(data)
    groups = b""
    while True:
        length, group = length >> 7, length & 0x7F
        groups += bytes([group | (0x80 if length else 0)])
        if not length:
            return head + groups + data


def text(value: str) -> bytes:
    """A string with its length."""
    encoded = value.encode("utf-16-le")
    return struct.pack("<I", len(encoded) // 2) + encoded


def rk(whole: int) -> bytes:
    """A whole number in four bytes."""
    return struct.pack("<i", whole << 2 | 2)


def write(path: Path, workbook, is_1904: bool = False) -> Path:
    """Write every sheet: values, errors, number formats, merged cells, hidden rows, columns and sheets."""
    formats = sorted({c.number_format for sheet in workbook for row in sheet for c in row} - {"General"})
    texts: dict[str, int] = {}
    sheets = [_sheet(sheet, formats, texts, is_1904) for sheet in workbook.worksheets]
    bundles = b"".join(
        record(
            156,
            struct.pack("<II", int(sheet.sheet_state != "visible"), n) + text(f"rId{n}") + text(sheet.title),
        )
        for n, sheet in enumerate(workbook.worksheets, start=1)
    )
    book = record(131) + record(153, struct.pack("<II", int(is_1904), 0) + text("")) + record(143) + bundles
    styles = record(278) + record(615, struct.pack("<I", len(formats)))
    styles += b"".join(record(44, struct.pack("<H", 164 + n) + text(code)) for n, code in enumerate(formats))
    styles += record(616) + record(617, struct.pack("<I", len(formats) + 1))
    styles += b"".join(
        record(47, struct.pack("<HH", 0, 163 + n if n else 0) + bytes(12)) for n in range(len(formats) + 1)
    )
    strings = record(159, struct.pack("<II", len(texts), len(texts)))
    strings += b"".join(record(19, b"\0" + text(value)) for value in texts)
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>',
        "_rels/.rels": _relations(("rId1", "officeDocument", "xl/workbook.bin")),
        "xl/_rels/workbook.bin.rels": _relations(
            *((f"rId{n}", "worksheet", f"worksheets/sheet{n}.bin") for n in range(1, len(sheets) + 1)),
            ("rIdS", "styles", "styles.bin"),
            ("rIdT", "sharedStrings", "sharedStrings.bin"),
        ),
        "xl/workbook.bin": book + record(144) + record(132),
        "xl/styles.bin": styles + record(618) + record(279),
        "xl/sharedStrings.bin": strings + record(160),
    }
    parts |= {f"xl/worksheets/sheet{n}.bin": content for n, content in enumerate(sheets, start=1)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def _relations(*relations: tuple[str, str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="{i}" Type="{_RELATIONS}/{kind}" Target="{to}"/>' for i, kind, to in relations
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'


def _sheet(sheet, formats: list[str], texts: dict[str, int], is_1904: bool) -> bytes:
    content = record(129) + record(148, struct.pack("<IIII", 0, sheet.max_row - 1, 0, sheet.max_column - 1))
    for column in sheet.column_dimensions.values():
        if column.hidden:
            content += record(60, struct.pack("<IIIIH", column.min - 1, column.max - 1, 0, 0, 1))
    content += record(145)
    for row in sheet.iter_rows():
        hidden = 0x10 if sheet.row_dimensions[row[0].row].hidden else 0
        content += record(0, struct.pack("<IIHBBBI", row[0].row - 1, 0, 300, 0, hidden, 0, 0))
        for cell in row:
            if cell.value is not None:
                style = formats.index(cell.number_format) + 1 if cell.number_format != "General" else 0
                content += _cell(struct.pack("<II", cell.column - 1, style), cell.value, texts, is_1904)
    content += record(146)
    for area in sheet.merged_cells.ranges:
        content += record(
            176, struct.pack("<IIII", area.min_row - 1, area.max_row - 1, area.min_col - 1, area.max_col - 1)
        )
    return content + record(130)


def _cell(head: bytes, value: object, texts: dict[str, int], is_1904: bool) -> bytes:
    if isinstance(value, bool):
        return record(4, head + bytes([value]))
    if isinstance(value, datetime | date):
        serial = to_excel(value) - (1462 if is_1904 else 0)
        return record(5, head + struct.pack("<d", serial))
    if isinstance(value, int) and abs(value) < 1 << 29:
        return record(2, head + rk(value))
    if isinstance(value, int | float):
        return record(9, head + struct.pack("<d", value) + bytes(10))  # as a formula gives it
    if str(value) in _ERRORS:
        return record(3, head + bytes([_ERRORS[str(value)]]))
    if len(str(value)) % 2:  # both ways a text can be stored
        return record(6, head + text(str(value)))
    return record(7, head + struct.pack("<I", texts.setdefault(str(value), len(texts))))
