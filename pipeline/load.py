"""Load what has landed: reader processes judge, store and answer; this process keeps the order and the ledger.

judge (reader) → in order of arrival: what only this process may know → store and answer (reader) → ledger line
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from ingest import journal
from ingest.changes import Changes, compare, previous_of
from ingest.copies import Standing, note_accepted, refuse_copies
from ingest.known import Known, read_stocks
from ingest.land import ledger_path, original_path, unjudged
from ingest.readers import ReaderLostError, Readers, readers
from ingest.receipt import write_receipt
from ingest.reference import periods
from ingest.register import ListJudgement, judge_list
from ingest.sender import Hint, hint_of
from ingest.spec import TABLE_FORM_NAMES
from ingest.store import is_stored, read_submission, store_submission
from ingest.validate import Judgement, judge_file, unreadable
from pipeline.integrity import verify_original
from pipeline.outcome import StepError
from pipeline.settings import TIME_ZONE, Settings

LOG = logging.getLogger(__name__)


@dataclass
class Loaded:
    """What a load did: verdicts by submission, why some were not judged, how many were stored again."""

    verdicts: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    stored_again: int = 0


@dataclass
class _Earlier:
    """The filings before the one at hand; the same filings in the same order leave the same findings."""

    known: Known = field(default_factory=Known)
    standing: Standing = field(default_factory=dict)
    accepted: dict[tuple[str, str], list[dict]] = field(
        default_factory=dict
    )  # landed lines by unit and period

    def judge(self, line: dict, judgement: Judgement) -> dict | None:
        """Add to a judgement what earlier filings say of it; the accepted filing before it, if any."""
        if "list_name" not in line:  # a list says what is known already
            refuse_copies(judgement, self.standing, _local_day(line))
            judgement.issues += self.known.findings(judgement)
        return previous_of(line, self.accepted)

    def take(self, line: dict, judged: dict, products: list[dict] | None) -> None:
        """Count an accepted filing among the earlier ones; ``products`` is None where it has no such form."""
        note_accepted(self.standing, line, judged)
        sender = line["unit_code"], line["period_code"]
        # Rows of a list never take the place of the unit's own file.
        if products is not None and not ("list_name" in line and sender in self.accepted):
            self.known.add(*sender, products)
        self.accepted.setdefault(sender, []).append(line)


def _local_day(line: dict) -> date:
    """Day a submission was received, in Vietnam."""
    return datetime.fromisoformat(line["received_at"]).astimezone(ZoneInfo(TIME_ZONE)).date()


def load_landed(settings: Settings) -> Loaded:
    """Judge every landed submission without a verdict. A file that breaks a step is named and stops no other."""
    loaded, earlier = Loaded(), _Earlier()
    with readers() as pool:
        loaded.stored_again = _store_again(settings, pool, earlier)
        judged = _judged(settings, pool, loaded, earlier)
        for (line, judgement), failure in pool.in_order(store_and_answer, judged):
            submission_id = line["submission_id"]
            if isinstance(failure, ReaderLostError):
                failure = _answer_without_marks(settings, pool, line, judgement)
            if isinstance(failure, Exception):
                _note_broken(loaded, submission_id, failure)
                continue
            journal.append(ledger_path(settings.archive), _verdict(settings, line, judgement))
            loaded.verdicts[submission_id] = judgement.verdict
    return loaded


def restore_raw(settings: Settings) -> int:
    """Write what is missing in ``raw/`` from the archive, under the verdicts that were given; returns how many were."""
    with readers() as pool:
        return _store_again(settings, pool, _Earlier())


def judge_in_order(
    pool: Readers, items: Iterable[tuple[object, tuple[Path, Hint]]], province_code: str
) -> Iterator[tuple[object, Judgement | Exception]]:
    """For each (key, (file, hint)) its judgement, in the order given; an exception is a fault of ours, not of the file."""
    arguments = ((key, (path, province_code, hint)) for key, (path, hint) in items)
    for key, found in pool.in_order(judge_file, arguments):
        yield key, _or_unreadable(found)


def _judged(
    settings: Settings, pool: Readers, loaded: Loaded, earlier: _Earlier
) -> Iterator[tuple[tuple, tuple]]:
    """For each submission that could be judged, in order of arrival: its line and judgement, arguments to store it."""
    to_judge = ((line, (settings, line)) for line in _to_judge(settings, loaded))
    for line, found in pool.in_order(judge_landed, to_judge):
        judgement = _or_unreadable(found)
        if isinstance(judgement, Exception):
            _note_broken(loaded, line["submission_id"], judgement)
            continue
        previous = earlier.judge(line, judgement)
        if judgement.verdict == "accepted":
            earlier.take(line, _verdict(settings, line, judgement), judgement.tables.get("product"))
        yield (line, judgement), (settings, line, judgement, previous)


def judge_landed(settings: Settings, line: dict) -> Judgement:
    """The judgement on a landed line: a file, a list as far as it is no unit's, or a unit's rows of a list."""
    if "list_name" in line:
        judged = _judged_list(settings, line)
        return judged.units[line["unit_code"]] if line.get("list_id") else judged.own
    hint = hint_of(line.get("landing_folder", ""), line["file_name"], settings.province_code)
    return judge_file(_original(settings, line), settings.province_code, hint)


def _judged_list(settings: Settings, line: dict) -> ListJudgement:
    period = periods()[line["period_code"]]
    return judge_list(_original(settings, line), line["list_name"], period, settings.province_code)


def _or_unreadable(found: Judgement | Exception) -> Judgement | Exception:
    return unreadable(found.rule_id) if isinstance(found, ReaderLostError) else found


def _to_judge(settings: Settings, loaded: Loaded) -> Iterator[dict]:
    for line in unjudged(settings.archive):
        if fault := verify_original(settings, line):
            _note_broken(loaded, line["submission_id"], StepError(fault))
        else:
            yield line


def store_and_answer(
    settings: Settings, line: dict, judgement: Judgement, previous: dict | None, is_marked: bool = True
) -> None:
    """Write raw files and receipt of one judged submission; ``previous`` is the landed line of the one accepted before."""
    store(settings, line, judgement, judgement.verdict == "accepted")
    if line.get("list_id"):
        return  # the rows of a list are answered with the list
    if "list_name" in line and is_marked:
        judgement = _judged_list(settings, line).answer()
    changes = _changes(settings, previous, judgement) if previous else None
    original, submission_id = _original(settings, line), line["submission_id"]
    write_receipt(settings.outbox, original, submission_id, judgement, changes, is_marked)


def _changes(settings: Settings, previous: dict, judgement: Judgement) -> Changes:
    """What the submission changes against the one accepted before it."""
    submission_id, period_code = previous["submission_id"], previous["period_code"]
    rows = None
    if judgement.verdict == "accepted":
        if is_stored(settings.raw, submission_id, period_code, True, previous.get("form_name")):
            before = read_submission(settings.raw, submission_id, period_code)
        else:  # it came the same night, and another process is still storing it
            before = judge_landed(settings, previous).tables
        rows = tuple(compare(before, judgement.tables))
    return Changes(submission_id, _local_day(previous), rows)


def _answer_without_marks(
    settings: Settings, pool: Readers, line: dict, judgement: Judgement
) -> Exception | None:
    """The sender gets the verdict, if a reader was lost over marking the workbook."""
    try:
        pool.run(store_and_answer, settings, line, judgement, None, False)
    except Exception as error:
        return error
    return None


def _note_broken(loaded: Loaded, submission_id: str, error: Exception) -> None:
    LOG.error("%s could not be judged", submission_id, exc_info=error)
    loaded.broken[submission_id] = str(error)


def _verdict(settings: Settings, line: dict, judgement: Judgement) -> dict:
    """The ledger's record of a verdict."""
    is_accepted = judgement.verdict == "accepted"
    accepted = judgement.tables if is_accepted else {}
    return {
        "event": "judged",
        "submission_id": line["submission_id"],
        "form_version": judgement.identity.form_version,
        "verdict_code": judgement.verdict,
        "error_count": judgement.error_count,
        "warning_count": judgement.warning_count,
        # A repeated past night also judges what came since; of that moment it is not.
        "judged_at": max(settings.known_at, datetime.fromisoformat(line["received_at"])).isoformat(),
        **{f"{name}_row_count": len(accepted.get(name, ())) for name in TABLE_FORM_NAMES},
        "fingerprints": judgement.fingerprints if is_accepted else {},
    }


