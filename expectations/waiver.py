"""Waivers: a person's decision that certain failing rows of a rule may pass, for a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date


def waivers_of(waivers: Iterable[dict], rule_id: str) -> list[dict]:
    """The waivers of a rule, those that are over too."""
    return [waiver for waiver in waivers if waiver["rule_id"] == rule_id]


def last_day(waiver: Mapping) -> date:
    """The last day a waiver counts."""
    until = waiver["until"]
    return until if isinstance(until, date) else date.fromisoformat(until[:10])


def is_over(waiver: Mapping, on: date) -> bool:
    """Whether it no longer counts on that day."""
    return last_day(waiver) < on


def covers(waiver: Mapping, row: Mapping[str, object]) -> bool:
    """Whether a failing row is meant; a waiver without unit or period covers all of them."""
    return all(
        waiver.get(key) is None or str(row.get(key)) == str(waiver[key])
        for key in ("unit_code", "period_code")
    )


def waiver_for(row: Mapping[str, object], waivers: Iterable[dict]) -> dict | None:
    """The first waiver that covers a failing row."""
    return next((waiver for waiver in waivers if covers(waiver, row)), None)
