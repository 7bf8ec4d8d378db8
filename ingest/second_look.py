"""A second, independent look at an .xlsx package: streams the sheets' XML before and beside calamine.

Calamine builds a dense grid up to the last filled cell, and shows error values and formulas that were never calculated
as ''. So this look says first whether a sheet can be read at all, then which cells are faulty and how many are filled.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

# A workbook of a reporting unit is under 1 MB; a package that unpacks to this much is not one.
_MAX_UNPACKED_BYTES = 100_000_000
# Rows times columns of the grid calamine would build; one stray cell in the last corner makes it 17 billion.
_MAX_GRID_CELLS = 2_000_000
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.ASCII)
_TEXT_PARTS = ("v", "t", "f")


class DamagedPackageError(Exception):
    """The package is not a readable .xlsx; the message is a Vietnamese reason for the clerk."""


@dataclass
class SheetCensus:
    """What one sheet's XML holds: number of filled cells, and by address ("C7") the faulty ones with what stands there."""

    filled_count: int = 0
    faulty: dict[str, str] = field(default_factory=dict)  # "#DIV/0!", "=A1+B1"


def column_letter(index: int) -> str:
    """Letter of a zero-based column index: 0 -> A, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, remainder = divmod(index - 1, 26)
        letters = chr(65 + remainder) + letters
    return letters


def census(path: Path, is_wanted: Callable[[str], bool]) -> dict[str, SheetCensus]:
    """Count the sheets whose names are wanted; raises DamagedPackageError for what should not be read at all."""
    try:
        with zipfile.ZipFile(path) as package:
            if sum(entry.file_size for entry in package.infolist()) > _MAX_UNPACKED_BYTES:
                raise DamagedPackageError("tệp quá lớn so với một biểu mẫu báo cáo")
            parts = [(name, part) for name, part in _sheet_parts(package) if is_wanted(name)]
            empty_texts = _empty_shared_texts(package) if parts else set()
            return {name: _count(package, part, name, empty_texts) for name, part in parts}
    except (
        zipfile.BadZipFile,
        KeyError,
        ElementTree.ParseError,
        expat.ExpatError,
        EOFError,
        ValueError,
        RuntimeError,  # an encrypted entry
        NotImplementedError,
    ) as error:
        raise DamagedPackageError("tệp hỏng hoặc không phải là tệp Excel .xlsx") from error


def _sheet_parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(sheet name, part of the package) as the workbook's relations say; chart sheets have no cells."""
    (book,) = _related(package, "", "/officeDocument").values()
    parts = _related(package, book, "/worksheet")
    for element in ElementTree.fromstring(package.read(book)).iter():
        if _local(element.tag) == "sheet":
            relation = next(value for name, value in element.attrib.items() if _local(name) == "id")
            if relation in parts:
                yield element.attrib["name"], parts[relation]


def _related(package: zipfile.ZipFile, part: str, kind: str) -> dict[str, str]:
    """Parts of a kind by relation id; transitional and strict packages agree in the last word of the type."""
    folder, name = posixpath.split(part)
    relations = ElementTree.fromstring(package.read(posixpath.join(folder, "_rels", f"{name}.rels")))
    return {
        element.attrib["Id"]: posixpath.normpath(
            posixpath.join(f"/{folder}", element.attrib["Target"])
        ).lstrip("/")
        for element in relations
        if element.attrib["Type"].endswith(kind)
    }


def _empty_shared_texts(package: zipfile.ZipFile) -> set[int]:
    """Numbers of the shared strings without a visible character: their cells are empty to every reader."""
    (book,) = _related(package, "", "/officeDocument").values()
    empty: set[int] = set()
    number, text, in_text = -1, "", False

    def start(tag: str, _: dict) -> None:
        nonlocal number, text, in_text
        if _local(tag) == "si":
            number, text = number + 1, ""
        in_text = _local(tag) == "t"

    def data(characters: str) -> None:
        nonlocal text
        text = text or (characters.strip() if in_text else "")

    def end(tag: str) -> None:
        nonlocal in_text
        in_text = False
        if _local(tag) == "si" and not text:
            empty.add(number)

    for part in _related(package, book, "/sharedStrings").values():
        _stream(package, part, start, data, end)
    return empty


class _SheetCounter:
    """Handlers of one pass over a sheet's XML."""

    def __init__(self, name: str, empty_texts: set[int]):
        self.census = SheetCensus()
        self._name = name
        self._empty_texts = empty_texts
        self._row = self._column = 0
        self._last_row = self._last_column = 0
        self._cell: dict[str, str] | None = None
        self._texts: dict[str, str] = {}
        self._collects: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
        elif name == "c":
            self._cell, self._texts = attributes, {}
            # Rows and cells may leave out their address; they stand after the one before.
            if "r" in attributes:
                self._row, self._column = _position(attributes["r"])
            else:
                self._column += 1
        elif self._cell is not None and name in _TEXT_PARTS:
            self._collects = name
            self._texts.setdefault(name, "")

    def data(self, characters: str) -> None:
        if self._collects:
            self._texts[self._collects] += characters

    def end(self, tag: str) -> None:
        self._collects = None
        if _local(tag) != "c" or self._cell is None:
            return
        kind = self._cell.get("t", "n")
        value, formula = self._texts.get("v"), self._texts.get("f")
        self._cell = None
        address = f"{column_letter(self._column - 1)}{self._row}"
        if kind == "e":
            self.census.faulty[address] = value or "#N/A"
        elif formula is not None and not value and not (kind == "str" and value is not None):
            # A calculated formula may well give an empty text: it has a value part, which is empty.
            self.census.faulty[address] = f"={formula}"
        elif self._is_filled(kind, value):
            self.census.filled_count += 1
        else:
            return
        self._last_row = max(self._last_row, self._row)
        self._last_column = max(self._last_column, self._column)
        if self._last_row * self._last_column > _MAX_GRID_CELLS:
            raise DamagedPackageError(f'trang "{self._name}" có ký tự thừa ở rất xa bảng (ô {address})')

    def _is_filled(self, kind: str, value: str | None) -> bool:
        if kind == "s":
            return bool(value) and int(value) not in self._empty_texts
        text = self._texts.get("t") if kind == "inlineStr" else value
        return bool(text and text.strip())


def _count(package: zipfile.ZipFile, part: str, name: str, empty_texts: set[int]) -> SheetCensus:
    counter = _SheetCounter(name, empty_texts)
    _stream(package, part, counter.start, counter.data, counter.end)
    return counter.census


def _stream(package: zipfile.ZipFile, part: str, start: Callable, data: Callable, end: Callable) -> None:
    """One pass over a part in constant memory; a document type is refused, because entities can multiply."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler, parser.EndElementHandler = start, data, end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    with package.open(part) as stream:
        parser.ParseFile(stream)


def _refuse_doctype(*_: object) -> None:
    raise DamagedPackageError("tệp chứa phần không thuộc định dạng Excel")


def _position(address: str) -> tuple[int, int]:
    """Row and column, both from 1, of an address like "C7"."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise ValueError(f"{address} is no address of a cell")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def _local(tag: str) -> str:
    """Name without its namespace: transitional and strict packages differ only there."""
    return tag.rpartition("}")[2]
