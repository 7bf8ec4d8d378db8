"""The verdict as a page of our own: Great Expectations' pages load their styles from the web."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from expectations.rulebook import DIMENSIONS, OWNERS
from expectations.wording import say_number, say_period

TEMPLATE_FILE = Path(__file__).with_name("page.html.j2")


def render_page(record: Mapping, checked_at: datetime) -> str:
    """The page for the reporting desk, in Vietnamese, failing rules first; ``checked_at`` in local time."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = say_number
    environment.filters["day"] = _say_day
    template = environment.from_string(TEMPLATE_FILE.read_text(encoding="utf-8"))
    results = sorted(record["results"], key=_urgency)
    return template.render(
        record=record,
        results=results,
        failing=[result for result in results if not result["success"]],
        counts={
            "blocking": sum(r["is_blocking"] for r in results),
            "waived": sum(_is_waived(r) for r in results),
            "warning": sum(
                not r["success"] and r["severity"] == "warning" and not _is_waived(r) for r in results
            ),
            "passed": sum(r["success"] for r in results),
        },
        state_of=_state,
        dimension_names=DIMENSIONS,
        owner_names=OWNERS,
        period_name=say_period(record["period"]) if record["period"] else None,
        checked_at=f"{checked_at:%H:%M} ngày {checked_at.day}/{checked_at.month}/{checked_at.year}",
    )


def _is_waived(result: Mapping) -> bool:
    return not result["success"] and result["waived_count"] == result["unexpected_count"]


def _state(result: Mapping) -> tuple[str, str]:
    """Style class and word of a rule's outcome."""
    if result["success"]:
        return "ok", "Đạt"
    if _is_waived(result):
        return "waived", "Đã miễn trừ"
    return ("held", "Chặn") if result["is_blocking"] else ("warning", "Cảnh báo")


def _urgency(result: Mapping) -> tuple[int, str]:
    return ["held", "warning", "waived", "ok"].index(_state(result)[0]), result["rule_id"]


def _say_day(iso_day: str) -> str:
    year, month, day = iso_day[:10].split("-")
    return f"{int(day)}/{int(month)}/{year}"
