"""The answer to a workbook: the sender's own file with marked cells and our pages in front, and the same as JSON."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict
from pathlib import Path

from ingest.changes import Changes
from ingest.issue import Issue
from ingest.spec import TABLE_FORM_NAMES
from ingest.validate import Judgement

LOG = logging.getLogger(__name__)


def write_receipt(
    outbox: Path,
    original: Path,
    submission_id: str,
    judgement: Judgement,
    changes: Changes | None = None,
    is_marked: bool = True,
) -> Path:
    """Write ``outbox/<submission_id>/phan-hoi-<name>.xlsx`` and ``.json``; returns the workbook's path.

    A workbook with findings comes back marked; a clean one, a file that is no .xlsx or .xlsm or cannot be changed
    safely, and every file when ``is_marked`` is false, is answered with a small workbook of our own. ``changes`` are
    those since the submission accepted before.
    """
    from ingest.mark import blank_workbook, mark_package
    from ingest.office_package import UnpatchableError
    from ingest.receipt_pages import make_pages

    folder = outbox / submission_id
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / "receipt.unfinished"

    def pages(sheet_names: list[str]) -> list:
        return make_pages(original.name, submission_id, judgement, changes, sheet_names)

    suffix = None
    if is_marked and judgement.issues and judgement.verdict != "unreadable":
        try:
            suffix = mark_package(original, unfinished, _marks(judgement.issues), pages)
        except UnpatchableError as reason:
            LOG.info("%s is answered without its own workbook: %s", submission_id, reason)
        except (
            Exception
        ):  # an office can put anything into its file; every sender gets an answer all the same
            LOG.warning(
                "%s cannot be marked; it is answered without its own workbook", submission_id, exc_info=True
            )
    if suffix is None:
        suffix = mark_package(blank_workbook(), unfinished, {}, pages)
    answer = folder / f"phan-hoi-{original.stem}{suffix}"
    os.replace(unfinished, answer)
    content = receipt_json(original.name, submission_id, judgement, changes)
    (folder / f"phan-hoi-{original.stem}.json").write_text(content + "\n", encoding="utf-8")
    return answer


def receipt_json(
    file_name: str, submission_id: str | None, judgement: Judgement, changes: Changes | None = None
) -> str:
    """The answer as one JSON document."""
    identity = judgement.identity
    period = identity.period
    return json.dumps(
        {
            "file_name": file_name,
            "submission_id": submission_id,
            "verdict": judgement.verdict,
            "unit_code": identity.unit.code if identity.unit else None,
            "period_code": period.code if period else None,
            "cut_off_on": period.cut_off_on if period else None,
            "deadline_on": identity.deadline_on,
            "error_count": judgement.error_count,
            "warning_count": judgement.warning_count,
            "row_counts": {name: len(judgement.tables.get(name, ())) for name in TABLE_FORM_NAMES},
            "issues": [asdict(issue) for issue in judgement.issues],
            "changes": asdict(changes) if changes else None,
        },
        ensure_ascii=False,
        indent=2,
        default=str,  # dates in ISO form, decimals with their digits
    )


def _marks(issues: list[Issue]) -> dict:
    """What each faulty cell shows: sheet -> address -> mark."""
    from ingest.mark import Mark

    found: dict[str, dict[str, list[Issue]]] = {}
    for issue in issues:
        if issue.sheet and issue.row_number and issue.column_letter:
            address = f"{issue.column_letter}{issue.row_number}"
            found.setdefault(issue.sheet, {}).setdefault(address, []).append(issue)
    return {
        sheet: {
            address: Mark(
                any(issue.severity == "error" for issue in alike),
                "\n".join(_comment(issue) for issue in alike),
            )
            for address, alike in cells.items()
        }
        for sheet, cells in found.items()
    }


def _comment(issue: Issue) -> str:
    severity = "Lỗi" if issue.severity == "error" else "Lưu ý"
    return f"{severity} {issue.rule_id}: {issue.message} {issue.action}"
