"""Unzipped against the original, a marked workbook differs in fills, comments and the added sheets, and in nothing else."""

import io
import re
import shutil
import subprocess
import warnings
import zipfile

import districts
import pytest
import rich_workbook
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

from ingest.answer_page import Cell, Page
from ingest.mark import MOST_NOTES, Mark, blank_workbook, mark_package
from ingest.office_package import UnpatchableError
from ingest.receipt import write_receipt
from ingest.second_look import column_letter, position
from ingest.spec import FINDINGS_SHEET, RECEIPT_SHEET
from ingest.validate import judge_file

KINDS = {
    "transitional": {},
    "strict": {"is_strict": True},
    "macros": {"has_macros": True},
}
OURS = (RECEIPT_SHEET, FINDINGS_SHEET)


@pytest.fixture(params=KINDS)
def pair(request, tmp_path):
    """An original with everything in it, and its receipt."""
    suffix = ".xlsm" if request.param == "macros" else ".xlsx"
    original = rich_workbook.make(tmp_path / f"goc{suffix}", **KINDS[request.param])
    judgement = judge_file(original, districts.PROVINCE)
    faulty = {(i.sheet, f"{i.column_letter}{i.row_number}") for i in judgement.issues if i.column_letter}
    assert {sheet for sheet, _ in faulty} == {"Sản phẩm", "Phân hạng", "Kinh phí"}
    receipt = write_receipt(tmp_path / "outbox", original, "s", judgement)
    assert receipt.suffix == suffix
    return original, receipt, faulty


def canonical(element) -> bytes:
    return etree.tostring(element, method="c14n")


def tag(element) -> str:
    return etree.QName(element).localname


def related_parts(parts: dict[str, bytes], sheet: str) -> set[str]:
    """Comments and their drawing of a sheet, and its relations."""
    relations = f"xl/worksheets/_rels/{sheet.rpartition('/')[2]}.rels"
    targets = re.findall(
        r'Target="/?((?:xl/)?[^"]*(?:omment|vmlDrawing)[^"]*)"', parts.get(relations, b"").decode()
    )
    return {relations, *(target for target in targets if "threaded" not in target)}


def test_no_part_is_touched_that_need_not_be(pair):
    original, receipt, faulty = pair
    before, after = rich_workbook.read(original), rich_workbook.read(receipt)
    sheets = rich_workbook.sheet_parts(before)
    allowed = {
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
    }
    for name in {sheet for sheet, _ in faulty}:
        allowed |= {sheets[name], *related_parts(after, sheets[name])}
    signature = {"_xmlsignatures/sig1.xml", "_xmlsignatures/origin.sigs"}
    assert {name for name in before if name not in after} == signature
    assert {name for name in before.keys() & after.keys() if before[name] != after[name]} <= allowed
    # The order of what was there stays, what is new comes after it.
    kept = [name for name in before if name not in signature]
    assert list(after)[: len(kept)] == kept
    ours = {rich_workbook.sheet_parts(after)[name] for name in OURS}
    assert set(list(after)[len(kept) :]) <= ours | allowed


def test_a_marked_sheet_differs_in_formats_and_the_drawing_of_comments_alone(pair):
    original, receipt, faulty = pair
    before, after = rich_workbook.read(original), rich_workbook.read(receipt)
    for name, part in rich_workbook.sheet_parts(before).items():
        old, new = etree.fromstring(before[part]), etree.fromstring(after[part])
        old_cells = {e.get("r"): e for e in old.iter("{*}c")}
        for cell in list(new.iter("{*}c")):
            if (name, cell.get("r")) in faulty:
                twin = old_cells.get(cell.get("r"))
                if twin is None:
                    assert len(cell) == 0
                    cell.getparent().remove(cell)
                elif twin.get("s") is None:
                    del cell.attrib["s"]
                else:
                    cell.set("s", twin.get("s"))
        drawing = new.find("{*}legacyDrawing")
        if drawing is not None and old.find("{*}legacyDrawing") is None:
            assert tag(drawing.getnext()) == "extLst" if name == "Sản phẩm" else drawing.getnext() is None
            new.remove(drawing)
        for view, twin in zip(new.iter("{*}sheetView"), old.iter("{*}sheetView"), strict=True):
            assert view.get("tabSelected", "0") == "0"
            view.attrib.update({k: v for k, v in twin.attrib.items() if k == "tabSelected"})
        assert canonical(new) == canonical(old), name


