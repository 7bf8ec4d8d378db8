"""Lines of money become the two tables of money: what they add up, what they leave open, which cells stand behind."""

from decimal import Decimal
from pathlib import Path

import duckdb
import jinja2
import pytest

PROJECT = Path(__file__).resolve().parents[3] / "dbt_project"
CHAIN = (
    "int_ministry__funding_line",
    "int_ministry__funding_evidence",
    "rpt_ministry__funding_by_content",
    "rpt_ministry__funding_by_source",
)
DDL = """
create table int_ministry__source_period (
    period_code varchar, source_period_code varchar, unit_code varchar, measure_code varchar
);
insert into int_ministry__source_period values
    ('2024H1', '2024H1', '585', 'flow'), ('2024H2', '2024H2', '585', 'flow'), ('2024H2', '2024H2', '587', 'flow'),
    ('2024Y', '2024H1', '585', 'flow'), ('2024Y', '2024H2', '585', 'flow'), ('2024Y', '2024H2', '587', 'flow'),
    ('2024H2', '2024H2', '587', 'stock');
create table dim_funding_content as
    from (values ('1', 'Hồ sơ'), ('4', 'Quảng bá'), ('7', 'Bao bì')) as t (content_code, content_name);
create table dim_funding_source as
    select funding_source_code as source_code, funding_source_name as source_name, * from read_csv($seed);
create table fct_funding (
    period_code varchar, unit_code varchar, source_code varchar, content_code varchar,
    planned_amount_vnd_million decimal(18, 3), disbursed_amount_vnd_million decimal(18, 3), is_approximate boolean,
    is_state_budget boolean, _submission_id varchar, _sheet varchar, _row_number integer
);
"""
LINES = [
    # period, unit, source, content, planned, disbursed, is it an estimate
    ("2024H1", "585", "NSTW", "1", 100, None, False),
    ("2024H2", "585", "NSTW", "1", None, "60.5", False),  # spent of what was planned in the first half-year
    ("2024H2", "585", "NSTW", "4", 50, 0, False),
    ("2024H2", "587", "NSTW", "4", 30, 0, False),
    ("2024H2", "587", "NSDP_XA", "4", 10, None, False),
    ("2024H2", "587", "NSDP_TINH", "4", 40, 50, False),
    ("2024H2", "587", "KHAC", "7", None, "25.5", True),
    ("2024H2", "587", None, None, None, 3, False),
]


def sql_of(name: str) -> str:
    """The SQL of a model over tables of the same names."""
    (path,) = (PROJECT / "models").rglob(f"{name}.sql")
    texts = [p.read_text(encoding="utf-8") for p in (PROJECT / "macros/figures.sql", path)]
    template = jinja2.Environment(autoescape=False).from_string("".join(texts))
    return template.render(ref=lambda table: table)


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        seed = PROJECT / "seeds" / "ref_funding_source.csv"
        connection.execute(DDL.replace("$seed", f"'{seed}'"))
        for number, (period, unit, source, *values) in enumerate(LINES, start=1):
            row = [period, unit, source, *values, source and source.startswith("NS") or False]
            row += [f"{period}-{unit}", "Kinh phí", number]
            connection.execute(f"insert into fct_funding values ({', '.join('?' * len(row))})", row)
        for name in CHAIN:
            connection.execute(f"create table {name} as {sql_of(name)}")
            if name == "int_ministry__funding_evidence":
                # what the model of all evidence leaves out
                connection.execute(
                    f"create view int_ministry__evidence as from {name} "
                    "where column_code is not null and (measure_kind <> 'sum' or amount is not null)"
                )
        yield connection


def rows(connection, table, columns, period="2024H2"):
    query = f"select {columns} from rpt_ministry__{table} where period_code = '{period}' order by row_no"
    return [
        tuple(
            None if value is None else float(value) if isinstance(value, Decimal) else value for value in row
        )
        for row in connection.execute(query).fetchall()
    ]


def test_contents_stand_in_rows_and_state_budget_beside_other_money(connection):
    found = rows(connection, "funding_by_content", "* exclude (row_no, period_code)")
    assert found == [
        ("1", "Hồ sơ", None, 60.5, None, None, None, 60.5, None),
        ("4", "Quảng bá", 130, 50, None, None, 130, 50, None),  # the commune's money is not known to be spent
        ("7", "Bao bì", None, None, None, 25.5, None, 25.5, None),
        ("unknown", "Chưa rõ nội dung", None, None, None, 3, None, 3, None),
        ("total", "Tổng", 130, 110.5, None, 28.5, 130, 139, None),
    ]


