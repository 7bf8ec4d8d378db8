"""Workbooks that hold what libraries drop when they save: drawings, extensions, macros, parts of other programs."""

import re
import zipfile
from base64 import b64decode
from pathlib import Path

import districts
from openpyxl import load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

MACRO = b"\xd0\xcf\x11\xe0 not a real macro, and nobody runs it"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_PICTURE = (
    '<xdr:oneCellAnchor xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:from><xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff>'
    '<xdr:row>30</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx="190500" cy="190500"/><xdr:pic><xdr:nvPicPr>'
    '<xdr:cNvPr id="9" name="con dấu"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill>'
    '<a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="rIdSeal"/>'
    '<a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    "</xdr:spPr></xdr:pic><xdr:clientData/></xdr:oneCellAnchor>"
)
_THREADS = (
    '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    '<threadedComment ref="B2" dT="2024-12-10T01:02:03.00" personId="{11111111-1111-1111-1111-111111111111}" '
    'id="{22222222-2222-2222-2222-222222222222}"><text>xem lại</text></threadedComment></ThreadedComments>'
)
_EXTENSION = (
    '<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}" '
    'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:conditionalFormattings>'
    '<x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
    '<x14:cfRule type="iconSet" priority="9" id="{00000000-000E-0000-0000-000001000000}"><x14:iconSet iconSet="3Triangles">'
    '<x14:cfvo type="percent"><xm:f>0</xm:f></x14:cfvo><x14:cfvo type="percent"><xm:f>33</xm:f></x14:cfvo>'
    '<x14:cfvo type="percent"><xm:f>67</xm:f></x14:cfvo></x14:iconSet></x14:cfRule><xm:sqref>G5:G9</xm:sqref>'
    "</x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>"
)
_ROOT = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac xr" '
    'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac" '
    'xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision" '
    'xr:uid="{00000000-0001-0000-0100-000000000000}"'
)


def make(path: Path, has_macros: bool = False, is_strict: bool = False) -> Path:
    """A filing with faults in three sheets (with, without and with foreign comments) and everything else around them."""
    districts.make(path, fault="missing_key")
    workbook = load_workbook(path)
    districts.cell(workbook, "rating", "score_point").value = "sáu mươi lăm"
    money = districts.cell(workbook, "funding", "disbursed_amount_vnd_million")
    money.value = "93.974"
    money.font, money.number_format = Font(italic=True, name="Times New Roman"), "#,##0.000"
    money.comment = Comment("Số theo biên bản quyết toán", "Trần Thị Kế Toán")
    workbook["Kinh phí"]["B2"].comment = Comment("[Threaded comment] xem lại", "tc={2222}")
    funding, product = workbook["Kinh phí"], workbook["Sản phẩm"]
    for cell in product[4]:
        cell.comment = None  # the template's hints, so that one sheet has no comments at all
    chart = BarChart()
    chart.add_data(Reference(funding, min_col=5, min_row=5, max_row=6))
    funding.add_chart(chart, "B12")
    product.conditional_formatting.add(
        "G5:G9", ColorScaleRule(start_type="min", start_color="FF0000", end_type="max", end_color="00FF00")
    )
    validation = DataValidation(type="whole", operator="between", formula1="1", formula2="5")
    validation.add("G5:G9")
    product.add_data_validation(validation)
    product.print_title_rows = "4:4"
    funding.print_area = "A1:F20"
    workbook.defined_names["tong_kinh_phi"] = DefinedName("tong_kinh_phi", attr_text="'Kinh phí'!$F$5:$F$6")
    # Not in the form, so only said (SHEET-08).
    hidden = workbook.create_sheet("Ẩn đi")
    hidden["A1"] = "ẩn"
    hidden.sheet_state = "veryHidden"
    workbook.active = workbook.sheetnames.index("Kinh phí")
    for sheet in workbook:
        sheet.sheet_view.tabSelected = sheet.title == "Kinh phí"
    workbook.save(path)
    parts = read(path)
    _add_foreign_parts(parts)
    if has_macros:
        _add_macros(parts)
    if is_strict:
        parts = {name: _strict(name, content) for name, content in parts.items()}
    write(path, parts)
    return path


