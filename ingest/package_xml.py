"""Parts of a zipped office package as a stream of XML events, in constant memory."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from ingest.second_look import DamagedPackageError

# A workbook of a reporting unit is under 1 MB; a package that unpacks to this much is not one.
_MAX_UNPACKED_BYTES = 100_000_000


@contextmanager
def open_package(path: Path) -> Iterator[zipfile.ZipFile]:
    """The package; whatever is wrong with it inside the block becomes a DamagedPackageError."""
    try:
        with zipfile.ZipFile(path) as package:
            if sum(entry.file_size for entry in package.infolist()) > _MAX_UNPACKED_BYTES:
                raise DamagedPackageError("tệp quá lớn so với một biểu mẫu báo cáo")
            yield package
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
        raise DamagedPackageError("tệp hỏng, đặt mật khẩu hoặc không phải là tệp Excel") from error


def stream(package: zipfile.ZipFile, part: str, start: Callable, data: Callable, end: Callable) -> None:
    """One pass over a part: start(name, attributes), data(characters), end(name), names as {namespace}local without {.

    A document type is refused, because its entities can multiply.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler, parser.EndElementHandler = start, data, end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    with package.open(part) as source:
        parser.ParseFile(source)


def local(tag: str) -> str:
    """Name without its namespace: transitional and strict packages differ only there."""
    return tag.rpartition("}")[2]


def _refuse_doctype(*_: object) -> None:
    raise DamagedPackageError("tệp chứa phần không thuộc định dạng Excel")
