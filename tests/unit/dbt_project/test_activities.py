"""What units did and plan stands in the table of its theme: once, in its own unit, estimates told as such."""

from decimal import Decimal

import duckdb
import pytest
from models import seed, sql_of

THEMES = ("training", "promotion", "label", "planting", "tourism", "other")
DDL = f"""
create table dim_period as select '2024H2' as period_code, date '2024-06-15' as starts_on;
-- 588 is held: not among the sources of the report
create table int_ministry__source_period as
    select '2024H2' as period_code, 'flow' as measure_code, '2024H2' as source_period_code,
        unnest(['585', '587']) as unit_code
    union all select '2024H2', 'stock', '2024H2', '587';
create table dim_activity_state as
    select activity_state_code as state_code, activity_state_name as state_name from {seed("ref_activity_state")};
create table dim_activity_type as
    select * replace (activity_type_no::integer as activity_type_no) from {seed("ref_activity_type")};
create table fct_activity (
    unit_code varchar, activity_type_code varchar, state_code varchar, from_year integer, to_year integer,
    activity_count decimal(18, 3), measure_unit varchar, participant_count integer, area_ha decimal(18, 3),
    amount_vnd_million decimal(18, 3), commune_code varchar, is_approximate boolean, from_date date,
    period_code varchar, _submission_id varchar, _sheet varchar, _row_number integer
);
"""
LINES = [  # unit, type, state, years, count, unit of measure, attendances, ha, million đồng, commune, estimate
    ("587", "training", "done", 2021, 2024, 15, "lớp", None, None, None, "22888", False),
    ("587", "training", "done", 2021, 2024, 9, "Lớp", None, None, 40, "22879", False),
    ("587", "training", "done", 2021, 2024, None, "lượt người", 4300, None, None, None, True),
    ("585", "training", "done", 2021, 2024, 1, "lớp", 35, None, None, "22819", False),
    ("585", "training", "planned", 2025, 2025, 5, "lớp", None, None, None, None, False),
    ("588", "training", "done", 2024, 2024, 7, "lớp", None, None, None, None, False),
    ("587", "trade_promotion", "done", 2024, 2024, 2, "hội chợ", None, None, None, None, False),
    ("587", "trade_promotion", "done", 2024, None, 3, "đợt", None, None, None, None, False),
    ("587", "sales_point", "unfinished", 2023, 2023, 1, "điểm", None, None, None, "22882", False),
    ("587", "e_commerce", "done", 2024, 2024, 130, "sản phẩm", None, None, None, None, False),
    ("587", "label_packaging", "done", None, None, 6, "sản phẩm", None, None, None, None, False),
    ("587", "label_packaging", "done", None, None, 30000, "tem", None, None, None, None, False),
    ("587", "planting_area", "done", None, 2024, 3, "mã", None, None, None, None, False),
    ("587", "planting_area", "done", None, 2024, None, "ha", None, "82.49", None, None, True),
    ("587", "craft_village", "done", 2024, 2024, None, None, None, None, None, None, False),
    ("587", "tourism_site", "not_passed", 2023, 2023, 1, "điểm", None, None, None, None, False),
    ("587", "inspection", "done", 2024, 2024, 8, "Đảng ủy xã", None, None, None, None, False),
    ("587", "recognition_support", "done", 2024, 2024, 17, "sản phẩm", None, None, None, None, False),
]


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        connection.execute(DDL)
        for number, line in enumerate(LINES, start=5):
            rest = [*line, None, "2024H2", f"2024H2-{line[0]}", "Hoạt động", number]
            connection.execute(f"insert into fct_activity values ({', '.join('?' * len(rest))})", rest)
        yield connection


def build(connection):
    connection.execute(
        f"create or replace table int_ministry__evidence as {sql_of('int_ministry__activity_evidence')}"
    )
    # as the model of all evidence leaves them out
    connection.execute(
        "delete from int_ministry__evidence where column_code is null or (measure_kind = 'sum' and amount is null)"
    )
    for theme in THEMES:
        name = f"rpt_ministry__activity_{theme}"
        connection.execute(f"create or replace table {name} as {sql_of(name)}")


def printed(connection, theme, columns):
    return connection.execute(
        f"select {columns} from rpt_ministry__activity_{theme} order by row_no"
    ).fetchall()


def test_every_line_of_a_unit_that_counts_stands_in_one_theme(connection):
    build(connection)
    lines = {theme: sum(count for (count,) in printed(connection, theme, "line_count")) for theme in THEMES}
    assert lines == {"training": 5, "promotion": 4, "label": 2, "planting": 2, "tourism": 2, "other": 2}
    assert sum(lines.values()) == len(LINES) - 1  # the held one
    assert connection.execute(sql_of("themes_hold_every_activity")).fetchall() == []


def test_a_type_whose_theme_has_no_table_is_named_by_the_test_of_the_models(connection):
    connection.execute(
        "update dim_activity_type set activity_theme_code = 'fairs' where activity_type_code = 'trade_promotion'"
    )
    build(connection)
    assert connection.execute(sql_of("themes_hold_every_activity")).fetchall() == [("2024H2", 15, 17)]


def test_attendances_stand_beside_the_classes_and_the_plan_after_what_was_done(connection):
    build(connection)
    columns = (
        "row_code, state_name, years, activity_count, is_count_approximate, measure_unit, participant_count, "
        "is_participant_approximate, amount_vnd_million, commune_count, unit_count, note"
    )
    assert printed(connection, "training", columns) == [
        (
            "training-done-2021-2024-lop", "Đã thực hiện", "2021–2024", 25, False, "Lớp", 4335, True, 40, 3, 2,
            "Ước tính: lượt người. Gồm cả kết quả trước kỳ",
        ),
        (
            "training-planned-2025-2025-lop", "Theo kế hoạch", "2025", 5, False, "lớp", None, False, None, None, 1, None,
        ),
    ]  # fmt: skip


def test_hectares_stand_beside_the_codes_they_belong_to(connection):
    build(connection)
    columns = "years, activity_count, measure_unit, area_ha, is_area_approximate, note"
    assert printed(connection, "planting", columns) == [
        ("đến năm 2024", 3, "mã", Decimal("82.49"), True, "Ước tính: diện tích. Gồm cả kết quả trước kỳ")
    ]


def test_different_units_of_measure_are_never_added(connection):
    build(connection)
    assert printed(connection, "label", "years, activity_count, measure_unit, note") == [
        (None, 6, "sản phẩm", None),
        (None, 30000, "tem", None),
    ]


def test_types_keep_the_order_of_the_code_list_and_years_are_told_in_words(connection):
    build(connection)
    columns = "activity_type_name, state_name, years, activity_count, measure_unit"
    assert printed(connection, "promotion", columns) == [
        ("Quảng bá, xúc tiến thương mại", "Đã thực hiện", "2024", 2, "hội chợ"),
        ("Quảng bá, xúc tiến thương mại", "Đã thực hiện", "từ năm 2024", 3, "đợt"),
        ("Điểm giới thiệu và bán sản phẩm", "Chưa hoàn thành", "2023", 1, "điểm"),
        ("Thương mại điện tử", "Đã thực hiện", "2024", 130, "sản phẩm"),
    ]


def test_an_activity_without_any_figure_is_still_a_line(connection):
    build(connection)
    assert printed(connection, "tourism", "activity_type_name, activity_count, measure_unit, line_count") == [
        ("Làng nghề", None, None, 1),
        ("Điểm du lịch", 1, "điểm", 1),
    ]
