"""The Word report: layout as measured, words as printed, the same copy giving the same bytes."""

import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from report_warehouse import DISTRICTS, PRODUCTS, STATUS, place_of, report_rows

from reports import definition, document, readback
from reports.freeze import freeze
from reports.frozen import ReportError
from reports.proof import prove
from reports.render import ReportHeld, render

PERIOD = "2024H2"
GOLDEN = Path(__file__).parents[2] / "golden" / "bao-cao-2024H2.txt"
CELL_MARGINS = Mm(2.1)
TWIP = 635  # in EMU; Word keeps whole twips
DIGIT, BOLD_LETTER = 0.5, 0.6  # widths in Times New Roman, as shares of the font size


def text_of(element):
    return "".join(t.text or "" for t in element.iter(qn("w:t")))


@pytest.fixture
def word(release):
    return Document(str(release / f"bao-cao-ocop-{PERIOD}.docx"))


@pytest.fixture
def printed(release):
    return readback.read_document(release / f"bao-cao-ocop-{PERIOD}.docx")


def data_tables(word):
    return [table for table in word.tables if table._tbl.find(f".//{qn('w:tblHeader')}") is not None]


def test_pages_are_a4_with_the_margins_of_the_decree(word):
    for section in word.sections:
        sides = sorted((section.page_width, section.page_height))
        assert sides == pytest.approx([Mm(210), Mm(297)], abs=TWIP)
        for margin, low, high in (
            (section.top_margin, 20, 25),
            (section.bottom_margin, 20, 25),
            (section.left_margin, 30, 35),
            (section.right_margin, 15, 20),
        ):
            assert Mm(low) - TWIP <= margin <= Mm(high) + TWIP


def test_each_annex_is_a_section_of_its_own_and_the_product_list_lies_on_its_side(word):
    orientations = [section.orientation for section in word.sections]
    lying = [table.name for table in definition.load().annexes if table.orientation == "landscape"]
    assert "product_list" in lying
    assert orientations == [
        WD_ORIENT.PORTRAIT,
        *(
            WD_ORIENT.LANDSCAPE if table.name in lying else WD_ORIENT.PORTRAIT
            for table in definition.load().annexes
        ),
    ]
    for annex in list(word.sections)[1:]:
        assert annex._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"


def test_page_numbers_stand_in_the_top_margin_but_not_on_the_first_page(word):
    first = word.sections[0]
    header = first.header.paragraphs[0]
    assert "PAGE" in header._p.xml
    assert header.alignment == 1
    assert {run.font.size for run in header.runs} == {Pt(14)}
    for section in word.sections:
        assert section.different_first_page_header_footer
        assert not section.first_page_header.paragraphs[0].text


def test_all_text_is_times_new_roman_in_the_sizes_of_the_decree(word):
    styles = {style.style_id: style for style in word.styles}
    for style in styles.values():
        if style.style_id.startswith("Ocop") or style.name == "Normal":
            assert style.font.name == "Times New Roman"
            fonts = style.element.rPr.rFonts
            assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "cs")} == {
                "Times New Roman"
            }
    for name in ("OcopBody", "OcopBasis", "OcopTitle", "OcopSubject", "OcopAnnexTitle", "OcopHeading1"):
        assert Pt(13) <= styles[name].font.size <= Pt(14)
    body = styles["OcopBody"].paragraph_format
    assert body.first_line_indent == pytest.approx(Mm(12.7), abs=TWIP)
    assert body.alignment == 3  # justified
    assert styles["OcopBasis"].font.italic
    assert styles["OcopAnnex"].font.size == Pt(14)


def look(paragraph) -> tuple:
    """Size in points, bold, italic, alignment of a paragraph, its own or its style's."""
    style, run = paragraph.style, paragraph.runs[0]
    alignment = paragraph.alignment if paragraph.alignment is not None else style.paragraph_format.alignment

    def either(own, inherited):
        return bool(inherited if own is None else own)

    bold, italic = either(run.font.bold, style.font.bold), either(run.font.italic, style.font.italic)
    return (run.font.size or style.font.size).pt, bold, italic, alignment


