"""Prints the report of one period from its frozen copy, and from nothing else."""

import hashlib
import json
import tempfile
from pathlib import Path

from reports import definition, sentences
from reports.document import write_document
from reports.frozen import DATABASE, SEAL, ReportError, open_frozen
from reports.workbook import write_workbook


class ReportHeld(RuntimeError):  # noqa: N818 - held is a verdict, not an error
    """The gate did not let this copy pass; nothing is printed."""


def file_names(period: str) -> tuple[str, str]:
    """The names of the printed document and workbook."""
    return f"bao-cao-ocop-{period}.docx", f"bao-cao-ocop-{period}.xlsx"


def render(directory: Path, period: str) -> list[Path]:
    """Write the document and the workbook of a release directory; a sealed one is left as it is."""
    _require_passed(directory, period)
    document, workbook = (directory / name for name in file_names(period))
    if (directory / SEAL).exists():
        return [document, workbook]
    return print_again(directory, period, directory)


def print_again(directory: Path, period: str, into: Path) -> list[Path]:
    """Print document and workbook of a frozen copy into a folder: the same copy gives the same bytes."""
    document, workbook = (into / name for name in file_names(period))
    with open_frozen(directory, period) as frozen:
        report = definition.load(occasions=frozen.occasions)
        prose = sentences.compose(report, frozen, sentences.Wording(frozen))
        write_document(report, frozen, prose, document)
        write_workbook(report, frozen, prose, workbook)
    return [document, workbook]


def differing(directory: Path, period: str) -> list[str]:
    """The names of printed files that are not what their frozen copy prints."""
    with tempfile.TemporaryDirectory(prefix="ocop-print-") as scratch:
        again = print_again(directory, period, Path(scratch))
        return unequal(again, directory)


def unequal(paths: list[Path], directory: Path) -> list[str]:
    """The names of files that are not, byte for byte, those of the same name in a release directory."""
    return [path.name for path in paths if path.read_bytes() != (directory / path.name).read_bytes()]


def _require_passed(directory: Path, period: str) -> None:
    verdict_file = directory / "gate.json"
    if not verdict_file.is_file():
        raise ReportHeld(f"{directory.name} has no gate.json; run: ocop gate ministry --period {period}")
    verdict = json.loads(verdict_file.read_text(encoding="utf-8"))
    if verdict.get("verdict") != "passed":
        raise ReportHeld(
            f"the gate held {directory.name}: its verdict is {verdict.get('verdict')!r}, see gate.html"
        )
    # What was checked is what is printed.
    with (directory / DATABASE).open("rb") as database:
        found = hashlib.file_digest(database, "sha256").hexdigest()
    if verdict.get("database_sha256") != found:
        raise ReportError(
            f"{directory.name}/{DATABASE} is not the copy that passed the gate; "
            f"run: ocop gate ministry --period {period}"
        )
