"""Makes templates/bao-cao.docx, the Word layout of the report: python -m reports.make_template

The result is committed and may then be edited in Word (fonts, fixed paragraphs, signature block). Run this
again only when ministry.yml gains a section or a table; edits made in Word are then to be made again.
Measures are those of NĐ 30/2020/NĐ-CP Phụ lục I.
"""

from io import BytesIO

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section as PageSection
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from reports import definition, document, reproducible
from reports.chart import FONT

A4_SHORT, A4_LONG = Mm(210), Mm(297)
TOP, BOTTOM, LEFT, RIGHT = Mm(20), Mm(20), Mm(30), Mm(15)
LEFT_BLOCK, RIGHT_BLOCK = Mm(70), Mm(95)
CLOSING = "OcopClosing"


def main() -> None:
    """Write the template."""
    report = definition.load()
    word = Document()
    _defaults(word)
    _styles(word)
    page = word.sections[0]
    _page(page, is_landscape=False)
    _page_number(page)
    _heading_block(word)
    _title(word)
    _line(word, "{{ prose.addressed_to }}", "OcopAddress")
    _loop(word, "prose.bases", "OcopBasis")
    for section in report.sections:
        if section.heading:
            _line(word, f"{{{{ section.{section.key}.heading }}}}", f"OcopHeading{section.level}")
        is_last = section is report.sections[-1]
        _loop(word, f"section.{section.key}.sentences", CLOSING if is_last else document.BODY)
        for table in section.tables:
            _line(word, f"{{{{p table.{table} }}}}", document.BODY)
    _signature_block(word)
    for table in report.annexes:
        page = word.add_section(WD_SECTION.NEW_PAGE)
        _page(page, is_landscape=table.orientation == "landscape")
        _restart_page_numbers(page)
        _line(word, f"{{{{ annex.{table.name}.number }}}}", "OcopAnnex")
        _line(word, f"{{{{ annex.{table.name}.title }}}}", "OcopAnnexTitle")
        _line(word, "{{ prose.annex_reference }}", "OcopAnnexReference")
        _line(word, f"{{{{p table.{table.name} }}}}", document.BODY)
    content = BytesIO()
    word.save(content)
    first_day = min(basis.valid_from for basis in report.bases)
    reproducible.write(content.getvalue(), document.TEMPLATE, first_day)


def _defaults(word: DocumentType) -> None:
    normal = word.styles["Normal"]
    _font(normal, 14)
    normal.paragraph_format.space_after = Pt(0)
    language = word.styles.element.find(f"{qn('w:docDefaults')}//{qn('w:lang')}")
    language.set(qn("w:val"), "vi-VN")
    # Without it Word opens the file in its 2007 mode and hangs tables into the left margin.
    compatibility = OxmlElement("w:compat")
    mode = OxmlElement("w:compatSetting")
    mode.set(qn("w:name"), "compatibilityMode")
    mode.set(qn("w:uri"), "http://schemas.microsoft.com/office/word")
    mode.set(qn("w:val"), "15")
    compatibility.append(mode)
    settings = word.settings.element
    for old in settings.findall(qn("w:compat")):
        settings.replace(old, compatibility)
    properties = word.core_properties
    properties.title, properties.author, properties.comments = (
        "Mẫu báo cáo OCOP",
        "",
        "reports/make_template.py",
    )
    properties.last_modified_by = ""


