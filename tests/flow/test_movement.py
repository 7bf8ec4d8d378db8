"""Stock and what moved it: the models' own SQL on random filings, and one product through the reform of 1/7/2025."""

from datetime import UTC, date, datetime
from decimal import Decimal

import districts
from homes import query, settings_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_clock import told

from pipeline import steps
from pipeline.expiring import expiring_certificates
from reports.trace import trace

PERIODS = ["2023H1", "2023H2", "2024H1", "2024H2", "2025H1", "2025H2", "2026H1"]
IN = ("initial", "new", "late", "re_recognised", "upgraded", "downgraded", "corrected", "moved", "appeared")
OUT = ("expired", "revoked", "stopped", "vanished")
# Two districts, and the communes 22870 and 22891 that take over what both held in the communes of these codes.
LINES = st.lists(
    st.tuples(
        st.sampled_from(PERIODS),
        st.sampled_from("abcde"),
        st.sampled_from(["recognised", "expired", "revoked", "stopped", "being_re_rated", "proposed"]),
        st.sampled_from([None, 3, 4]),
        st.sampled_from(["22870", "22891"]),
        st.sampled_from(["587", "587", "585"]),
        st.none() | st.dates(date(2020, 1, 1), date(2023, 1, 1)),
        st.none() | st.just("12/QĐ-UBND"),
    ),
    max_size=25,
    unique_by=lambda line: (line[0], line[1]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=LINES,
    filed=st.sets(st.tuples(st.sampled_from(PERIODS), st.sampled_from(["587", "585", "22870", "22891"]))),
)
def test_opening_and_movements_give_closing_whatever_is_filed(model, lines, filed):
    rows, submissions = [], {}
    for n, (period, product, status, star, commune, district, decided, number) in enumerate(lines):
        unit = commune if period >= "2025H2" else district
        submissions[unit, period] = submissions.get((unit, period), 0) + 1
        rows.append(
            told(
                product, period, unit_code=unit, commune_code=commune, star=star, status_code=status,
                recognised_on=decided, decision_number=number, is_valid=status == "recognised",
                is_cumulative=status != "proposed", _submission_id=f"{period}-{unit}", _row_number=n,
            )
        )  # fmt: skip
    for period, unit in filed:  # a report of another unit, or one without any product
        if (unit in ("587", "585")) == (period < "2025H2"):
            submissions.setdefault((unit, period), 0)
    received = [
        {
            "submission_id": f"{period}-{unit}", "unit_code": unit, "period_code": period, "form_name": "product",
            "is_known": True,
        }
        for unit, period in submissions
    ]  # fmt: skip
    certificates = model("fct_certificate_interval", fct_product_status=rows, fct_rating=[])
    changes = model(
        "int_product_change",
        fct_product_status=rows,
        fct_rating=[],
        fct_certificate_interval=certificates,
        bridge_submission_form=received,
    )
    assert len({(c["unit_code"], c["period_code"], c["product_key"]) for c in changes}) == len(changes)
    for change in changes:  # one reason for each that was or is valid, none for the others
        assert (change["movement_code"] is not None) == (change["was_valid"] or change["is_valid"])

    types = {"star_before": "integer", "star_now": "integer"}
    types |= dict.fromkeys(("cut_off_on", "previous_cut_off_on", "recognised_on"), "date")
    types |= dict.fromkeys(("was_valid", "is_valid"), "boolean")
    columns = {name: types.get(name, "varchar") for name in changes[0]} if changes else None
    if not changes:
        return
    moved = model("fct_product_movement", int_product_change={"columns": columns, "rows": changes})
    valid = {(r["unit_code"], r["period_code"], r["product_key"]) for r in rows if r["is_valid"]}
    for row in moved:
        came = sum(row[f"{name}_count"] for name in IN)
        went = sum(row[f"{name}_count"] for name in OUT)
        assert row["opening_count"] + came - went == row["closing_count"]
    assert {
        (r["unit_code"], r["period_code"], r["product_key"]) for r in moved if r["closing_count"]
    } == valid
    for row in received:
        earlier = [p for u, p in submissions if u == row["unit_code"] and p < row["period_code"]]
        opened = {
            r["product_key"]
            for r in moved
            if (r["unit_code"], r["period_code"]) == (row["unit_code"], row["period_code"])
            and r["opening_count"]
        }
        if earlier:  # what it closed with when it was received last
            assert opened == {k for u, p, k in valid if (u, p) == (row["unit_code"], max(earlier))}
        elif row["period_code"] >= "2025H2":  # what the dead districts held last
            last = {
                (u, max(p for v, p in submissions if v == u)) for u, _ in submissions if u in ("587", "585")
            }
            assert opened <= {k for u, p, k in valid if (u, p) in last}


def test_the_reform_makes_no_product_come_or_go(tmp_path):
    """A district files 2025H1, the commune that took over 2025H2: one product, one life, and one line at the wrong place."""
    filing = districts.rows("585", "2025H1")
    for product in filing["product"]:
        product["decision_date"] = date(2024, 12, 20)
    night = settings_of(tmp_path, datetime(2025, 6, 16, 3, tzinfo=UTC))
    night.landing.mkdir()
    districts.make(night.landing, unit="585", period="2025H1", filing=filing)
    assert steps.nightly(night)[-1].exit_code == 0

    # 2025H2: of three products one is stopped; a fourth is new and one comes with no decision at all
    kept, stopped, kept_too = ({**p, "commune_code": "22813"} for p in filing["product"])
    stopped |= {"status_code": "stopped", "status_date": date(2025, 10, 1)}
    new = {
        **kept,
        "product_name": "Nho sấy mới",
        "decision_number": "9/QĐ-UBND",
        "decision_date": date(2025, 11, 3),
    }
    new["issuing_authority"] = "UBND tỉnh"
    undecided = {**kept, "product_name": "Nho sấy lạ", "decision_number": None, "decision_date": None}
    later = settings_of(tmp_path, datetime(2025, 12, 15, 3, tzinfo=UTC))
    rating = {
        "product_name": new["product_name"], "producer_name": new["producer_name"], "cycle_code": "first",
        "council_level_code": "district", "council_date": date(2025, 11, 1), "decision_date": date(2025, 11, 3),
        "score_point": Decimal("65.25"), "star": 3, "outcome_code": "recognised",
    }  # fmt: skip
    commune = {**filing, "product": [kept, stopped, kept_too, new, undecided], "rating": [rating]}
    commune["target"] = []
    districts.make(later.landing, unit="22813", period="2025H2", filing=commune)
    assert steps.nightly(later)[-1].exit_code == 0

    moved = query(
        later,
        "select product_name, movement_code, previous_unit_code from fct_product_movement inner join dim_product "
        "using (product_key) where period_code = '2025H2' order by 1",
    )
    assert moved == [
        ("Nho sấy 1 585", "kept", "585"),
        ("Nho sấy 2 585", "stopped", "585"),
        ("Nho sấy 3 585", "kept", "585"),
        ("Nho sấy lạ", "appeared", None),
        ("Nho sấy mới", "new", None),
    ]
    named = query(
        later,
        "select rule_id, message from fct_issue where period_code = '2025H2' and rule_id like 'MODEL-%' order by 1, 2",
    )
    assert [rule for rule, _ in named] == ["MODEL-13", "MODEL-31"]
    assert "quyết định cấp huyện ngày 3/11/2025 đề sau ngày cấp huyện kết thúc (30/6/2025)" in named[0][1]
    assert '"Nho sấy lạ"' in named[1][1]
    assert query(
        later,
        "select end_code, valid_to from fct_certificate_interval inner join dim_product using (product_key) "
        "where product_name = 'Nho sấy 2 585'",
    ) == [("stopped", date(2025, 10, 1))]
    # a certificate of the dead district is listed under the commune, one that was stopped is not listed
    ending = expiring_certificates(later, date(2027, 12, 1), 30)["certificates"]
    assert [(c["unit_name"], c["product_name"]) for c in ending] == [
        ("Xã Lâm Sơn", "Nho sấy 1 585"),
        ("Xã Lâm Sơn", "Nho sấy 3 585"),
    ]
    assert ending[0]["re_rating_from"] == date(2027, 6, 23)
    before = expiring_certificates(night, date(2025, 7, 1), 3650)["certificates"]
    assert {c["unit_name"] for c in before} == {"Xã Lâm Sơn"}
    # the report of the half-year names what moved and how, and each star leads to its cell
    listed = query(
        later,
        "select row_code, product_name, movement_code, star_before, star_now, decided_on, decision_number "
        "from rpt_ministry__movement_list where period_code = '2025H2' order by row_no",
    )
    assert [row[1:] for row in listed] == [
        ("Nho sấy mới", "new", None, 3, date(2025, 11, 3), "9/QĐ-UBND"),
        ("Nho sấy lạ", "appeared", None, 3, None, None),
        ("Nho sấy 2 585", "stopped", 3, None, date(2025, 10, 1), None),
    ]
    before = trace(later.published / "ocop.duckdb", "movement_list", listed[2][0], "star_before", "2025H2")
    (cell,) = (cell for cell in before["cells"] if cell["value_contribution"])
    assert (cell["submission_id"][:10], cell["sheet"], before["note"]) == ("2025H1-585", "Sản phẩm", None)
    # and, as the map changed within it, the stock by the former districts, as the mart of both maps has it
    on_old_map = (
        "select unit_code, sum(amount) from mart_measure_by_map where map_code = 'old' and "
        "unit_level_code = 'district' and measure_code = 'valid_product_count' and period_code = '2025H2' "
        "group by unit_code having sum(amount) > 0"
    )
    by_district = (
        "select row_code, valid_count from rpt_ministry__star_by_former_district where period_code = '2025H2'"
    )
    assert query(later, f"{by_district} and row_code <> 'total' and valid_count > 0") == [("585", 4)]
    assert query(later, on_old_map) == [("585", 4)]
    assert query(later, f"{by_district} and row_code in ('divided', 'total') order by 2") == [
        ("divided", 0),
        ("total", 4),
    ]
    periods = "select distinct period_code from rpt_ministry__star_by_former_district order by 1"
    assert query(later, periods) == [("2025H2",), ("2025Y",)]
    # the year counts the money the district told of its first half and the commune of its second
    planned = (
        "select value from rpt_ministry__headline where row_code = 'funding_planned' and period_code = '{}'"
    )
    assert [query(later, planned.format(period)) for period in ("2025H1", "2025H2", "2025Y")] == [
        [(100,)],
        [(100,)],
        [(200,)],
    ]
    owed = (
        "select note from rpt_ministry__submission_status where period_code = '2025Y' and unit_code = '22813'"
    )
    assert query(later, owed) == [(None,)]
