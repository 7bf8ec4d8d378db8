"""What people take out of the published warehouse: exports, the trace on the command line."""

import csv
import json
import shlex
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import pytest
from openpyxl import load_workbook

from pipeline import export, integrity, look, steps


def test_a_csv_opens_in_excel_and_runs_nothing(sample_night, tmp_path):
    path = export.export_mart(sample_night[0], "mart_product", "csv", tmp_path / "m.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert sum(r["period_code"] == "2024H2" and r["is_valid"] == "True" for r in rows) == 31
    assert export._harmless("=1+1") == "'=1+1"
    assert export._harmless(-5) == -5


def test_xlsx_is_typed_and_brings_its_definitions(sample_night, tmp_path):
    path = export.export_mart(sample_night[0], "funding", "xlsx", tmp_path / "m.xlsx")
    workbook = load_workbook(path)
    sheet, definitions = workbook.worksheets
    parquet = export.export_mart(sample_night[0], "mart_funding", "parquet", tmp_path / "m.parquet")
    assert sheet.max_row - 1 == duckdb.sql(f"select count(*) from '{parquet}'").fetchone()[0] == 4
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", sheet.dimensions)
    first = {cell.value: sheet.cell(2, cell.column) for cell in sheet[1]}
    assert first["disbursed_amount_vnd_million"].number_format == "#,##0.###"
    assert isinstance(first["disbursed_amount_vnd_million"].value, int | float)
    assert first["is_state_budget"].value in ("Có", "Không")
    assert [cell.value for cell in definitions["A"]][1:] == list(first)
    assert all(row[1].value and row[2].value for row in definitions.iter_rows(min_row=2))
    meaning = {row[0].value: (row[1].value, row[3].value) for row in definitions.iter_rows(min_row=2)}
    assert meaning["planned_amount_vnd_million"] == ("Kinh phí kế hoạch giao", "triệu đồng")


def test_days_moments_and_text_like_formulas_keep_their_type(tmp_path):
    moment = datetime(2024, 12, 16, 15, 30, tzinfo=UTC)
    row = (date(2024, 12, 4), moment, "=1+1", "-5 độ", None, True, Decimal("93.974"), 7)
    path = tmp_path / "m.xlsx"
    export._write_xlsx(path, "rpt_ministry__test", list("abcdefgh"), [row])
    (sheet,) = load_workbook(path).worksheets
    written = [cell.value for cell in sheet[2]]
    assert written[:2] == [datetime(2024, 12, 4), datetime(2024, 12, 16, 22, 30)]
    assert written[2:6] == ["=1+1", "-5 độ", None, "Có"]
    assert [cell.data_type for cell in sheet[2]] == ["d", "d", "s", "s", "n", "s", "n", "n"]
    assert sheet["A2"].number_format == "dd/mm/yyyy"


def test_the_ministry_gets_its_table_by_its_names(sample_night, tmp_path):
    path = export.export_mart(sample_night[0], "ptnt-ocop", "parquet", tmp_path / "m.parquet")
    relation = duckdb.sql(f"from '{path}'")
    assert relation.columns == [
        "MA_OCOP", "Ma_DonViHanhChinh", "Ma_ThoiGian", "Ma_SanPham", "TenSanPham", "XepHang",
        "ChuTheSXKD", "DoanhThuNam", "TrangThai",
    ]  # fmt: skip
    assert str(relation.types[7]) == "DECIMAL(14,2)"
    stars = duckdb.sql(
        f"select \"XepHang\", count(*) from '{path}' where \"Ma_ThoiGian\" = '2024H2' group by all order by 1"
    ).fetchall()
    assert {star for star, _ in stars} <= {"3*", "4*", "5*", None}
    assert sum(count for _, count in stars) == 45


def test_an_unknown_mart_is_named(sample_night, tmp_path):
    with pytest.raises(LookupError, match="There is no mart fct_funding; there are mart_activity"):
        export.export_mart(sample_night[0], "fct_funding", "csv", tmp_path / "m.csv")


def test_trace_prints_file_sheet_and_cell(sample_night, capsys):
    look.show_trace(
        sample_night[0], "funding_by_source/total/disbursed_amount_vnd_million", "2024H2", as_json=False
    )
    printed = capsys.readouterr().out
    assert "= 342.000" in printed
    assert "ocop-587-2024H2.xlsx · Kinh phí!F5 (Giải ngân) → 342" in printed
    assert "Huyện Ninh Phước (587), 16/12/2024 22:00, lần 1 [2024H2-587-" in printed
    assert "ocop sql \"select * from int_ministry__evidence where period_code = '2024H2'" in printed
    look.show_trace(sample_night[0], "star_by_unit/587/expired_count", "2024H2", as_json=True)
    assert len(json.loads(capsys.readouterr().out)["cells"]) == 14


def test_a_changed_original_is_found(home):
    assert integrity.verify_home(home) == []
    (original,) = (home.archive).glob("2024H2-587-*/*.xlsx")
    original.write_bytes(original.read_bytes() + b" ")
    assert [fault for fault in integrity.verify_home(home) if "is not the file that landed" in fault]


def test_nothing_is_loaded_frozen_or_signed_on_changed_originals(home):
    (original,) = (home.archive).glob("2024H2-587-*/*.xlsx")
    original.write_bytes(original.read_bytes() + b" ")
    with pytest.raises(steps.StepError, match="is not the file that landed"):
        steps.freeze(home, "2024H2")
    with pytest.raises(steps.StepError, match="is not the file that landed"):
        steps.release(home, "2024H2", "Nguyễn Văn A")
    (stored,) = (home.raw / "funding" / "2024H2").glob("2024H2-587-*.parquet")
    stored.unlink()
    with pytest.raises(steps.StepError, match="is not the file that landed"):
        steps.load(home)
    assert not stored.exists()


def test_a_changed_ledger_stops_the_night_before_anything_is_taken(home):
    ledger = home.archive / "ledger.jsonl"
    ledger.write_bytes(
        ledger.read_bytes().replace(b'"verdict_code": "refused"', b'"verdict_code": "accepted"', 1)
    )
    for step in (steps.land, steps.load, steps.build):
        with pytest.raises(steps.StepError, match="ledger.jsonl line .* does not follow"):
            step(home)


def test_a_missing_part_of_raw_is_made_again_from_the_archive(home):
    (stored,) = (home.raw / "funding" / "2024H2").glob("2024H2-587-*.parquet")
    before = stored.read_bytes()
    stored.unlink()
    assert "1 stored again from the archive" in steps.load(home).summary
    assert stored.read_bytes() == before


def test_an_alias_is_about_names_somebody_has_used(home):
    def alias(name, same_as, producer=None):
        entity = "product" if producer else "producer"
        what = {"entity": entity, "name": name, "same_as": same_as, "producer": producer}
        return steps.decide(home, "alias", "Nguyễn Thị Kiểm", "cùng một cơ sở", **what)

    ((producer, product, other),) = duckdb.sql(
        f"select producer_name, min(product_name), max(product_name) from '{home.published}/marts/mart_product.parquet' "
        "where period_code = '2024H2' group by all having count(*) > 1 limit 1"
    ).fetchall()
    with pytest.raises(steps.StepError, match="No producer is called HTX Không Có"):
        alias("HTX Không Có", producer)
    with pytest.raises(steps.StepError, match="has no product called Nước mắm"):
        alias("Nước mắm", product, producer)
    assert alias(other, product, producer)["decision"] == "alias"


def test_a_decision_is_written_down_as_it_can_be_printed(home):
    what = {"rule_id": "GATE-13", "until": "2024-12-31"}
    waiver = steps.decide(home, "waiver", " Trần\x1b  Văn A\n", "Chờ\nquyết định\x07", **what)
    assert (waiver["by"], waiver["why"]) == ("Trần Văn A", "Chờ quyết định")
    with pytest.raises(steps.StepError, match="named person"):
        steps.decide(home, "waiver", "\u200b", "x", **what)


def test_status_without_a_period_is_about_the_last_one_the_warehouse_knows_of(home):
    years_later = type(home)(home.home, home.as_of.replace(year=2026), home.known_at, home.province_code)
    assert steps.status(years_later)["period"] == steps.status(home)["period"] == "2024H2"


def test_status_tells_the_deadlines_and_the_rates(home, monkeypatch, capsys):
    from pipeline import cli
    from pipeline.digest import make_digest

    found = steps.status(home, "2024H2")
    assert {name: found[name] for name in found if name not in ("period", "units")} == {
        "cut_off_on": date(2024, 12, 14),
        "deadline_on": date(2024, 12, 17),
        "ministry_deadline_on": date(2024, 12, 25),
        "expected_count": 7,
        "received_count": 1,
        "on_time_count": 1,
        "received_pct": 14.3,
        "on_time_pct": 14.3,
    }
    monkeypatch.setattr("sys.argv", ["ocop", "--home", str(home.home), "status", "--period", "2024H2"])
    with pytest.raises(SystemExit):
        cli.main()
    assert (
        "Phải gửi 7; đã nhận 1 (14,3 %); đúng hạn 1 (14,3 %). Hạn gửi của đơn vị 17/12/2024, của tỉnh 25/12/2024."
    ) in capsys.readouterr().out
    assert "Phải gửi: 7 đơn vị; đã nhận: 1 (14,3 %); đúng hạn: 1 (14,3 %)." in make_digest(home).text


def test_near_names_are_reviewed_decided_and_taken_back(home, monkeypatch, capsys):
    from pipeline import cli

    def ocop(*arguments):
        monkeypatch.setattr("sys.argv", ["ocop", "--home", str(home.home), *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return left.value.code, said.out + said.err

    code, said = ocop("review", "--json")
    (pair,) = json.loads(said)
    assert code == 0
    assert {pair["name"], pair["same_as"]} == {"Cơ sở Nho Ba Mọi", "HKD cơ sở sản xuất Ba Mọi"}
    words = shlex.split(pair["if_one"])
    # The command shown is the command that works, once somebody has put a name and a reason in.
    assert ocop(*words[1:])[0] == 0
    assert "là một: ocop decide alias" in ocop("review")[1]  # nothing merges before the next build
    code, said = ocop("decide", "alias", pair["same_as"], pair["name"], "--by", "A", "--why", "b")
    assert (code, "take that back first" in said) == (2, True)
    assert (
        "is not read as another name"
        in ocop("decide", "unalias", pair["same_as"], "--by", "A", "--why", "b")[1]
    )
    assert (
        "one spelling already"
        in ocop("decide", "apart", pair["name"], pair["name"].upper(), "--by", "A", "--why", "b")[1]
    )
    assert ocop("decide", "unalias", pair["name"], "--by", "A", "--why", "b")[0] == 0
    # Taken back, the other way round is no circle any more.
    assert ocop("decide", "alias", pair["same_as"], pair["name"], "--by", "A", "--why", "b")[0] == 0
