"""A zipped office package that is changed part by part: what is not touched is written back byte for byte."""

from __future__ import annotations

import posixpath
import zipfile
from pathlib import Path
from typing import BinaryIO

from lxml import etree

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT_TYPES = "[Content_Types].xml"


class UnpatchableError(Exception):
    """The package is not one that can be changed safely; the message says why, in English for the log."""


class OfficePackage:
    """The parts of a package by name. ``look`` and ``edit`` give a part's root element; only edited parts are written anew.

    ``edit`` twice gives the same element, so that several hands can change one part before ``save``.
    """

    def __init__(self, source: Path | BinaryIO):
        """Open a package; UnpatchableError when there is none."""
        if not zipfile.is_zipfile(source):
            raise UnpatchableError("not a zipped package")
        self._zip = zipfile.ZipFile(source)
        self._entries = {entry.filename: entry for entry in self._zip.infolist()}
        if len(self._entries) < len(self._zip.infolist()):
            raise UnpatchableError("two parts have the same name")
        if _CONTENT_TYPES not in self._entries:
            raise UnpatchableError("not an office package")
        self._content: dict[str, bytes] = {}  # parts that are replaced or new
        self._edited: dict[str, etree._Element] = {}
        self._looked: dict[str, etree._Element] = {}

    def __enter__(self) -> OfficePackage:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @property
    def names(self) -> set[str]:
        """Names of all parts, with those that are new."""
        return {*self._entries, *self._content, *self._edited}

    def read(self, part: str) -> bytes:
        """Content of a part as it stands, without what is being edited."""
        return self._content[part] if part in self._content else self._zip.read(self._entries[part])

    def write(self, part: str, content: bytes) -> None:
        """Replace or add a part."""
        self._content[part] = content

    def drop(self, part: str) -> None:
        """Leave a part of the original out."""
        del self._entries[part]

    def look(self, part: str) -> etree._Element:
        """Root element of a part, for reading alone."""
        if part in self._edited:
            return self._edited[part]
        if part not in self._looked:
            self._looked[part] = _parse(part, self.read(part))
        return self._looked[part]

    def edit(self, part: str) -> etree._Element:
        """Root element of a part that is going to be changed."""
        if part not in self._edited:
            self._edited[part] = self.look(part)
        return self._edited[part]

    def add(self, part: str, content: bytes, content_type: str) -> None:
        """Add a part with its content type."""
        self.write(part, content)
        self._declare("Override", "PartName", f"/{part}", content_type)

    def declare_extension(self, extension: str, content_type: str) -> None:
        """Give every part of an extension a content type, unless it has one."""
        if self._declared("Default", "Extension", extension) is None:
            self._declare("Default", "Extension", extension, content_type)

    def undeclare(self, part: str) -> None:
        """Take a part's own content type out of the list."""
        found = self._declared("Override", "PartName", f"/{part}")
        if found is not None:
            self.edit(_CONTENT_TYPES).remove(found)

    def content_type(self, part: str) -> str | None:
        """Content type of a part, its own or that of its extension."""
        found = self._declared("Override", "PartName", f"/{part}")
        if found is None:
            found = self._declared("Default", "Extension", part.rpartition(".")[2])
        return None if found is None else found.get("ContentType")

    def _declared(self, kind: str, key: str, value: str) -> etree._Element | None:
        elements = self.look(_CONTENT_TYPES)
        return next(
            (
                e
                for e in elements
                if isinstance(e.tag, str)
                and etree.QName(e).localname == kind
                and e.get(key, "").lower() == value.lower()
            ),
            None,
        )

    def _declare(self, kind: str, key: str, value: str, content_type: str) -> None:
        root = self.edit(_CONTENT_TYPES)
        element = etree.SubElement(root, f"{{{etree.QName(root).namespace}}}{kind}")
        element.set(key, value)
        element.set("ContentType", content_type)

    def free_name(self, pattern: str) -> tuple[str, int]:
        """First name of a pattern like ``xl/comments{}.xml`` that no part has, and its number."""
        taken = {name.lower() for name in self.names}
        number = 1
        while pattern.format(number).lower() in taken:
            number += 1
        return pattern.format(number), number

    def relations(self, part: str) -> list[etree._Element]:
        """Relationship elements of a part ("" for the package)."""
        name = _relations_part(part)
        return [e for e in self.look(name) if isinstance(e.tag, str)] if name in self.names else []

    def related(self, part: str, kind: str) -> dict[str, str]:
        """Parts of a kind ("/worksheet") by relation id; transitional and strict agree in the last word of the type."""
        return {
            element.get("Id"): _target(part, element.get("Target"))
            for element in self.relations(part)
            if element.get("Type").endswith(kind) and element.get("TargetMode") != "External"
        }

    def relate(self, part: str, type_: str, target: str) -> str:
        """Add a relationship from a part to another, returns its id."""
        name = _relations_part(part)
        if name not in self.names:
            self.write(name, f'<Relationships xmlns="{_RELATIONS}"/>'.encode())
        taken = {e.get("Id") for e in self.relations(part)}
        number = 1
        while f"rId{number}" in taken:
            number += 1
        element = etree.SubElement(self.edit(name), f"{{{_RELATIONS}}}Relationship")
        element.set("Id", f"rId{number}")
        element.set("Type", type_)
        element.set("Target", f"/{target}")
        return f"rId{number}"

    def unrelate(self, part: str, kind: str) -> None:
        """Remove a part's relationships of a kind."""
        name = _relations_part(part)
        for element in self.relations(part):
            if element.get("Type").endswith(kind):
                self.edit(name).remove(element)

    def save(self, target: Path) -> None:
        """Write the package: the original's parts in their order, new ones after them."""
        for part, root in self._edited.items():
            tree = root.getroottree()
            self._content[part] = etree.tostring(
                tree, xml_declaration=True, encoding="UTF-8", standalone=tree.docinfo.standalone
            )
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
            for part, entry in self._entries.items():
                package.writestr(_same_entry(entry), self.read(part))
            for part in self._content:
                if part not in self._entries:
                    package.writestr(_new_entry(part), self._content[part])


def _parse(part: str, content: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise UnpatchableError(f"{part} is not well-formed: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise UnpatchableError(f"{part} has a document type, which no office writes")
    return root


def _relations_part(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _target(part: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(f"/{posixpath.dirname(part)}", target)).lstrip("/")


def _same_entry(entry: zipfile.ZipInfo) -> zipfile.ZipInfo:
    copy = zipfile.ZipInfo(entry.filename, entry.date_time)
    copy.compress_type = (
        zipfile.ZIP_STORED if entry.compress_type == zipfile.ZIP_STORED else zipfile.ZIP_DEFLATED
    )
    copy.external_attr = entry.external_attr
    return copy


def _new_entry(part: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(part)  # its date is that of the format, so that the same answer is the same file
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
