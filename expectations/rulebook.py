"""The rules of the gate as data: what each asks, why, of whom, and in which suite.

A rule's ``sql`` is one select over the candidate warehouse (and the objects of ``scope.sql``); each row of
its frame is one thing to judge and brings the names and values its Vietnamese ``sentence`` prints. The
``expectation`` is a row-by-row expectation of Great Expectations on that frame, so that every failing row can
be named and, if a person decided so, waived. A rule judges the periods whose cut-off lies between its
``valid_from`` and ``valid_to`` (null: still in force). Ids are never re-used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import yaml

RULE_FOLDER = Path(__file__).with_name("rules")
SUITES = ("nightly", "ministry")
SEVERITIES = ("critical", "warning")
DIMENSIONS = {
    "completeness": "Đầy đủ",
    "validity": "Hợp lệ",
    "consistency": "Nhất quán",
    "uniqueness": "Không trùng",
    "timeliness": "Kịp thời",
    "accuracy": "Chính xác",
    "integrity": "Toàn vẹn",
}

OWNERS = {"reporting desk": "bộ phận tổng hợp báo cáo", "provincial IT": "bộ phận kỹ thuật của tỉnh"}


class RulebookError(ValueError):
    """A rule file that cannot be understood; the message names the rule."""


@dataclass(frozen=True)
class Rule:
    """One rule as written in its file."""

    id: str
    title: str
    title_vi: str
    dimension: str
    reason: str
    reason_vi: str
    valid_from: date
    valid_to: date | None
    owner: str
    severity: str
    suites: tuple[str, ...]
    sql: str
    expectation: dict
    sentence: str
    action: str

    def is_in_force(self, day: date) -> bool:
        """Whether the rule judges a period cut off on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def is_on_waivers(self) -> bool:
        """Whether it asks what became of waivers, which is known when all other rules are judged."""
        return "gate_waiver" in self.sql

    @property
    def placeholders(self) -> set[str]:
        """Columns the sentence prints."""
        return set(re.findall(r"{(\w+)}", self.sentence))


def load_rules(suite: str | None = None, folder: Path = RULE_FOLDER) -> list[Rule]:
    """The rules of one suite (or all of them) in the order of their ids."""
    if suite is not None and suite not in SUITES:
        raise RulebookError(f"There is no suite {suite!r}; the suites are {', '.join(SUITES)}.")
    rules = [
        _rule(path, raw)
        for path in sorted(folder.glob("*.yml"))
        for raw in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]
    _refuse_twins(rule.id for rule in rules)
    return sorted((r for r in rules if suite is None or suite in r.suites), key=lambda rule: rule.id)


def _rule(path: Path, raw: dict) -> Rule:
    name = f"{path.name}, {raw.get('id', 'a rule without an id')}"
    wanted = {field.name for field in fields(Rule)}
    if set(raw) != wanted:
        raise RulebookError(f"{name}: missing or unknown keys {sorted(wanted ^ set(raw))}.")
    faults = [
        (not re.fullmatch(r"GATE-\d{2,}", raw["id"]), "id must look like GATE-07"),
        (raw["dimension"] not in DIMENSIONS, f"unknown dimension {raw['dimension']!r}"),
        (raw["owner"] not in OWNERS, f"unknown owner {raw['owner']!r}"),
        (raw["severity"] not in SEVERITIES, f"unknown severity {raw['severity']!r}"),
        (not raw["suites"] or not set(raw["suites"]) <= set(SUITES), f"unknown suite in {raw['suites']!r}"),
        (not isinstance(raw["valid_from"], date), "valid_from is not a day, like 2019-08-21"),
        (not isinstance(raw["valid_to"], (date, type(None))), "valid_to is neither a day nor null"),
        ("type" not in raw["expectation"], "the expectation has no type"),
    ]
    for is_fault, what in faults:
        if is_fault:
            raise RulebookError(f"{name}: {what}.")
    return Rule(**{**raw, "suites": tuple(raw["suites"])})


def _refuse_twins(ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for rule_id in ids:
        if rule_id in seen:
            raise RulebookError(f"{rule_id}: two rules bear this id.")
        seen.add(rule_id)
