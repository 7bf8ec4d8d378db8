"""On time is part of received, received part of expected, and expected are the units alive at the cut-off."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import jinja2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.reference import deadlines, periods
from pipeline.submission_status import rates

MODELS = Path(__file__).resolve().parents[3] / "dbt_project" / "models"
CHAIN = (
    "bridge_submission_form",
    "fct_submission",
    "int_ministry__expected_unit",
    "rpt_ministry__submission_status",
)
FORMS = {"product": "Sản phẩm", "rating": "Phân hạng"}
UNITS = [  # code, province, first and last day
    ("585", "58", date(2004, 7, 8), date(2025, 6, 30)),
    ("587", "58", date(2004, 7, 8), date(2025, 6, 30)),
    ("22810", "56", date(2025, 7, 1), None),
    ("22870", "56", date(2025, 7, 1), None),
    ("22870", "587", date(2004, 7, 8), date(2025, 6, 30)),  # a commune of a district sends nothing itself
]
HALVES = ("2024H1", "2024H2", "2025H1", "2025H2")
DDL = """
create table dim_unit (unit_code varchar, unit_name varchar, parent_unit_code varchar, valid_from date, valid_to date);
create table dim_period (
    period_code varchar, period_kind varchar, province_code varchar, starts_on date, cut_off_on date, deadline_on date
);
create table bridge_period (period_code varchar, source_period_code varchar);
create table dim_submission_status (submission_status_code varchar, submission_status_name varchar);
insert into dim_submission_status values ('received', 'Đã nhận'), ('missing', 'Chưa gửi'), ('held', 'Giữ'), ('refused', 'Trả');
create table int_submission (
    submission_id varchar, unit_code varchar, period_code varchar, form_name varchar, form_version varchar,
    list_id varchar, file_name varchar, file_sha256 varchar, arrival_no integer, received_at timestamptz,
    verdict_code varchar, is_held boolean, error_count integer, warning_count integer, product_row_count integer,
    rating_row_count integer, funding_row_count integer, target_row_count integer, activity_row_count integer
);
create table stg_forms__cover (
    _submission_id varchar, nothing_to_report_product boolean, nothing_to_report_rating boolean,
    nothing_to_report_funding boolean, nothing_to_report_target boolean, nothing_to_report_activity boolean
);
"""


def sql_of(name):
    (path,) = MODELS.rglob(f"{name}.sql")
    variables = {"form_sheets": FORMS}
    macros = [MODELS.parent / "macros" / name for name in ("clock.sql", "wording.sql")]
    texts = [p.read_text(encoding="utf-8") for p in (*macros, path)]
    template = jinja2.Environment(autoescape=False).from_string("".join(texts))
    return template.render(ref=lambda table: table, var=variables.__getitem__)


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        connection.execute("set variable as_of = date '2025-12-31'")
        connection.execute(DDL)
        for code, parent, first, last in UNITS:
            connection.execute(
                "insert into dim_unit values (?, ?, ?, ?, ?)", [code, code, parent, first, last]
            )
        for period in periods().values():
            province = "58" if period.cut_off_on < date(2025, 7, 1) else "56"
            due_on = deadlines(period, "58").unit_on
            row = [period.code, period.kind, province, period.starts_on, period.cut_off_on, due_on]
            connection.execute("insert into dim_period values (?, ?, ?, ?, ?, ?)", row)
            if period.kind == "Y":
                row = [period.code, f"{period.year}H1", period.code, f"{period.year}H2"]
                connection.execute("insert into bridge_period values (?, ?), (?, ?)", row)
            else:
                connection.execute("insert into bridge_period values ($1, $1)", [period.code])
        for name in CHAIN:
            connection.execute(f"create view {name} as {sql_of(name)}")
        yield connection


@st.composite
def filings(draw):
    """Submissions of living, dead and unborn units, in their order of arrival."""
    found = []
    for number in range(draw(st.integers(1, 12))):
        period = draw(st.sampled_from(HALVES))
        day = deadlines(periods()[period], "58").unit_on + timedelta(days=draw(st.integers(-3, 3)))
        found.append(
            {
                "submission_id": f"s{number}",
                "unit_code": draw(st.sampled_from(["585", "587", "22810", "22870"])),
                "period_code": period,
                "form_name": draw(st.sampled_from([None, None, "product"])),
                "list_id": draw(st.sampled_from([None, None, None, "list"])),
                "received_at": datetime(
                    day.year, day.month, day.day, 23, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")
                ),
                "verdict_code": draw(st.sampled_from(["accepted", "accepted", "refused", "unreadable"])),
                "is_held": draw(st.sampled_from([False, False, True])),
                "product_row_count": draw(st.integers(0, 1)),
                "rating_row_count": 0,
                "nothing": draw(st.booleans()),
            }
        )
    found.sort(key=lambda filing: filing["received_at"])
    return [filing | {"arrival_no": number} for number, filing in enumerate(found)]


def status_of(connection, filings):
    """Rows of the submission status by period."""
    connection.execute("delete from int_submission; delete from stg_forms__cover")
    for filing in filings:
        columns = [name for name in filing if name != "nothing"]
        marks = ", ".join("?" for _ in columns)
        values = [filing[name] for name in columns]
        connection.execute(f"insert into int_submission ({', '.join(columns)}) values ({marks})", values)
        cover = [filing["submission_id"], *[filing["nothing"]] * 5]
        connection.execute("insert into stg_forms__cover values (?, ?, ?, ?, ?, ?)", cover)
    cursor = connection.execute("select * from rpt_ministry__submission_status order by period_code, row_no")
    names = [column[0] for column in cursor.description]
    found = {}
    for row in cursor.fetchall():
        unit = dict(zip(names, row, strict=True))
        found.setdefault(unit["period_code"], []).append(unit)
    return found


def is_received(own):
    """Whether a form of the newest accepted filing stands: a list gives way to a filing of the unit."""
    for form in FORMS:
        carrying = [f for f in own if f["verdict_code"] == "accepted" and f["form_name"] in (None, form)]
        if carrying and not max(carrying, key=lambda f: (f["list_id"] is None, f["arrival_no"]))["is_held"]:
            return True
    return False


def is_on_time(own):
    """Whether the first accepted filing of the unit itself came by the deadline; None when there is none."""
    accepted = [f for f in own if f["verdict_code"] == "accepted" and f["list_id"] is None]
    if not accepted:
        return None
    first = min(accepted, key=lambda f: f["arrival_no"])
    return first["received_at"].date() <= deadlines(periods()[first["period_code"]], "58").unit_on


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(filings())
def test_on_time_is_within_received_and_received_within_expected(connection, filings):
    for period_code, units in status_of(connection, filings).items():
        period = periods()[period_code]
        alive = {
            code
            for code, parent, first, last in UNITS
            if parent in ("58", "56") and first <= period.cut_off_on <= (last or period.cut_off_on)
        }
        assert {unit["unit_code"] for unit in units} == alive
        found = rates(units)
        assert 0 <= found["on_time_count"] <= found["received_count"] <= found["expected_count"] == len(alive)
        assert 0 <= found["on_time_pct"] <= found["received_pct"] <= 100
        half = period_code if period.kind != "Y" else f"{period.year}H2"
        for unit in units:
            own = [f for f in filings if (f["unit_code"], f["period_code"]) == (unit["unit_code"], half)]
            assert (unit["submission_status_code"] == "received") == is_received(own)
            assert unit["is_on_time"] == is_on_time(own)


def filing(number, day, **changed):
    moment = datetime(2024, 12, day, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    return {
        "submission_id": f"s{number}",
        "unit_code": "587",
        "period_code": "2024H2",
        "form_name": None,
        "list_id": None,
        "received_at": moment,
        "verdict_code": "accepted",
        "is_held": False,
        "product_row_count": 3,
        "rating_row_count": 0,
        "nothing": False,
        "arrival_no": number,
    } | changed


def test_nothing_to_report_is_received(connection):
    said = status_of(connection, [filing(0, 16, product_row_count=0, nothing=True)])
    assert rates(said["2024H2"]) == {
        "expected_count": 2,
        "received_count": 1,
        "on_time_count": 1,
        "received_pct": 50.0,
        "on_time_pct": 50.0,
    }


def test_a_correction_after_the_deadline_does_not_make_a_unit_late(connection):
    units = {u["unit_code"]: u for u in status_of(connection, [filing(0, 16), filing(1, 20)])["2024H2"]}
    assert (units["587"]["received_on"], units["587"]["is_on_time"]) == (date(2024, 12, 20), True)
    late = status_of(connection, [filing(0, 16, verdict_code="refused"), filing(1, 18)])["2024H2"]
    assert {u["unit_code"]: u["is_on_time"] for u in late} == {"585": None, "587": False}


def test_a_year_whose_last_half_is_missing_shows_no_day_of_the_first(connection):
    first_half = filing(0, 16) | {
        "period_code": "2024H1",
        "received_at": datetime(2024, 6, 15, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")),
    }
    year = {u["unit_code"]: u for u in status_of(connection, [first_half])["2024Y"]}["587"]
    assert (year["submission_status_code"], year["received_on"], year["is_on_time"]) == (
        "missing",
        None,
        None,
    )