def _styles(word: DocumentType) -> None:
    body = _style(word, document.BODY, "OCOP thân bài", 14, ALIGN.JUSTIFY, before=3, after=3)
    body.paragraph_format.first_line_indent = Mm(12.7)
    # A signature never stands alone on a page: the last words of the report go there with it.
    closing = _style(word, CLOSING, "OCOP câu kết", 14, ALIGN.JUSTIFY, before=3, after=3)
    closing.paragraph_format.first_line_indent = Mm(12.7)
    closing.paragraph_format.keep_with_next = True
    closing.paragraph_format.keep_together = True
    basis = _style(word, "OcopBasis", "OCOP căn cứ", 14, ALIGN.JUSTIFY, before=3, after=3, is_italic=True)
    basis.paragraph_format.first_line_indent = Mm(12.7)
    for level in (1, 2, 3):
        heading = _style(
            word,
            f"OcopHeading{level}",
            f"OCOP đề mục {level}",
            14,
            ALIGN.JUSTIFY,
            before=6,
            after=3,
            is_bold=level < 3,  # a), b) stand in plain letters (NĐ 30/2020 Phụ lục I)
        )
        heading.paragraph_format.first_line_indent = Mm(12.7)
        heading.paragraph_format.keep_with_next = True
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), str(level - 1))
        heading.element.get_or_add_pPr().append(outline)
    caption = _style(
        word, document.CAPTION, "OCOP tên bảng", 13, ALIGN.CENTER, before=6, after=4, is_bold=True
    )
    caption.paragraph_format.keep_with_next = True
    _style(word, document.CELL, "OCOP ô bảng", 11, ALIGN.LEFT, before=1, after=1)
    _style(word, document.NOTE, "OCOP ghi chú bảng", 11, ALIGN.LEFT, before=2, after=2, is_italic=True)
    _style(word, "OcopTitle", "OCOP tên loại", 14, ALIGN.CENTER, before=18, is_bold=True)
    _style(word, "OcopSubject", "OCOP trích yếu", 14, ALIGN.CENTER, is_bold=True)
    _style(word, "OcopAddress", "OCOP kính gửi", 14, ALIGN.CENTER, before=12, after=12)
    _style(word, "OcopAnnex", "OCOP phụ lục", 14, ALIGN.CENTER, is_bold=True)
    _style(word, "OcopAnnexTitle", "OCOP tên phụ lục", 14, ALIGN.CENTER, is_bold=True)
    _style(word, "OcopAnnexReference", "OCOP kèm theo", 14, ALIGN.CENTER, after=12, is_italic=True)
    _style(word, "OcopBlock", "OCOP khối đầu trang", 13, ALIGN.CENTER)
    _style(word, "OcopRecipients", "OCOP nơi nhận", 11, ALIGN.LEFT)
    rule = _style(word, "OcopRule", "OCOP đường kẻ", 3, ALIGN.CENTER)
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    rule.element.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc")


def _style(
    word: DocumentType,
    style_id: str,
    name: str,
    size: int,
    alignment: ALIGN,
    before: int = 0,
    after: int = 0,
    is_bold: bool = False,
    is_italic: bool = False,
) -> ParagraphStyle:
    style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.element.set(qn("w:styleId"), style_id)
    style.base_style = word.styles["Normal"]
    _font(style, size)
    style.font.bold, style.font.italic = is_bold, is_italic
    style.paragraph_format.alignment = alignment
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    return style


def _font(style: ParagraphStyle, size: int) -> None:
    style.font.name, style.font.size = FONT, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)


def _page(page: PageSection, is_landscape: bool) -> None:
    page.orientation = WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT
    page.page_width, page.page_height = (A4_LONG, A4_SHORT) if is_landscape else (A4_SHORT, A4_LONG)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = TOP, BOTTOM, LEFT, RIGHT
    page.header_distance = page.footer_distance = Mm(10)
    page.different_first_page_header_footer = True  # page 1 carries no number


def _page_number(page: PageSection) -> None:
    """Centred in the top margin, upright, 14 pt; the later sections take over this header."""
    paragraph = page.header.paragraphs[0]
    paragraph.alignment = ALIGN.CENTER
    for kind, text in (("begin", None), (None, "PAGE"), ("separate", None), (None, "2"), ("end", None)):
        run = paragraph.add_run("2" if text == "2" else "")
        run.font.name, run.font.size = FONT, Pt(14)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        elif text == "PAGE":
            instruction = OxmlElement("w:instrText")
            instruction.text = " PAGE "
            run._r.append(instruction)


