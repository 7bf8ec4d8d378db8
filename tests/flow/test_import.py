"""The first day: a province's register becomes the first figures of its units, until they file themselves."""

import json
import shutil

import districts
import pytest
import registers
from homes import query, settings_of
from openpyxl import load_workbook

from ingest import journal
from ingest.land import ledger_path
from pipeline import steps
from pipeline.integrity import verify_home
from pipeline.settings import PROJECT


def register_rows():
    listed = [registers.row_of(figure, "2024H2") for figure in registers.figures(2024)]
    return [*listed, listed[-1] | {"B": "Tỏi Ninh Sơn", "F": "22813"}]


def import_(settings, path):
    outcome = steps.import_list(settings, path, "register", "2024H2")
    return outcome, steps.load(settings)


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """A home that knows nothing but a register, after a night. Do not change it."""
    folder = tmp_path_factory.mktemp("register")
    settings = settings_of(folder / "home")
    path = registers.make(folder / "danh-sach.xlsx", register_rows())
    outcomes = import_(settings, path)
    return settings, path, outcomes, steps.nightly(settings)


def test_the_register_goes_the_way_of_everything(imported):
    settings, path, (taken, loaded), night = imported
    assert [o.exit_code for o in (taken, loaded, *night)] == [0] * 7
    lines = [line for line in journal.read(ledger_path(settings.archive)) if line["event"] == "landed"]
    assert [line["unit_code"] for line in lines] == [None, "587", "585"]
    (original,) = settings.archive.glob("*/danh-sach.xlsx")
    assert original.read_bytes() == path.read_bytes()
    assert path.exists()
    assert verify_home(settings) == []
    judged = [line for line in journal.read(ledger_path(settings.archive)) if line["event"] == "judged"]
    assert [line["product_row_count"] for line in judged] == [0, 46, 1]


def test_it_publishes_the_stock_of_the_sample_workbook(imported, sample_night):
    sql = (
        "select product_name, producer_name, commune_code, star, status_code, is_valid, recognised_on, decision_number "
        "from mart_product where unit_code = '587' and period_code = '2024H2' order by 1, 2"
    )
    assert query(imported[0], sql) == query(sample_night[0], sql)


def test_the_status_says_where_the_figures_come_from(imported):
    found = {unit["unit_code"]: unit for unit in steps.status(imported[0], "2024H2")["units"]}
    assert found["587"]["submission_status_name"] == "Đã nhận (từ danh sách của tỉnh)"
    assert found["587"]["is_on_time"] is None
    assert found["586"]["submission_status_code"] == "missing"


def test_a_figure_is_traced_to_the_cells_of_the_register(imported):
    from reports.trace import trace

    found = trace(imported[0].published / "ocop.duckdb", "star_by_unit", "587", "star_3_count", "2024H2")
    assert len(found["cells"]) == found["value"] == 31
    assert {(c["file_name"], c["cell"][0]) for c in found["cells"]} <= {
        ("danh-sach.xlsx", "J"),
        ("danh-sach.xlsx", "B"),
    }


def test_the_receipt_marks_the_cells_of_the_list(tmp_path):
    settings = settings_of(tmp_path / "home")
    listed = register_rows()
    listed[0]["C"] = "Vũ khí"
    taken, loaded = import_(settings, registers.make(tmp_path / "danh-sach.xlsx", listed))
    assert sorted(loaded.details["verdicts"].values()) == ["accepted", "accepted", "refused"]
    folder = settings.outbox / taken.details["list_id"]
    marked = load_workbook(folder / "phan-hoi-danh-sach.xlsx")
    assert "CELL-05" in marked["Danh sách"][f"C{registers.FIRST_ROW}"].comment.text
    facts = {row[0].value: row[1].value for row in marked["Phản hồi"].iter_rows()}
    assert facts["Đơn vị"] == "các đơn vị có trong Danh sách sản phẩm OCOP của tỉnh"
    assert [p.name for p in settings.outbox.iterdir()] == [folder.name]
    content = json.loads((folder / "phan-hoi-danh-sach.json").read_text(encoding="utf-8"))
    assert content["verdict"] == "partly"
    assert "REGISTER-04" in {issue["rule_id"] for issue in content["issues"]}


def test_the_same_register_again_changes_nothing_and_another_period_is_another_import(imported, tmp_path):
    shutil.copytree(imported[0].home, tmp_path / "home")
    settings = settings_of(tmp_path / "home")
    before = ledger_path(settings.archive).read_bytes()
    outcome, _ = import_(settings, imported[1])
    assert (outcome.details["new"], ledger_path(settings.archive).read_bytes()) == ([], before)
    earlier = steps.import_list(settings, imported[1], "register", "2024H1")
    assert len(earlier.details["new"]) == 3


def test_raw_is_made_again_from_the_one_original(imported, tmp_path):
    shutil.copytree(imported[0].home, tmp_path / "home")
    settings = settings_of(tmp_path / "home")
    kept = {p.relative_to(settings.raw): p.read_bytes() for p in settings.raw.glob("*/2024H2/*.parquet")}
    shutil.rmtree(settings.raw)
    steps.load(settings)
    assert {
        p.relative_to(settings.raw): p.read_bytes() for p in settings.raw.glob("*/2024H2/*.parquet")
    } == kept


def test_the_units_own_workbook_wins_for_that_unit_alone_whichever_came_first(imported, tmp_path):
    shutil.copytree(imported[0].home, tmp_path / "home")
    settings = settings_of(tmp_path / "home")
    settings.landing.mkdir(exist_ok=True)
    districts.make(settings.landing, "585")
    steps.land(settings)
    steps.load(settings)
    again = register_rows()
    again[0]["P"] = "Ủy ban nhân dân tỉnh"
    import_(settings, registers.make(tmp_path / "danh-sach-moi.xlsx", again))
    steps.nightly(settings)
    rows = query(
        settings,
        "select unit_code, count(*), bool_or(issuing_authority = 'Ủy ban nhân dân tỉnh') from mart_product group by 1 order by 1",
    )
    assert rows == [("585", 3, False), ("587", 46, True)]
    found = {
        unit["unit_code"]: unit["submission_status_name"]
        for unit in steps.status(settings, "2024H2")["units"]
    }
    assert (found["585"], found["587"]) == ("Đã nhận", "Đã nhận (từ danh sách của tỉnh)")


def test_an_old_home_builds_with_the_columns_of_today(tmp_path):
    """Raw files, and the zero-row files, of before a column came."""
    import duckdb

    from ingest.store import ensure_empty_files, literal

    settings = settings_of(tmp_path / "home")
    settings.landing.mkdir(parents=True)
    shutil.copy(PROJECT / "samples" / "archive" / "ocop-587-2024H2-v1.0.xlsx", settings.landing)
    steps.land(settings)
    steps.load(settings)
    ensure_empty_files(settings.raw)
    for path in settings.raw.glob("product/**/*.parquet"):
        with duckdb.connect() as connection:
            connection.execute(
                f"create table old as select * exclude (producer_address) from read_parquet({literal(str(path))})"
            )
            connection.execute(f"copy old to {literal(str(path))} (format parquet)")
    assert [
        o.exit_code for o in (steps.build(settings), steps.gate(settings, "nightly"), steps.publish(settings))
    ] == [0] * 3
    assert query(settings, "select count(*) from mart_product") == [(46,)]
