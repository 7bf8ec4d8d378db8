"""The gate itself: verdict files, waivers, faults of its own, the first night."""

import dataclasses
import hashlib
import html
import json
import re
from datetime import UTC, date, datetime

import pytest
from gate_faults import FAULTS
from gate_warehouse import build_warehouse

from expectations import gate
from expectations.gate import GateBroken, run_gate
from expectations.rulebook import load_rules

CHECKED_AT = datetime(2024, 12, 18, 1, 30, tzinfo=UTC)
TWIN = FAULTS["product_valid_in_two_units"]
CUT_SHORT = FAULTS["stock_cut_short"]


@pytest.fixture
def held_warehouse(tmp_path):
    return build_warehouse(tmp_path / "ocop.duckdb", CUT_SHORT.facts, CUT_SHORT.figures)


def waiver(**changes):
    return {
        "rule_id": "GATE-09",
        "unit_code": "587",
        "period_code": "2024H2",
        "reason": "Ba sản phẩm do xã khác quản lý từ kỳ này",
        "by": "Trần Thị B",
        "until": "2024-12-31",
    } | changes


def nightly(database, waivers=(), out_dir=None):
    return run_gate(database, "nightly", out_dir or database.parent, CHECKED_AT, None, list(waivers))


def only(rule_id, monkeypatch, **changes):
    """Leave one rule in the gate, changed."""
    [rule] = [rule for rule in load_rules() if rule.id == rule_id]
    monkeypatch.setattr(gate, "load_rules", lambda suite: [dataclasses.replace(rule, **changes)])


def test_verdict_is_written_beside_the_file_it_judged(held_warehouse):
    before = hashlib.sha256(held_warehouse.read_bytes()).hexdigest()
    verdict = nightly(held_warehouse)
    written = json.loads(verdict.path.read_text(encoding="utf-8"))
    assert verdict.path == held_warehouse.parent / "gate.json"
    assert written["verdict"] == verdict.verdict == "held"
    assert written["suite"] == "nightly"
    assert written["period"] is None
    assert written["checked_at"] == "2024-12-18T01:30:00+00:00"
    assert written["database_sha256"] == before == hashlib.sha256(held_warehouse.read_bytes()).hexdigest()
    assert written["results"] == verdict.results
    assert [p.name for p in sorted(held_warehouse.parent.iterdir())] == [
        "gate-gx.json",
        "gate.html",
        "gate.json",
        "ocop.duckdb",
    ]


def test_the_raw_results_are_kept_as_great_expectations_gave_them(held_warehouse):
    verdict = nightly(held_warehouse)
    raw = json.loads((held_warehouse.parent / "gate-gx.json").read_text(encoding="utf-8"))
    assert raw["great_expectations_version"]
    assert list(raw["results"]) == [rule.id for rule in load_rules("nightly")]
    for result in verdict.results:
        told = raw["results"][result["rule_id"]]
        assert told["success"] == result["success"]
        assert told["result"]["element_count"] == result["evaluated_count"]
        assert len(told["result"]["unexpected_index_list"]) == result["unexpected_count"]
        assert told["expectation_config"]["severity"] == result["severity"]


def test_the_page_gives_each_rule_its_reason_owner_and_validity(held_warehouse):
    nightly(held_warehouse)
    page = html.unescape((held_warehouse.parent / "gate.html").read_text(encoding="utf-8"))
    for rule in load_rules("nightly"):
        assert rule.reason_vi in page
    assert page.count("từ 7/5/2018") + page.count("từ 12/8/2022") >= len(load_rules("nightly"))
    assert "bộ phận kỹ thuật của tỉnh" in page


def test_first_night_without_files_passes(tmp_path):
    verdict = nightly(build_warehouse(tmp_path / "ocop.duckdb", is_empty=True))
    assert verdict.verdict == "passed"
    assert all(result["success"] for result in verdict.results)


def test_report_without_any_submission_is_held(tmp_path):
    database = build_warehouse(tmp_path / "ocop.duckdb", is_empty=True)
    verdict = run_gate(database, "ministry", tmp_path, CHECKED_AT, "2024H2", [])
    assert verdict.verdict == "held"
    assert [r["rule_id"] for r in verdict.results if not r["success"]] == ["GATE-05"]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"unit_code": None, "period_code": None},
        {"until": date(2024, 12, 18)},
    ],
    ids=["unit_and_period", "whole_rule", "last_day"],
)
def test_waiver_lets_the_rows_pass_and_says_who_decided(held_warehouse, changes):
    verdict = nightly(held_warehouse, [waiver(**changes)])
    [result] = [r for r in verdict.results if r["rule_id"] == "GATE-09"]
    assert verdict.verdict == "passed"
    assert not result["success"]  # waived, not true
    assert result["waived_count"] == result["unexpected_count"] == 1
    assert [w["by"] for w in result["waived_by"]] == ["Trần Thị B"]
    page = (held_warehouse.parent / "gate.html").read_text(encoding="utf-8")
    assert "Miễn trừ do Trần Thị B quyết định" in page