def test_styles_are_only_appended_and_a_marked_cell_keeps_all_but_its_fill(pair):
    original, receipt, faulty = pair
    before, after = rich_workbook.read(original), rich_workbook.read(receipt)
    old, new = etree.fromstring(before["xl/styles.xml"]), etree.fromstring(after["xl/styles.xml"])
    assert [tag(e) for e in new] == [tag(e) for e in old]
    for group, twin in zip(new, old, strict=True):
        assert [canonical(e) for e in group][: len(twin)] == [canonical(e) for e in twin]
        if tag(group) in ("fonts", "fills", "borders", "cellXfs"):
            assert group.get("count") == str(len(group))
        else:
            assert canonical(group) == canonical(twin)
    formats, old_formats = new.find("{*}cellXfs"), old.find("{*}cellXfs")
    for name, address in faulty:
        part = rich_workbook.sheet_parts(before)[name]
        styles = [
            next(int(c.get("s", 0)) for c in etree.fromstring(p[part]).iter("{*}c") if c.get("r") == address)
            for p in (before, after)
        ]
        format_, twin = formats[styles[1]], old_formats[styles[0]]
        for key in ("fillId", "applyFill"):
            format_.attrib.pop(key, None)
            twin.attrib.pop(key, None)
        assert canonical(format_) == canonical(twin)


def test_comments_of_the_sender_stay_and_ours_comes_after_his(pair):
    original, receipt, _ = pair
    before, after = rich_workbook.read(original), rich_workbook.read(receipt)
    part = next(name for name in before if re.search(r"comments?/?comment1?\.xml$|comments1\.xml$", name))
    old, new = etree.fromstring(before[part]), etree.fromstring(after[part])
    texts = [{e.get("ref"): "".join(e.itertext()) for e in root.iter("{*}comment")} for root in (old, new)]
    for address, text in texts[0].items():
        assert texts[1][address].startswith(text)
    assert [t for t in texts[1] if texts[1][t] != texts[0].get(t)]  # ours is somewhere
    authors = [[e.text for e in root.iter("{*}author")] for root in (old, new)]
    assert authors[1] == [*authors[0], "OCOP"]
    drawing = next(name for name in before if name.endswith(".vml"))
    assert after[drawing].startswith(before[drawing].rpartition(b"</xml>")[0])


def test_names_of_a_sheet_follow_it_behind_our_pages(pair):
    original, receipt, _ = pair
    before, after = rich_workbook.read(original), rich_workbook.read(receipt)
    roots = [etree.fromstring(parts["xl/workbook.xml"]) for parts in (before, after)]
    named = []
    for root in roots:
        sheets = [sheet.get("name") for sheet in root.iterfind("{*}sheets/{*}sheet")]
        named.append(
            {
                (e.get("name"), None if (n := e.get("localSheetId")) is None else sheets[int(n)], e.text)
                for e in root.iterfind("{*}definedNames/{*}definedName")
            }
        )
        ids = [sheet.get("sheetId") for sheet in root.iterfind("{*}sheets/{*}sheet")]
        assert len(ids) == len(set(ids))
    assert any(name[:2] == ("_xlnm.Print_Titles", "Sản phẩm") for name in named[0])
    assert named[1] - named[0] == {("_xlnm.Print_Titles", FINDINGS_SHEET, f"'{FINDINGS_SHEET}'!$3:$3")}
    assert named[0] <= named[1]
    new = roots[1]
    for sheet in [s for s in new.iterfind("{*}sheets/{*}sheet") if s.get("name") in OURS]:
        sheet.getparent().remove(sheet)
    for root in roots:
        for view in root.iter("{*}workbookView"):
            view.attrib.pop("activeTab", None)
            view.attrib.pop("firstSheet", None)
        names = root.find("{*}definedNames")
        names.getparent().remove(names)
    assert canonical(new) == canonical(roots[0])


