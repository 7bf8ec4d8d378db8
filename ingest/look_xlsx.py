"""The second look at .xlsx and .xlsm, transitional and strict: streams the sheets' XML."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ingest import plain_sheet
from ingest.legacy_fonts import note_legacy_fonts
from ingest.number_formats import shown_number, telling_format
from ingest.package_xml import local, open_package, stream, tree
from ingest.second_look import SheetCensus, position

_TEXT_PARTS = ("v", "t", "f")
_PERCENT_IDS = (9, 10)  # number formats every reader knows without a definition: 0% and 0.00%


def census(path: Path, is_wanted: Callable[[str], bool]) -> dict[str, SheetCensus]:
    """See second_look.census."""
    with open_package(path) as package:
        (book,) = related(package, "", "/officeDocument").values()
        found = [(sheet, part) for sheet, part in _sheets(package, book) if is_wanted(sheet.name)]
        if not found:
            return {}
        styles, texts = (
            list(related(package, book, kind).values()) for kind in ("/styles", "/sharedStrings")
        )
        empty_texts, formats = _empty_shared_texts(package, texts), _formats(package, styles)
        for sheet, part in found:
            if plain_sheet.count_plain(package[part], sheet, empty_texts, formats, shown_number):
                continue
            counter = _Counter(sheet, empty_texts, formats)
            stream(package[part], counter.start, counter.data, counter.end)
        note_legacy_fonts(package, styles, texts, found)
        return {sheet.name: sheet for sheet, _ in found}


def _sheets(package: Mapping[str, bytes], book: str) -> Iterator[tuple[SheetCensus, str]]:
    """Each sheet and its part, as the workbook's relations say; chart sheets have no cells."""
    parts = related(package, book, "/worksheet")
    root = tree(package[book])
    is_1904 = any(
        e.attrib.get("date1904") in ("1", "true") for e in root.iter() if local(e.tag) == "workbookPr"
    )
    for element in root.iter():
        if local(element.tag) == "sheet":
            relation = next(value for name, value in element.attrib.items() if local(name) == "id")
            if relation in parts:
                is_hidden = element.attrib.get("state", "visible") != "visible"
                yield (
                    SheetCensus(element.attrib["name"], is_hidden=is_hidden, is_1904=is_1904),
                    parts[relation],
                )


def related(package: Mapping[str, bytes], part: str, kind: str) -> dict[str, str]:
    """Parts of a kind by relation id; transitional and strict packages agree in the last word of the type."""
    folder, name = posixpath.split(part)
    relations = tree(package[posixpath.join(folder, "_rels", f"{name}.rels")])
    return {
        element.attrib["Id"]: posixpath.normpath(
            posixpath.join(f"/{folder}", element.attrib["Target"])
        ).lstrip("/")
        for element in relations
        if element.attrib["Type"].endswith(kind)
    }


def _empty_shared_texts(package: Mapping[str, bytes], text_parts: list[str]) -> set[int]:
    """Numbers of the shared strings without a visible character: their cells are empty to every reader."""
    empty: set[int] = set()
    number, text, in_text = -1, "", False

    def start(tag: str, _: dict) -> None:
        nonlocal number, text, in_text
        if local(tag) == "si":
            number, text = number + 1, ""
        in_text = local(tag) == "t"

    def data(characters: str) -> None:
        nonlocal text
        text = text or (characters.strip() if in_text else "")

    def end(tag: str) -> None:
        nonlocal in_text
        in_text = False
        if local(tag) == "si" and not text:
            empty.add(number)

    for part in text_parts:
        plain = plain_sheet.empty_texts(package[part])
        if plain is None:
            stream(package[part], start, data, end)
        else:
            empty |= plain
    return empty


def _formats(package: Mapping[str, bytes], style_parts: list[str]) -> dict[int, str]:
    """Style number -> telling format: styles whose numbers are not shown as they are stored."""
    found: dict[int, str] = {}
    for part in style_parts:
        root = tree(package[part])
        codes = {
            int(e.attrib["numFmtId"]): e.attrib["formatCode"] for e in root.iter() if local(e.tag) == "numFmt"
        }
        cell_formats = next((e for e in root if local(e.tag) == "cellXfs"), ())
        for style, element in enumerate(cell_formats):
            format_id = int(element.attrib.get("numFmtId", 0))
            code = codes.get(format_id, "")
            if telling := "%" if format_id in _PERCENT_IDS else telling_format(code):
                found[style] = telling
    return found


class _Counter:
    """Handlers of one pass over a sheet's XML."""

    def __init__(self, sheet: SheetCensus, empty_texts: set[int], formats: dict[int, str]):
        self._sheet = sheet
        self._empty_texts = empty_texts
        self._formats = formats
        self._row = self._column = 0
        self._cell: dict[str, str] | None = None
        self._texts: dict[str, str] = {}
        self._collects: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
            if attributes.get("hidden") in ("1", "true"):
                self._sheet.hidden_rows.add(self._row)
        elif name == "c":
            self._cell, self._texts = attributes, {}
            # Rows and cells may leave out their address; they stand after the one before.
            if "r" in attributes:
                self._row, self._column = position(attributes["r"])
            else:
                self._column += 1
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            self._sheet.hide_columns(int(attributes["min"]), int(attributes["max"]))
        elif name == "mergeCell":
            first, _, last = attributes["ref"].partition(":")
            self._sheet.merge(*position(first), *position(last or first))
        elif self._cell is not None and name in _TEXT_PARTS:
            self._collects = name
            self._texts.setdefault(name, "")

    def data(self, characters: str) -> None:
        if self._collects:
            self._texts[self._collects] += characters

    def end(self, tag: str) -> None:
        self._collects = None
        if local(tag) != "c" or self._cell is None:
            return
        kind, style = self._cell.get("t", "n"), int(self._cell.get("s", 0))
        value, formula = self._texts.get("v"), self._texts.get("f")
        self._cell = None
        if kind == "e":
            self._sheet.fault(self._row, self._column, value or "#N/A")
        elif formula is not None and not value and not (kind == "str" and value is not None):
            # A calculated formula may well give an empty text: it has a value part, which is empty.
            self._sheet.fault(self._row, self._column, f"={formula}")
        elif self._is_filled(kind, value):
            self._sheet.fill(self._row, self._column)
            if kind == "n" and style in self._formats:
                self._sheet.shown[self._row, self._column] = shown_number(value, self._formats[style])

    def _is_filled(self, kind: str, value: str | None) -> bool:
        if kind == "s":
            return bool(value) and int(value) not in self._empty_texts
        text = self._texts.get("t") if kind == "inlineStr" else value
        return bool(text and text.strip())
