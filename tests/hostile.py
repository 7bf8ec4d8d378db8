"""Files that would break a reader, one maker for each kind; a kind met in life becomes a maker here."""

from __future__ import annotations

import io
import re
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import districts

BIG = 150_000_000
_SHEET = "xl/worksheets/sheet2.xml"


@cache
def good() -> bytes:
    """A faultless workbook."""
    with TemporaryDirectory() as folder:
        return districts.make(Path(folder)).read_bytes()


def repacked(content: bytes, changes: dict[str, Callable[[bytes], bytes]]) -> bytes:
    """The package with parts changed (or added, from b"")."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for name, change in changes.items():
        parts[name] = change(parts.get(name, b""))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return target.getvalue()


@cache
def good_with_shared_texts() -> bytes:
    """The same as Excel and LibreOffice write it: cells name texts of a common list. openpyxl writes them into the cells."""
    texts: list[bytes] = []

    def share(match: re.Match) -> bytes:
        texts.append(match[2])
        return b'%bt="s"><v>%d</v></c>' % (match[1], len(texts) - 1)

    cell = re.compile(rb'(<c r="[A-Z]+\d+"[^>]*?)t="inlineStr"><is>(<t[^>]*>[^<]*</t>)</is></c>')
    with zipfile.ZipFile(io.BytesIO(good())) as package:
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    content = repacked(good(), dict.fromkeys(sheets, lambda xml: cell.sub(share, xml)))
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relation = (
        b'<Relationship Id="rId900" Target="sharedStrings.xml" Type='
        b'"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>'
    )
    kind = (
        b'<Override PartName="/xl/sharedStrings.xml" ContentType='
        b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    shared = (
        b'<sst xmlns="' + main + b'">' + b"".join(b"<si>" + text + b"</si>" for text in texts) + b"</sst>"
    )
    return repacked(
        content,
        {
            "xl/sharedStrings.xml": lambda _: shared,
            "xl/_rels/workbook.xml.rels": lambda xml: xml.replace(b"</Relationships>", relation),
            "[Content_Types].xml": lambda xml: xml.replace(b"</Types>", kind),
        },
    )


def _changed(part: str, change: Callable[[bytes], bytes]) -> Callable[[], bytes]:
    return lambda: repacked(good_with_shared_texts(), {part: change})


def _with_entities(part: str) -> Callable[[], bytes]:
    """Billion laughs in one part."""
    entities = b'<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
    )

    def change(xml: bytes) -> bytes:
        declaration, _, root = xml.partition(b"?>") if xml.startswith(b"<?xml") else (b"<?xml", b"", xml)
        name = re.search(rb"<([\w:]+)", root)[1]
        return (
            declaration + b"?><!DOCTYPE " + name + b" [" + entities + b"]>" + root.replace(b"</", b"&j;</", 1)
        )

    return _changed(part, change)


def zip_bomb() -> bytes:
    """Small outside, large inside, and it says so."""
    return repacked(good(), {"xl/media/bomb.bin": lambda _: bytes(BIG)})


def lying_zip_bomb() -> bytes:
    """A sheet whose package says it unpacks to a thousand bytes."""
    sheet = b"<worksheet><sheetData/>" + b" " * BIG + b"</worksheet>"
    content = repacked(good(), {_SHEET: lambda _: sheet})
    true_size, said = struct.pack("<I", len(sheet)), struct.pack("<I", 1000)
    true_crc, said_crc = struct.pack("<I", zlib.crc32(sheet)), struct.pack("<I", zlib.crc32(sheet[:1000]))
    assert content.count(true_size) == content.count(true_crc) == 2
    return content.replace(true_size, said).replace(true_crc, said_crc)


def zipped(*files: tuple[str, bytes]) -> bytes:
    """An archive of files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files:
            package.writestr(name, content)
    return target.getvalue()


def duplicate_part() -> bytes:
    """Two sheets under one name: readers may differ in which they take."""
    target = io.BytesIO(good())
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(zipfile.ZipInfo(_SHEET), "<worksheet><sheetData/></worksheet>")
    return target.getvalue()


