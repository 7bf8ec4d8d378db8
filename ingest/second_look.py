"""A second, independent look at an .xlsx package: the cells calamine shows as empty although they are not.

Streams the sheets' XML. Error values and formulas that were never calculated both read as '' in calamine.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

# A workbook of a reporting unit is under 1 MB; a package that unpacks to this much is not one.
_MAX_UNPACKED_BYTES = 300_000_000


class DamagedPackageError(Exception):
    """The package is not a readable .xlsx; the message is a Vietnamese reason for the clerk."""


def faulty_cells(path: Path) -> dict[str, dict[str, str]]:
    """By sheet name the addresses ("C7") of faulty cells and what stands there ("#DIV/0!", "=A1+B1")."""
    try:
        with zipfile.ZipFile(path) as package:
            if sum(entry.file_size for entry in package.infolist()) > _MAX_UNPACKED_BYTES:
                raise DamagedPackageError("tệp quá lớn so với một biểu mẫu báo cáo")
            return {name: dict(_faults(package, part)) for name, part in _sheet_parts(package)}
    except (
        zipfile.BadZipFile,
        KeyError,
        ElementTree.ParseError,
        EOFError,
        ValueError,
        NotImplementedError,
    ) as error:
        raise DamagedPackageError("tệp hỏng hoặc không phải là tệp Excel") from error


def _sheet_parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(sheet name, part of the package) as the workbook's relations say."""
    book = _office_document(package)
    targets = _relations(package, book)
    for element in ElementTree.fromstring(package.read(book)).iter():
        if _local(element.tag) != "sheet":
            continue
        relation = next(value for name, value in element.attrib.items() if _local(name) == "id")
        part = targets[relation]
        if "worksheets/" in part:  # chart sheets have no cells
            yield element.attrib["name"], part


def _office_document(package: zipfile.ZipFile) -> str:
    for element in ElementTree.fromstring(package.read("_rels/.rels")):
        if element.attrib["Type"].endswith("/officeDocument"):
            return element.attrib["Target"].lstrip("/")
    raise KeyError("officeDocument")


def _relations(package: zipfile.ZipFile, part: str) -> dict[str, str]:
    folder, name = posixpath.split(part)
    relations = ElementTree.fromstring(package.read(f"{folder}/_rels/{name}.rels"))
    return {
        element.attrib["Id"]: posixpath.normpath(
            posixpath.join(f"/{folder}", element.attrib["Target"])
        ).lstrip("/")
        for element in relations
    }


def _faults(package: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    with package.open(part) as stream:
        for _, element in ElementTree.iterparse(stream):
            name = _local(element.tag)
            if name == "c":
                formula = value = None
                for child in element:
                    if _local(child.tag) == "f":
                        formula = child.text or ""
                    elif _local(child.tag) == "v":
                        value = child.text
                if element.attrib.get("t") == "e":
                    yield element.attrib["r"], value or "#N/A"
                elif formula is not None and not value:
                    yield element.attrib["r"], f"={formula}"
            if name in ("c", "row"):
                element.clear()  # a sheet may hold millions of empty cells


def _local(tag: str) -> str:
    """Name without its namespace: transitional and strict packages differ only there."""
    return tag.rpartition("}")[2]
