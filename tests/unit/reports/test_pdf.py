"""The PDF comes from LibreOffice where there is one, and never changes a sealed release."""

import re
import shutil
import subprocess

import pytest
from docx import Document
from docx.oxml.ns import qn

from reports import pdf
from reports.pdf import PdfError, make_pdf
from reports.pdf_proof import prove_pdf
from reports.seal import seal

PERIOD = "2024H2"


@pytest.fixture
def docx(release):
    return release / f"bao-cao-ocop-{PERIOD}.docx"


@pytest.fixture
def program(tmp_path):
    """Write a stand-in for LibreOffice."""

    def write(lines: str) -> str:
        path = tmp_path / "soffice"
        path.write_text(f"#!/bin/sh\n{lines}\n")
        path.chmod(0o755)
        return str(path)

    return write


COPY = 'while [ "$1" != "--outdir" ]; do shift; done; cp "$3" "$2/$(basename "$3" .docx).pdf"'


def test_the_pdf_stands_beside_the_document(docx, program):
    made = make_pdf(docx, program(COPY))
    assert made == docx.with_suffix(".pdf")
    assert made.read_bytes() == docx.read_bytes()
    assert not list(docx.parent.glob(".*"))


def test_each_call_has_a_profile_of_its_own(docx, program, tmp_path):
    log = tmp_path / "calls"
    for _ in range(2):
        make_pdf(docx, program(f'echo "$1" >> {log}\n{COPY}'))
    first, second = log.read_text().split()
    assert first.startswith("-env:UserInstallation=file://")
    assert first != second


def test_without_libreoffice_there_is_no_pdf_and_a_clear_word(docx, monkeypatch, caplog):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    assert make_pdf(docx) is None
    assert "LibreOffice (soffice) is not installed" in caplog.text


def test_without_poppler_the_pdf_is_not_read_back_and_a_clear_word(docx, monkeypatch, caplog):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    assert prove_pdf(docx, docx.with_suffix(".pdf")) is None
    assert "poppler (pdftotext) is not installed" in caplog.text


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs poppler (pdftotext)")
def test_a_file_that_is_no_pdf_is_named(docx, tmp_path):
    broken = tmp_path / "bao-cao.pdf"
    broken.write_text("no pdf")
    (difference,) = prove_pdf(docx, broken)
    assert difference.startswith("bao-cao.pdf cannot be read")


def test_a_failed_conversion_is_an_error_with_its_words(docx, program):
    with pytest.raises(PdfError, match="made no PDF of .*: source file could not be loaded"):
        make_pdf(docx, program("echo source file could not be loaded"))


def test_a_conversion_that_hangs_is_ended(docx, program, monkeypatch):
    monkeypatch.setattr(pdf, "TIMEOUT_SECONDS", 1)
    with pytest.raises(PdfError, match="did not finish"):
        make_pdf(docx, program("sleep 60 & wait"))


def test_a_sealed_release_gets_no_other_pdf(docx, program, signed_at):
    seal(docx.parent, "Nguyễn Văn A", "", signed_at)
    assert make_pdf(docx, program(COPY)) is None
    assert not docx.with_suffix(".pdf").exists()


@pytest.mark.slow
@pytest.mark.skipif(
    not shutil.which("soffice") or not shutil.which("pdftotext"), reason="needs LibreOffice, poppler"
)
def test_the_real_pdf_says_what_the_document_says(docx, tmp_path):
    made = make_pdf(docx)
    assert prove_pdf(docx, made) == []
    other = Document(str(docx))
    *_, amount = (t for t in other.element.body.iter(qn("w:t")) if t.text == "1.390,029")
    amount.text = "1.390,027"
    other.save(tmp_path / "khac.docx")
    (difference,) = prove_pdf(docx, make_pdf(tmp_path / "khac.docx"))
    assert '1.390,027 stands where the document has 1.390,029 of "1.390,029"' in difference
    text = subprocess.run(
        ["pdftotext", "-layout", str(made), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "1.390,029" in text
    assert "Thành phố Phan" in text
    sizes = subprocess.run(
        ["pdfinfo", "-l", "99", str(made)], capture_output=True, text=True, check=True
    ).stdout
    pages = re.findall(r"size: +(\d+)\.?\d* x (\d+)", sizes)
    assert set(pages) == {("595", "841"), ("841", "595")}  # A4 upright, and on its side for the product list
