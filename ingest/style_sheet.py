"""The styles part of a workbook, only ever appended to: colours over the sender's styles, and the styles of our own pages."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from ingest.office_package import UnpatchableError

# Order the schema asks for; a group that is missing is put in its place.
_GROUPS = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles",
    "dxfs", "tableStyles", "colors", "extLst",
)  # fmt: skip
# What number 0 (and of fills number 1) means to every reader, whatever is written there.
_FIRST = {
    "fonts": "<font><sz val='11'/><name val='Calibri'/></font>",
    "fills": "<fill><patternFill patternType='none'/></fill><fill><patternFill patternType='gray125'/></fill>",
    "borders": "<border><left/><right/><top/><bottom/><diagonal/></border>",
    "cellXfs": "<xf numFmtId='0' fontId='0' fillId='0' borderId='0'/>",
}
_NORMAL = (
    "<cellStyleXfs count='1'><xf numFmtId='0' fontId='0' fillId='0' borderId='0'/></cellStyleXfs>"
    "<cellStyles count='1'><cellStyle name='Normal' xfId='0' builtinId='0'/></cellStyles>"
)
_MOST_STYLES = 64_000  # a workbook of Excel holds 65,490 cell formats

ERROR_COLOUR, WARNING_COLOUR = "FFFF9999", "FFFFF2AB"
_FONTS = {
    "plain": "<sz val='11'/><name val='Calibri'/>",
    "bold": "<b/><sz val='11'/><name val='Calibri'/>",
    "good": "<b/><sz val='14'/><color rgb='FF006100'/><name val='Calibri'/>",
    "bad": "<b/><sz val='14'/><color rgb='FF9C0006'/><name val='Calibri'/>",
    "link": "<u/><sz val='11'/><color rgb='FF0563C1'/><name val='Calibri'/>",
    "note": "<i/><sz val='11'/><name val='Calibri'/>",
}
_THIN = "".join(
    f"<{side} style='thin'><color rgb='FFBFBFBF'/></{side}>" for side in ("left", "right", "top", "bottom")
)
# style of our pages -> font, colour, whether it has a frame, whether it keeps its text from being a formula
_OWN = {
    "good_title": ("good", None, False, False),
    "bad_title": ("bad", None, False, False),
    "label": ("bold", None, False, False),
    "text": ("plain", None, False, True),
    "note": ("note", None, False, False),
    "heading": ("bold", "FFD9E1F2", True, False),
    "cell": ("plain", None, True, False),
    "value": ("plain", None, True, True),
    "link": ("link", None, True, False),
    "free_link": ("link", None, False, False),
    "error": ("plain", ERROR_COLOUR, True, False),
    "warning": ("plain", WARNING_COLOUR, True, False),
    "added": ("plain", "FFE2EFDA", True, False),
    "removed": ("plain", "FFEDEDED", True, False),
    "changed": ("plain", WARNING_COLOUR, True, False),
}


def empty_style_sheet(namespace: str) -> bytes:
    """The styles part of a workbook that has none."""
    return f"<styleSheet xmlns='{namespace}'>{_NORMAL}</styleSheet>".encode()


class StyleSheet:
    """Numbers of cell formats in a workbook's styles part, made where they are first asked for."""

    def __init__(self, root: etree._Element):
        self._root = root
        self._namespace = etree.QName(root).namespace
        for name in _FIRST:
            self._group(name)
        self._formats = self._group("cellXfs")
        self._original_count = len(self._formats)
        self._known: dict[tuple, int] = {}

    def coloured(self, base: int, colour: str) -> int:
        """The cell format number ``base`` with another fill; number format, font, border and alignment stay."""
        base = base if base < self._original_count else 0
        key = (base, colour)
        if key not in self._known:
            copy = deepcopy(self._formats[base])
            copy.set("fillId", str(self._fill(colour)))
            copy.set("applyFill", "1")
            self._known[key] = self._append(self._formats, copy)
        return self._known[key]

    def own(self, name: str) -> int:
        """The cell format of one of our pages' styles."""
        if name not in self._known:
            font, colour, has_frame, is_quoted = _OWN[name]
            attributes = {
                "numFmtId": 0,
                "fontId": self._part("fonts", f"<font>{_FONTS[font]}</font>"),
                "fillId": self._fill(colour) if colour else 0,
                "borderId": self._part("borders", f"<border>{_THIN}<diagonal/></border>") if has_frame else 0,
                "applyFont": 1,
                "applyFill": int(colour is not None),
                "applyBorder": int(has_frame),
                "applyAlignment": 1,
            }
            if is_quoted:
                attributes["quotePrefix"] = 1  # a text like =1+1 stays text when somebody edits it
            written = " ".join(f"{key}='{value}'" for key, value in attributes.items())
            xml = f"<xf {written}><alignment horizontal='left' vertical='top' wrapText='1'/></xf>"
            (element,) = self._elements(xml)
            self._known[name] = self._append(self._formats, element)
        return self._known[name]

    def _fill(self, colour: str) -> int:
        return self._part(
            "fills",
            f"<fill><patternFill patternType='solid'><fgColor rgb='{colour}'/><bgColor indexed='64'/></patternFill></fill>",
        )

    def _part(self, group: str, xml: str) -> int:
        if xml not in self._known:
            (element,) = self._elements(xml)
            self._known[xml] = self._append(self._group(group), element)
        return self._known[xml]

    def _append(self, group: etree._Element, element: etree._Element) -> int:
        if len(group) >= _MOST_STYLES:
            raise UnpatchableError("the workbook has too many cell formats for one more")
        group.append(element)
        group.set("count", str(len(group)))
        return len(group) - 1

    def _group(self, name: str) -> etree._Element:
        found = self._root.find(f"{{{self._namespace}}}{name}")
        if found is None:
            found = etree.Element(f"{{{self._namespace}}}{name}")
            found.extend(self._elements(_FIRST[name]))
            found.set("count", str(len(found)))
            later = {f"{{{self._namespace}}}{n}" for n in _GROUPS[_GROUPS.index(name) :]}
            place = next((i for i, e in enumerate(self._root) if e.tag in later), len(self._root))
            self._root.insert(place, found)
        return found

    def _elements(self, xml: str) -> list[etree._Element]:
        return list(etree.fromstring(f"<all xmlns='{self._namespace}'>{xml}</all>"))