def rule_length(paragraph, width) -> float:
    """Length of the rule that a paragraph's bottom border draws, in EMU."""
    assert paragraph.style.element.find(f".//{qn('w:pBdr')}/{qn('w:bottom')}") is not None
    return width - paragraph.paragraph_format.left_indent - paragraph.paragraph_format.right_indent


def text_width(text: str, size: float, share: float) -> float:
    """Width of a text in EMU, at this mean width of a letter as a share of the font size."""
    return len(text) * share * size * 12_700


def test_the_heading_block_is_that_of_the_decree(word):
    """NĐ 30/2020/NĐ-CP Phụ lục I: sizes and weight of bodies, Quốc hiệu, Tiêu ngữ, number, place and day; the rules below."""
    block = word.tables[0]
    (parent, issuing, left_rule), (country, motto, right_rule) = (
        cell.paragraphs for cell in block.rows[0].cells
    )
    ((number,), (place,)) = (cell.paragraphs for cell in block.rows[1].cells)
    assert country.text == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert motto.text == "Độc lập - Tự do - Hạnh phúc"
    center = 1
    for paragraph, low, high, is_bold, is_italic in (
        (parent, 12, 13, False, False),
        (issuing, 12, 13, True, False),
        (country, 12, 13, True, False),
        (motto, 13, 14, True, False),
        (number, 13, 13, False, False),
        (place, 13, 14, False, True),
    ):
        size, bold, italic, alignment = look(paragraph)
        assert low <= size <= high
        assert (bold, italic, alignment) == (is_bold, is_italic, center), paragraph.text
    assert parent.text.isupper()
    assert issuing.text.isupper()
    # a third to a half as long as the line above it; as long as the motto
    widths = [cell.width for cell in block.rows[0].cells]
    name = min(text_width(issuing.text, look(issuing)[0], 0.7), widths[0])  # a long name takes two lines
    assert name / 3 <= rule_length(left_rule, widths[0]) <= name / 2
    said = text_width(motto.text, look(motto)[0], 0.47)
    assert rule_length(right_rule, widths[1]) == pytest.approx(said, rel=0.15)


def test_title_recipients_and_signature_are_those_of_the_decree(word):
    """NĐ 30/2020/NĐ-CP Phụ lục I: title 13-14 bold with a rule; "Nơi nhận" 12 bold italic, its lines 11; signatory 13-14 bold."""
    styles = [paragraph.style.style_id for paragraph in word.paragraphs]
    title = word.paragraphs[styles.index("OcopTitle")]
    assert title.text == "BÁO CÁO"
    subject = word.paragraphs[styles.index("OcopTitle") + 1]
    for paragraph in (title, subject):
        size, bold, italic, alignment = look(paragraph)
        assert 13 <= size <= 14
        assert (bold, italic, alignment) == (True, False, 1)
    page = word.sections[0]
    width = page.page_width - page.left_margin - page.right_margin
    rule = word.paragraphs[styles.index("OcopRule")]
    assert 1 / 4 <= rule_length(rule, width) / width <= 1 / 2
    signature = next(table for table in word.tables if table.rows[0].cells[0].text.startswith("Nơi nhận:"))
    (left, right) = signature.rows[0].cells
    label, *recipients = left.paragraphs
    assert look(label) == (12, True, True, 0)
    assert {look(line) for line in recipients} == {(11, False, False, 0)}
    assert [line.text[:2] for line in recipients] == ["- "] * len(recipients)
    assert [line.text[-1] for line in recipients] == [";"] * (len(recipients) - 1) + ["."]
    assert recipients[-1].text.startswith("- Lưu: VT")
    size, bold, _, alignment = look(right.paragraphs[0])
    assert 13 <= size <= 14
    assert bold
    assert alignment == 1
    assert right.paragraphs[0].text.isupper()


