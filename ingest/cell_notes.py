"""Comments in cells: the text in a comments part, and the box of each in the old drawing language (VML) Excel asks for."""

from __future__ import annotations

import re

from lxml import etree

from ingest.office_package import OfficePackage, UnpatchableError

_AUTHOR = "OCOP"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_NAMESPACES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
_EMPTY_DRAWING = f'<xml {_DECLARED}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{{number}}"/></o:shapelayout></xml>'
_BOX_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"{declared}>'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_BOX = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" fillcolor="#ffffe1" o:insetmode="auto" '
    'style="position:absolute;margin-left:59pt;margin-top:2pt;width:240pt;height:105pt;z-index:1;visibility:hidden"{declared}>'
    '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
# What stands after the drawing of the comments in a sheet's part.
_AFTER_DRAWING = {
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts",
    "AlternateContent", "extLst",
}  # fmt: skip


def add_notes(
    package: OfficePackage, sheet_part: str, notes: dict[tuple[int, int], tuple[str, str]], base: str
) -> None:
    """Put a comment at each (row, column), from 1: (address, text). The sender's own comment stays above ours.

    ``base`` is the common beginning of the package's relationship types, transitional or strict.
    """
    namespace = etree.QName(package.look(sheet_part)).namespace
    part = next(iter(package.related(sheet_part, "/comments").values()), None)
    if part is None:
        part, _ = package.free_name("xl/comments{}.xml")
        package.add(
            part,
            f'<comments xmlns="{namespace}"><authors/><commentList/></comments>'.encode(),
            _COMMENTS_TYPE,
        )
        package.relate(sheet_part, f"{base}/comments", part)
    root = package.edit(part)
    namespace = etree.QName(root).namespace
    authors, comments = root.find(f"{{{namespace}}}authors"), root.find(f"{{{namespace}}}commentList")
    if authors is None or comments is None:
        raise UnpatchableError(f"{part} has no authors or no list of comments")
    etree.SubElement(authors, f"{{{namespace}}}author").text = _AUTHOR
    author = str(len(authors) - 1)
    known = {comment.get("ref"): comment for comment in comments}
    boxes = []
    for (row, column), (address, text) in sorted(notes.items()):
        if address in known:
            _extend(known[address], text, namespace)
            continue
        comment = etree.SubElement(comments, f"{{{namespace}}}comment", ref=address, authorId=author)
        _run(etree.SubElement(comment, f"{{{namespace}}}text"), text, namespace)
        boxes.append((row, column))
    if boxes:
        _draw(package, sheet_part, boxes, base)


def _extend(comment: etree._Element, text: str, namespace: str) -> None:
    rich = comment.find(f"{{{namespace}}}text")
    if rich is None:
        rich = etree.SubElement(comment, f"{{{namespace}}}text")
    # Excel wants a text to be one plain piece or all runs.
    plain = rich.find(f"{{{namespace}}}t")
    if plain is not None:
        run = etree.Element(f"{{{namespace}}}r")
        rich.replace(plain, run)
        run.append(plain)
    _run(rich, f"\n---\n{text}", namespace)


def _run(rich: etree._Element, text: str, namespace: str) -> None:
    run = etree.Element(f"{{{namespace}}}r")
    properties = etree.SubElement(run, f"{{{namespace}}}rPr")
    etree.SubElement(properties, f"{{{namespace}}}sz", val="9")
    etree.SubElement(properties, f"{{{namespace}}}rFont", val="Tahoma")
    piece = etree.SubElement(run, f"{{{namespace}}}t")
    piece.text = text
    piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    runs = rich.findall(f"{{{namespace}}}r")
    if runs:
        runs[-1].addnext(run)
    else:
        rich.insert(0, run)  # before phonetic readings


def _draw(package: OfficePackage, sheet_part: str, boxes: list[tuple[int, int]], base: str) -> None:
    """Add a box for each comment, as text: what Excel writes into a drawing of form controls is not always XML."""
    drawing = _drawing_part(package, sheet_part, base)
    content = package.read(drawing)
    end = content.rfind(b"</xml>")
    if end < 0:
        raise UnpatchableError(f"{drawing} does not end as a drawing")
    head = content[: content.find(b">", content.find(b"<xml")) + 1]
    declared = "".join(
        f' xmlns:{prefix}="{uri}"'
        for prefix, uri in _NAMESPACES.items()
        if f"xmlns:{prefix}=".encode() not in head
    )
    pieces = [] if b'id="_x0000_t202"' in content else [_BOX_TYPE.format(declared=declared)]
    first = max((int(n) for n in re.findall(rb"_x0000_s(\d{1,9})\b", content)), default=None)
    if first is None:
        cluster = re.search(rb'idmap[^>]*data="(\d{1,6})', content)
        first = 1024 * (int(cluster[1]) if cluster else 1)
    for number, (row, column) in enumerate(boxes, start=first + 1):
        pieces.append(_BOX.format(number=number, row=row - 1, column=column - 1, declared=declared))
    package.write(drawing, content[:end] + "".join(pieces).encode() + content[end:])


def _drawing_part(package: OfficePackage, sheet_part: str, base: str) -> str:
    """The drawing of the sheet's comments, made where there is none."""
    root = package.edit(sheet_part)
    namespace = etree.QName(root).namespace
    existing = root.find(f"{{{namespace}}}legacyDrawing")
    if existing is not None:
        return package.related(sheet_part, "/vmlDrawing")[existing.get(f"{{{base}}}id")]
    part, number = package.free_name("xl/drawings/vmlDrawing{}.vml")
    package.write(part, _EMPTY_DRAWING.format(number=number).encode())
    package.declare_extension("vml", _VML_TYPE)
    reference = etree.Element(f"{{{namespace}}}legacyDrawing")
    reference.set(f"{{{base}}}id", package.relate(sheet_part, f"{base}/vmlDrawing", part))
    data = root.index(root.find(f"{{{namespace}}}sheetData"))
    place = next(
        (
            index
            for index, element in enumerate(root)
            if index > data
            and isinstance(element.tag, str)
            and etree.QName(element).localname in _AFTER_DRAWING
        ),
        len(root),
    )
    root.insert(place, reference)
    return part