def test_sources_stand_in_the_order_of_an_office_with_sub_totals_where_there_are_several(connection):
    columns = "row_code, source_name, content_name, planned_amount_vnd_million, disbursed_amount_vnd_million, disbursed_share_pct"
    province, commune = "Ngân sách địa phương cấp tỉnh", "Ngân sách địa phương cấp xã"
    assert rows(connection, "funding_by_source", columns) == [
        ("NSTW-1", "Ngân sách trung ương", "Hồ sơ", None, 60.5, None),
        ("NSTW-4", "Ngân sách trung ương", "Quảng bá", 80, 0, 0),
        ("NSTW-total", "Ngân sách trung ương", "Cộng", 80, 60.5, None),
        ("NSDP_TINH-4", province, "Quảng bá", 40, 50, 125),
        ("NSDP_XA-4", commune, "Quảng bá", 10, None, None),
        ("NSDP-total", "Ngân sách địa phương", "Cộng", 50, 50, None),
        ("state-total", "Ngân sách nhà nước", "Cộng", 130, 110.5, None),
        ("KHAC-7", "Nguồn huy động hợp pháp khác", "Bao bì", None, 25.5, None),
        ("unknown-unknown", "Chưa rõ nguồn", "Chưa rõ nội dung", None, 3, None),
        ("total", "Tổng", None, 130, 139, None),
    ]


def test_what_is_a_part_or_nothing_or_an_estimate_is_noted(connection):
    found = rows(connection, "funding_by_source", "row_code, note, approximate_line_count")
    assert {code: note for code, note, _ in found if note} == {
        "NSTW-4": "Chưa giải ngân",
        "NSTW-total": "Chưa đủ số kế hoạch",
        "NSDP-total": "Chưa đủ số giải ngân",
        "state-total": "Chưa đủ số kế hoạch, giải ngân",
        "total": "Chưa đủ số kế hoạch, giải ngân",
    }
    assert {code: count for code, _, count in found if count} == {"KHAC-7": 1, "total": 1}


def test_over_a_year_the_plan_of_one_half_meets_what_the_other_spent(connection):
    columns = "row_code, planned_amount_vnd_million, disbursed_amount_vnd_million, disbursed_share_pct, note"
    found = {code: figures for code, *figures in rows(connection, "funding_by_source", columns, "2024Y")}
    assert found["NSTW-1"] == [100, 60.5, 60.5, None]
    assert found["NSTW-total"] == [180, 60.5, 33.6, None]
    assert rows(connection, "funding_by_source", columns, "2024H1") == [
        ("NSTW-1", 100, None, None, None),
        ("total", 100, None, None, None),
    ]


def test_every_amount_and_share_has_its_cells_and_a_sub_total_those_of_its_rows(connection):
    for table in ("funding_by_source", "funding_by_content"):
        printed = f"""
            select period_code, row_code, column_code, printed from rpt_ministry__{table}
            unpivot (printed for column_code in (columns('_amount_vnd_million$|_pct$')))
        """
        without = f"""
            select * from ({printed}) where row_code <> 'total'
            and (period_code, '{table}', row_code, column_code) not in
                (select (period_code, table_code, row_code, column_code) from int_ministry__evidence)
        """
        assert connection.execute(printed).fetchall()
        assert connection.execute(without).fetchall() == []
    lines = """
        select list(_row_number order by _row_number) from int_ministry__evidence
        where table_code = 'funding_by_source' and period_code = '2024Y' and row_code = ? and column_code = ?
    """
    found = [
        connection.execute(lines, list(figure)).fetchone()[0]
        for figure in (
            ("state-total", "planned_amount_vnd_million"),
            ("NSTW-total", "disbursed_share_pct"),
            ("NSTW-1", "disbursed_share_pct"),
        )
    ]
    assert found == [[1, 3, 4, 5, 6], [1, 2, 3, 3, 4, 4], [1, 2]]  # a line with both amounts has two cells
    # an unknown share rests on no cell
    assert connection.execute(lines, ["NSDP-total", "disbursed_share_pct"]).fetchone() == (None,)


@pytest.mark.parametrize(
    ("known", "value"),
    [
        ([True, None], 0),  # one unit says that there was none; who sent nothing is missing, not silent
        ([True, False], None),
        ([None, None], None),
    ],
)
def test_no_money_is_none_only_where_every_unit_says_so(connection, known, value):
    connection.execute(
        "create or replace table int_ministry__expected_unit as select '2025H1' as period_code, "
        "'received' as submission_status_code, true as knows_product, true as knows_rating, "
        "unnest($known)::boolean as knows_funding",
        {"known": known},
    )
    found = connection.execute(
        f"select distinct value from ({sql_of('rpt_ministry__headline')}) where row_code like 'funding_%'"
    ).fetchall()
    assert found == [(value,)]