def _original(settings: Settings, line: dict) -> Path:
    return original_path(settings.archive, line)


def store(settings: Settings, line: dict, judgement: Judgement, is_accepted: bool) -> None:
    """Write the raw files of one judged submission."""
    tables, layout = (judgement.tables, judgement.layout) if is_accepted else ({}, [])
    period = line["period_code"] or "unknown"
    store_submission(settings.raw, line["submission_id"], period, tables, judgement.issues, layout)


def _store_again(settings: Settings, pool: Readers, earlier: _Earlier) -> int:
    """Write raw files that are gone, from the archive, and take every judged filing into ``earlier``.

    A verdict once given is not given again.
    """
    lines = journal.read(ledger_path(settings.archive))
    landed = {line["submission_id"]: line for line in lines if line["event"] == "landed"}
    verdicts = {line["submission_id"]: line for line in lines if line["event"] == "judged"}
    stored = {name for name, judged in verdicts.items() if _is_stored(settings, landed[name], judged)}
    if len(stored) == len(landed):
        return 0
    for _, failure in pool.in_order(store, _judged_again(settings, pool, earlier, landed, verdicts, stored)):
        if isinstance(failure, Exception):
            raise failure
    return len(verdicts) - len(stored)


def _is_stored(settings: Settings, line: dict, judged: dict) -> bool:
    period = line["period_code"] or "unknown"
    is_accepted = judged["verdict_code"] == "accepted"
    return is_stored(settings.raw, line["submission_id"], period, is_accepted, line.get("form_name"))


