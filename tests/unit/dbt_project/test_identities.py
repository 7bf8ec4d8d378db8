"""Which spellings are proposed as one, and that nothing is one before a person said so: the pairs of the source documents."""

import csv
from pathlib import Path

import duckdb
import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.vietnamese import fold

DBT_PROJECT = Path(__file__).resolve().parents[3] / "dbt_project"
MODELS = (
    "dim_producer_word",
    "int_producer_word",
    "int_producer_name",
    "int_product_name",
    "int_identity_use",
    "int_identity_pair",
    "int_identity_finding",
)
TABLES = {
    "stg_forms__product": (
        "_submission_id varchar, _row_number integer, product_name varchar, producer_name varchar, "
        "producer_type_code varchar, commune_code varchar"
    ),
    "stg_forms__rating": (
        "_submission_id varchar, _row_number integer, product_name varchar, producer_name varchar"
    ),
    "stg_ledger__decision": (
        "decision_no integer, decision_code varchar, entity_code varchar, name varchar, same_as varchar, "
        "other_name varchar, producer_name varchar"
    ),
    "bridge_submission_form": (
        "submission_id varchar, form_name varchar, sheet_name varchar, unit_code varchar, period_code varchar, "
        "is_in_force boolean"
    ),
    "dim_period": "period_code varchar, cut_off_on date",
    "dim_unit": "unit_key varchar, unit_code varchar, unit_name varchar, valid_from date, valid_to date",
    "int_unit_part": "unit_key varchar, map_code varchar, part_unit_key varchar",
    "dim_producer_type": "producer_type_code varchar, producer_type_name varchar, rolls_up_to_code varchar",
}
# Unit code, name, validity, its ground on the new map. C and D merged into one; E is elsewhere.
UNITS = [
    ("c", "Xã Cũ", "2004-07-08", "2025-06-30", ["n"]),
    ("d", "Xã Bên", "2004-07-08", "2025-06-30", ["n"]),
    ("n", "Xã Mới", "2025-07-01", None, ["n"]),
    ("e", "Xã Khác", "2004-07-08", "2025-06-30", ["m"]),
    ("u", "Huyện", "2004-07-08", "2025-06-30", ["n", "m"]),
]


