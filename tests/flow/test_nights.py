"""Nights that follow one another: first night, revision, hold, a held gate, an earlier moment."""

import hashlib
import json
import shutil
from datetime import timedelta

import districts
import pytest
from homes import KNOWN_AT, query, settings_of

from pipeline import steps


def rebuild(settings):
    return [steps.build(settings), steps.gate(settings, "nightly"), steps.publish(settings)]


def digest(settings) -> str:
    return hashlib.sha256((settings.published / "ocop.duckdb").read_bytes()).hexdigest()


def test_the_first_night_without_files_publishes(tmp_path):
    settings = settings_of(tmp_path)
    assert [o.exit_code for o in steps.nightly(settings)] == [0] * 5
    assert query(settings, "select count(*) from fct_submission") == [(0,)]
    # The half-year that closed last and the one that runs: everybody is missing, nobody is 0.
    rows = query(settings, "select period_code, submission_status_code from rpt_ministry__submission_status")
    periods = ("2024H2", "2024Y", "2025H1", "2025Y")  # 2025Y ends under the new map: 65 communes
    counts = {period: sum(code == period for code, _ in rows) for period in periods}
    assert counts == {"2024H2": 7, "2024Y": 7, "2025H1": 7, "2025Y": 65}
    assert {status for _, status in rows} == {"missing"}


def test_a_held_submission_is_left_out_and_its_unit_shown_as_held(home):
    ((submission,),) = query(
        home, "select submission_id from fct_submission where unit_code = '587' and period_code = '2024H2'"
    )
    steps.decide(home, "hold", "Nguyễn Thị Kiểm", "đối chiếu lại kinh phí", submission_id=submission)
    assert [o.exit_code for o in rebuild(home)] == [0, 0, 0]
    row = "select submission_status_code, valid_count, cumulative_count from rpt_ministry__star_by_unit "
    assert query(home, row + "where period_code = '2024H2' and unit_code = '587'") == [("held", None, None)]
    assert query(home, f"select count(*) from fct_product_status where _submission_id = '{submission}'") == [
        (0,)
    ]
    figures = dict(
        query(home, "select row_code, value from rpt_ministry__headline where period_code = '2024H2'")
    )
    assert (figures["held_unit"], figures["received_unit"], figures["valid_product"]) == (1, 0, None)

    later = settings_of(home.home, KNOWN_AT + timedelta(days=1))
    steps.decide(later, "unhold", "Nguyễn Thị Kiểm", "đã đối chiếu", submission_id=submission)
    rebuild(later)
    assert query(later, row + "where period_code = '2024H2' and unit_code = '587'") == [("received", 31, 45)]


def test_a_submission_nobody_knows_cannot_be_held(home):
    with pytest.raises(steps.StepError, match="not in the ledger"):
        steps.decide(home, "hold", "A", "b", submission_id="2024H2-999-000000000000")


def test_a_workbook_that_breaks_a_critical_rule_is_held_back(home):
    before = digest(home)
    districts.make(home.landing, unit="585", fault="amount_in_dong")
    outcomes = steps.nightly(home)
    assert [(o.verb, o.exit_code) for o in outcomes][-1] == ("gate", 1)
    assert outcomes[1].details["verdicts"] == {outcomes[0].details["new"][0]: "accepted"}
    assert "GATE-17" in outcomes[-1].summary
    assert digest(home) == before
    assert query(
        home, "select count(*) from fct_submission where unit_code = '585' and period_code = '2024H2'"
    ) == [(0,)]
    assert steps.publish(home).exit_code == 1
    # The desk sets it aside; the next build goes through and shows the unit as held.
    steps.decide(
        home, "hold", "Nguyễn Thị Kiểm", "số tiền ghi bằng đồng", submission_id=outcomes[0].details["new"][0]
    )
    assert [o.exit_code for o in rebuild(home)] == [0, 0, 0]
    assert query(
        home,
        "select submission_status_code from rpt_ministry__star_by_unit where unit_code = '585' and period_code = '2024H2'",
    ) == [("held",)]


