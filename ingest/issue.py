"""Findings about a workbook as data: what, where, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ingest.spec import common_rules
from ingest.vietnamese import format_value


@dataclass(frozen=True)
class Issue:
    """One finding; ``row_number`` and ``column_letter`` are those of the sender's sheet."""

    rule_id: str
    severity: str
    family: str
    message: str
    action: str
    sheet: str | None = None
    row_number: int | None = None
    column_letter: str | None = None
    column_title: str | None = None
    field_name: str | None = None
    value_text: str | None = None
    expected_text: str | None = None
    difference: str | None = None
    amount_vnd_million: Decimal | None = None  # money at stake, where the rule is about money

    @property
    def place(self) -> str:
        """Where the fault is, as a clerk looks for it."""
        parts = []
        if self.sheet:
            parts.append(f"Trang {self.sheet}")
        if self.row_number:
            parts.append(f"dòng {self.row_number}")
        if self.column_title:
            parts.append(f"cột {self.column_title}")
        return ", ".join(parts) or "Tệp"


def common_issue(rule_id: str, words: Mapping[str, object] | None = None, **where: object) -> Issue:
    """An issue of a common rule; ``words`` fill the sentence, ``where`` are fields of Issue."""
    rule = common_rules()[rule_id]
    known = {
        "sheet": where.get("sheet"),
        "title": where.get("column_title"),
        "value": where.get("value_text"),
        "expected": where.get("expected_text"),
        "reason": "",
        **(words or {}),
    }
    texts = {name: format_value(value) for name, value in known.items()}
    return Issue(
        rule_id=rule_id,
        severity=rule.severity,
        family=rule.family,
        message=rule.sentence.format_map(texts),
        action=rule.action.format_map(texts),
        **where,
    )
