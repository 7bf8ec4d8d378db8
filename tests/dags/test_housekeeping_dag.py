"""Housekeeping deletes nothing on a day nothing was kept, and says so when what never changes was changed."""

from __future__ import annotations


def test_a_good_morning_keeps_then_clears(bag, steps, states):
    run = bag.dags["housekeeping"].test(logical_date=None)

    # Airflow's own clean-up is the real one, on the metadata of this test: a run of today stays.
    assert states(run)["clean_metadata"] == "success"
    assert run.state == "success"
    assert set(steps.verbs) == {"verify", "backup", "tidy"}
    assert steps.verbs.index("backup") < steps.verbs.index("tidy")


def test_nothing_is_cleared_on_a_day_nothing_was_kept(bag, steps, states):
    steps.hold("backup")

    run = bag.dags["housekeeping"].test(logical_date=None)

    assert run.state == "failed"
    assert "tidy" not in steps.verbs
    assert states(run)["clean_metadata"] == "upstream_failed"


def test_a_changed_archive_fails_the_morning_and_is_kept_all_the_same(bag, steps, states):
    steps.hold("verify")

    run = bag.dags["housekeeping"].test(logical_date=None)

    assert run.state == "failed"
    assert states(run)["backup"] == "success"
