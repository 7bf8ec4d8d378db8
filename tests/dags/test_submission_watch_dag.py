"""The submission watch speaks near a deadline only, and names exactly who has to send."""

from __future__ import annotations

import pytest

UNITS = [
    {"unit_code": "584", "unit_name": "Huyện Bác Ái", "submission_status_code": "missing"},
    {"unit_code": "585", "unit_name": "Huyện Ninh Sơn", "submission_status_code": "refused"},
    {"unit_code": "586", "unit_name": "Huyện Ninh Hải", "submission_status_code": "held"},
    {"unit_code": "587", "unit_name": "Huyện Ninh Phước", "submission_status_code": "received"},
]


@pytest.fixture
def asked(home, monkeypatch):
    periods = []

    def status(settings, period):
        periods.append(period)
        return {"units": UNITS}

    for name in ("pipeline.steps.status", "pipeline.steps.letters.submission_status"):
        monkeypatch.setattr(name, status)
    return periods


def test_near_the_deadline_it_names_who_has_to_send(bag, asked, at):
    run = bag.dags["submission_watch"].test(logical_date=at(2024, 12, 10, 8))

    assert run.state == "success"
    assert asked == ["2024H2", "2024H2"]  # to list them, and to write to them
    assert run.get_task_instance("missing_units").xcom_pull(task_ids="missing_units") == [
        "584 Huyện Bác Ái: missing",
        "585 Huyện Ninh Sơn: refused",
    ]


def test_far_from_a_deadline_it_is_skipped(bag, asked, states, at):
    run = bag.dags["submission_watch"].test(logical_date=at(2024, 9, 1, 8))

    assert states(run) == {"missing_units": "skipped", "remind": "skipped"}
    assert asked == []


@pytest.mark.parametrize(
    ("moment", "period"),
    [
        ((2024, 11, 23, 8), None),
        ((2024, 11, 24, 8), "2024H2"),
        ((2024, 12, 20, 5), "2024H2"),
        ((2024, 12, 20, 6), None),
        ((2025, 6, 1, 8), "2025H1"),
    ],
)
def test_the_watch_runs_from_three_weeks_before_the_cut_off_until_the_report(bag, at, moment, period):
    from submission_watch import period_near

    assert period_near(at(*moment)) == period
