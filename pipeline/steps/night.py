"""A whole night, and whether the one that stands published is recent enough for a report."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from ingest import journal
from pipeline.home import published_database
from pipeline.outcome import BROKEN, Outcome, StepError
from pipeline.settings import TIME_ZONE, Settings
from pipeline.steps.candidate import build, gate, publish
from pipeline.steps.intake import land, load


def nightly(settings: Settings, talk: Callable[[str], None] = lambda verb: None) -> list[Outcome]:
    """land, load, build, gate, publish; stops after a gate that holds. Leaves its row and its page in ``runs/``."""
    from pipeline.run_summary import summarise

    night = {
        "land": land,
        "load": load,
        "build": build,
        "gate": lambda s: gate(s, "nightly"),
        "publish": publish,
    }
    ended = {verb: {"verb": verb, "exit_code": None, "summary": None} for verb in night}
    outcomes = []
    # A second night waits here: between two builds it would judge and publish the other's candidate.
    with journal.exclusive(settings.runs):
        try:
            for verb, step in night.items():
                talk(verb)
                try:
                    outcomes.append(step(settings))
                except Exception as error:
                    ended[verb] |= {"exit_code": BROKEN, "summary": str(error)}
                    raise
                ended[verb] |= {"exit_code": outcomes[-1].exit_code, "summary": outcomes[-1].summary}
                if outcomes[-1].exit_code:
                    break
        finally:
            # On a full disk the sentence of the step that broke is worth more than that of its summary.
            with suppress(OSError):
                summarise(settings, list(ended.values()))
    return outcomes


def published_night(settings: Settings, since: datetime) -> Outcome:
    """Make sure that a night of a moment or later is the published one, before a report is made of it."""
    page = published_database(settings).with_name("gate.json")
    night = datetime.fromisoformat(json.loads(page.read_text(encoding="utf-8"))["checked_at"])
    local = ZoneInfo(TIME_ZONE)
    shown = f"{night.astimezone(local):%d/%m/%Y %H:%M}"
    if night < since:
        raise StepError(
            f"The published night is that of {shown}; the report needs one since {since.astimezone(local):%d/%m/%Y %H:%M}. "
            "See in runs/ why later nights were not published, mend it, run nightly_load."
        )
    return Outcome("night", 0, f"published night of {shown}", {"night": night.isoformat()})
