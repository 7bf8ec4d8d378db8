"""Rule files are read strictly: a slip of the pen is named, not ignored."""

from datetime import date

import pytest
import yaml

from expectations.rulebook import DIMENSIONS, RulebookError, load_rules

RULE = {
    "id": "GATE-01",
    "title": "t",
    "title_vi": "t",
    "dimension": "validity",
    "reason": "r",
    "reason_vi": "l",
    "valid_from": date(2019, 8, 21),
    "valid_to": None,
    "owner": "reporting desk",
    "severity": "warning",
    "suites": ["nightly"],
    "sql": "select 1 as a",
    "expectation": {"type": "ExpectColumnValuesToNotBeNull", "column": "a"},
    "sentence": "{a}",
    "action": "x",
}


def write(folder, *rules):
    (folder / "some.yml").write_text(yaml.safe_dump(list(rules)), encoding="utf-8")
    return folder


def test_rules_come_in_the_order_of_their_ids(tmp_path):
    folder = write(tmp_path, RULE | {"id": "GATE-03"}, RULE | {"id": "GATE-02", "suites": ["ministry"]}, RULE)
    assert [rule.id for rule in load_rules(folder=folder)] == ["GATE-01", "GATE-02", "GATE-03"]
    assert [rule.id for rule in load_rules("ministry", folder)] == ["GATE-02"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"id": "rule 7"}, "GATE-07"),
        ({"dimension": "beauty"}, "beauty"),
        ({"severity": "error"}, "error"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"valid_to": "never"}, "valid_to"),
        ({"suites": ["weekly"]}, "weekly"),
        ({"suites": []}, "suite"),
        ({"expectation": {"column": "a"}}, "no type"),
        ({"sentense": "x"}, "sentense"),
    ],
)
def test_slip_is_named(tmp_path, change, what):
    with pytest.raises(RulebookError, match=what):
        load_rules(folder=write(tmp_path, RULE | change))


def test_id_is_used_once(tmp_path):
    with pytest.raises(RulebookError, match="GATE-01: two rules"):
        load_rules(folder=write(tmp_path, RULE, RULE))


def test_unknown_suite_is_refused():
    with pytest.raises(RulebookError, match="weekly"):
        load_rules("weekly")


def test_every_dimension_of_quality_is_asked_about():
    assert {rule.dimension for rule in load_rules()} == set(DIMENSIONS)
