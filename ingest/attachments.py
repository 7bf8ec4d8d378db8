"""What a workbook carries besides its cells: macros, and links to other files. Named, never run and never opened."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from urllib.parse import unquote

from ingest.package_xml import open_package, stream
from ingest.second_look import OLE_MAGIC

_LINK_RELATIONS = re.compile(r"xl/externalLinks/_rels/[^/]+\.rels")
_CARRIERS = (b"vbaProject.bin", b"Basic/", b"Scripts/", b"externalLinks/")
_OLE_MACRO_STORAGE = "_VBA_PROJECT_CUR".encode("utf-16-le")


def attachments(path: Path) -> tuple[bool, tuple[str, ...]]:
    """Whether the workbook has macros, and the names of the files it links to. Raises DamagedPackageError."""
    content = path.read_bytes()
    if content.startswith(OLE_MAGIC):
        return _OLE_MACRO_STORAGE in content, ()
    if not any(name in content for name in _CARRIERS):  # in a package names are not compressed
        return False, ()
    targets: list[str] = []

    def start(_: str, attributes: dict[str, str]) -> None:
        if attributes.get("TargetMode") == "External":
            targets.append(re.split(r"[/\\]", unquote(attributes["Target"]))[-1])

    with zipfile.ZipFile(path) as package:
        names = package.namelist()
    has_macros = any(
        name.endswith("/vbaProject.bin") or re.fullmatch(r"(Basic|Scripts)/.+\.(xml|xlb|py)", name)
        for name in names
    )
    links = list(filter(_LINK_RELATIONS.fullmatch, names))
    if links:
        with open_package(path) as parts:
            for link in links:
                stream(parts[link], start, lambda _: None, lambda _: None)
    return has_macros, tuple(sorted(set(targets)))
