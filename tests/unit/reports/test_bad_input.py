"""What comes in badly: the report comes out whole and honest, or stops with one clear sentence."""

import shutil

import pytest
from docx import Document
from report_warehouse import PRODUCTS, build_warehouse

from reports import document, readback, sentences
from reports.freeze import freeze
from reports.frozen import ReportError, open_frozen
from reports.pdf import make_pdf
from reports.pdf_proof import prove_pdf
from reports.proof import prove
from reports.render import render

PERIOD = "2024H2"
LONG = "Nho sấy dẻo vị tự nhiên " * 9
NAUGHTY = [
    "=1+1",
    "@SUM(A1:A9)",
    "+84 912 345 678",
    "-2+3",
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "<w:t>&amp;</w:t> & \"'",
    "</w:t>",
    "&amp;",
    "{{ x }}",
    "'=1+1",
    "%s {0} \\n",
    "_x0041_",
    "\ufeffNho\u2028sấy\rdẻo",
    "نخل 12 تمر",
    "👨\u200d👩\u200d👧",
    "Robert'); drop table dim_unit; --",
    "\u202eđảo chiều",
    "Rượu 🍇 nho",
    "Hai\ndòng\tvà thẻ",
    "123.456,7",
    "NULL",
    "total",
    "W" * 200,
    LONG[:200],
]


@pytest.fixture
def printed_with(tmp_path, inputs, pass_gate):
    """Print a report of these products; its directory."""

    def run(products: list[tuple]):
        (tmp_path / "published").mkdir()
        build_warehouse(tmp_path / "published/ocop.duckdb", products)
        directory = freeze(tmp_path / "published", tmp_path / "releases", PERIOD, inputs).directory
        pass_gate(directory)
        render(directory, PERIOD)
        return directory

    return run


@pytest.fixture
def broken_template(tmp_path, monkeypatch):
    """Print with this template."""
    path = tmp_path / "bao-cao.docx"
    monkeypatch.setattr(document, "TEMPLATE", path)
    return path


def named(name: str, row: int) -> tuple:
    return (name, name, *PRODUCTS[1][2:10], row)


def product_names(directory) -> list[str]:
    tables = readback.read_document(directory / f"bao-cao-ocop-{PERIOD}.docx").tables
    (listed,) = [t for t in tables if ("Sản phẩm", "") in t.headings and ("Loại hình", "") in t.headings]
    return [row[3] for row in listed.rows]


def test_a_naughty_name_is_printed_as_it_is(printed_with):
    directory = printed_with([named(name, row) for row, name in enumerate(NAUGHTY, start=7)])
    assert product_names(directory) == [readback.plain(name) for name in NAUGHTY]
    assert prove(directory, PERIOD) == []


@pytest.mark.slow
@pytest.mark.skipif(
    not shutil.which("soffice") or not shutil.which("pdftotext"), reason="needs LibreOffice, poppler"
)
def test_naughty_names_keep_no_pdf_from_its_proof(printed_with):
    names = [*NAUGHTY, "نخل 12 تمر 34", "\u202e12.345 đảo 67\u202c 89", "9" * 120]
    directory = printed_with([named(name, row) for row, name in enumerate(names, start=7)])
    printed = directory / f"bao-cao-ocop-{PERIOD}.docx"
    assert prove_pdf(printed, make_pdf(printed)) == []


@pytest.mark.parametrize("name", ["Nho\x07sấy", "Nho\x1bsấy", "Nho\x00sấy", "Nho\x7fsấy", "Nho\ufffesấy"])
def test_a_name_that_no_file_can_hold_stops_with_its_place(printed_with, name):
    with pytest.raises(
        ReportError, match="rpt_ministry__product_list, row '1', column product_name.*điều khiển"
    ):
        printed_with([named(name, 7)])


def test_seven_hundred_products_of_long_names_come_out_whole(printed_with):
    directory = printed_with([named(f"{row} {LONG}"[:200], row) for row in range(7, 707)])
    names = product_names(directory)
    assert len(names) == 700
    assert names[699].startswith("706 Nho sấy dẻo")
    assert prove(directory, PERIOD) == []


def test_a_period_with_nothing_to_tell_says_so_in_every_table(freeze_and_pass, change):
    from reports import definition

    report = definition.load()
    silent = [t for t in report.tables if t.name not in ("headline", "submission_status")]
    for table in silent:
        change(f"delete from {table.model}")
    directory = freeze_and_pass()
    render(directory, PERIOD)
    assert prove(directory, PERIOD) == []
    printed = readback.read_document(directory / f"bao-cao-ocop-{PERIOD}.docx")
    assert len(printed.tables) == 2
    assert "Trong kỳ chưa nhận được chỉ tiêu kế hoạch." in printed.paragraphs
    assert printed.paragraphs.count("Không có điểm nào cần làm rõ.") == 1
    with open_frozen(directory, PERIOD) as frozen:
        empty = sentences.compose(report, frozen, sentences.Wording(frozen)).empty
    assert {empty[table.name] for table in silent} <= set(printed.paragraphs)


def test_a_template_that_is_no_word_file_is_named(frozen_release, broken_template):
    broken_template.write_bytes(b"nothing Word would open")
    with pytest.raises(ReportError, match=r"bao-cao\.docx cannot be read as a Word document"):
        render(frozen_release, PERIOD)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("{{ section.opening.heading", "placeholder that cannot be read"),
        ("{% if title %}", "placeholder that cannot be read"),
        ("{{ table.no_such_table }}", "placeholder that the report does not know.*no_such_table"),
    ],
)
def test_a_placeholder_broken_in_word_is_named(frozen_release, broken_template, typed, answer):
    template = Document("reports/templates/bao-cao.docx")
    template.paragraphs[0].add_run(typed)
    template.save(str(broken_template))
    with pytest.raises(ReportError, match=answer):
        render(frozen_release, PERIOD)


def test_a_placeholder_that_word_has_cut_into_runs_is_still_filled(frozen_release, broken_template):
    template = Document("reports/templates/bao-cao.docx")
    (title,) = (p for p in template.paragraphs if p.text == "{{ title }}")
    title.runs[0].text = "{{ ti"
    title.add_run("tle }").bold = True
    title.add_run("}")
    template.save(str(broken_template))
    render(frozen_release, PERIOD)
    assert prove(frozen_release, PERIOD) == []