def test_paragraphs_stand_apart_and_annexes_are_named_in_roman(word):
    """NĐ 30/2020/NĐ-CP Phụ lục I: at least 6 pt between paragraphs, lines single to 1,5; "Phụ lục I", its title and reference."""
    styles = {style.style_id: style for style in word.styles}
    for name in ("OcopBody", "OcopBasis"):
        paragraph = styles[name].paragraph_format
        assert paragraph.space_before + paragraph.space_after >= Pt(6)
        assert 1 <= (paragraph.line_spacing or 1) <= 1.5
    annexes = [p for p in word.paragraphs if p.style.style_id == "OcopAnnex"]
    romans = ["I", "II", "III", "IV", "V", "VI", "VII"][: len(annexes)]
    assert [p.text for p in annexes] == [f"Phụ lục {roman}" for roman in romans]
    for number in annexes:
        assert look(number) == (14, True, False, 1)
    for reference in (p for p in word.paragraphs if p.style.style_id == "OcopAnnexReference"):
        size, _, italic, alignment = look(reference)
        assert 13 <= size <= 14
        assert italic
        assert alignment == 1
        assert (reference.text[0], reference.text[-1]) == ("(", ")")


def test_tables_fill_the_text_width_and_never_more(word):
    report, rows = definition.load(), report_rows(PRODUCTS, DISTRICTS, STATUS)
    printed = [table for table in report.printed if rows[table.name]]
    for defined, table in zip(printed, data_tables(word), strict=True):
        is_annex = defined.place == "annex"
        section = word.sections[1 + report.annexes.index(defined) if is_annex else 0]
        text_width = section.page_width - section.left_margin - section.right_margin
        widths = [int(column.get(qn("w:w"))) * TWIP for column in table._tbl.tblGrid]
        assert text_width - 2 * TWIP <= sum(widths) <= text_width
        assert table._tbl.tblPr.find(qn("w:tblLayout")).get(qn("w:type")) == "fixed"


def test_heading_rows_repeat_and_rows_stay_whole(word):
    for table in data_tables(word):
        rows = table._tbl.tr_lst
        marks = [row.find(f".//{qn('w:tblHeader')}") is not None for row in rows]
        assert marks == sorted(marks, reverse=True)
        assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in rows)


def test_a_heading_and_a_total_have_a_row_beside_them_on_their_page(word):
    totals = 0
    for table in data_tables(word):
        rows = table._tbl.tr_lst
        kept = [at for at, row in enumerate(rows) if row.find(f".//{qn('w:keepNext')}") is not None]
        headings = sum(row.find(f".//{qn('w:tblHeader')}") is not None for row in rows)
        wanted = {*range(headings + 1)}
        if not table.rows[-1].cells[0].text:  # a total has no ordinal
            totals += 1
            wanted.add(len(rows) - 2)
        assert kept == sorted(wanted)
        assert all(len(rows[at].findall(f".//{qn('w:keepNext')}")) == len(rows[at].tc_lst) for at in kept)
    assert totals > 3


def test_the_last_words_stand_on_the_page_of_the_signature(word):
    body = list(word.element.body)
    signature = next(
        at
        for at, element in enumerate(body)
        if element.tag == qn("w:tbl") and "Nơi nhận:" in text_of(element)
    )
    closing = body[signature - 1]
    assert text_of(closing).endswith("kính báo cáo./.")
    style = word.styles[{s.style_id: s.name for s in word.styles}[closing.pPr.pStyle.val]]
    assert style.paragraph_format.keep_with_next
    assert style.paragraph_format.keep_together


def test_no_date_and_no_heading_word_is_broken_by_its_column():
    report = definition.load()
    widths = document._text_widths(document.TEMPLATE, len(report.annexes))
    for table in report.tables:
        annex = table.place == "annex"
        text_width = widths[1 + report.annexes.index(table)] if annex else widths[0]
        shares = document.ORDINAL_WIDTH + sum(column.width for column in table.columns)
        for column in table.columns:
            room = text_width * TWIP * column.width / shares - CELL_MARGINS
            size = Pt(table.font_size)
            longest = max(column.heading.split(), key=len)
            needed = BOLD_LETTER * size * len(longest)
            if column.kind == "date":
                needed = max(needed, DIGIT * size * len("14/12/2024"))
            assert needed <= room, f"{table.name}.{column.name} is too narrow"


