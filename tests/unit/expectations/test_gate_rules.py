"""Every rule of the gate has a data set that makes it fail, and it alone."""

import dataclasses
import functools
import pickle
from datetime import UTC, date, datetime

import pytest
from gate_faults import FAULTS, STOCK_BY_PERIOD, waiver
from gate_warehouse import build_warehouse

from expectations import gate
from expectations.gate import run_gate
from expectations.rulebook import SUITES, load_rules

CHECKED_AT = datetime(2024, 12, 18, 1, 30, tzinfo=UTC)
RULES = {rule.id: rule for rule in load_rules()}
PERIODS = {"nightly": None, "ministry": "2024H2"}


@pytest.fixture(autouse=True, scope="module")
def remembering_gate():
    """Most frames of a fault are those of the sound warehouse: what was judged once is not judged again."""
    raw_results = {}
    judge = gate._expectations_judge(raw_results)
    judged = {}

    def judge_once(rule, frame, results):
        key = (rule.id, pickle.dumps(frame))
        if key not in judged:
            judged[key] = judge(rule, frame), raw_results[rule.id]
        found, results[rule.id] = judged[key]
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            gate, "_expectations_judge", lambda results: functools.partial(judge_once, results=results)
        )
        patch.setattr(gate, "load_rules", functools.cache(load_rules))
        yield


def failing(database, suite, out_dir, waivers=()):
    verdict = run_gate(database, suite, out_dir, CHECKED_AT, PERIODS[suite], list(waivers))
    return verdict, {result["rule_id"]: result for result in verdict.results if not result["success"]}


@pytest.mark.parametrize("suite", SUITES)
def test_sound_warehouse_passes_every_rule(suite, tmp_path):
    settled = waiver("GATE-13", "2024-12-17")  # over, but what it was about is mended
    verdict, fails = failing(build_warehouse(tmp_path / "ocop.duckdb"), suite, tmp_path, [settled])
    assert fails == {}
    assert verdict.verdict == "passed"
    # a rule that looked at nothing has not been tried
    assert [r["rule_id"] for r in verdict.results if r["evaluated_count"] == 0] == []


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_every_rule_has_a_fault(rule_id):
    assert rule_id in {fault.rule_id for fault in FAULTS.values()}


# One suite per fault: a rule has the same SQL in both, and the sound warehouse shows that neither is blind.
@pytest.mark.parametrize("name", FAULTS)
def test_fault_fails_its_rule_and_no_other(name, tmp_path):
    fault = FAULTS[name]
    rule = RULES[fault.rule_id]
    database = build_warehouse(tmp_path / "ocop.duckdb", fault.facts, fault.figures)

    verdict, fails = failing(database, rule.suites[0], tmp_path, fault.waivers)

    assert set(fails) == {rule.id, fault.premise} - {None}
    assert any(fault.words in sentence for sentence in fails[rule.id]["sentences"])
    assert verdict.verdict == ("held" if rule.severity == "critical" else "passed")


def test_an_amended_report_is_not_late_when_the_first_was_in_time(tmp_path):
    late = FAULTS["report_after_its_deadline"].facts
    approved = (
        "insert into fct_decision values ('approve', '2024H2', '2024-12-20 03:00:00+00'), "
        "('approve', '2024H2', '2024-12-25 17:00:00+00')"
    )
    _, fails = failing(build_warehouse(tmp_path / "ocop.duckdb", (*late, approved)), "ministry", tmp_path)
    assert fails == {}


def test_printed_table_with_all_its_evidence_passes_whatever_its_name(tmp_path):
    database = build_warehouse(tmp_path / "ocop.duckdb", figures=STOCK_BY_PERIOD)
    _, fails = failing(database, "ministry", tmp_path)
    assert fails == {}


def test_a_figure_no_longer_of_the_register_needs_evidence(tmp_path):
    """ocop trace reads the same list: test_what_comes_from_the_register_is_one_list."""
    taken_off = (
        "delete from int_ministry__register_figure where figure_pattern = 'headline/received_unit/value'"
    )
    _, fails = failing(build_warehouse(tmp_path / "ocop.duckdb", figures=[taken_off]), "ministry", tmp_path)
    assert set(fails) == {"GATE-23"}
    (sentence,) = fails["GATE-23"]["sentences"]
    assert "headline/received_unit/value: in 2, cộng các dòng làm căn cứ được chưa rõ" in sentence


def test_ministry_suite_judges_its_own_period_only(tmp_path):
    earlier = (
        "update fct_product_status set star = null, decision_number = null where period_code = '2024H1'",
        "update fct_funding set source_code = null where period_code = '2024H1'",
    )
    database = build_warehouse(tmp_path / "ocop.duckdb", facts=earlier)
    _, fails = failing(database, "ministry", tmp_path)
    assert fails == {}


def test_report_of_a_year_is_its_last_stock_and_the_flows_of_both_halves(tmp_path):
    earlier = (
        "update fct_product_status set star = null where period_code = '2024H1'",
        "update fct_funding set source_code = null where period_code = '2024H1'",
    )
    database = build_warehouse(tmp_path / "ocop.duckdb", facts=earlier)
    verdict = run_gate(database, "ministry", tmp_path, CHECKED_AT, "2024Y", [])
    fails = {result["rule_id"] for result in verdict.results if not result["success"]}
    assert fails == {"GATE-19"}


def test_product_that_moved_to_another_unit_has_not_vanished(tmp_path):
    moved = (
        "update fct_product_status set unit_code = '585', commune_code = '22819', "
        "_submission_id = '2024H2-585-a' where product_key = 'p1' and period_code = '2024H2'",
    )
    _, fails = failing(build_warehouse(tmp_path / "ocop.duckdb", facts=moved), "nightly", tmp_path)
    assert fails == {}


def test_product_of_a_dead_district_is_looked_for_at_the_successor_commune(tmp_path):
    lost = ("delete from fct_product_status where period_code = '2025H2' and product_key in ('p2', 'p4')",)
    verdict, fails = failing(build_warehouse(tmp_path / "ocop.duckdb", facts=lost), "nightly", tmp_path)
    assert set(fails) == {"GATE-09"}
    assert fails["GATE-09"]["sentences"] == [
        "Xã Ninh Phước: 2 trong 5 sản phẩm còn hiệu lực của báo cáo 6 tháng cuối năm 2024 không có trong "
        "báo cáo 6 tháng cuối năm 2025 (40%, quá một phần năm)."
    ]
    assert verdict.verdict == "held"


def test_waiver_that_counts_or_was_taken_again_is_no_finding(tmp_path):
    unknown = FAULTS["star_unknown"]
    database = build_warehouse(tmp_path / "ocop.duckdb", unknown.facts, unknown.figures)
    again = [waiver("GATE-13", "2024-12-17"), waiver("GATE-13", "2024-12-18")]
    _, fails = failing(database, "nightly", tmp_path, again)
    assert set(fails) == {"GATE-13"}
    assert fails["GATE-13"]["waived_count"] == 1


def test_rule_judges_the_periods_it_is_in_force_for(tmp_path, monkeypatch):
    cap = RULES["GATE-46"]
    monkeypatch.setattr(
        "expectations.gate.load_rules",
        lambda suite: [dataclasses.replace(cap, valid_from=date(2024, 12, 15))],
    )
    fault = FAULTS["trademark_above_its_cap"]
    database = build_warehouse(tmp_path / "ocop.duckdb", fault.facts, fault.figures)
    verdict, fails = failing(database, "nightly", tmp_path)
    assert fails == {}
    assert [r["evaluated_count"] for r in verdict.results] == [1]  # the report of 2025H2