def test_a_newer_file_wins_and_both_stay(home):
    filing = districts.rows("585", "2024H2")
    districts.make(home.landing / "first.xlsx", unit="585", filing=filing)
    steps.land(home)
    filing["product"] = filing["product"][:2]
    districts.make(home.landing / "second.xlsx", unit="585", filing=filing)
    outcomes = steps.nightly(home)
    assert outcomes[-1].exit_code == 0
    assert query(
        home,
        "select revision_no, is_in_force from fct_submission where unit_code = '585' and period_code = '2024H2' order by 1",
    ) == [(1, False), (2, True)]
    assert query(
        home,
        "select valid_count from rpt_ministry__star_by_unit where unit_code = '585' and period_code = '2024H2'",
    ) == [(2,)]
    assert len(list(home.archive.glob("2024H2-585-*"))) == 2
    # The second sender's answer says what it changed against the first, received the same day.
    (answer,) = home.outbox.glob("2024H2-585-*/phan-hoi-second.json")
    changes = json.loads(answer.read_text(encoding="utf-8"))["changes"]
    (first,) = home.archive.glob("2024H2-585-*/first.xlsx")
    assert (changes["previous_submission_id"], changes["previous_received_on"]) == (
        first.parent.name,
        "2024-12-16",
    )
    assert [(row["kind"], row["form_name"]) for row in changes["rows"]] == [("removed", "product")]


def test_an_earlier_moment_is_rebuilt_as_it_was_known(home):
    later = settings_of(home.home, KNOWN_AT + timedelta(days=2))
    districts.make(home.landing, unit="586")
    assert steps.nightly(later)[-1].exit_code == 0
    received = "select count(*) from rpt_ministry__submission_status where period_code='2024H2' and submission_status_code="
    assert query(later, received + "'received'") == [(2,)]
    rebuild(home)  # the clock of two days before
    assert query(home, received + "'received'") == [(1,)]


def test_two_spellings_are_one_producer_only_after_a_person_said_so(home):
    def producers():
        return query(
            home,
            "select count(distinct producer_key) from fct_product_status where period_code = '2024H2' "
            "and unit_code = '587'",
        )

    assert producers() == [(21,)]
    steps.decide(
        home, "alias", "Nguyễn Thị Kiểm", "cùng một cơ sở", entity="producer",
        name="Cơ sở Nho Ba Mọi", same_as="HKD cơ sở sản xuất Ba Mọi", producer=None,
    )  # fmt: skip
    rebuild(home)
    assert producers() == [(20,)]
    ((name, products),) = query(
        home,
        "select any_value(producer_name), count(*) from mart_product where period_code = '2024H2' and producer_key = "
        "(select producer_key from dim_producer where producer_name = 'HKD cơ sở sản xuất Ba Mọi')",
    )
    assert products == 9


def test_an_alias_taken_back_still_holds_for_the_day_it_was_known_on(home):
    def producers(settings):
        return query(settings, "select count(*) from dim_producer")

    ((before,),) = producers(home)
    spelling = {"entity": "producer", "name": "Cơ sở Nho Ba Mọi", "producer": None}
    steps.decide(home, "alias", "A", "cùng một cơ sở", **spelling, same_as="HKD cơ sở sản xuất Ba Mọi")
    later = settings_of(home.home, home.known_at + timedelta(days=1))
    steps.decide(later, "unalias", "A", "hai cơ sở", **spelling)
    rebuild(home)  # the day before it was taken back
    assert producers(home) == [(before - 1,)]
    states = "select state_code from mart_identity_proposal where entity_code = 'producer'"
    assert query(home, states) == [("merged",)]
    rebuild(later)
    assert producers(later) == [(before,)]
    assert query(later, states) == [("open",)]


def test_everything_but_archive_and_decisions_can_be_deleted_and_rebuilt(home, sample_night):
    for folder in (home.raw, home.build, home.published, home.outbox):
        shutil.rmtree(folder)
    outcomes = steps.nightly(home)
    assert outcomes[-1].exit_code == 0
    assert "stored again from the archive" in outcomes[1].summary
    for table in ("rpt_ministry__headline", "mart_product", "fct_issue"):
        assert query(home, f"from {table} order by all") == query(
            sample_night[0], f"from {table} order by all"
        )


def test_the_same_inputs_give_the_same_figures_once_the_gate_has_judged_them(home, sample_night):
    steps.build(home)
    with pytest.raises(steps.StepError, match="not the one the gate judged"):
        steps.publish(home)
    steps.gate(home, "nightly")
    steps.publish(home)
    for table in (
        "rpt_ministry__headline",
        "rpt_ministry__quality",
        "rpt_ministry__target_result",
        "mart_product",
    ):
        order = "order by all"
        assert query(home, f"from {table} {order}") == query(sample_night[0], f"from {table} {order}")