def read(path: Path) -> dict[str, bytes]:
    """Every part of a package, unzipped, in its order."""
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def write(path: Path, parts: dict[str, bytes]) -> None:
    """Zip parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)


def sheet_parts(parts: dict[str, bytes]) -> dict[str, str]:
    """Part of each sheet by its name."""
    relations = {}
    for element in re.findall(rb"<Relationship [^>]*>", parts["xl/_rels/workbook.xml.rels"]):
        found = dict(re.findall(r'(\w+)="([^"]*)"', element.decode()))
        relations[found["Id"]] = found["Target"]
    sheets = re.findall(r"<sheet [^>]*?/>", parts["xl/workbook.xml"].decode())
    return {
        re.search(r'name="([^"]*)"', sheet)[1]: "xl/"
        + relations[re.search(r':id="([^"]*)"', sheet)[1]].removeprefix("/").removeprefix("xl/")
        for sheet in sheets
    }


def _add_foreign_parts(parts: dict[str, bytes]) -> None:
    def swap(name: str, old: str, new: str) -> None:
        text = parts[name].decode()
        assert old in text, (name, old)
        parts[name] = text.replace(old, new, 1).encode()

    def relate(name: str, id_: str, kind: str, target: str) -> None:
        line = f'<Relationship Id="{id_}" Type="{kind}" Target="{target}"/>'
        swap(name, "</Relationships>", f"{line}</Relationships>")

    sheets = sheet_parts(parts)
    product, funding = sheets["Sản phẩm"], sheets["Kinh phí"]
    swap(product, "<worksheet ", f"<worksheet {_ROOT} ")
    # tableParts and extLst come after the drawing of comments.
    swap(product, "</worksheet>", f"{_EXTENSION}</worksheet>")
    swap("xl/drawings/drawing1.xml", "</wsDr>", f"{_PICTURE}</wsDr>")
    parts["xl/media/image1.png"] = _PNG
    relate(
        "xl/drawings/_rels/drawing1.xml.rels",
        "rIdSeal",
        f"{_OFFICE}/relationships/image",
        "/xl/media/image1.png",
    )
    # Text in colours, which openpyxl flattens.
    first = re.search(r"<is><t[^>]*>([^<]*)</t></is>", parts[product].decode())
    rich = f'<is><r><rPr><b/><color rgb="FFFF0000"/></rPr><t>{first[1]}</t></r></is>'
    swap(product, first[0], rich)
    parts["customXml/item1.xml"] = b'<?xml version="1.0"?><van-ban so="12/BC-UBND"  ngay="14/12/2024"/>'
    relate(
        "xl/_rels/workbook.xml.rels",
        "rIdCustom",
        f"{_OFFICE}/relationships/customXml",
        "/customXml/item1.xml",
    )
    parts["xl/threadedComments/threadedComment1.xml"] = _THREADS.encode()
    funding_relations = f"xl/worksheets/_rels/{funding.rpartition('/')[2]}.rels"
    relate(
        funding_relations,
        "rIdThreads",
        "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment",
        "/xl/threadedComments/threadedComment1.xml",
    )
    parts["xl/printerSettings/printerSettings1.bin"] = b"\x00\x01 HP LaserJet"
    relate(
        funding_relations,
        "rIdPrinter",
        f"{_OFFICE}/relationships/printerSettings",
        "/xl/printerSettings/printerSettings1.bin",
    )
    parts["_xmlsignatures/sig1.xml"] = b"<Signature/>"
    parts["_xmlsignatures/origin.sigs"] = b""
    relate(
        "_rels/.rels",
        "rIdSignature",
        "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin",
        "/_xmlsignatures/origin.sigs",
    )
    types = (
        '<Default Extension="png" ContentType="image/png"/><Default Extension="sigs" '
        'ContentType="application/vnd.openxmlformats-package.digital-signature-origin"/>'
        '<Default Extension="bin" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"/>'
        '<Override PartName="/_xmlsignatures/sig1.xml" '
        'ContentType="application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"/>'
        '<Override PartName="/xl/threadedComments/threadedComment1.xml" '
        'ContentType="application/vnd.ms-excel.threadedcomments+xml"/></Types>'
    )
    swap("[Content_Types].xml", "</Types>", types)


def _add_macros(parts: dict[str, bytes]) -> None:
    parts["xl/vbaProject.bin"] = MACRO
    relation = (
        '<Relationship Id="rIdMacro" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
        'Target="vbaProject.bin"/></Relationships>'
    )
    name = "xl/_rels/workbook.xml.rels"
    parts[name] = parts[name].replace(b"</Relationships>", relation.encode())
    types = parts["[Content_Types].xml"].decode()
    types = types.replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    macro = (
        '<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    )
    parts["[Content_Types].xml"] = types.replace("</Types>", macro).encode()


def _strict(name: str, content: bytes) -> bytes:
    """The same part in the namespaces of ISO/IEC 29500 Strict."""
    if not name.endswith((".xml", ".rels", ".vml")):
        return content
    return content.replace(_MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
        f"{_OFFICE}/relationships".encode(), b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    )