def test_the_printed_text_is_the_golden_text(printed):
    lines = [*printed.blocks, "", *printed.paragraphs]
    for table in printed.tables:
        lines += ["", " | ".join(f"{up}/{low}" if low else up for up, low in table.headings)]
        lines += [" | ".join(map(str, row)) for row in table.rows]
    text = "\n".join(lines) + "\n"
    if not GOLDEN.exists():
        GOLDEN.write_text(text, encoding="utf-8")
        pytest.fail(f"{GOLDEN.name} was missing and has been written: read it through and commit it")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_number_and_day_are_left_blank_for_signing(printed):
    assert "Số: /BC-SNNPTNT" in printed.blocks
    assert "Ninh Thuận, ngày tháng 12 năm 2024" in printed.blocks
    assert printed.paragraphs[0] == "BÁO CÁO"


def test_the_bodies_are_those_of_the_cut_off(printed):
    assert "SỞ NÔNG NGHIỆP VÀ PHÁT TRIỂN NÔNG THÔN" in printed.blocks
    assert "Kính gửi: Bộ Nông nghiệp và Phát triển nông thôn" in printed.paragraphs


def test_the_body_ends_with_the_closing_mark(printed):
    before_annexes = printed.paragraphs[: printed.paragraphs.index("Phụ lục I")]
    assert before_annexes[-1].endswith("./.")


def test_unknown_is_never_printed_as_zero(printed):
    text = "\n".join(printed.paragraphs)
    assert "Số sản phẩm mới được công nhận trong kỳ: chưa có số liệu;" in text
    by_unit = printed.tables[place_of("star_by_unit")]
    assert by_unit.rows[0][1:] == ["Thành phố Phan Rang - Tháp Chàm", *["–"] * 8]
    assert "Dấu “–”: chưa có số liệu, không phải bằng 0." in text


def test_missing_held_and_refused_units_are_named(printed):
    text = "\n".join(printed.paragraphs)
    assert "chưa gửi báo cáo: thành phố Phan Rang - Tháp Chàm; huyện Bác Ái; huyện Ninh Hải" in text
    assert "xác minh, chưa tính vào Báo cáo: huyện Ninh Sơn." in text
    assert "bị trả lại và chưa gửi lại: huyện Thuận Bắc." in text