def password() -> bytes:
    """A workbook with a password, as Excel makes it."""
    from msoffcrypto.format.ooxml import OOXMLFile

    target = io.BytesIO()
    OOXMLFile(io.BytesIO(good())).encrypt("bí mật", target)
    return target.getvalue()


def old_password() -> bytes:
    """An .xls whose second record says that what follows is encrypted; needs LibreOffice."""
    with TemporaryDirectory() as folder:
        source = Path(folder, "a.xlsx")
        source.write_bytes(good())
        command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        command += ["--convert-to", "xls", "--outdir", folder, str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        content = bytearray(Path(folder, "a.xls").read_bytes())
    start = content.index(b"\x09\x08\x10\x00\x00\x06\x05\x00")  # BOF of the workbook
    second = start + 4 + 16
    content[second : second + 2] = b"\x2f\x00"
    return bytes(content)


def many_merges() -> bytes:
    """Fifty thousand merged areas."""
    areas = b"".join(b'<mergeCell ref="T%d:U%d"/>' % (n, n) for n in range(100, 50_100))
    merged = b"</sheetData><mergeCells>" + areas + b"</mergeCells>"
    return repacked(good(), {_SHEET: lambda xml: xml.replace(b"</sheetData>", merged)})


def many_styles() -> bytes:
    """A hundred thousand cell formats, as grow in a workbook that was copied into for years."""
    more = b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>' * 100_000
    return repacked(good(), {"xl/styles.xml": lambda xml: xml.replace(b"</cellXfs>", more + b"</cellXfs>")})


def many_columns() -> bytes:
    """A hundred thousand definitions of columns."""
    columns = b'<col min="40" max="40" width="9"/>' * 100_000
    return repacked(good(), {_SHEET: lambda xml: re.sub(rb"</cols>", columns + b"</cols>", xml)})


def many_attributes() -> bytes:
    """An element with so many attributes that a reader that compares each with each would take minutes."""
    attributes = b"".join(b' a%d="1"' % n for n in range(200_000))
    return repacked(good(), {_SHEET: lambda xml: xml.replace(b"<c ", b"<c" + attributes + b" ", 1)})


def stray_cell() -> bytes:
    """A character in the last cell of the sheet."""
    stray = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return repacked(good(), {_SHEET: lambda xml: xml.replace(b"</sheetData>", stray)})


def million_blanks() -> bytes:
    """A column formatted down to the last row."""
    blanks = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (n, n) for n in range(1000, 1_048_577))
    return repacked(good(), {_SHEET: lambda xml: xml.replace(b"</sheetData>", blanks + b"</sheetData>")})


def text_out_of_range() -> bytes:
    """A cell that names a shared text there is not."""
    number = re.compile(rb't="s"><v>\d+')
    return repacked(
        good_with_shared_texts(), {_SHEET: lambda xml: number.sub(b't="s"><v>999999999', xml, count=1)}
    )


def endless_number() -> bytes:
    """A number no float can hold, shown as a percentage."""
    cell = b'<row r="900"><c r="H900" s="1"><v>1e999</v></c></row></sheetData>'
    styles = rb'(<cellXfs[^>]*>.*?/?>.*?<xf [^>]*?numFmtId=")\d+'
    return repacked(
        good(),
        {
            _SHEET: lambda xml: xml.replace(b"</sheetData>", cell),
            "xl/styles.xml": lambda xml: re.sub(styles, rb"\g<1>9", xml, count=1, flags=re.S),
        },
    )


def deep_xml(part: str) -> bytes:
    """Elements in elements in elements."""
    deep = b"<a>" * 200_000 + b"</a>" * 200_000
    return repacked(good(), {part: lambda xml: re.sub(rb"(</\w+>)\s*$", deep + rb"\1", xml)})


def circular_relations() -> bytes:
    """Every sheet is the workbook itself."""
    return repacked(
        good(),
        {
            "xl/_rels/workbook.xml.rels": lambda xml: re.sub(
                rb'Target="[^"]*worksheets/[^"]*"', b'Target="/xl/workbook.xml"', xml
            )
        },
    )