def seed(name):
    with (DBT_PROJECT / f"seeds/{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def rendered(text):
    """SQL of a text that uses the project's macros; every ref() is a table of that name."""
    macros = "".join((DBT_PROJECT / f"macros/{m}.sql").read_text(encoding="utf-8") for m in MACROS)
    template = jinja2.Environment(autoescape=False).from_string(macros + text)
    return template.render(ref=lambda table: table)


MACROS = ("match_key", "fold", "alias", "wording", "clock")


@pytest.fixture(scope="module")
def model():
    """Runs the models of identity on lines (submission, product, producer, commune, type) and decisions."""
    sql = {
        name: rendered(next((DBT_PROJECT / "models").rglob(f"{name}.sql")).read_text(encoding="utf-8"))
        for name in MODELS
    }
    with duckdb.connect() as connection:
        for name, columns in TABLES.items():
            connection.execute(f"create table {name} ({columns})")
        for code, name, begins, ends, parts in UNITS:
            connection.execute(
                "insert into dim_unit values (?, ?, ?, ?, ?)", [code, code, name, begins, ends]
            )
            for part in parts:
                connection.execute("insert into int_unit_part values (?, 'new', ?)", [code, part])
        connection.execute("insert into dim_period values ('2024H2', '2024-12-14'), ('2025H2', '2025-12-14')")
        for row in seed("ref_producer_type"):
            connection.execute("insert into dim_producer_type values (?, ?, ?)", list(row.values()))
        connection.execute(
            "create table ref_producer_word as select * from read_csv(?, header = true)",
            [str(DBT_PROJECT / "seeds/ref_producer_word.csv")],
        )
        for name in MODELS:
            connection.execute(f"create view {name} as {sql[name]}")

        def run(table, lines, decisions=()):
            for name in ("stg_forms__product", "stg_ledger__decision", "bridge_submission_form"):
                connection.execute(f"delete from {name}")
            for number, line in enumerate(lines):
                submission, product, producer, commune, kind = (*line, *(None,) * 5)[:5]
                connection.execute(
                    "insert into stg_forms__product values (?, ?, ?, ?, ?, ?)",
                    [submission, number, product, producer, kind, commune],
                )
            for submission in {line[0] for line in lines}:
                period = "2025H2" if submission.startswith("new") else "2024H2"
                connection.execute(
                    "insert into bridge_submission_form values (?, 'product', 'Sản phẩm', 'u', ?, true)",
                    [submission, period],
                )
            for number, decision in enumerate(decisions):
                connection.execute(
                    "insert into stg_ledger__decision values (?, ?, ?, ?, ?, ?, ?)", [number, *decision]
                )
            cursor = connection.execute(f"from {table}")
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        yield run


def producer_pair(model, one, other, communes=("c", "c"), decisions=()):
    later = "new" if communes[1] == "n" else "t"  # the merged commune reports later
    lines = [("s", "Táo", one, communes[0]), (later, "Nho", other, communes[1])]
    found = [p for p in model("int_identity_pair", lines, decisions) if p["entity_code"] == "producer"]
    return (found[0]["reason_code"], found[0]["state_code"]) if found else None


def product_pair(model, one, other, producers=("HKD Trang Huỳnh",) * 2, together=False, decisions=()):
    lines = [("s", one, producers[0], "c"), ("s" if together else "t", other, producers[1], "c")]
    found = [p for p in model("int_identity_pair", lines, decisions) if p["entity_code"] == "product"]
    return (found[0]["reason_code"], found[0]["state_code"]) if found else None


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Hộ kinh doanh nông sản xanh Trang Huỳnh", "Nông sản xanh Tranh Huỳnh", "alike"),
        ("Hợp tác xã thu mua và chế biến nông sản Ba Khoa", "HTX Ba Khoa", "shared_words"),
        (
            "Hợp tác xã dịch vụ nông nghiệp tổng hợp Châu Rế",
            "HTX DVNN tổng hợp Châu Rế",
            "same_proper_name",
        ),
        ("HTX DVNN tổng hợp Châu Rế", "HTX Châu Rế", "shared_words"),
        ("HTX Phước Vinh 59", "HTX Phước Vinh", "shared_words"),
        ("Cơ sở Nho Ba Mọi", "HKD cơ sở sản xuất Ba Mọi", "shared_words"),
        ("HKD cơ sở sản xuất Ba Mọi", "cơ sở Ba mọi", "same_proper_name"),
        ("Cơ sở Nho Ba Mọi", "trang trại Nho Ba Mọi", "same_proper_name"),
        ("HTX gốm Bàu Trúc", "HTX gốm Bầu Trúc", "same_letters"),
    ],
)
def test_near_names_of_one_commune_are_proposed_and_not_merged(model, one, other, reason):
    assert producer_pair(model, one, other) == (reason, "open")
    assert producer_pair(model, other, one) == (reason, "open")
    assert producer_pair(model, one, other, ("c", "e")) is None  # no common ground
    assert producer_pair(model, one, other, ("c", "n")) == (reason, "open")  # the commune was merged


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("nho khô đỏ (Trang Huỳnh)", "Nho đỏ sấy (Tranh Huỳnh)", "shared_words"),
        ("táo khô vị nắng", "Táo sấy khô vị nắng", "shared_words"),
        ("Mật nho (CSSX 39)", "Mật nho 39", "shared_words"),
        ("gốm Bàu Trúc", "gốm Bầu Trúc", "same_letters"),
        ("Nhung hưu tươi", "Nhung hươu tươi", "alike"),
        ("Mực tâm Hùng Loan", "Mực tẩm Hùng Loan", "same_letters"),
    ],
)
def test_near_names_of_one_producer_are_proposed_as_products(model, one, other, reason):
    assert product_pair(model, one, other) == (reason, "open")
    # Of two producers they are two products, however alike.
    assert product_pair(model, one, other, ("HTX Thu Hoài", "HTX Đất Nắng")) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("Rượu Vang đỏ thiên thảo", "Rượu vang đỏ Thiên Thảo"), ("Siro hoà tan", "SIRO hòa tan")],
)
def test_one_key_is_one_name_without_a_question(model, one, other):
    assert product_pair(model, one, other) is None
    names = model("int_product_name", [("s", one, "HTX A", "c"), ("t", other, "HTX A", "c")])
    assert len(names) == 1