def test_relations_and_content_types_are_only_added_to(pair):
    original, receipt, _ = pair
    before, after = rich_workbook.read(original), rich_workbook.read(receipt)
    for part in [name for name in before if name.endswith(".rels") or name == "[Content_Types].xml"]:
        old, new = [{canonical(e) for e in etree.fromstring(p[part])} for p in (before, after)]
        assert all(b"ignature" in element for element in old - new)
    root = etree.fromstring(after["[Content_Types].xml"])
    defaults = {e.get("Extension").lower() for e in root if tag(e) == "Default"}
    overrides = {e.get("PartName").lstrip("/") for e in root if tag(e) == "Override"}
    assert overrides <= set(after)
    assert [
        n for n in after if n not in overrides and n.rpartition(".")[2].lower() not in defaults | {"xml"}
    ] == []


def test_macros_are_carried_and_their_file_is_named_so(tmp_path):
    original = rich_workbook.make(tmp_path / "goc.xlsx", has_macros=True)  # under a name that hides it
    judgement = judge_file(original, districts.PROVINCE)
    receipt = write_receipt(tmp_path / "outbox", original, "s", judgement)
    assert receipt.suffix == ".xlsm"
    assert rich_workbook.read(receipt)["xl/vbaProject.bin"] == rich_workbook.MACRO


def test_calamine_and_openpyxl_read_the_same_cells(pair):
    original, receipt, _ = pair
    before, after = (CalamineWorkbook.from_path(str(path)) for path in (original, receipt))
    assert after.sheet_names == [*OURS, *before.sheet_names]
    for name in before.sheet_names:
        old, new = (w.get_sheet_by_name(name).to_python(skip_empty_area=False) for w in (before, after))
        assert new == old
    if (
        b"purl.oclc.org" not in rich_workbook.read(original)["xl/workbook.xml"]
    ):  # openpyxl does not read Strict
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", "Conditional Formatting extension")
            books = [load_workbook(path) for path in (original, receipt)]
        for sheet in books[0]:
            values = [[[c.value for c in row] for row in b[sheet.title]] for b in books]
            assert values[0] == values[1]


def test_the_reader_judges_the_receipt_as_it_judged_the_original(pair):
    original, receipt, _ = pair
    issues = [judge_file(path, districts.PROVINCE).issues for path in (original, receipt)]
    assert issues[0] == issues[1]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_opens_it_with_the_same_cells_fills_and_comments(pair, tmp_path):
    original, receipt, faulty = pair
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "resaved")]
    subprocess.run([*command, str(original), str(receipt)], check=True, capture_output=True, timeout=180)
    paths = [tmp_path / "resaved" / f"{path.stem}.xlsx" for path in (original, receipt)]
    before, after = (CalamineWorkbook.from_path(str(path)) for path in paths)
    assert after.sheet_names == [*OURS, *before.sheet_names]
    for name in before.sheet_names:
        old, new = (w.get_sheet_by_name(name).to_python(skip_empty_area=False) for w in (before, after))
        assert new == old
    resaved = load_workbook(paths[1])
    for name, address in faulty:
        cell = resaved[name][address]
        assert cell.fill.fgColor.rgb in ("FFFF9999", "FFFFF2AB")
        assert re.search(r"(Lỗi|Lưu ý) [A-Z]+-\d\d: ", cell.comment.text)
    assert resaved["Kinh phí"]["B2"].comment.text.startswith("[Threaded comment] xem lại")
    assert any(c.hyperlink for row in resaved[FINDINGS_SHEET].iter_rows() for c in row)


# --- positions: a small package of one sheet, written by hand

