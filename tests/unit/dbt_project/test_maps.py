"""Both maps show the same totals, and no figure is given to a unit that may not be its own."""

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import jinja2
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

DBT_PROJECT = Path(__file__).resolve().parents[3] / "dbt_project"
AS_OF = "2026-11-22"
SEEDS = ("ref_unit", "ref_unit_succession", "ref_map", "ref_map_assignment", "ref_period", "ref_deadline")
MODELS = (
    "dim_unit",
    "bridge_unit_succession",
    "dim_map",
    "dim_map_assignment",
    "int_unit_lineage",
    "int_unit_part",
    "bridge_unit_map",
    "dim_period",
    "bridge_period",
)
# Columns the measures read; the rest of the facts does not matter here.
FACTS = {
    "fct_product_status": (
        "period_code varchar, unit_code varchar, commune_code varchar, product_key varchar, star integer, status_code varchar, "
        "product_group_code varchar, producer_type_code varchar, is_valid boolean, is_cumulative boolean, "
        "_submission_id varchar, _row_number integer"
    ),
    "fct_rating": "period_code varchar, unit_code varchar, star integer",
    "fct_funding": (
        "period_code varchar, unit_code varchar, funding_year integer, source_code varchar, "
        "planned_amount_vnd_million decimal(18, 3), disbursed_amount_vnd_million decimal(18, 3)"
    ),
    "fct_activity": (
        "period_code varchar, unit_code varchar, commune_code varchar, activity_type_code varchar, state_code varchar, "
        "activity_count decimal(18, 3)"
    ),
}
LEVELS = {
    ("old", "commune"),
    ("old", "district"),
    ("old", "province"),
    ("new", "commune"),
    ("new", "province"),
}
CUT_OFFS = {
    "2024H2": date(2024, 12, 14),
    "2025H1": date(2025, 6, 14),
    "2025H2": date(2025, 12, 14),
    "2026H1": date(2026, 6, 14),
}