def _judged_again(
    settings: Settings, pool: Readers, earlier: _Earlier, landed: dict, verdicts: dict, stored: set[str]
) -> Iterator[tuple[str, tuple]]:
    """For each filing that is not stored, in the order of the verdicts: its name, arguments to store it."""
    missing = ((name, (settings, landed[name])) for name in verdicts if name not in stored)
    judgements = pool.in_order(judge_landed, missing)
    stocks = read_stocks(settings.raw, stored)
    for name, judged in verdicts.items():
        line, is_accepted = landed[name], judged["verdict_code"] == "accepted"
        if name in stored:
            if is_accepted:
                has_products = line.get("form_name") in (None, "product")
                earlier.take(line, judged, stocks[name] if has_products else None)
            continue
        if fault := verify_original(settings, line):
            raise StepError(fault)
        judgement = _or_unreadable(next(judgements)[1])
        if isinstance(judgement, Exception):
            raise judgement
        _require_same(judged, judgement)
        earlier.judge(line, judgement)
        if is_accepted:
            earlier.take(line, judged, judgement.tables.get("product"))
        yield name, (settings, line, judgement, is_accepted)


def _require_same(judged: dict, judgement: Judgement) -> None:
    """StepError when a filing reads otherwise now than when it was judged."""
    is_accepted = judged["verdict_code"] == "accepted"
    accepted = judgement.tables if is_accepted else {}
    differing = [n for n in TABLE_FORM_NAMES if len(accepted.get(n, ())) != judged[f"{n}_row_count"]]
    if judgement.verdict == "unreadable" and judged["verdict_code"] != "unreadable":
        differing = [issue.rule_id for issue in judgement.issues]
    if differing:
        raise StepError(
            f"{judged['submission_id']} was judged with other rows than are read from it now ({', '.join(differing)}); "
            "use the version of the software that judged it, and tell the developers."
        )