def outward_relations() -> bytes:
    """Parts that lie outside of the package."""
    outside = b'Target="../../../../../../etc/passwd"'
    return repacked(
        good(),
        {"xl/_rels/workbook.xml.rels": lambda xml: re.sub(rb'Target="[^"]*worksheets/[^"]*"', outside, xml)},
    )


def odd_sheet_name() -> bytes:
    """A further sheet with quotes and a line break in its name."""
    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(good()))
    workbook.create_sheet("RIENG")["A1"] = 5
    target = io.BytesIO()
    workbook.save(target)
    return repacked(
        target.getvalue(),
        {"xl/workbook.xml": lambda xml: xml.replace(b'"RIENG"', b'"x\'y&quot;z&#10;&lt;b&gt;"')},
    )


def calls_home(url: str) -> bytes:
    """Everything in a workbook that can make an eager reader open a connection or start a program."""
    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(good()))
    sheet = workbook.create_sheet("Liên kết")
    sheet["A1"].hyperlink = url
    sheet["A2"] = f'=WEBSERVICE("{url}")'
    sheet["A3"] = f"='[{url}/a.xlsx]Sheet1'!A1"
    sheet["A4"] = "=cmd|' /C calc'!A0"
    target = io.BytesIO()
    workbook.save(target)
    link = (
        b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        b'<externalBook r:id="rId1"><sheetNames><sheetName val="Sheet1"/></sheetNames></externalBook></externalLink>'
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{office}/externalLinkPath" Target="{url}/a.xlsx" TargetMode="External"/></Relationships>'
    )
    own = f'<Relationship Id="rId999" Type="{office}/externalLink" Target="externalLinks/externalLink1.xml"/>'
    return repacked(
        target.getvalue(),
        {
            "xl/externalLinks/externalLink1.xml": lambda _: link,
            "xl/externalLinks/_rels/externalLink1.xml.rels": lambda _: relations.encode(),
            "xl/_rels/workbook.xml.rels": lambda xml: xml.replace(
                b"</Relationships>", own.encode() + b"</Relationships>"
            ),
            "xl/workbook.xml": lambda xml: re.sub(
                rb"</sheets>",
                b'</sheets><externalReferences><externalReference xmlns:r="' + office.encode()
                + b'" r:id="rId999"/></externalReferences>',
                xml,
            ),
        },
    )  # fmt: skip


def external_entity(url: str) -> bytes:
    """A sheet that wants a file of this server and an address of the network."""
    doctype = f'<!DOCTYPE worksheet [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b SYSTEM "{url}">]>'
    return repacked(
        good(),
        {_SHEET: lambda xml: re.sub(rb"(<worksheet.*?<v>)", doctype.encode() + rb"\1&a;&b;", xml, count=1, flags=re.S)},
    )  # fmt: skip


def hostile_ods() -> bytes:
    """Billion laughs in the content of an .ods."""
    content = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0">&b;</office:document-content>'
    )
    return zipped(
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", b"<manifest/>"),
        ("content.xml", content),
    )


_HTML = (
    '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr><td>Mã đơn vị</td></tr></table></html>'
)
_XML_2003 = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'

