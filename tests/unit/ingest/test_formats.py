"""A workbook means the same in whatever format an office saves it."""

import functools
import shutil
import subprocess
from decimal import Decimal

import districts
import pytest
import xlsb
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ingest.sender import hint_of
from ingest.spec import load_forms
from ingest.validate import judge_file
from pipeline.settings import PROJECT

SAMPLES = sorted(PROJECT.glob("samples/*.xlsx"))
needs_calc = pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")


# An office in Vietnam: dates and numbers are shown as they are written there.
VIETNAMESE_OFFICE = (
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/L10N">'
    '<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>vi-VN</value></prop></item></oor:items>'
)


def save_again(paths, suffix: str, folder) -> None:
    """Write the workbooks as LibreOffice does."""
    (folder / "profile" / "user").mkdir(parents=True, exist_ok=True)
    (folder / "profile" / "user" / "registrymodifications.xcu").write_text(VIETNAMESE_OFFICE)
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        + ["--convert-to", suffix, "--outdir", str(folder), *map(str, paths)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip


def saved_again(path, suffix: str, folder):
    """The workbook as LibreOffice writes it."""
    save_again([path], suffix, folder)
    return folder / f"{path.stem}.{suffix}"


@pytest.fixture(scope="module")
def samples_again(tmp_path_factory):
    """Folder of all samples in a format, written once: to start LibreOffice costs more than to write a workbook."""

    @functools.cache
    def written(suffix: str):
        folder = tmp_path_factory.mktemp("samples")
        save_again(SAMPLES, suffix, folder)
        return folder

    return written


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
def test_a_sample_saved_again_gives_the_same_rows(path, suffix, samples_again):
    before = judge_file(path, districts.PROVINCE)
    after = judge_file(samples_again(suffix) / f"{path.stem}.{suffix}", districts.PROVINCE)
    assert business(after) == business(before)
    assert [(i.rule_id, i.sheet, i.row_number) for i in after.issues] == [
        (i.rule_id, i.sheet, i.row_number) for i in before.issues
    ]


ODD_ISSUES = [
    ("CELL-09", "Kinh phí", 5),
    ("CELL-13", "Sản phẩm", 5),
    ("SHEET-11", "Hoạt động", None),
    ("SHEET-12", "Kinh phí", 6),
    ("SHEET-14", "Kinh phí", 4),
]


def odd_workbook(path):
    """Shown otherwise than stored, merged, hidden, and an error: what only the second look sees."""
    workbook = load_workbook(districts.make(path))
    registration = districts.cell(workbook, "product", "producer_registration_no")
    registration.value, registration.number_format = 45, "0000000000"
    decision = districts.cell(workbook, "product", "decision_number")
    decision.value, decision.number_format = 12, '0"/QĐ-UBND"'
    money = districts.cell(workbook, "funding", "disbursed_amount_vnd_million")
    money.value, money.number_format = 93_974_000, "#,##0,,"
    target = districts.cell(workbook, "target", "target_max")
    target.value, target.number_format = 0.5, "0%"
    producers = [districts.cell(workbook, "product", "producer_name", row) for row in (1, 3)]
    workbook["Sản phẩm"].merge_cells(f"{producers[0].coordinate}:{producers[1].coordinate}")
    workbook["Kinh phí"].row_dimensions[6].hidden = True
    workbook["Hoạt động"].sheet_state = "hidden"
    workbook["Kinh phí"].column_dimensions["C"].hidden = True
    districts.cell(workbook, "funding", "planned_amount_vnd_million").value = "=1/0"
    workbook.save(path / "odd.xlsx")
    return path / "odd.xlsx"


@needs_calc
@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_what_the_values_do_not_tell_is_seen_in_every_format(suffix, tmp_path):
    (tmp_path / "out").mkdir()
    judgement = judge_file(saved_again(odd_workbook(tmp_path), suffix, tmp_path / "out"), districts.PROVINCE)
    assert sorted((i.rule_id, i.sheet, i.row_number) for i in judgement.issues) == ODD_ISSUES
    products = judgement.tables["product"]
    assert products[0]["producer_registration_no"] == "0000000045"
    assert products[0]["decision_number"] == "12/QĐ-UBND"
    assert [row["producer_name"] for row in products] == ["HTX Nho 587"] * 3
    assert judgement.tables["target"][0]["target_max"] == 50
    assert judgement.tables["funding"][0]["disbursed_amount_vnd_million"] == Decimal("93.974")


def test_a_binary_workbook_gives_the_same_rows(tmp_path):
    for path in SAMPLES:
        binary = xlsb.write(tmp_path / f"{path.stem}.xlsb", load_workbook(path))
        before, after = judge_file(path, districts.PROVINCE), judge_file(binary, districts.PROVINCE)
        assert business(after) == business(before)
        assert [(i.rule_id, i.sheet, i.row_number) for i in after.issues] == [
            (i.rule_id, i.sheet, i.row_number) for i in before.issues
        ]


def test_what_the_values_do_not_tell_is_seen_in_a_binary_workbook(tmp_path):
    workbook = load_workbook(odd_workbook(tmp_path))
    districts.cell(workbook, "funding", "planned_amount_vnd_million").value = "#DIV/0!"
    judgement = judge_file(xlsb.write(tmp_path / "odd.xlsb", workbook), districts.PROVINCE)
    assert sorted((i.rule_id, i.sheet, i.row_number) for i in judgement.issues) == ODD_ISSUES
    assert judgement.tables["product"][0]["producer_registration_no"] == "0000000045"
    assert judgement.tables["product"][0]["decision_number"] == "12/QĐ-UBND"
    assert judgement.tables["target"][0]["target_max"] == 50
    assert judgement.tables["funding"][0]["disbursed_amount_vnd_million"] == Decimal("93.974")


def test_a_cut_off_record_of_a_binary_workbook_is_a_damaged_file(tmp_path):
    from zipfile import ZipFile

    whole = xlsb.write(tmp_path / "a.xlsb", load_workbook(districts.make(tmp_path)))
    with ZipFile(whole) as package, ZipFile(tmp_path / "b.xlsb", "w") as cut:
        for name in package.namelist():
            content = package.read(name)
            cut.writestr(name, content[:-40] if name.endswith("sheet2.bin") else content)
    judgement = judge_file(tmp_path / "b.xlsb", districts.PROVINCE)
    assert (judgement.verdict, [i.rule_id for i in judgement.issues]) == ("unreadable", ["FILE-01"])


def old_mac(path):
    """A workbook whose days count from 1904."""
    workbook = load_workbook(districts.make(path))
    workbook.epoch = CALENDAR_MAC_1904
    workbook.save(path / "mac.xlsx")
    return workbook, path / "mac.xlsx"


DECIDED_ON = districts.rows("587", "2024H2")["product"][0]["decision_date"]


def test_days_of_old_macs_are_the_right_days(tmp_path):
    workbook, path = old_mac(tmp_path)
    binary = xlsb.write(tmp_path / "mac.xlsb", workbook, is_1904=True)
    for file in (path, binary):
        judgement = judge_file(file, districts.PROVINCE)
        assert (judgement.issues, judgement.tables["product"][0]["decision_date"]) == ([], DECIDED_ON)


def test_a_bare_number_of_days_is_no_date_in_a_workbook_of_old_macs(tmp_path):
    workbook, path = old_mac(tmp_path)
    cell = districts.cell(workbook, "product", "decision_date")
    cell.value, cell.number_format = 45000, "General"
    workbook.save(path)
    assert [i.rule_id for i in judge_file(path, districts.PROVINCE).issues] == ["CELL-04"]


@needs_calc
@pytest.mark.slow
def test_days_of_old_macs_survive_the_old_format(tmp_path):
    _, path = old_mac(tmp_path)
    (tmp_path / "out").mkdir()
    judgement = judge_file(saved_again(path, "xls", tmp_path / "out"), districts.PROVINCE)
    assert judgement.tables["product"][0]["decision_date"] == DECIDED_ON


# Separator, character set of LibreOffice, code table a receipt names.
TEXT_FILTERS = {"utf-8": (44, 76, None), "windows": (59, 40, "cp1258"), "utf-16": (9, 65535, None)}


@needs_calc
@pytest.mark.slow
@pytest.mark.parametrize("kind", TEXT_FILTERS)
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sheet_saved_as_text_gives_the_same_rows(path, kind, samples_again):
    separator, character_set, named = TEXT_FILTERS[kind]
    before = judge_file(path, districts.PROVINCE)
    options = f"{separator},34,{character_set},1,,0,false,true,false,false,false,-1"
    folder = samples_again(f"csv:Text - txt - csv (StarCalc):{options}")
    for form in load_forms().values():
        rows = business(before).get(form.name)
        if form.kind == "cover" or not rows:
            continue
        (text,) = folder.glob(f"{path.stem}-{form.sheet}.csv")
        after = judge_file(text, districts.PROVINCE, hint_of("", text.name, districts.PROVINCE))
        assert after.verdict == "accepted", after.issues
        assert business(after) == {form.name: rows}
        assert [i.message for i in after.issues if i.rule_id == "FILE-10"] == (
            [f"Tệp dùng bảng mã {named}, đã chuyển sang Unicode."] if named else []
        )
