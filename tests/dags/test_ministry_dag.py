"""The ministry DAG releases nothing that a gate held or that no named person approved."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from pipeline.demo import APPROVER


def test_an_approved_report_is_released_under_the_name_of_who_approved(bag, steps, at, approver):
    asked = datetime.now(UTC)
    with approver("Approve"):
        run = bag.dags["ministry_report"].test(logical_date=at(2024, 12, 21, 8), run_conf={"period": "2024Y"})

    assert run.state == "success"
    assert steps.calls == [
        ("freeze", "2024Y"),
        ("gate", "ministry", "2024Y"),
        ("report", "2024Y"),
        ("release", "2024Y", APPROVER),
    ]
    # The steps before go by the clock of the run, the signature by the moment it was given.
    assert {s.known_at for s in steps.settings[:-1]} == {at(2024, 12, 21, 8)}
    assert steps.settings[-1].known_at > asked


def test_a_rejected_report_is_not_released(bag, steps, states, at, approver):
    with approver("Reject"):
        run = bag.dags["ministry_report"].test(logical_date=at(2024, 12, 22, 8))

    assert states(run)["approve"] == "success"
    assert states(run)["release"] == "skipped"
    assert "release" not in steps.verbs


def test_without_a_period_it_is_the_half_year_of_the_run(bag, steps, at):
    steps.hold("freeze")

    bag.dags["ministry_report"].test(logical_date=at(2025, 6, 14, 23))
    bag.dags["ministry_report"].test(logical_date=at(2025, 6, 15, 0))

    assert steps.calls == [("freeze", "2024H2"), ("freeze", "2025H1")]


def test_without_a_logical_date_it_is_the_half_year_before_the_moment_asked(bag, steps, at):
    steps.hold("freeze")

    bag.dags["ministry_report"].test(logical_date=None, run_after=at(2025, 1, 5, 9))

    assert steps.calls == [("freeze", "2024H2")]


def test_no_report_is_made_of_a_night_before_the_cut_off(bag, steps, states, at):
    steps.hold("night")

    run = bag.dags["ministry_report"].test(logical_date=at(2024, 12, 21, 9), run_conf={"period": "2024H2"})

    assert states(run)["night"] == "failed"
    assert steps.nights_asked == [at(2024, 12, 15)]
    assert steps.verbs == []


def test_on_its_own_morning_it_wants_the_night_just_gone(at):
    from pipeline.dag_run import night_needed

    morning = SimpleNamespace(run_type="scheduled", run_after=at(2024, 12, 20, 6))
    assert night_needed(morning, "2024H2") == at(2024, 12, 19, 6)


def test_a_held_gate_prints_and_asks_nothing(bag, steps, states, at):
    steps.hold("gate")

    run = bag.dags["ministry_report"].test(logical_date=at(2024, 12, 23, 8))

    assert run.state == "failed"
    assert steps.verbs == ["freeze", "gate"]
    assert {states(run)[task] for task in ("report", "approve", "release")} == {"upstream_failed"}


@pytest.mark.parametrize("period", ["2024", "2024Q1", "24H1", "2024H3", "1999H1", "2024H1 "])
def test_a_period_that_is_none_is_refused(bag, period):
    from airflow.sdk.exceptions import ParamValidationError

    with pytest.raises(ParamValidationError):
        bag.dags["ministry_report"].params.get_param("period").resolve(period)
