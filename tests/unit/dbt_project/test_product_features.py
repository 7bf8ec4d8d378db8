"""Has it, has it not, nothing written: three answers about a product, and an empty cell is never "no"."""

import duckdb
import pytest
from models import seed, sql_of

DDL = f"""
create table stg_forms__product (
    _submission_id varchar, _sheet varchar, _row_number integer, is_on_ecommerce boolean, has_traceability boolean,
    trademark_type varchar, production_standard varchar, planting_area_code varchar
);
create table fct_product_status (
    period_code varchar, unit_code varchar, product_key varchar, is_valid boolean,
    _submission_id varchar, _sheet varchar, _row_number integer
);
create table int_ministry__source_period as
    select '2024H2' as period_code, 'stock' as measure_code, '2024H2' as source_period_code,
        unnest(['585', '587']) as unit_code;
create table int_ministry__expected_unit as
    select '2024H2' as period_code, true as knows_product
    union all select '2024H1', false;
create table dim_product_feature as
    select product_feature_code as feature_code, product_feature_name as feature_name, field_name,
        product_feature_no::integer as feature_no
    from {seed("ref_product_feature")};
"""
PRODUCTS = [  # unit, product, valid, on a platform, traceable, mark, standard, code of the planting area
    ("587", "nho", True, True, None, "ordinary", "VietGAP", None),
    ("587", "táo", True, False, None, None, "Chưa có", None),
    ("587", "tỏi", True, None, None, None, "không", None),
    ("587", "rượu", False, True, True, "ordinary", "ISO 22000", "VN-1"),  # expired
    ("585", "nho", True, None, None, None, None, None),  # the same product, told by another unit too
]


@pytest.fixture
def counts():
    with duckdb.connect() as connection:
        connection.execute(DDL)
        for number, (unit, product, is_valid, *features) in enumerate(PRODUCTS, start=5):
            at = [f"2024H2-{unit}", "Sản phẩm", number]
            connection.execute(
                "insert into stg_forms__product values (?, ?, ?, ?, ?, ?, ?, ?)", [*at, *features]
            )
            status = ["2024H2", unit, product, is_valid, *at]
            connection.execute("insert into fct_product_status values (?, ?, ?, ?, ?, ?, ?)", status)
        connection.execute(f"create table fct_product_feature as {sql_of('fct_product_feature')}")
        connection.execute(
            "create table int_ministry__standing as "
            "select *, true as is_own_row, ['product_name'] as _standing_field_names from fct_product_status"
        )
        for table, model in (
            ("int_ministry__stock", "int_ministry__stock"),
            ("int_ministry__evidence", "int_ministry__feature_evidence"),
            ("rpt_ministry__product_feature", "rpt_ministry__product_feature"),
        ):
            connection.execute(f"create table {table} as {sql_of(model)}")
        return connection.execute(
            "select period_code, row_code, yes_count, no_count, unknown_count, valid_count "
            "from rpt_ministry__product_feature order by row_no"
        ).fetchall()


def test_yes_no_and_nothing_written_make_all_valid_products(counts):
    assert counts == [  # and who sent no products, as in 2024H1, has no figures
        ("2024H2", "e_commerce", 1, 1, 1, 3),
        ("2024H2", "traceability", None, None, 3, 3),  # only of an expired product: unknown, not none
        ("2024H2", "trademark", 1, 0, 2, 3),
        ("2024H2", "standard", 1, 2, 0, 3),  # "Chưa có" and "không" are a no
        ("2024H2", "planting_area", None, None, 3, 3),
    ]