# kind -> file name, maker, rule that names it (None: it can be read), a word of the sentence
KINDS: dict[str, tuple[str, Callable[[], bytes], str | None, str]] = {
    "zip_bomb": ("bom.xlsx", zip_bomb, "FILE-01", "quá lớn"),
    "lying_zip_bomb": ("bom-noi-doi.xlsx", lying_zip_bomb, "FILE-01", "quá lớn"),
    "nested_zip": (
        "long-nhau.xlsx", lambda: zipped(("a.zip", zipped(("b.zip", zipped(("c.xlsx", good())))))), "FILE-24", "a.zip",
    ),
    "zip_of_workbooks": (
        "hai-tep.zip", lambda: zipped(("../../a.xlsx", good()), ("b\n.xlsx", good())), "FILE-24", "a.xlsx, b_.xlsx",
    ),
    "duplicate_part": ("trung.xlsx", duplicate_part, "FILE-01", "hai phần cùng tên"),
    "entities_in_sheet": ("thuc-the-1.xlsx", _with_entities(_SHEET), "FILE-01", "không thuộc định dạng"),
    "entities_in_workbook": ("thuc-the-2.xlsx", _with_entities("xl/workbook.xml"), "FILE-01", "không thuộc định dạng"),
    "entities_in_styles": ("thuc-the-3.xlsx", _with_entities("xl/styles.xml"), "FILE-01", "không thuộc định dạng"),
    "entities_in_texts": (
        "thuc-the-4.xlsx", _with_entities("xl/sharedStrings.xml"), "FILE-01", "không thuộc định dạng",
    ),
    "entities_in_relations": (
        "thuc-the-5.xlsx", _with_entities("xl/_rels/workbook.xml.rels"), "FILE-01", "không thuộc định dạng",
    ),
    "entities_in_ods": ("thuc-the.ods", hostile_ods, "FILE-01", "không thuộc định dạng"),
    "many_merges": ("o-gop.xlsx", many_merges, "FILE-01", "quá nhiều ô gộp"),
    "many_styles": ("dinh-dang.xlsx", many_styles, None, ""),
    "many_columns": ("cot.xlsx", many_columns, None, ""),
    "many_attributes": ("thuoc-tinh.xlsx", many_attributes, None, ""),
    "truncated": ("cut.xlsx", lambda: good()[: len(good()) // 2], "FILE-01", "hỏng"),
    "password": ("mat-khau.xlsx", password, "FILE-01", "mật khẩu"),
    "stray_cell": ("ky-tu-thua.xlsx", stray_cell, "FILE-01", "XFD1048576"),
    "million_blanks": ("o-trong.xlsx", million_blanks, None, ""),
    "text_out_of_range": ("ngoai-bang.xlsx", text_out_of_range, "FILE-01", ""),
    "endless_number": ("vo-han.xlsx", endless_number, "FILE-01", "hỏng"),
    "deep_sheet": ("sau-1.xlsx", lambda: deep_xml(_SHEET), None, ""),
    "deep_styles": ("sau-2.xlsx", lambda: deep_xml("xl/styles.xml"), None, ""),
    "circular_relations": ("vong.xlsx", circular_relations, "FILE-02", ""),
    "outward_relations": ("ra-ngoai.xlsx", outward_relations, "FILE-01", "hỏng"),
    "odd_sheet_name": ("ten-trang.xlsx", odd_sheet_name, None, ""),
    "empty": ("rong.xlsx", lambda: b"", "FILE-01", "rỗng"),
    "zeros": ("byte-0.xlsx", lambda: bytes(5000), "FILE-01", "byte 0"),
    "large": ("60MB.xlsx", lambda: good() + bytes(60_000_000), "FILE-01", "quá lớn"),
    "html": ("xuat.xls", _HTML.encode, "FILE-23", "HTML"),
    "xml_2003": ("cu.xls", lambda: _XML_2003, "FILE-23", "XML"),
    "pdf": ("ban-in.xlsx", lambda: b"%PDF-1.7\n%\xe2\xe3", "FILE-23", "PDF"),
    "jpeg": ("anh.xlsx", lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF", "FILE-23", "ảnh"),
    "word": (
        "van-ban.xlsx", lambda: zipped(("[Content_Types].xml", b""), ("word/document.xml", b"<a/>")), "FILE-23", "Word",
    ),
    "climbing_name": ("leo\\..\\..\\ra.xlsx", lambda: good()[:5000], "FILE-01", "hỏng"),
    "control_name": ("dong\n\x01moi.xlsx", lambda: good()[:5001], "FILE-01", "hỏng"),
    "long_name": ("d" * 249 + ".xlsx", lambda: good()[:5002], "FILE-01", "hỏng"),
}  # fmt: skip
