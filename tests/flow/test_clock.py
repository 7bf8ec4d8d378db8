"""The certificate clock: the model's own SQL against a calendar of our own, and what is read from it."""

import calendar
import json
from datetime import date, timedelta

import pytest
from homes import query
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import cli
from pipeline.expiring import expiring_certificates

DAYS = st.dates(date(2019, 8, 21), date(2027, 12, 31))
# The fixture only holds an empty database, filled anew by each call.
slow = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def after_36_months(day: date) -> date:
    """The same day three years on; 29/2 becomes 28/2 (Bộ luật Dân sự 2015 Điều 148 khoản 3)."""
    year = day.year + 3
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def told(product: str, period: str, **columns) -> dict:
    """A row of the product sheets; NOT NULL flags filled in."""
    row = {
        "period_code": period, "unit_code": "587", "product_key": product, "producer_key": "p", "star": 3,
        "status_code": "recognised", "is_valid": True, "is_cumulative": True, "is_potential_five_star": False,
        "_submission_id": "s", "_row_number": 1, **columns,
    }  # fmt: skip
    row.setdefault("status_stated_code", row["status_code"])
    row.setdefault("recognised_on", row.get("decision_date"))
    return row


@slow
@given(days=st.lists(st.tuples(st.sampled_from("ab"), DAYS, st.integers(3, 5)), min_size=1, max_size=6))
def test_every_decision_runs_36_months_or_until_the_next(model, days):
    rows = [
        told(product, "2027H2", decision_date=day, star=star, _row_number=n)
        for n, (product, day, star) in enumerate(days)
    ]
    found = model("fct_certificate_interval", fct_product_status=rows, fct_rating=[])
    expected = set()
    for product in {product for product, _, _ in days}:
        mine = sorted({day for name, day, _ in days if name == product})
        for day, following in zip(mine, [*mine[1:], None], strict=True):
            end = after_36_months(day)
            expected.add((product, day, min(end, following) if following else end))
    assert {(r["product_key"], r["valid_from"], r["valid_to"]) for r in found} == expected
    for one in found:  # any day has one certificate at most
        others = [r for r in found if r is not one and r["product_key"] == one["product_key"]]
        assert not [
            r for r in others if r["valid_from"] < one["valid_to"] and one["valid_from"] < r["valid_to"]
        ]


STATUSES = st.sampled_from(["recognised", "expired", "revoked", "stopped", "being_re_rated"])


@slow
@given(
    lines=st.lists(
        st.tuples(
            st.sampled_from(["2022H1", "2022H2", "2023H1", "2025H1", "2026H1", "2026H2"]),
            st.none() | st.dates(date(2019, 8, 21), date(2022, 6, 1)),
            STATUSES,
            st.none() | st.dates(date(2020, 1, 1), date(2026, 12, 1)),
            st.sampled_from([None, 3, 4]),
            st.none() | st.dates(date(2022, 6, 1), date(2028, 1, 1)),
        ),
        min_size=1,
        max_size=8,
        unique_by=lambda line: line[0],
    )
)
def test_whatever_is_told_no_two_certificates_of_a_product_share_a_day(model, lines):
    rows = [
        told(
            "a", period, decision_date=decided, status_code=status, status_date=began, star=star,
            is_valid=status == "recognised", expires_on=end,
        )
        for period, decided, status, began, star, end in lines
    ]  # fmt: skip
    found = model("fct_certificate_interval", fct_product_status=rows, fct_rating=[])
    found.sort(key=lambda row: row["valid_from"])
    assert all(row["valid_from"] < row["valid_to"] for row in found)
    assert all(
        one["valid_to"] <= following["valid_from"] for one, following in zip(found, found[1:], strict=False)
    )


@slow
@given(decided=DAYS, asked=st.dates(date(2020, 1, 1), date(2031, 1, 1)))
def test_the_state_of_a_day_is_counted_from_its_expiry(model, decided, asked):
    rows = [told("a", "2019H2", decision_date=decided)]
    certificates = model("fct_certificate_interval", fct_product_status=rows, fct_rating=[])
    found = model(
        "fct_certificate_state",
        as_of=asked,
        fct_certificate_interval=certificates,
        fct_product_status=[],
    )
    states = [row for row in found if row["state_on"] == asked]
    if asked < decided:
        assert states == []
        return
    left = (after_36_months(decided) - asked).days
    has_window = after_36_months(decided) - timedelta(days=120) >= date(2026, 5, 22)
    expected = "recognised" if left > 180 else "expiring" if left > 0 else "expired"
    if has_window and 120 <= left <= 180:
        expected = "in_re_rating_window"
    assert [(row["state_code"], row["is_valid"]) for row in states] == [(expected, left > 0)]


def test_a_revocation_taken_back_ends_nothing(model):
    decided = date(2023, 5, 5)
    rows = [
        told("a", "2023H2", decision_date=decided, status_code="revoked", is_valid=False),
        told("a", "2024H1", decision_date=decided),
    ]
    (found,) = model("fct_certificate_interval", fct_product_status=rows, fct_rating=[])
    assert (found["end_code"], found["valid_to"]) == ("expired", date(2026, 5, 5))


def test_one_number_of_one_year_is_one_decision_and_the_day_told_last_stands(model):
    rows = [
        told("a", "2023H1", decision_date=date(2023, 5, 5), decision_number="12/QĐ-UBND"),
        told("a", "2023H2", decision_date=date(2023, 5, 6), decision_number="12/qđ-UBND"),
    ]
    (found,) = model("fct_certificate_interval", fct_product_status=rows, fct_rating=[])
    assert found["valid_from"] == date(2023, 5, 6)


def test_decision_2142_is_valid_on_the_third_and_not_on_the_fourth(sample_night):
    def valid_on(day):
        return set(
            query(
                sample_night[0],
                f"select product_key from fct_certificate_interval where date '{day}' >= valid_from "
                f"and date '{day}' < valid_to",
            )
        )

    before, after = valid_on("2023-12-03"), valid_on("2023-12-04")
    decided = query(
        sample_night[0], "select distinct product_key from fct_rating where decision_number = '2142/QĐ-UBND'"
    )
    assert before - after == set(decided)
    assert len(decided) == 14
    assert after - before == set()


def test_what_ends_soon_is_listed_by_unit(sample_night, monkeypatch, capsys):
    home = sample_night[0]
    assert expiring_certificates(home, date(2023, 12, 4), 90)["certificates"] == []
    assert len(expiring_certificates(home, date(2023, 12, 3), 1)["certificates"]) == 14
    assert expiring_certificates(home, date(2023, 12, 2), 1)["certificates"] == []

    command = ["ocop", "--home", str(home.home), "expiring", "--within", "90d", "--as-of", "2023-09-05"]
    for words, code in (([*command, "--json"], 0), ([*command[:5], "soon"], 64)):
        monkeypatch.setattr("sys.argv", words)
        with pytest.raises(SystemExit) as left:
            cli.main()
        assert left.value.code == code
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert {(c["unit_name"], c["expires_on"], c["days_left"]) for c in found["certificates"]} == {
        ("Huyện Ninh Phước", "2023-12-04", 90)
    }
    assert "write --within 90d" in " ".join(said.err.split())
    (undated,) = query(
        home,
        "select count(*) from fct_product_status where is_valid and expires_on is null and period_code = '2024H2'",
    )
    assert expiring_certificates(home, date(2024, 12, 16), 90)["undated_count"] == undated[0]
