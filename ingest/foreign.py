"""Files that are no workbook, whatever their name says: what they are, told by what they hold."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from ingest.second_look import DamagedPackageError

_HEAD_BYTES = 4096
# First bytes -> what a clerk calls such a file.
_STARTS = {
    b"%PDF": "tệp PDF",
    b"\xff\xd8\xff": "ảnh JPEG",
    b"\x89PNG": "ảnh PNG",
    b"GIF8": "ảnh GIF",
    b"II*\x00": "ảnh TIFF",
    b"MM\x00*": "ảnh TIFF",
    b"{\\rtf": "văn bản RTF",
    b"Rar!": "tệp nén RAR",
    b"7z\xbc\xaf\x27\x1c": "tệp nén 7z",
    b"\x1f\x8b": "tệp nén gzip",
    b"MZ": "chương trình chạy trên máy tính",
}
# A part -> the office document that has it.
_DOCUMENTS = {"word/document.xml": "văn bản Word", "ppt/presentation.xml": "bản trình chiếu PowerPoint"}
_WORKBOOK_PARTS = ("[Content_Types].xml", "content.xml")
_HTML = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|meta|body|table|style)\b", re.I | re.S)
_XML_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"
_OLE_WORD = "WordDocument".encode("utf-16-le")
_NAMES_SHOWN = 3


def refuse_foreign(path: Path) -> list[str]:
    """Names of the parts of a package; none when the file is no package, or a damaged one.

    Raises DamagedPackageError, by the rule that names it, for a file that is something else than a workbook.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if not head:
        raise DamagedPackageError("tệp rỗng, không có nội dung")
    if not head.strip(b"\x00"):
        raise DamagedPackageError("tệp chỉ gồm các byte 0, có thể hỏng khi sao chép")
    kind = next((name for start, name in _STARTS.items() if head.startswith(start)), None)
    text = head.removeprefix(b"\xef\xbb\xbf")
    if _HTML.match(text):
        kind = "trang web (HTML) do phần mềm khác xuất ra"
    elif text.lstrip().startswith(b"<?xml") and _XML_2003 in text:
        kind = "bảng tính XML của Excel 2003"
    elif head.startswith(b"\xd0\xcf\x11\xe0") and _OLE_WORD in path.read_bytes():
        kind = "văn bản Word"
    names = _parts(path) if kind is None else []
    kind = kind or _zipped(names)
    if kind:
        raise DamagedPackageError(rule_id="FILE-23", words={"kind": kind})
    return names


def _parts(path: Path) -> list[str]:
    if not zipfile.is_zipfile(path):
        return []
    try:
        with zipfile.ZipFile(path) as package:
            return package.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return []


def _zipped(names: list[str]) -> str | None:
    """Kind of an office document that is no workbook; DamagedPackageError for an archive of files."""
    for part, kind in _DOCUMENTS.items():
        if part in names:
            return kind
    files = [name for name in names if not name.endswith("/")]
    if files and not any(part in files for part in _WORKBOOK_PARTS):
        shown = ", ".join(_shown(name) for name in files[:_NAMES_SHOWN])
        raise DamagedPackageError(
            rule_id="FILE-24", words={"names": shown + (", …" if len(files) > _NAMES_SHOWN else "")}
        )
    return None


def _shown(name: str) -> str:
    """The name of a file in an archive, fit to be printed."""
    return "".join(c if c.isprintable() else "_" for c in name.replace("\\", "/").rpartition("/")[2])[:80]
