"""Makes the PDF from the printed Word document with LibreOffice, where there is one."""

import logging
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from reports.frozen import SEAL

LOG = logging.getLogger(__name__)
TIMEOUT_SECONDS = 180


class PdfError(RuntimeError):
    """LibreOffice is there but made no PDF."""


def make_pdf(docx: Path, soffice: str | None = None) -> Path | None:
    """Write the PDF beside the document; None, with a warning in the log, where LibreOffice is missing."""
    pdf = docx.with_suffix(".pdf")
    if (
        docx.parent / SEAL
    ).exists():  # its PDF would differ in bytes, and a sealed release is never written again
        return pdf if pdf.exists() else None
    program = soffice or shutil.which("soffice") or shutil.which("libreoffice")
    if not program:
        LOG.warning(
            "no PDF for %s: LibreOffice (soffice) is not installed; the Word document is complete", docx.name
        )
        return None
    with tempfile.TemporaryDirectory(prefix="ocop-pdf-") as scratch:
        # A profile of its own: two calls sharing one would wait for each other or fail without a word.
        command = [
            program,
            f"-env:UserInstallation={(Path(scratch) / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            scratch,
            str(docx),
        ]
        output = _run(command, docx.name)
        made = Path(scratch) / pdf.name
        if not made.is_file():
            raise PdfError(f"LibreOffice made no PDF of {docx.name}: {output.strip()[-400:]}")
        temporary = pdf.with_name(f".{pdf.name}.tmp")
        shutil.copyfile(made, temporary)
        os.replace(temporary, pdf)
    return pdf


def _run(command: list[str], name: str) -> str:
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        return process.communicate(timeout=TIMEOUT_SECONDS)[0]
    except subprocess.TimeoutExpired as error:
        # soffice is a script that starts the real program: end the whole group.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise PdfError(f"LibreOffice did not finish {name} within {TIMEOUT_SECONDS} s") from error
