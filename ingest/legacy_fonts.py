"""Which cells of an .xlsx are typed in a legacy font: by their style, or by the first such run of their text.

A pass of its own, because most workbooks have no such font and then this costs a look at the styles alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ingest.legacy_text import font_encoding
from ingest.package_xml import local, stream, tree
from ingest.second_look import SheetCensus, column_letter

# What a legacy font looks like in the bytes of a part: val=".VnTime", val="VNI-Times".
_LEGACY_NAME = re.compile(rb"""["'](?:\.vn|vni[- ])""", re.IGNORECASE)


def note_legacy_fonts(
    package: Mapping[str, bytes],
    style_parts: Iterable[str],
    text_parts: Iterable[str],
    sheets: Iterable[tuple[SheetCensus, str]],
) -> None:
    """Put the encodings of cells in legacy fonts into ``fonts`` of each sheet's census."""
    styles = {k: v for part in style_parts for k, v in _of_styles(package[part]).items()}
    texts = {k: v for part in text_parts for k, v in _of_texts(package, part).items()}
    if not styles and not texts:
        return
    for sheet, part in sheets:
        _note_cells(package, part, sheet, styles, texts)


def _of_styles(content: bytes) -> dict[str, str]:
    """Number of a cell style, as cells write it, -> encoding of its font."""
    if not _LEGACY_NAME.search(content):
        return {}
    groups = {local(element.tag): element for element in tree(content)}
    fonts = [
        next((font_encoding(e.get("val")) for e in font if local(e.tag) == "name"), None)
        for font in groups.get("fonts", ())
    ]
    return {
        str(number): fonts[int(style.get("fontId", 0))]
        for number, style in enumerate(groups.get("cellXfs", ()))
        if fonts[int(style.get("fontId", 0))]
    }


def _of_texts(package: Mapping[str, bytes], part: str) -> dict[str, str]:
    """Number of a shared text with a run in a legacy font -> its encoding."""
    found: dict[str, str] = {}
    if not _LEGACY_NAME.search(package[part]):
        return found
    number = -1

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal number
        if local(tag) == "si":
            number += 1
        elif local(tag) == "rFont" and (encoding := font_encoding(attributes.get("val"))):
            found.setdefault(str(number), encoding)

    stream(package[part], start, _ignore, _ignore)
    return found


def _note_cells(
    package: Mapping[str, bytes], part: str, sheet: SheetCensus, styles: dict[str, str], texts: dict[str, str]
) -> None:
    row = column = 0
    address, kind, value = "", "", None

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, address, kind, value
        name = local(tag)
        if name == "row":
            row, column = int(attributes.get("r", row + 1)), 0
        elif name == "c":
            column += 1  # only a package whose cells have no addresses needs to be counted
            address = attributes.get("r") or f"{column_letter(column - 1)}{row}"
            kind = attributes.get("t", "n")
            if kind in ("s", "str", "inlineStr") and attributes.get("s") in styles:
                sheet.fonts[address] = styles[attributes["s"]]
        elif name == "v" and kind == "s":
            value = ""
        elif name == "rFont" and (encoding := font_encoding(attributes.get("val"))):
            sheet.fonts.setdefault(address, encoding)

    def data(characters: str) -> None:
        nonlocal value
        if value is not None:
            value += characters

    def end(tag: str) -> None:
        nonlocal value
        if value is not None and local(tag) == "v":
            if value in texts:
                sheet.fonts[address] = texts[value]
            value = None

    stream(package[part], start, data, end)


def _ignore(*_: object) -> None:
    pass
