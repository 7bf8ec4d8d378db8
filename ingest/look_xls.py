"""The second look at .xls, the Excel of before 2007, by xlrd."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from ingest.legacy_text import font_encoding
from ingest.number_formats import shown_number, telling_format
from ingest.second_look import DamagedPackageError, SheetCensus, column_letter

# An .xlsx with a password is an OLE file around an encrypted package.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def census(path: Path, is_wanted: Callable[[str], bool]) -> dict[str, SheetCensus]:
    """See second_look.census."""
    import xlrd

    content = path.read_bytes()
    if _ENCRYPTED in content:
        raise DamagedPackageError("tệp đang đặt mật khẩu")
    try:
        book = xlrd.open_workbook(
            file_contents=content,
            formatting_info=True,
            on_demand=True,
            ragged_rows=True,
            logfile=io.StringIO(),
        )
        return {
            name: _count(book, book.sheet_by_name(name)) for name in book.sheet_names() if is_wanted(name)
        }
    except (DamagedPackageError, MemoryError):
        raise
    except Exception as error:  # xlrd meets damaged records with whatever error they cause
        reason = (
            "tệp đang đặt mật khẩu" if "encrypted" in str(error) else "tệp hỏng hoặc không phải là tệp Excel"
        )
        raise DamagedPackageError(reason) from error


def _count(book, sheet) -> SheetCensus:
    import xlrd

    found = SheetCensus(sheet.name, is_hidden=sheet.visibility != 0)
    found.hidden_rows = {row + 1 for row, information in sheet.rowinfo_map.items() if information.hidden}
    found.hidden_columns = {column + 1 for column, info in sheet.colinfo_map.items() if info.hidden}
    found.is_1904 = book.datemode == 1
    for first_row, end_row, first_column, end_column in sheet.merged_cells:
        found.merge(first_row + 1, first_column + 1, end_row, end_column)
    fonts = {n: encoding for n, font in enumerate(book.font_list) if (encoding := font_encoding(font.name))}
    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row)):
            if cell.ctype == xlrd.XL_CELL_ERROR:
                found.fault(row + 1, column + 1, xlrd.error_text_from_code.get(cell.value, "#N/A"))
            elif cell.ctype == xlrd.XL_CELL_TEXT and not cell.value.strip():
                continue
            elif cell.ctype not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                found.fill(row + 1, column + 1)
                font = book.xf_list[cell.xf_index].font_index
                if cell.ctype == xlrd.XL_CELL_TEXT and font in fonts:
                    found.fonts[f"{column_letter(column)}{row + 1}"] = fonts[font]
                if cell.ctype == xlrd.XL_CELL_NUMBER:
                    code = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
                    if number_format := telling_format(code):
                        found.shown[row + 1, column + 1] = shown_number(str(cell.value), number_format)
    return found