_XML = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def package_of(sheet: str) -> io.BytesIO:
    """The blank workbook with one sheet "T" of this XML between its tags."""
    with zipfile.ZipFile(blank_workbook()) as blank:
        parts = {name: blank.read(name).decode() for name in blank.namelist()}
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        "<sheets/>", '<sheets><sheet name="T" sheetId="7" r:id="rId9"/></sheets>'
    )
    parts["xl/_rels/workbook.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId9" Type="{base}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    )
    parts["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{_XML}">{sheet}</worksheet>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        "</Types>",
        '<Override PartName="/xl/worksheets/sheet1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return content


def one_page(_: list[str]) -> list[Page]:
    return [Page("Trang của chúng tôi", (20,), [[Cell("=1+1")]])]


def marked(sheet: str, marks: dict[str, Mark], target) -> etree._Element:
    """Root of the sheet after marking."""
    assert mark_package(package_of(sheet), target, {"T": marks}, one_page) == ".xlsx"
    return etree.fromstring(rich_workbook.read(target)["xl/worksheets/sheet1.xml"])


@st.composite
def sheets(draw):
    """Rows and cells with and without addresses, and cells to mark among, before, between and after them."""
    rows = draw(st.lists(st.integers(1, 12), unique=True).map(sorted))
    xml, there, last_row = [], {}, 0
    for row in rows:
        columns = draw(st.lists(st.integers(1, 8), unique=True).map(sorted))
        cells, last_column = [], 0
        for column in columns:
            is_implied = column == last_column + 1 and draw(st.booleans())
            address = "" if is_implied else f' r="{column_letter(column - 1)}{row}"'
            cells.append(f"<c{address}><v>{row * 100 + column}</v></c>")
            there[row, column] = row * 100 + column
            last_column = column
        number = "" if row == last_row + 1 and draw(st.booleans()) else f' r="{row}"'
        xml.append(f"<row{number}>{''.join(cells)}</row>")
        last_row = row
    places = draw(
        st.sets(st.tuples(st.integers(1, 14), st.sampled_from([*range(1, 10), 16_384])), min_size=1)
    )
    return f"<sheetData>{''.join(xml)}</sheetData>", there, places


@given(case=sheets())
def test_any_cell_can_be_marked_where_it_is_or_would_be(case, tmp_path_factory):
    sheet, there, places = case
    target = tmp_path_factory.mktemp("mark") / "t.xlsx"
    marks = {f"{column_letter(c - 1)}{r}": Mark(True, "x") for r, c in places}
    root = marked(sheet, marks, target)
    row_numbers, coloured, values = [], set(), {}
    row_number = 0
    for row in root.iter("{*}row"):
        row_number = int(row.get("r", row_number + 1))
        row_numbers.append(row_number)
        column, columns = 0, []
        for cell in row:
            column = position(cell.get("r"))[1] if cell.get("r") else column + 1
            columns.append(column)
            if cell.get("s"):
                coloured.add((row_number, column))
            if len(cell):
                values[row_number, column] = int(cell[0].text)
        assert columns == sorted(set(columns))
    assert row_numbers == sorted(set(row_numbers))
    assert coloured == places
    assert values == there
    read = CalamineWorkbook.from_path(str(target)).get_sheet_by_name("T").to_python(skip_empty_area=False)
    assert {(r, c): int(v) for r, row in enumerate(read, 1) for c, v in enumerate(row, 1) if v != ""} == there
    comments = etree.fromstring(rich_workbook.read(target)["xl/comments1.xml"])
    assert {position(comment.get("ref")) for comment in comments.iter("{*}comment")} == places


def test_the_mark_of_merged_cells_goes_to_the_one_that_is_seen(tmp_path):
    sheet = (
        '<sheetData><row r="2"><c r="B2"><v>1</v></c></row></sheetData>'
        '<mergeCells count="1"><mergeCell ref="B2:D4"/></mergeCells>'
    )
    marks = {"C3": Mark(False, "một"), "D4": Mark(True, "hai"), "E4": Mark(False, "ba")}
    root = marked(sheet, marks, tmp_path / "t.xlsx")
    assert [c.get("r") for c in root.iter("{*}c") if c.get("s")] == ["B2", "E4"]
    notes = {
        c.coordinate: c.comment.text for r in load_workbook(tmp_path / "t.xlsx")["T"] for c in r if c.comment
    }
    assert notes == {"B2": "một\nhai", "E4": "ba"}
    assert load_workbook(tmp_path / "t.xlsx")["T"]["B2"].fill.fgColor.rgb == "FFFF9999"


def test_an_empty_cell_takes_the_format_of_its_row_or_column(tmp_path):
    original = tmp_path / "goc.xlsx"
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "Kinh phí"
    sheet.column_dimensions["AA"].number_format = "0.000"
    sheet.row_dimensions[60].number_format = "dd/mm/yyyy"
    workbook.save(original)
    marks = {"Kinh phí": {"AA50": Mark(True, "x"), "AA60": Mark(True, "x"), "AB50": Mark(True, "x")}}
    mark_package(original, tmp_path / "t.xlsx", marks, one_page)
    formats = [
        load_workbook(tmp_path / "t.xlsx")["Kinh phí"][a].number_format for a in ("AA50", "AA60", "AB50")
    ]
    assert formats == ["0.000", "dd/mm/yyyy", "General"]


def test_comments_are_limited_and_errors_come_first(tmp_path):
    marks = {f"A{row}": Mark(row > 600, "x") for row in range(1, 1001)}
    marked("<sheetData/>", marks, tmp_path / "t.xlsx")
    sheet = load_workbook(tmp_path / "t.xlsx")["T"]
    noted = [row for row in range(1, 1001) if sheet[f"A{row}"].comment]
    assert len(noted) == MOST_NOTES
    assert set(range(601, 1001)) <= set(noted)
    assert sheet["A599"].fill.fgColor.rgb == "FFFFF2AB"


def test_boxes_of_comments_have_numbers_of_their_own(tmp_path):
    original = rich_workbook.make(tmp_path / "goc.xlsx")
    marks = {"Kinh phí": {f"A{row}": Mark(True, "x") for row in range(5, 30)}}
    mark_package(original, tmp_path / "t.xlsx", marks, one_page)
    parts = rich_workbook.read(tmp_path / "t.xlsx")
    funding = rich_workbook.sheet_parts(parts)["Kinh phí"]
    (drawing,) = [name for name in related_parts(parts, funding) if name.endswith(".vml")]
    shapes = etree.fromstring(parts[drawing]).iter("{urn:schemas-microsoft-com:vml}shape")
    ids = [shape.get("id") for shape in shapes]
    assert len(ids) == len(set(ids)) > 25


def test_form_controls_that_are_no_xml_are_left_as_they_are(tmp_path):
    original = tmp_path / "goc.xlsx"
    mark_package(package_of("<sheetData/>"), original, {"T": {"A1": Mark(True, "x")}}, one_page)
    parts = rich_workbook.read(original)
    (name,) = [name for name in parts if name.endswith(".vml")]
    button = (
        b'<v:shape id="Button_1" o:spid="_x0000_s2077"><v:textbox><font>a<br></font></v:textbox></v:shape>'
    )
    parts[name] = parts[name].replace(b"</xml>", button + b"</xml>")
    rich_workbook.write(original, parts)
    mark_package(original, tmp_path / "t.xlsx", {"T": {"B2": Mark(True, "y")}}, lambda _: [])
    after = rich_workbook.read(tmp_path / "t.xlsx")[name]
    assert after.startswith(parts[name].removesuffix(b"</xml>"))
    assert b'id="_x0000_s2078"' in after


@pytest.mark.parametrize(
    "content",
    [b"Ten;Chu the\n", b"\xd0\xcf\x11\xe0" + b"\0" * 600, b"PK\x03\x04 broken"],
    ids=["text", "old binary or password", "truncated"],
)
def test_what_is_no_package_is_not_marked(tmp_path, content):
    with pytest.raises(UnpatchableError):
        mark_package(io.BytesIO(content), tmp_path / "t.xlsx", {}, one_page)


def test_entities_are_not_expanded(tmp_path):
    source = package_of("<sheetData/>")
    with zipfile.ZipFile(source) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    part = "xl/worksheets/sheet1.xml"
    parts[part] = b'<!DOCTYPE worksheet [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + parts[part].replace(
        b"<sheetData/>", b'<sheetData><row r="1"><c r="A1" t="str"><v>&a;</v></c></row></sheetData>'
    )
    rich_workbook.write(tmp_path / "o.xlsx", parts)
    with pytest.raises(UnpatchableError, match="document type"):
        mark_package(tmp_path / "o.xlsx", tmp_path / "t.xlsx", {"T": {"A1": Mark(True, "x")}}, one_page)


def test_a_text_of_ours_is_never_a_formula(tmp_path):
    mark_package(blank_workbook(), tmp_path / "t.xlsx", {}, one_page)
    cell = load_workbook(tmp_path / "t.xlsx").worksheets[0]["A1"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_the_same_answer_is_the_same_file(tmp_path):
    original = rich_workbook.make(tmp_path / "goc.xlsx")
    for name in ("1.xlsx", "2.xlsx"):
        mark_package(original, tmp_path / name, {"Kinh phí": {"A5": Mark(True, "x")}}, one_page)
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()
