"""The workbook a unit gets: what the published warehouse knows of it stands in it, and once it is signed it is accepted."""

import districts
import pytest
from openpyxl import load_workbook

from ingest.reference import units_of_province
from ingest.spec import load_forms
from ingest.validate import judge_file
from pipeline import cli
from pipeline.prefill import write_all_templates, write_prefilled_template


def test_the_next_workbook_carries_the_last_known_stock_and_is_accepted_once_it_is_signed(
    sample_night, tmp_path
):
    settings, _ = sample_night
    path = write_prefilled_template(settings, "587", "2025H1", tmp_path / "next.xlsx")
    unchanged = judge_file(path, settings.province_code)
    assert [i.rule_id for i in unchanged.issues if i.severity == "error"] == ["FILE-03"]
    workbook = load_workbook(path)
    districts.cover_cell(workbook, "prepared_by").value = "Người lập"
    workbook.save(path)
    judgement = judge_file(path, settings.province_code)
    assert judgement.verdict == "accepted"
    products = judgement.tables["product"]
    assert len(products) == 46
    assert {
        code: sum(p["status_code"] == code for p in products)
        for code in ("recognised", "expired", "proposed")
    } == {"recognised": 31, "expired": 14, "proposed": 1}
    personal = {f.name for f in load_forms()["product"].fields if f.personal}
    assert {row[name] for row in products for name in personal} == {None}


def test_what_expires_until_the_cut_off_is_written_as_expired(sample_night, tmp_path):
    path = write_prefilled_template(sample_night[0], "587", "2021H1", tmp_path / "a.xlsx")
    assert {p["status_code"] for p in judge_file(path, "58").tables["product"]} == {"recognised"}
    path = write_prefilled_template(sample_night[0], "587", "2022H1", tmp_path / "b.xlsx")
    assert len(judge_file(path, "58").tables["product"]) == 14


def test_open_targets_of_the_last_plan_are_there(sample_night, tmp_path):
    path = write_prefilled_template(sample_night[0], "587", "2025H1", tmp_path / "next.xlsx")
    targets = judge_file(path, "58").tables["target"]
    assert targets
    assert all(row["target_to_year"] >= 2025 for row in targets)
    assert load_workbook(path)["Chỉ tiêu"]["A3"].value.startswith("Các chỉ tiêu còn hiệu lực")
    plan = write_prefilled_template(sample_night[0], "585", "2025H1", tmp_path / "plan.xlsx")
    named = [row for row in judge_file(plan, "58").tables["target"] if row["product_name"] is not None]
    assert len(named) == 23  # of the plan for the whole year


def test_a_commune_of_the_reform_begins_with_the_products_that_lay_in_it(sample_night, tmp_path):
    settings, _ = sample_night
    path = write_prefilled_template(settings, "22870", "2025H2", tmp_path / "commune.xlsx")
    workbook = load_workbook(path)
    districts.cover_cell(workbook, "prepared_by").value = "Người lập"
    workbook.save(path)
    judgement = judge_file(path, settings.province_code)
    assert judgement.verdict == "accepted"
    assert {p["commune_code"] for p in judgement.tables["product"]} == {"22870"}
    assert "Huyện Ninh Phước kỳ 2024H2" in load_workbook(path)["Sản phẩm"]["A3"].value
    communes = [u.code for u in units_of_province("58", judgement.identity.period.cut_off_on).values()]
    counts = {}
    for code in ("22870", "22873", "22888", "22891"):
        assert code in communes
        path = write_prefilled_template(settings, code, "2025H2", tmp_path / f"{code}.xlsx")
        counts[code] = len(judge_file(path, "58").tables["product"])
    assert sum(counts.values()) == 46  # every product of the district has one heir


def test_a_unit_that_does_not_exist_then_gets_no_workbook(sample_night, tmp_path):
    with pytest.raises(LookupError, match="Unit 587 did not exist"):
        write_prefilled_template(sample_night[0], "587", "2025H2", tmp_path / "x.xlsx")
    write_prefilled_template(sample_night[0], "22870", "2025H2", tmp_path / "y.xlsx")
    assert load_workbook(tmp_path / "y.xlsx")["Bìa"]["C5"].value == "Xã Ninh Phước"


def test_one_command_writes_one_for_every_unit(sample_night, tmp_path, monkeypatch, capsys):
    home = str(sample_night[0].home)
    monkeypatch.setattr(
        "sys.argv",
        ["ocop", "--home", home, "template", "--all", "--period", "2024H2", "--out", str(tmp_path)],
    )
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 0
    assert "7 workbooks written" in capsys.readouterr().out
    written = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*.xlsx"))
    assert len(written) == 7
    assert "587/ocop-587-2024H2.xlsx" in written


def test_templates_are_there_before_the_first_night(tmp_path):
    from homes import settings_of

    assert write_all_templates(settings_of(tmp_path / "home"), "2024H2", tmp_path / "out") == 7