@pytest.mark.parametrize(
    "changes",
    [
        {"until": "2024-12-17"},
        {"unit_code": "585"},
        {"period_code": "2024H1"},
        {"rule_id": "GATE-08"},
    ],
    ids=["expired", "other_unit", "other_period", "other_rule"],
)
def test_waiver_of_something_else_does_not_count(held_warehouse, changes):
    verdict = nightly(held_warehouse, [waiver(**changes)])
    assert verdict.verdict == "held"
    assert [r["waived_by"] for r in verdict.results if r["rule_id"] == "GATE-09"] == [[]]


def test_waiver_for_one_unit_leaves_the_other_unit_blocking(tmp_path):
    database = build_warehouse(tmp_path / "ocop.duckdb", TWIN.facts)
    one = waiver(rule_id="GATE-07", unit_code="585")
    both = [one, waiver(rule_id="GATE-07", unit_code="587")]
    assert nightly(database, [one]).verdict == "held"
    assert nightly(database, both).verdict == "passed"


def test_exception_inside_an_expectation_is_not_a_finding(held_warehouse, monkeypatch):
    (held_warehouse.parent / "gate.json").write_text('{"verdict": "passed"}')
    only("GATE-13", monkeypatch, expectation={"type": "ExpectColumnValuesToNotBeNull", "column": "stars"})
    with pytest.raises(GateBroken, match="GATE-13.*stars") as broken:
        nightly(held_warehouse)
    assert broken.value.rule_id == "GATE-13"
    assert not (
        held_warehouse.parent / "gate.json"
    ).exists()  # no verdict of an earlier night is left to pass on


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"sql": "select nothing from nowhere"}, "nowhere"),
        ({"sentence": "{unit_nme}"}, "unit_nme"),
        ({"expectation": {"type": "ExpectMiracles"}}, "ExpectMiracles"),
        ({"expectation": {"type": "ExpectColumnValuesToNotBeNull", "colunm": "star"}}, "colunm"),
        ({"expectation": {"type": "ExpectTableRowCountToBeBetween", "min_value": 1}}, "failing rows"),
    ],
    ids=["sql", "placeholder", "type", "argument", "no_rows_named"],
)
def test_fault_of_a_rule_breaks_the_gate_by_name(held_warehouse, monkeypatch, changes, what):
    only("GATE-13", monkeypatch, **changes)
    with pytest.raises(GateBroken, match=f"(?s)GATE-13.*{what}"):
        nightly(held_warehouse)


def test_unknown_period_breaks_the_gate(held_warehouse):
    with pytest.raises(GateBroken, match="2031H1"):
        run_gate(held_warehouse, "ministry", held_warehouse.parent, CHECKED_AT, "2031H1", [])


@pytest.mark.parametrize(("suite", "period"), [("ministry", None), ("nightly", "2024H2")])
def test_suite_and_period_belong_together(held_warehouse, suite, period):
    with pytest.raises(GateBroken, match="ministry suite judges one period"):
        run_gate(held_warehouse, suite, held_warehouse.parent, CHECKED_AT, period, [])


def test_at_most_twenty_sentences_each_once(tmp_path):
    many = (
        "insert into dim_product "
        "select 'x' || n, 'Gốm số ' || n, 'pr1', 'HTX số 1', '1' from range(30) as t (n)",
        "insert into fct_product_status "
        "select s.* replace ('x' || n as product_key, null as decision_number) "
        "from fct_product_status as s, range(30) as t (n) "
        "where product_key = 'p1' and period_code = '2024H2'",
    )
    verdict = nightly(build_warehouse(tmp_path / "ocop.duckdb", facts=many))
    [result] = [r for r in verdict.results if r["rule_id"] == "GATE-14"]
    assert result["unexpected_count"] == 30
    assert len(set(result["sentences"])) == len(result["sentences"]) == 20
    assert "ở trên là 20 trường hợp đầu" in (tmp_path / "gate.html").read_text(encoding="utf-8")


def test_page_is_vietnamese_opens_offline_and_shows_the_worst_first(tmp_path):
    faults = [FAULTS[name] for name in ("stock_cut_short", "decision_number_unknown", "personal_column")]
    database = build_warehouse(
        tmp_path / "ocop.duckdb",
        [statement.replace("'p1'", "'p9'") for fault in faults[1:] for statement in fault.facts]
        + [
            *faults[0].facts,
            "update dim_product set product_name = '<script>Nho</script>' where product_key = 'p9'",
        ],
        [statement for fault in faults for statement in fault.figures],
    )
    nightly(database)
    page = (tmp_path / "gate.html").read_text(encoding="utf-8")
    assert '<html lang="vi">' in page
    assert not re.search(r"https?:|//|<script|<link|<img|@import|url\(|src=", page)
    assert "&lt;script&gt;Nho" in page
    assert "CHƯA ĐẠT" in page
    order = re.findall(r'<section class="finding (\w+)" id="(GATE-\d+)">', page)
    assert order == [("held", "GATE-06"), ("held", "GATE-09"), ("warning", "GATE-14")]
    assert page.count("<tr><td") + page.count("<tr>\n<td") == len(load_rules("nightly"))


def test_same_warehouse_same_verdict(held_warehouse, tmp_path):
    again = tmp_path / "again"
    nightly(held_warehouse)
    nightly(held_warehouse, out_dir=again)
    for name in ("gate.json", "gate.html", "gate-gx.json"):
        assert (tmp_path / name).read_bytes() == (again / name).read_bytes()