def seed(name):
    with (DBT_PROJECT / f"seeds/{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def model_sql(name):
    """A model's SQL; every ref() is a table of that name."""
    (path,) = (DBT_PROJECT / "models").rglob(f"{name}.sql")
    texts = [p.read_text(encoding="utf-8") for p in (DBT_PROJECT / "macros/clock.sql", path)]
    template = jinja2.Environment(autoescape=False).from_string("".join(texts))
    return template.render(ref=lambda table: table, var={"province_code": "58"}.__getitem__)


@pytest.fixture(scope="module")
def maps():
    """The seeds and the models of the maps in memory, from their own SQL; the facts are empty."""
    described = yaml.safe_load((DBT_PROJECT / "seeds/_seeds.yml").read_text(encoding="utf-8"))["seeds"]
    types = {row["name"]: row["config"]["column_types"] for row in described}
    with duckdb.connect() as connection:
        connection.execute(f"set variable as_of = date '{AS_OF}'")
        for name in SEEDS:
            path, columns = str(DBT_PROJECT / f"seeds/{name}.csv"), types[name]
            connection.execute(
                f"create table {name} as select * from read_csv(?, header = true, columns = {columns})",
                [path],
            )
        for name in MODELS:
            connection.execute(f"create table {name} as {model_sql(name)}")
        for name, columns in FACTS.items():
            connection.execute(f"create table {name} ({columns})")
        connection.execute(f"create view int_measure as {model_sql('int_measure')}")
        connection.execute(f"create view mart_measure_by_map as {model_sql('mart_measure_by_map')}")
        yield connection


def places():
    """Per new province and period: (reporting unit, its communes) on the map of the cut-off, old provinces included."""
    units = seed("ref_unit")
    new_province = {
        row["old_unit_code"]: row["new_unit_code"]
        for row in seed("ref_unit_succession")
        if len(row["old_unit_code"]) == 2
    }
    found = defaultdict(lambda: defaultdict(list))
    for period, cut_off in CUT_OFFS.items():
        day = cut_off.isoformat()
        alive = [u for u in units if u["valid_from"] <= day <= (u["valid_to"] or day)]
        below = defaultdict(list)
        for unit in alive:
            below[unit["parent_unit_code"]].append(unit["unit_code"])
        for province in below[""]:
            for reporter in (province, *below[province]):
                served = province if cut_off > date(2025, 6, 30) else new_province[province]
                found[served][period].append((reporter, below[reporter]))
    return found


PLACES = places()


def amounts():
    return st.none() | st.decimals(min_value=0, max_value=100_000, places=3)


@st.composite
def facts(draw, province):
    """Random rows of the four facts, reported by random units of a province and its predecessors, on either map."""
    rows = {name: [] for name in FACTS}
    for number in range(draw(st.integers(1, 25))):
        period = draw(st.sampled_from(sorted(CUT_OFFS)))
        reporter, communes = draw(st.sampled_from(PLACES[province][period]))
        commune = draw(st.sampled_from([None, "99999", *communes]))  # 99999: a code that no map knows
        reporter = draw(st.sampled_from([reporter] * 9 + ["999"]))
        star = draw(st.sampled_from([None, 3, 4, 5]))
        kind = draw(st.sampled_from(sorted(FACTS)))
        if kind == "fct_product_status":
            key, is_valid = draw(st.sampled_from("abcdefgh")), draw(st.booleans())
            row = (
                period,
                reporter,
                commune,
                key,
                star,
                "recognised",
                "1",
                None,
                is_valid,
                is_valid or draw(st.booleans()),
                period,
                number,
            )
        elif kind == "fct_rating":
            row = (period, reporter, star)
        elif kind == "fct_funding":
            row = (
                period,
                reporter,
                2025,
                draw(st.sampled_from([None, "NSTW"])),
                draw(amounts()),
                draw(amounts()),
            )
        else:
            row = (period, reporter, commune, "training", "done", draw(amounts()))
        rows[kind].append(row)
    return rows


def expected_totals(rows):
    """Totals by period and measure, counted here without any map."""
    half = defaultdict(Decimal)
    seen = set()
    for period, unit, _, product, *_, is_valid, is_cumulative, _, _ in rows["fct_product_status"]:
        if (period, unit, product) in seen:
            continue
        seen.add((period, unit, product))
        half[period, "product_count"] += 1
        half[period, "valid_product_count"] += is_valid
        half[period, "cumulative_product_count"] += is_cumulative
    for period, *_ in rows["fct_rating"]:
        half[period, "rating_count"] += 1
    for period, _, _, _, planned, disbursed in rows["fct_funding"]:
        half[period, "planned_amount_vnd_million"] += planned or 0
        half[period, "disbursed_amount_vnd_million"] += disbursed or 0
    for period, *_, count in rows["fct_activity"]:
        half[period, "activity_line_count"] += 1
        half[period, "activity_count"] += count or 0
    totals = defaultdict(Decimal)
    for (period, measure), amount in half.items():
        totals[period, measure] += amount
        is_stock = measure.endswith("product_count")
        if not is_stock or period.endswith("H2"):
            totals[period[:4] + "Y", measure] += amount
    return {key: amount for key, amount in totals.items() if amount}


@pytest.mark.parametrize("province", sorted(PLACES))
@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(data=st.data())
def test_every_map_and_level_shows_every_amount(maps, province, data):
    rows = data.draw(facts(province))
    for name, fact_rows in rows.items():
        maps.execute(f"delete from {name}")
        if fact_rows:
            maps.executemany(f"insert into {name} values ({', '.join('?' * len(fact_rows[0]))})", fact_rows)
    shown = defaultdict(dict)
    for *level, period, measure, amount in maps.execute(
        """
        select map_code, unit_level_code, period_code, measure_code, sum(amount)
        from mart_measure_by_map group by all having sum(amount) <> 0
        """
    ).fetchall():
        shown[tuple(level)][period, measure] = amount
    expected = expected_totals(rows)
    assert dict(shown) == (dict.fromkeys(LEVELS, expected) if expected else {})
    # An amount stands on a unit of that map and level, or on a line that says why not.
    misplaced = maps.execute(
        """
        select m.*
        from mart_measure_by_map as m
        inner join dim_map as d on m.map_code = d.map_code
        left join dim_unit as u
            on m.unit_key = u.unit_key and d.read_on between u.valid_from and coalesce(u.valid_to, d.read_on)
        where (m.assignment_code = 'assigned') <> (u.unit_key is not null)
        """
    ).fetchall()
    assert misplaced == []


def assignments(maps, map_code, level):
    """What the bridge says of every unit: its code and first day -> (code there or None, why)."""
    return {
        (code, valid_from.isoformat()): (there, assignment)
        for code, valid_from, there, assignment in maps.execute(
            """
            select u.unit_code, u.valid_from, there.unit_code, b.assignment_code
            from bridge_unit_map as b
            inner join dim_unit as u on b.unit_key = u.unit_key
            left join dim_unit as there on b.map_unit_key = there.unit_key
            where b.map_code = ? and b.unit_level_code = ?
            """,
            [map_code, level],
        ).fetchall()
    }


def test_a_commune_is_assigned_only_where_one_commune_of_the_other_map_holds_all_of_it(maps):
    """Against the succession list read here row by row, for every commune of the country, both ways."""
    after, before = defaultdict(set), defaultdict(set)
    for row in seed("ref_unit_succession"):
        if len(row["old_unit_code"]) > 2:
            after[row["old_unit_code"]].add(row["new_unit_code"])
            before[row["new_unit_code"]].add(row["old_unit_code"])
    for known, valid_from, map_code in ((after, "2004-07-08", "new"), (before, "2025-07-01", "old")):
        found = assignments(maps, map_code, "commune")
        for code, others in known.items():
            only = next(iter(others)) if len(others) == 1 else None
            assert found[code, valid_from] == (only, "assigned" if only else "divided")


def test_every_old_unit_has_its_province_on_the_new_map_and_every_new_commune_on_the_old(maps):
    old = assignments(maps, "new", "province")
    assert {why for (_, valid_from), (_, why) in old.items()} == {"assigned"}
    assert old["58", "2004-07-08"] == ("56", "assigned")
    back = assignments(maps, "old", "province")
    communes = [
        u["unit_code"]
        for u in seed("ref_unit")
        if u["valid_from"] == "2025-07-01" and len(u["unit_code"]) == 5
    ]
    assert {back[code, "2025-07-01"][1] for code in communes} == {"assigned"}
    assert back["56", "2025-07-01"] == (None, "divided")  # Khánh Hòa and Ninh Thuận


@pytest.mark.parametrize(
    ("unit", "map_code", "level", "there"),
    [
        (("22882", "2004-07-08"), "new", "commune", ("22870", "assigned")),  # Phước Thuận -> Ninh Phước
        (("22831", "2004-07-08"), "new", "commune", ("22738", "assigned")),  # Nhơn Sơn -> Phường Đô Vinh
        (("21142", "2004-07-08"), "new", "commune", (None, "divided")),  # Trà Bùi
        (("587", "2004-07-08"), "new", "commune", (None, "divided")),  # a district
        (("587", "2004-07-08"), "old", "commune", (None, "above_level")),
        (("536", "2004-07-08"), "new", "commune", ("21548", "assigned")),  # Lý Sơn had no communes
        (("21548", "2025-07-01"), "old", "district", ("536", "assigned")),
        (
            ("22888", "2025-07-01"),
            "old",
            "commune",
            (None, "divided"),
        ),  # Phước Dinh is no longer An Hải alone
        (
            ("22870", "2025-07-01"),
            "old",
            "district",
            ("587", "assigned"),
        ),  # Ninh Phước, all of it of one district
        (("22738", "2025-07-01"), "old", "district", (None, "divided")),  # Đô Vinh, of two
        (("75", "2025-07-01"), "new", "province", ("75", "assigned")),  # Đồng Nai, a city since 30/4/2026
        (("70", "2004-07-08"), "new", "province", ("75", "assigned")),  # Bình Phước, two changes away
    ],
)
def test_known_units(maps, unit, map_code, level, there):
    assert assignments(maps, map_code, level)[unit] == there


def test_the_default_part_of_a_divided_commune_is_named_with_its_alternatives(maps):
    parts = maps.execute(
        """
        select p.unit_code, part.is_default
        from int_unit_part as part
        inner join dim_unit as u on part.unit_key = u.unit_key
        inner join dim_unit as p on part.part_unit_key = p.unit_key
        where u.unit_code = '21142' and u.valid_to is not null and part.map_code = 'new'
        order by 1
        """
    ).fetchall()
    assert parts == [("21136", True), ("21157", False)]


def test_the_map_is_that_of_the_day_looked_from(maps):
    """Đồng Nai is a province before 30/4/2026, a city since; what comes later is no part of the map."""
    for day, read_on in (
        ("2024-12-14", "2025-07-01"),
        ("2026-04-29", "2026-04-29"),
        ("2026-12-14", "2026-12-14"),
    ):
        with maps.cursor() as other:
            other.execute(f"set variable as_of = date '{day}'")
            (found,) = other.execute(
                f"select read_on from ({model_sql('dim_map')}) where map_code = 'new'"
            ).fetchone()
        assert found == date.fromisoformat(read_on)


def test_a_unit_without_successor_keeps_its_figures_on_a_line_of_its_own(maps):
    with maps.cursor() as other:
        other.execute("create schema lost; set schema = 'lost'")
        other.execute(
            "create table bridge_unit_succession as select * from main.bridge_unit_succession where false"
        )
        other.execute("set search_path = 'lost,main'")
        for name in ("int_unit_lineage", "int_unit_part", "bridge_unit_map"):
            other.execute(f"create table lost.{name} as {model_sql(name)}")
        assert assignments(other, "new", "commune")["22882", "2004-07-08"] == (None, "no_counterpart")
        assert assignments(other, "new", "province")["58", "2004-07-08"] == (None, "no_counterpart")
        other.execute("drop schema lost cascade")


@pytest.mark.parametrize(
    ("period", "unit", "map_code", "level", "line"),
    [
        ("2025H1", "587", "old", "district", "Huyện Ninh Phước"),
        ("2025H1", "587", "new", "commune", "Chia tách, không xác định được"),
        ("2025H1", "587", "new", "province", "Tỉnh Khánh Hòa"),
        # 22870 was Thị trấn Phước Dân when the period began, and is Xã Ninh Phước at its cut-off
        ("2025H2", "22870", "new", "commune", "Xã Ninh Phước"),
        ("2025H2", "22870", "old", "commune", "Chia tách, không xác định được"),
        ("2025H2", "22870", "old", "district", "Huyện Ninh Phước"),
        ("2025H2", "22870", "old", "province", "Tỉnh Ninh Thuận"),
        ("2025H1", "58", "old", "district", "Số liệu của đơn vị cấp trên, không chia được"),
        ("2025H2", "999", "new", "commune", "Không có đơn vị tương ứng"),
    ],
)
def test_a_figure_stands_where_the_cut_off_of_its_period_puts_it(maps, period, unit, map_code, level, line):
    for name in FACTS:
        maps.execute(f"delete from {name}")
    maps.execute("insert into fct_funding values (?, ?, 2025, 'NSTW', 7, null)", [period, unit])
    shown = maps.execute(
        "select unit_name, amount from mart_measure_by_map where period_code = ? and map_code = ? and unit_level_code = ?",
        [period, map_code, level],
    ).fetchall()
    assert shown == [(line, 7)]
