"""Waivers: a person's decision that certain failing rows of a rule may pass, for a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date


def live_waivers(waivers: Iterable[dict], rule_id: str, on: date) -> list[dict]:
    """The waivers of a rule that still count on that day; ``until`` is the last day."""
    return [w for w in waivers if w["rule_id"] == rule_id and _day(w["until"]) >= on]


def waiver_for(row: Mapping[str, object], waivers: Iterable[dict]) -> dict | None:
    """The first waiver that covers a failing row; a waiver without unit or period covers all of them."""
    for waiver in waivers:
        if all(
            waiver.get(key) is None or str(row.get(key)) == str(waiver[key])
            for key in ("unit_code", "period_code")
        ):
            return waiver
    return None


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value[:10])