def test_one_product_name_of_six_producers_is_six_products(model):
    producers = ["Thu Hoài", "Đất Nắng", "Phước Vinh 59", "Trung Tuấn", "Ngọc Châu", "Trang Huỳnh"]
    lines = [(f"s{n}", "Táo sấy dẻo", f"HKD {name}", "c") for n, name in enumerate(producers)]
    assert model("int_identity_pair", lines) == []
    assert len({row["product_key"] for row in model("int_product_name", lines)}) == 6
    assert product_pair(model, "Măng Tây xanh", "măng tây tươi", ("HTX Tuấn Tú", "HTX Châu Rế")) is None


def test_what_a_unit_lists_side_by_side_it_holds_for_two(model):
    assert product_pair(model, "Thịt cừu viên", "Thịt cừu xông khói", together=True) is None
    assert product_pair(model, "gốm Bàu Trúc", "gốm Bầu Trúc", together=True) == ("same_letters", "open")
    assert product_pair(model, "Rượu nho 39", "Rượu nho 40", together=True) is None


def test_people_decide_and_can_take_it_back(model):
    one, other = "HTX Ba Khoa", "Hợp tác xã Ba Khoa"
    alias = ("alias", "producer", one, other, None, None)
    apart = ("apart", "producer", other, one.upper(), None, None)
    apart = (*apart[:3], None, one.upper(), None)
    back = ("unalias", "producer", one, None, None, None)
    assert producer_pair(model, one, other, decisions=[alias]) == ("same_proper_name", "merged")
    assert producer_pair(model, one, other, decisions=[alias, back]) == ("same_proper_name", "open")
    assert producer_pair(model, one, other, decisions=[apart]) == ("same_proper_name", "apart")
    assert producer_pair(model, one, other, decisions=[apart, alias]) == ("same_proper_name", "merged")
    product = ("apart", "product", "Mật nho 39", None, "Mật nho (CSSX 39)", "HKD Trang Huỳnh")
    assert product_pair(model, "Mật nho 39", "Mật nho (CSSX 39)", decisions=[product]) == (
        "shared_words",
        "apart",
    )


def test_one_name_in_two_places_without_common_ground_is_a_finding(model):
    def found(first, second):
        lines = [
            ("s", "Táo", "HTX Ba Khoa", first),
            ("new" if second == "n" else "t", "Nho", "HTX Ba Khoa", second),
        ]
        return [f["rule_id"] for f in model("int_identity_finding", lines)]

    assert found("c", "e") == ["MODEL-40"]  # the unit is asked once, in its last report
    assert found("c", "n") == found("c", "d") == found("c", "c") == []


@pytest.mark.parametrize(
    ("name", "stated", "rules"),
    [
        ("HTX Ba Khoa", "DN", ["MODEL-41"]),
        ("HTX Ba Khoa", "HTX", []),
        ("HKD cơ sở sản xuất Ba Mọi", "CSSX", []),
        ("HKD cơ sở sản xuất Ba Mọi", "DN", ["MODEL-41"]),
        ("Cơ sở sản xuất rượu, mật nho 39", "DN", []),
        ("Trang trại Nho Ba Mọi", "HTX", []),
        ("HTX Ba Khoa", "TT", []),
        ("Công ty TNHH HTX Ba Khoa", "HTX", []),  # the name says two
        ("Ba Khoa", "DN", []),
        ("HTX Ba Khoa", None, []),
    ],
)
def test_a_stated_type_that_contradicts_the_name_is_a_finding(model, name, stated, rules):
    assert [f["rule_id"] for f in model("int_identity_finding", [("s", "Táo", name, "c", stated)])] == rules


def test_aliases_in_a_circle_merge_nothing_and_are_named(model):
    lines = [("s", "Táo", "HTX A", "c"), ("s", "Nho", "HTX B", "c")]
    circle = [("alias", "producer", a, b, None, None) for a, b in (("HTX A", "HTX B"), ("HTX B", "HTX A"))]
    assert [f["rule_id"] for f in model("int_identity_finding", lines, circle)] == ["MODEL-42"] * 2
    assert len({n["producer_key"] for n in model("int_producer_name", lines, circle)}) == 2


@given(text=st.text(st.sampled_from("aăâđĐêoơưÝỵTràHừ39 -–(),.'\u0301"), max_size=25))
def test_the_macro_folds_as_intake_does(folding, text):
    # Intake keeps where the tone stands, which only the diacritics show: without them both are one.
    assert folding(text) == fold(text)


@pytest.fixture(scope="module")
def folding():
    with duckdb.connect() as connection:
        sql = rendered('select {{ fold("$1") }}')
        yield lambda text: connection.execute(sql, [text]).fetchone()[0]
