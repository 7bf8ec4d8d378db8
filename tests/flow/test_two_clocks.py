"""A moment that has passed is built again as it was known then, and readers keep what they opened."""

from datetime import timedelta

import districts
import duckdb
from homes import KNOWN_AT, settings_of

from pipeline import steps
from pipeline.warehouse import DATABASE, table_checksums


def build(settings) -> dict[str, str]:
    """Checksums of the candidate of one night; whether the gate lets it pass is not the question here."""
    steps.load(settings)
    steps.build(settings)
    sums = table_checksums(settings.build / DATABASE)
    steps.gate(settings, "nightly")
    return sums


def test_an_earlier_moment_gives_the_same_warehouse_whatever_came_since(home):
    first = table_checksums(home.published / DATABASE)
    later = settings_of(home.home, KNOWN_AT + timedelta(days=2))
    revision = districts.rows("587", "2024H2")
    revision["product"][0] |= {"product_name": "Nho sấy một nắng", "producer_name": "HTX Nho Mới"}
    districts.make(home.landing / "lan-sau.xlsx", filing=revision)
    districts.make(home.landing, unit="586", fault="part_over_its_maximum")
    districts.make(home.landing, unit="585", fault="star_out_of_range")
    new = steps.land(later).details["new"]
    since = build(later)
    changed = {name for name, total in since.items() if total != first[name]}
    assert {"dim_product", "dim_producer", "int_product_name", "fct_rating", "fct_issue"} <= changed
    assert {"fct_submission", "fct_layout", "fct_gate_result", "mart_product"} <= changed

    evening = settings_of(home.home, KNOWN_AT + timedelta(days=3))
    (submission,) = [name for name in new if "-586-" in name]
    steps.decide(evening, "hold", "Nguyễn Thị Kiểm", "đối chiếu lại", submission_id=submission)
    steps.decide(
        evening, "alias", "Nguyễn Thị Kiểm", "cùng một cơ sở", entity="producer",
        name="Cơ sở Nho Ba Mọi", same_as="HKD cơ sở sản xuất Ba Mọi", producer=None,
    )  # fmt: skip
    at_last = build(evening)
    assert at_last["int_producer_name"] != since["int_producer_name"]
    assert at_last["bridge_submission_form"] != since["bridge_submission_form"]

    assert build(home) == first  # the clock of the first night
    assert build(later) == since  # the decisions of the evening are not known yet


def test_a_file_that_had_landed_but_was_not_judged_says_nothing_yet(home):
    path = districts.make(home.landing, unit="586", fault="part_over_its_maximum")
    (landed_id,) = steps.land(settings_of(home.home, KNOWN_AT + timedelta(hours=1))).details["new"]
    steps.load(settings_of(home.home, KNOWN_AT + timedelta(hours=3)))
    between = settings_of(home.home, KNOWN_AT + timedelta(hours=2))
    steps.build(between)
    with duckdb.connect(str(home.build / DATABASE), read_only=True) as connection:
        asked = "select file_name, verdict_code, is_in_force from fct_submission where submission_id = $1"
        assert connection.execute(asked, [landed_id]).fetchall() == [(path.name, None, False)]
        for table, column in (
            ("fct_issue", "submission_id"),
            ("fct_rating", "_submission_id"),
            ("fct_layout", "submission_id"),
        ):
            found = connection.execute(f"select count(*) from {table} where {column} = $1", [landed_id])
            assert found.fetchone() == (0,)
        named = connection.execute("select count(*) from dim_producer where producer_name = 'HTX Nho 586'")
        assert named.fetchone() == (0,)
