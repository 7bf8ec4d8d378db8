"""The second look at .ods: streams content.xml, where equal cells and rows are written once with a number."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from ingest.legacy_text import font_encoding
from ingest.number_formats import shown_number, with_words
from ingest.package_xml import local, open_package, stream
from ingest.second_look import DamagedPackageError, SheetCensus, column_letter

_ZEROS_BEFORE = re.compile(r"0\d+")


def census(path: Path, is_wanted: Callable[[str], bool]) -> dict[str, SheetCensus]:
    """See second_look.census."""
    with open_package(path) as package:
        if b"encryption-data" in package.get("META-INF/manifest.xml", b""):
            raise DamagedPackageError("tệp đang đặt mật khẩu")
        counter = _Counter(is_wanted)
        if b"display-factor" in package.get("styles.xml", b""):
            stream(package["styles.xml"], counter.start_number_style, counter.data, counter.end)
        stream(package["content.xml"], counter.start, counter.data, counter.end)
    return counter.sheets


class _Counter:
    """Handlers of one pass over content.xml."""

    def __init__(self, is_wanted: Callable[[str], bool]):
        self.sheets: dict[str, SheetCensus] = {}
        self._is_wanted = is_wanted
        self._sheet: SheetCensus | None = None
        self._hidden_styles: set[str] = set()
        self._fonts: dict[str, str] = {}  # style -> encoding of its legacy font
        self._factors: dict[str, str] = {}  # number style -> what its numbers are divided by, "1000000"
        self._number_styles: dict[str, str] = {}  # style -> its number style
        self._style = self._number_style = ""
        self._row = self._row_repeats = self._column = self._table_column = 0
        self._cell: dict[str, str] | None = None
        self._text = ""
        self._notes = 0  # depth inside a cell's comment, which is no value

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        plain = {local(key): value for key, value in attributes.items()}
        if name == "style":
            self._style = plain.get("name", "")
            self._number_styles[self._style] = plain.get("data-style-name", "")
        elif name in ("number-style", "number"):
            self.start_number_style(tag, attributes)
        elif name == "text-properties" and (encoding := font_encoding(plain.get("font-name"))):
            self._fonts[self._style] = encoding
        elif name == "table-properties" and plain.get("display") == "false":
            self._hidden_styles.add(self._style)
        elif name == "table" and self._is_wanted(plain.get("name", "")):
            self._sheet = SheetCensus(plain["name"], is_hidden=plain.get("style-name") in self._hidden_styles)
            self.sheets[self._sheet.name] = self._sheet
            self._row = self._row_repeats = self._table_column = 0
        elif self._sheet is None:
            return
        elif name == "table-column":
            repeats = int(plain.get("number-columns-repeated", 1))
            if plain.get("visibility", "visible") != "visible":
                self._sheet.hide_columns(self._table_column + 1, self._table_column + repeats)
            self._table_column += repeats
        elif name == "table-row":
            self._row += max(1, self._row_repeats)
            self._row_repeats = int(plain.get("number-rows-repeated", 1))
            self._column = 0
            if plain.get("visibility", "visible") != "visible" and self._row_repeats < 1000:
                self._sheet.hidden_rows.update(range(self._row, self._row + self._row_repeats))
        elif name in ("table-cell", "covered-table-cell"):
            # LibreOffice says in calcext what the standard has no word for: that the value is an error.
            self._cell = plain | {"is_error": str(attributes.get(_CALCEXT_TYPE) == "error")}
            self._text = ""
        elif name == "annotation":
            self._notes += 1
        elif name == "p" and self._text and not self._notes:
            self._text += "\n"

    def start_number_style(self, tag: str, attributes: dict[str, str]) -> None:
        """Note what the numbers of a style are divided by."""
        plain = {local(key): value for key, value in attributes.items()}
        if local(tag) == "number-style":
            self._number_style = plain.get("name", "")
        elif local(tag) == "number" and "display-factor" in plain:
            self._factors[self._number_style] = plain["display-factor"]

    def data(self, characters: str) -> None:
        if self._cell is not None and not self._notes:
            self._text += characters

    def end(self, tag: str) -> None:
        name = local(tag)
        if name == "annotation" and self._sheet is not None:
            self._notes -= 1
        elif name == "table":
            self._sheet = None
        elif name in ("table-cell", "covered-table-cell") and self._sheet is not None:
            self._count(self._cell)
            self._cell = None

    def _count(self, cell: dict[str, str]) -> None:
        repeats = int(cell.get("number-columns-repeated", 1))
        first, self._column = self._column + 1, self._column + repeats
        last_row = self._row + self._row_repeats - 1
        text = self._text.strip()
        kind = cell.get("value-type")
        if cell["is_error"] == "True" or ("formula" in cell and kind is None):
            self._sheet.fault(self._row, first, text or cell.get("formula", "").removeprefix("of:"))
        elif kind is not None and (kind != "string" or text or cell.get("string-value", "").strip()):
            self._sheet.fill(last_row, self._column, repeats * self._row_repeats)
            if cell.get("style-name") in self._fonts:
                self._sheet.fonts[f"{column_letter(first - 1)}{self._row}"] = self._fonts[cell["style-name"]]
            if kind == "percentage":
                self._sheet.shown[self._row, first] = shown_number(cell["value"], "%")
            elif kind == "float" and _ZEROS_BEFORE.fullmatch(text):
                self._sheet.shown[self._row, first] = text
            elif kind == "float":
                number_style = self._number_styles.get(cell.get("style-name", ""), "")
                shown = with_words(cell["value"], text, self._factors.get(number_style, "1"))
                if shown is not None:
                    self._sheet.shown[self._row, first] = shown
        rows, columns = int(cell.get("number-rows-spanned", 1)), int(cell.get("number-columns-spanned", 1))
        if rows > 1 or columns > 1:
            self._sheet.merge(self._row, first, self._row + rows - 1, first + columns - 1)


_CALCEXT_TYPE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