def _restart_page_numbers(page: PageSection) -> None:
    """Each annex is numbered on its own (NĐ 30/2020 Phụ lục I)."""
    numbering = OxmlElement("w:pgNumType")
    numbering.set(qn("w:start"), "1")
    page._sectPr.insert_element_before(numbering, "w:cols", "w:titlePg", "w:docGrid")


def _blocks(word: DocumentType, rows: int) -> list[tuple[_Cell, _Cell]]:
    table = word.add_table(rows=rows, cols=2)
    table.autofit = False
    for column, width in zip(table.columns, (LEFT_BLOCK, RIGHT_BLOCK), strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "0")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")
    return [(row.cells[0], row.cells[1]) for row in table.rows]


def _heading_block(word: DocumentType) -> None:
    (left, right), (number, date) = _blocks(word, rows=2)
    _in_cell(left, "{{ authority.parent_body_name|upper }}", 12, is_first=True)
    _in_cell(left, "{{ authority.issuing_body_short_name|upper }}", 12, is_bold=True)
    _rule(left.add_paragraph(), Mm(22.5), Mm(22.5))  # a third to a half of the line above
    _in_cell(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, is_bold=True, is_first=True)
    _in_cell(right, "Độc lập - Tự do - Hạnh phúc", 13, is_bold=True)
    _rule(right.add_paragraph(), Mm(20), Mm(20))  # as long as the motto
    _in_cell(number, "{{ prose.document_number }}", 13, before=6, is_first=True)
    _in_cell(date, "{{ prose.place_and_date }}", 13, before=6, is_italic=True, is_first=True)


def _title(word: DocumentType) -> None:
    _line(word, "{{ title }}", "OcopTitle")
    _line(word, "{{ prose.subject }}", "OcopSubject")
    _rule(word.add_paragraph(), Mm(52), Mm(52))


def _signature_block(word: DocumentType) -> None:
    ((left, right),) = _blocks(word, rows=1)
    _in_cell(left, "Nơi nhận:", 12, ALIGN.LEFT, is_bold=True, is_italic=True, is_first=True, before=12)
    recipients = ("- Như trên;", "- {{ authority.parent_body_name }} (để báo cáo);", "- Lưu: VT.")
    for recipient in recipients:
        _in_cell(left, recipient, 11, ALIGN.LEFT)
    _in_cell(right, "{{ authority.signatory_title|upper }}", 14, is_bold=True, is_first=True, before=12)
    for _ in range(5):  # room for the signature and the seal
        _in_cell(right, "", 14)


def _in_cell(
    cell: _Cell,
    text: str,
    size: int,
    alignment: ALIGN = ALIGN.CENTER,
    before: int = 0,
    is_bold: bool = False,
    is_italic: bool = False,
    is_first: bool = False,
) -> None:
    paragraph = cell.paragraphs[0] if is_first else cell.add_paragraph()
    paragraph.style = "OCOP khối đầu trang"
    paragraph.alignment = alignment
    paragraph.paragraph_format.space_before = Pt(before)
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.italic = Pt(size), is_bold, is_italic


def _rule(paragraph: Paragraph, left: int, right: int) -> None:
    paragraph.style = "OCOP đường kẻ"
    paragraph.paragraph_format.left_indent, paragraph.paragraph_format.right_indent = left, right


def _line(word: DocumentType, text: str, style_id: str) -> None:
    paragraph = word.add_paragraph(text)
    paragraph._p.get_or_add_pPr().get_or_add_pStyle().val = style_id


def _loop(word: DocumentType, sentences: str, style_id: str) -> None:
    _line(word, f"{{%p for sentence in {sentences} %}}", style_id)
    _line(word, "{{ sentence }}", style_id)
    _line(word, "{%p endfor %}", style_id)


if __name__ == "__main__":
    main()
