"""Proves a PDF against the Word document it was made from, which is itself proven against the frozen copy.

Every figure of the document stands in the PDF, in the order of the document, and no other stands between them. What
LibreOffice adds is known: page numbers, headings that come again on the next page, the labels of charts.
"""

import logging
import re
import shutil
import subprocess
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from reports.readback import CHART, VIETNAMESE_DATE, VIETNAMESE_NUMBER
from reports.wording import number

LOG = logging.getLogger(__name__)
TIMEOUT_SECONDS = 60
FIGURE = re.compile(r"[0-9]+(?:[.,][0-9]+)*")


def prove_pdf(document: Path, pdf: Path) -> list[str] | None:
    """One sentence where the PDF leaves the document; None, with a warning in the log, where poppler is missing."""
    program = shutil.which("pdftotext")
    if not program:
        LOG.warning("%s is not read back: poppler (pdftotext) is not installed", pdf.name)
        return None
    read = subprocess.run(
        [program, "-raw", "-enc", "UTF-8", str(pdf), "-"],
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    if read.returncode:
        return [f"{pdf.name} cannot be read: {read.stderr.strip()[-300:]}"]
    figures, beside = _document_figures(document)
    found = list(_pdf_figures(read.stdout))
    place = 0
    for figure, sentence in figures:
        while place < len(found) and found[place][1] != figure and _is_added(found[place], beside):
            place += 1
        if place == len(found):
            return [f'{pdf.name} ends before {figure} of "{sentence}"']
        page, other, _ = found[place]
        if other != figure:
            return [
                f'{pdf.name}, page {page}: {other} stands where the document has {figure} of "{sentence}"'
            ]
        place += 1
    more = [one for one in found[place:] if not _is_added(one, beside)]
    return [f"{pdf.name}, page {page}: {figure} is not in the document" for page, figure, _ in more[:1]]


def _is_added(found: tuple[int, str, str], beside: str) -> bool:
    """Whether a figure of the PDF is a page number or may come from a text that is not compared."""
    _, figure, page_number = found
    return figure == page_number or figure in beside or figure[::-1] in beside


def _document_figures(path: Path) -> tuple[list[tuple[str, str]], str]:
    """The figures of the sentences and of the cells that are a figure, with their text; and all texts beside them.

    Names are not compared: one written from right to left comes out of a PDF turned round, and a long one in pieces.
    """
    word = Document(str(path))
    figures, beside = [], []
    for paragraph in word.element.body.iter(qn("w:p")):
        text = "".join(part.text or "" for part in paragraph.iter(qn("w:t"))).strip()
        is_in_table = any(parent.tag == qn("w:tbl") for parent in paragraph.iterancestors())
        if not is_in_table or VIETNAMESE_NUMBER.fullmatch(text) or VIETNAMESE_DATE.fullmatch(text):
            figures += [(figure, text[:80]) for figure in FIGURE.findall(text)]
        else:
            beside.append(text)
    for part in word.part.package.iter_parts():
        if part.content_type.endswith("drawingml.chart+xml"):
            for value in etree.fromstring(part.blob).iter(f"{{{CHART}}}v"):
                beside.append(_as_shown(value.text or ""))
    return figures, "\n".join(beside)


def _as_shown(value: str) -> str:
    """A value of a chart as its label writes it."""
    try:
        return number(Decimal(value))
    except InvalidOperation:
        return value


def _pdf_figures(text: str) -> Iterator[tuple[int, str, str]]:
    """(page, figure, the page's number where it begins with one) in the order of the page."""
    for page, content in enumerate(text.split("\f"), start=1):
        number = content.split("\n", 1)[0].strip()
        for figure in FIGURE.findall(content):
            yield page, figure, number