def test_the_same_copy_gives_the_same_bytes(release):
    files = [release / f"bao-cao-ocop-{PERIOD}.{kind}" for kind in ("docx", "xlsx")]
    before = [path.read_bytes() for path in files]
    render(release, PERIOD)
    assert [path.read_bytes() for path in files] == before
    for path in files:
        with zipfile.ZipFile(path) as container:
            assert {entry.date_time for entry in container.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert b"2024-12-14T00:00:00Z" in container.read("docProps/core.xml")


def test_a_held_copy_is_not_printed(frozen_release, pass_gate):
    pass_gate(frozen_release, "held")
    with pytest.raises(ReportHeld, match="held"):
        render(frozen_release, PERIOD)
    (frozen_release / "gate.json").unlink()
    with pytest.raises(ReportHeld, match="no gate.json"):
        render(frozen_release, PERIOD)
    assert not list(frozen_release.glob("bao-cao*"))


def test_what_was_checked_is_what_is_printed(frozen_release):
    with (frozen_release / "ocop.duckdb").open("ab") as copy:
        copy.write(b"\0")
    with pytest.raises(ReportError, match="not the copy that passed"):
        render(frozen_release, PERIOD)


def test_a_placeholder_nobody_knows_is_named(frozen_release, tmp_path, monkeypatch):
    template = Document(str(document.TEMPLATE))
    template.paragraphs[0].add_run("{{ province.population }}")
    changed = tmp_path / "bao-cao.docx"
    template.save(str(changed))
    monkeypatch.setattr(document, "TEMPLATE", changed)
    with pytest.raises(ReportError, match="population"):
        render(frozen_release, PERIOD)


def test_a_table_the_template_forgot_is_named(frozen_release, tmp_path, monkeypatch):
    template = Document(str(document.TEMPLATE))
    (placeholder,) = (p for p in template.paragraphs if "table.activity" in p.text)
    placeholder._p.getparent().remove(placeholder._p)
    changed = tmp_path / "bao-cao.docx"
    template.save(str(changed))
    monkeypatch.setattr(document, "TEMPLATE", changed)
    with pytest.raises(ReportError, match="no placeholder for table activity"):
        render(frozen_release, PERIOD)


def test_a_code_without_a_label_is_named(freeze_and_pass, change):
    change("update rpt_ministry__quality set severity = 'grave'")
    with pytest.raises(ReportError, match="rpt_ministry__quality, row '1', column severity.*grave"):
        render(freeze_and_pass(), PERIOD)


def test_a_province_without_a_name_at_the_cut_off_is_an_error(freeze_and_pass, change):
    change("delete from dim_authority where valid_from < '2025-01-01'")
    with pytest.raises(ReportError, match="dim_authority has 0 rows for province 58"):
        render(freeze_and_pass(), PERIOD)


def test_an_empty_table_says_so_and_keeps_its_number(printed):
    number = definition.load().number_of("rating")
    at = printed.paragraphs.index(f"Bảng {number}. Kết quả đánh giá, phân hạng 6 tháng cuối năm 2024")
    assert printed.paragraphs[at + 1] == "Trong kỳ chưa nhận được số liệu về đánh giá, phân hạng sản phẩm."


def test_a_column_grows_with_its_figures_so_that_none_is_broken(freeze_and_pass, change):
    change("update rpt_ministry__target_result set target_max = 1234567890.125 where row_code = '1'")
    directory = freeze_and_pass()
    render(directory, PERIOD)
    table = data_tables(Document(str(directory / f"bao-cao-ocop-{PERIOD}.docx")))[place_of("target_result")]
    widths = [int(column.get(qn("w:w"))) * TWIP for column in table._tbl.tblGrid]
    assert table.rows[2].cells[6].text == "1.234.567.890,125"
    assert widths[6] >= len("1.234.567.890,125") * DIGIT * Pt(10)
    assert sum(widths) <= Mm(165) + TWIP


def test_who_filed_after_the_deadline_is_named_with_both_deadlines(freeze_and_pass, change):
    change(
        "update rpt_ministry__submission_status set is_on_time = false, received_on = '2024-12-18' where unit_code = '587'"
    )
    directory = freeze_and_pass()
    render(directory, PERIOD)
    text = "\n".join(readback.read_document(directory / f"bao-cao-ocop-{PERIOD}.docx").paragraphs)
    assert (
        "của các đơn vị: hết ngày 17/12/2024; thời hạn gửi báo cáo của tỉnh: hết ngày 25/12/2024, "
        "theo Điều 13 Nghị định số 09/2019/NĐ-CP. Các đơn vị gửi sau thời hạn: huyện Ninh Phước."
    ) in text
    assert prove(directory, PERIOD) == []


def test_a_copy_from_before_the_calendar_is_to_be_frozen_again(freeze_and_pass, change):
    change("alter table dim_period drop ministry_deadline_on")
    with pytest.raises(ReportError, match="has no ministry_deadline_on; freeze it again"):
        render(freeze_and_pass(), PERIOD)


def test_a_year_with_a_half_missing_says_that_its_flow_is_incomplete(
    published, tmp_path, inputs, change, pass_gate
):
    for table in definition.load().tables:
        change(f"update {table.model} set period_code = '2024Y'")
    change(
        "update rpt_ministry__submission_status set note = 'Chưa có số liệu 6 tháng đầu năm 2024' where unit_code = '587'"
    )
    directory = freeze(published, tmp_path / "releases", "2024Y", inputs).directory
    pass_gate(directory)
    render(directory, "2024Y")
    text = "\n".join(readback.read_document(directory / "bao-cao-ocop-2024Y.docx").paragraphs)
    assert "(OCOP) năm 2024 trên địa bàn tỉnh Ninh Thuận" in text
    assert "chưa gửi đủ các kỳ trong năm: huyện Ninh Phước; số phát sinh trong năm" in text
    assert prove(directory, "2024Y") == []
