"""Load what has landed: reader processes judge, store and answer; this process keeps the order and the ledger.

judge (reader) → in order of arrival: what only this process may know → store and answer (reader) → ledger line
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest import journal
from ingest.land import ledger_path, unjudged
from ingest.readers import ReaderLostError, Readers, readers
from ingest.receipt import write_receipt
from ingest.spec import TABLE_FORM_NAMES
from ingest.store import is_stored, store_submission
from ingest.validate import Judgement, judge_file, unreadable
from pipeline.integrity import verify_original
from pipeline.outcome import StepError
from pipeline.settings import Settings

LOG = logging.getLogger(__name__)


@dataclass
class Loaded:
    """What a load did: verdicts by submission, why some were not judged, how many were stored again."""

    verdicts: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    stored_again: int = 0


def load_landed(settings: Settings) -> Loaded:
    """Judge every landed submission without a verdict. A file that breaks a step is named and stops no other."""
    loaded = Loaded()
    with readers() as pool:
        loaded.stored_again = _store_again(settings, pool)
        for (line, judgement), answered in pool.in_order(store_and_answer, _judged(settings, pool, loaded)):
            submission_id = line["submission_id"]
            if isinstance(answered, ReaderLostError):
                answered = _answer_without_marks(settings, pool, line, judgement)
            if isinstance(answered, Exception):
                _note_broken(loaded, submission_id, answered)
                continue
            _enter_verdict(settings, line, judgement)
            loaded.verdicts[submission_id] = judgement.verdict
    return loaded


def judge_in_order(
    pool: Readers, items: Iterable[tuple[object, Path]], province_code: str
) -> Iterator[tuple[object, Judgement | Exception]]:
    """For each (key, file) its judgement, in the order given; an exception is a fault of ours, not of the file."""
    for key, found in pool.in_order(judge_file, ((key, (path, province_code)) for key, path in items)):
        yield key, unreadable(found.rule_id) if isinstance(found, ReaderLostError) else found


def _judged(settings: Settings, pool: Readers, loaded: Loaded) -> Iterator[tuple[tuple, tuple]]:
    """For each submission that could be judged, in order of arrival: its line and judgement, arguments to store it."""
    for line, judgement in judge_in_order(pool, _to_judge(settings, loaded), settings.province_code):
        if isinstance(judgement, Exception):
            _note_broken(loaded, line["submission_id"], judgement)
            continue
        # Here is the place for what depends on submissions before this one: they have all been here.
        yield (line, judgement), (settings, line, judgement)


def _to_judge(settings: Settings, loaded: Loaded) -> Iterator[tuple[dict, Path]]:
    for line in unjudged(settings.archive):
        if fault := verify_original(settings, line):
            _note_broken(loaded, line["submission_id"], StepError(fault))
        else:
            yield line, _original(settings, line)


def store_and_answer(settings: Settings, line: dict, judgement: Judgement, is_marked: bool = True) -> None:
    """Write raw files and receipt of one judged submission."""
    _store(settings, line, judgement, judgement.verdict == "accepted")
    write_receipt(
        settings.outbox, _original(settings, line), line["submission_id"], judgement, is_marked=is_marked
    )


def _answer_without_marks(
    settings: Settings, pool: Readers, line: dict, judgement: Judgement
) -> Exception | None:
    """The sender gets the verdict, if a reader was lost over marking the workbook."""
    try:
        pool.run(store_and_answer, settings, line, judgement, False)
    except Exception as error:
        return error
    return None


def _note_broken(loaded: Loaded, submission_id: str, error: Exception) -> None:
    LOG.error("%s could not be judged", submission_id, exc_info=error)
    loaded.broken[submission_id] = str(error)


def _enter_verdict(settings: Settings, line: dict, judgement: Judgement) -> None:
    accepted = judgement.tables if judgement.verdict == "accepted" else {}
    journal.append(
        ledger_path(settings.archive),
        {
            "event": "judged",
            "submission_id": line["submission_id"],
            "form_version": judgement.identity.form_version,
            "verdict_code": judgement.verdict,
            "error_count": judgement.error_count,
            "warning_count": judgement.warning_count,
            "judged_at": settings.known_at.isoformat(),
            **{f"{name}_row_count": len(accepted.get(name, ())) for name in TABLE_FORM_NAMES},
        },
    )


def _original(settings: Settings, line: dict) -> Path:
    return settings.archive / line["submission_id"] / line["file_name"]


def _store(settings: Settings, line: dict, judgement: Judgement, is_accepted: bool) -> None:
    tables, layout = (judgement.tables, judgement.layout) if is_accepted else ({}, [])
    period = line["period_code"] or "unknown"
    store_submission(settings.raw, line["submission_id"], period, tables, judgement.issues, layout)


def _store_again(settings: Settings, pool: Readers) -> int:
    """Write raw files that are gone, from the archive; a verdict once given is not given again."""
    count = 0
    for (line, judged), failure in pool.in_order(store_again, _to_store_again(settings)):
        if isinstance(failure, ReaderLostError):
            if judged["verdict_code"] != "unreadable":
                raise StepError(
                    f"{line['submission_id']} could be read once and cannot now ({failure.rule_id}); "
                    "use the version of the software that judged it, and tell the developers."
                )
            pool.run(_store, settings, line, unreadable(failure.rule_id), False)
        elif isinstance(failure, Exception):
            raise failure
        count += 1
    return count


def _to_store_again(settings: Settings) -> Iterator[tuple[tuple, tuple]]:
    lines = journal.read(ledger_path(settings.archive))
    landed = {line["submission_id"]: line for line in lines if line["event"] == "landed"}
    for judged in (line for line in lines if line["event"] == "judged"):
        line = landed[judged["submission_id"]]
        is_accepted = judged["verdict_code"] == "accepted"
        if is_stored(settings.raw, line["submission_id"], line["period_code"] or "unknown", is_accepted):
            continue
        if fault := verify_original(settings, line):
            raise StepError(fault)
        yield (line, judged), (settings, line, judged)


def store_again(settings: Settings, line: dict, judged: dict) -> None:
    """Judge a submission of the archive once more and write its raw files; StepError when it reads otherwise now."""
    judgement = judge_file(_original(settings, line), settings.province_code)
    is_accepted = judged["verdict_code"] == "accepted"
    accepted = judgement.tables if is_accepted else {}
    differing = [
        name for name in TABLE_FORM_NAMES if len(accepted.get(name, ())) != judged[f"{name}_row_count"]
    ]
    if differing:
        raise StepError(
            f"{line['submission_id']} was accepted with other rows than are read from it now ({', '.join(differing)}); "
            "use the version of the software that judged it, and tell the developers."
        )
    _store(settings, line, judgement, is_accepted)
