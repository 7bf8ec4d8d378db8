"""The nightly DAG calls its five steps in order and stops where a gate holds or a step breaks."""

from __future__ import annotations

from datetime import UTC, date, datetime


def test_a_good_night_is_published(bag, steps, states, at):
    run = bag.dags["nightly_load"].test(logical_date=at(2024, 12, 20, 22))

    assert run.state == "success"
    assert steps.calls == [("land",), ("load",), ("build",), ("gate", "nightly"), ("publish",), ("tell",)]
    assert set(states(run).values()) == {"success"}
    assert {s.as_of for s in steps.settings} == {date(2024, 12, 20)}
    assert {s.known_at for s in steps.settings} == {datetime(2024, 12, 20, 15, tzinfo=UTC)}


def test_a_good_night_tells_that_the_warehouse_is_new(bag, steps, at):
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.utils.session import create_session

    run = bag.dags["nightly_load"].test(logical_date=at(2024, 12, 21, 22))

    with create_session() as session:
        events = session.query(AssetModel.name).join(AssetEvent, AssetEvent.asset_id == AssetModel.id)
        names = [name for (name,) in events.filter(AssetEvent.source_run_id == run.run_id)]
    assert names == ["ocop_published"]


def test_a_held_gate_publishes_nothing(bag, steps, states, at):
    steps.hold("gate")

    run = bag.dags["nightly_load"].test(logical_date=at(2024, 12, 22, 22))

    assert run.state == "failed"
    assert states(run)["gate"] == "failed"
    assert states(run)["publish"] == "upstream_failed"
    assert "publish" not in steps.verbs
    assert steps.verbs[-1] == "tell"


def test_a_step_that_breaks_stops_the_night(bag, steps, states, at):
    steps.break_down("build", RuntimeError("a model broke its promise"))

    run = bag.dags["nightly_load"].test(logical_date=at(2024, 12, 23, 22))

    assert run.state == "failed"
    assert states(run)["build"] == "failed"
    assert steps.verbs == ["land", "load", "build", "tell"]
