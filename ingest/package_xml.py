"""An office package, unpacked in memory and its XML parts as events or trees, without anything XML can do to a reader."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from ingest.second_look import DamagedPackageError

# A workbook of a reporting unit is under 1 MB; a package that unpacks to this much is not one.
_MAX_UNPACKED_BYTES = 100_000_000
# A workbook has a dozen parts, more with pictures.
_MAX_PARTS = 10_000
_DAMAGED = "tệp hỏng, đặt mật khẩu hoặc không phải là tệp Excel"
_TOO_LARGE = "tệp quá lớn so với một biểu mẫu báo cáo"
_FOREIGN_XML = "tệp chứa phần không thuộc định dạng Excel"
# A document type is where entities come from, that multiply or name other files. XML parts are UTF-8 or UTF-16.
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


@contextmanager
def open_package(path: Path) -> Iterator[Mapping[str, bytes]]:
    """The parts of the package by name; whatever is wrong with it inside the block becomes a DamagedPackageError."""
    try:
        with zipfile.ZipFile(path) as package:
            yield _unpack(package)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        KeyError,
        ElementTree.ParseError,
        expat.ExpatError,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,  # an encrypted entry
        NotImplementedError,
    ) as error:
        raise DamagedPackageError(_DAMAGED) from error


def _unpack(package: zipfile.ZipFile) -> dict[str, bytes]:
    """Every part; what it unpacks to is counted on the way, because the sizes in the package may lie."""
    entries = package.infolist()
    if len(entries) > _MAX_PARTS or sum(entry.file_size for entry in entries) > _MAX_UNPACKED_BYTES:
        raise DamagedPackageError(_TOO_LARGE)
    parts: dict[str, bytes] = {}
    left = _MAX_UNPACKED_BYTES
    for entry in entries:
        if entry.flag_bits & 1:
            raise DamagedPackageError("tệp đang đặt mật khẩu")
        if entry.filename in parts:
            # Two readers may take two different ones.
            raise DamagedPackageError(f'tệp chứa hai phần cùng tên "{entry.filename}"')
        stated, entry.file_size = entry.file_size, left + 2  # else zipfile stops where the package says
        with package.open(entry) as source:
            content = source.read(left + 1)
        if len(content) > left:
            raise DamagedPackageError(_TOO_LARGE)
        if len(content) != stated:
            raise DamagedPackageError(_DAMAGED)
        if entry.filename.endswith((".xml", ".rels", ".vml")) and any(d in content for d in _DOCTYPES):
            raise DamagedPackageError(_FOREIGN_XML)
        left -= len(content)
        parts[entry.filename] = content
    return parts


def stream(content: bytes, start: Callable, data: Callable, end: Callable) -> None:
    """One pass over a part: start(name, attributes), data(characters), end(name), names as {namespace}local without {."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler, parser.EndElementHandler = start, data, end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.Parse(content, True)


def tree(content: bytes) -> ElementTree.Element:
    """A small part as a tree."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise DamagedPackageError(_FOREIGN_XML) from error


def local(tag: str) -> str:
    """Name without its namespace: transitional and strict packages differ only there."""
    return tag.rpartition("}")[2]


def _refuse_doctype(*_: object) -> None:
    raise DamagedPackageError(_FOREIGN_XML)
