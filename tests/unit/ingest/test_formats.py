"""A workbook means the same in whatever format an office saves it."""

import shutil
import subprocess

import districts
import pytest
from openpyxl import load_workbook

from ingest.validate import judge_file
from pipeline.settings import PROJECT

SAMPLES = sorted(PROJECT.glob("samples/*.xlsx"))
needs_calc = pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")


def saved_again(path, suffix: str, folder):
    """The workbook as LibreOffice writes it."""
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        + ["--convert-to", suffix, "--outdir", str(folder), str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return folder / f"{path.stem}.{suffix}"


def business(judgement) -> dict:
    """The rows without where they stood."""
    return {
        name: [{k: v for k, v in row.items() if not k.startswith("_")} for row in rows]
        for name, rows in judgement.tables.items()
    }


@needs_calc
@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_saved_again_gives_the_same_rows(path, suffix, tmp_path):
    before = judge_file(path, districts.PROVINCE)
    after = judge_file(saved_again(path, suffix, tmp_path), districts.PROVINCE)
    assert business(after) == business(before)
    assert [(i.rule_id, i.sheet, i.row_number) for i in after.issues] == [
        (i.rule_id, i.sheet, i.row_number) for i in before.issues
    ]


def odd_workbook(path):
    """Shown otherwise than stored, merged, hidden, and an error: what only the second look sees."""
    workbook = load_workbook(districts.make(path))
    registration = districts.cell(workbook, "product", "producer_registration_no")
    registration.value, registration.number_format = 45, "0000000000"
    target = districts.cell(workbook, "target", "target_max")
    target.value, target.number_format = 0.5, "0%"
    producers = [districts.cell(workbook, "product", "producer_name", row) for row in (1, 3)]
    workbook["Sản phẩm"].merge_cells(f"{producers[0].coordinate}:{producers[1].coordinate}")
    workbook["Kinh phí"].row_dimensions[6].hidden = True
    workbook["Hoạt động"].sheet_state = "hidden"
    districts.cell(workbook, "funding", "planned_amount_vnd_million").value = "=1/0"
    workbook.save(path / "odd.xlsx")
    return path / "odd.xlsx"


@needs_calc
@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_what_the_values_do_not_tell_is_seen_in_every_format(suffix, tmp_path):
    (tmp_path / "out").mkdir()
    judgement = judge_file(saved_again(odd_workbook(tmp_path), suffix, tmp_path / "out"), districts.PROVINCE)
    assert sorted((i.rule_id, i.sheet, i.row_number) for i in judgement.issues) == [
        ("CELL-09", "Kinh phí", 5),
        ("CELL-13", "Sản phẩm", 5),
        ("SHEET-11", "Hoạt động", None),
        ("SHEET-12", "Kinh phí", 6),
    ]
    products = judgement.tables["product"]
    assert products[0]["producer_registration_no"] == "0000000045"
    assert [row["producer_name"] for row in products] == ["HTX Nho 587"] * 3
    assert judgement.tables["target"][0]["target_max"] == 50
