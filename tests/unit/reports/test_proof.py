"""The proof: an untouched report is proven, and every changed digit is named."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook
from report_warehouse import place_of

from reports import proof, readback
from reports.proof import prove
from reports.render import render

PERIOD = "2024H2"
DOCX, XLSX = f"bao-cao-ocop-{PERIOD}.docx", f"bao-cao-ocop-{PERIOD}.xlsx"
HEADLINE, BY_UNIT = place_of("headline"), place_of("star_by_unit")
DATE_OR_NUMBER = re.compile(r"\d{2}/\d{1,2}/\d{4}|[\d.,]*\d")


def other_digit(text: str) -> str:
    """The text with its last digit changed."""
    at = max(i for i, letter in enumerate(text) if letter.isdigit())
    return text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]


def other_value(value: object) -> object:
    """A live cell with another number or day; words and blanks stay."""
    if isinstance(value, Decimal):
        return value + 1
    return value + timedelta(days=1) if isinstance(value, date) else value


@pytest.fixture
def prove_printed(release, monkeypatch):
    """Prove with what was read back replaced."""
    document = readback.read_document(release / DOCX)
    sheets = readback.read_workbook(release / XLSX, "TT")

    def run(changed_document=document, changed_sheets=sheets):
        monkeypatch.setattr(readback, "read_document", lambda path: changed_document)
        monkeypatch.setattr(readback, "read_workbook", lambda path, ordinal: changed_sheets)
        return prove(release, PERIOD)

    run.document, run.sheets = document, sheets
    return run


def test_an_untouched_report_is_proven(release):
    assert prove(release, PERIOD) == []


def test_a_report_that_was_not_printed_is_not_proven(frozen_release):
    assert prove(frozen_release, PERIOD) == [
        f"{name} is missing; run: ocop report {PERIOD}" for name in (DOCX, XLSX)
    ]


def test_one_digit_changed_in_the_word_file_is_named(release):
    word = Document(str(release / DOCX))
    *_, text, _ = (t for t in word.element.body.iter(qn("w:t")) if t.text == "1.390,029")
    text.text = "1.390.029"  # thousands instead of decimals: a thousandfold
    word.save(str(release / DOCX))
    (difference,) = prove(release, PERIOD)
    assert "table funding_by_source, row NSTW-1, column disbursed_amount_vnd_million" in difference
    assert "1.390.029" in difference
    assert "1390.029" in difference


def test_one_digit_changed_in_the_narrative_is_named(release):
    word = Document(str(release / DOCX))
    (text,) = (t for t in word.element.body.iter(qn("w:t")) if "hiệu lực công nhận: 03" in t.text)
    text.text = text.text.replace("công nhận: 03", "công nhận: 08")
    word.save(str(release / DOCX))
    (difference,) = prove(release, PERIOD)
    assert "headline/valid_product is printed as '08 sản phẩm', the frozen copy has 3" in difference


def test_one_digit_changed_in_the_workbook_is_named(release):
    workbook = load_workbook(release / XLSX)
    workbook["Số liệu chung"]["D11"].value += 1
    workbook.save(release / XLSX)
    (difference,) = prove(release, PERIOD)
    assert "sheet Số liệu chung, row valid_product, column value" in difference


def test_a_number_kept_as_text_in_the_workbook_is_named(release):
    workbook = load_workbook(release / XLSX)
    workbook["Số liệu chung"]["D11"].value = "3"
    workbook.save(release / XLSX)
    (difference,) = prove(release, PERIOD)
    assert "row valid_product, column value: printed '3'" in difference


def test_every_changed_cell_of_the_document_is_named(prove_printed):
    document, changed = prove_printed.document, []
    for table in document.tables:
        rows = [[other_digit(text) if re.search(r"\d", text) else text for text in row] for row in table.rows]
        pairs = zip(sum(rows, []), sum(table.rows, []), strict=True)
        changed += [new for new, old in pairs if new != old]
        document = replace(
            document, tables=[replace(t, rows=rows) if t is table else t for t in document.tables]
        )
    differences = prove_printed(document)
    assert len(changed) > 100
    assert len(differences) == len(changed)
    assert all(repr(cell) in difference for cell, difference in zip(changed, differences, strict=True))


def test_every_changed_cell_of_the_workbook_is_named(prove_printed):
    sheets, changed = dict(prove_printed.sheets), 0
    for name, sheet in sheets.items():
        if not sheet.table:
            continue
        rows = [[other_value(value) for value in row] for row in sheet.table.rows]
        changed += sum(new != old for new, old in zip(sum(rows, []), sum(sheet.table.rows, []), strict=True))
        sheets[name] = replace(sheet, table=replace(sheet.table, rows=rows))
    assert changed > 100
    assert len(prove_printed(changed_sheets=sheets)) == changed


def test_every_changed_number_of_the_text_is_named(prove_printed):
    document, tried = prove_printed.document, 0
    numbers = [list(DATE_OR_NUMBER.finditer(paragraph)) for paragraph in document.paragraphs]
    for nth in range(max(map(len, numbers))):  # one number of each paragraph at a time
        changed = {
            p: paragraph[: found[nth].start()] + other_digit(found[nth][0]) + paragraph[found[nth].end() :]
            for p, (paragraph, found) in enumerate(zip(document.paragraphs, numbers, strict=True))
            if nth < len(found)
        }
        paragraphs = [changed.get(p, paragraph) for p, paragraph in enumerate(document.paragraphs)]
        differences = "\n".join(prove_printed(replace(document, paragraphs=paragraphs)))
        for paragraph in changed.values():
            assert repr(paragraph) in differences
            tried += 1
    assert tried > 50


def test_a_dash_where_the_copy_has_a_value_is_named(prove_printed):
    table = prove_printed.document.tables[HEADLINE]
    rows = [[*row[:3], "–"] if row[1] == "Sản phẩm hết hạn" else row for row in table.rows]
    tables = [*prove_printed.document.tables]
    tables[HEADLINE] = replace(table, rows=rows)
    (difference,) = prove_printed(replace(prove_printed.document, tables=tables))
    assert "row expired_product, column value: printed '–'" in difference


def test_a_zero_where_nothing_is_known_is_named(prove_printed):
    table = prove_printed.document.tables[HEADLINE]
    rows = [[*row[:3], "0"] if row[1] == "Kinh phí kế hoạch" else row for row in table.rows]
    tables = [*prove_printed.document.tables]
    tables[HEADLINE] = replace(table, rows=rows)
    (difference,) = prove_printed(replace(prove_printed.document, tables=tables))
    assert "the frozen copy has no value" in difference


def test_a_line_added_by_hand_is_named(prove_printed):
    paragraphs = [*prove_printed.document.paragraphs, "Có thêm 12 sản phẩm 5 sao."]
    (difference,) = prove_printed(replace(prove_printed.document, paragraphs=paragraphs))
    assert "not of the report" in difference


def test_a_row_or_table_taken_away_is_named(prove_printed):
    document = prove_printed.document
    table = document.tables[0]
    shorter = [replace(table, rows=table.rows[1:]), *document.tables[1:]]
    assert any(
        "6 rows are printed instead of 7" in d for d in prove_printed(replace(document, tables=shorter))
    )
    assert any(
        "tables are printed instead" in d for d in prove_printed(replace(document, tables=shorter[1:]))
    )


def test_two_columns_exchanged_are_named(prove_printed):
    document = prove_printed.document
    table = document.tables[BY_UNIT]
    up = list(table.headings)
    up[2], up[3] = up[3], up[2]
    tables = [*document.tables[:BY_UNIT], replace(table, headings=up), *document.tables[BY_UNIT + 1 :]]
    assert any("the headings are" in d for d in prove_printed(replace(document, tables=tables)))


def test_the_proof_does_not_believe_the_printer(freeze_and_pass, monkeypatch):
    directory = freeze_and_pass()
    monkeypatch.setattr(proof.sentences.wording, "number", lambda value: f"{value:,}")  # English style
    render(directory, PERIOD)
    differences = prove(directory, PERIOD)
    assert any("1,415.029" in d and "funding_disbursed" in d for d in differences)
