"""Packages that would break a reader are refused by cause; what is counted is what calamine reads."""

import zipfile

import districts
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import PatternFill

from ingest.read import UnreadableError, read_workbook
from ingest.second_look import census
from ingest.spec import load_forms
from ingest.validate import judge_file

FUNDING = load_forms()["funding"].sheet


def rewritten(path, part: str, change) -> None:
    """Change one part of a package."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    (name,) = [name for name in parts if name.endswith(part)]
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)


def reason(path) -> str:
    judgement = judge_file(path, districts.PROVINCE)
    assert (judgement.verdict, [i.rule_id for i in judgement.issues]) == ("unreadable", ["FILE-01"])
    return judgement.issues[0].message


def test_a_stray_value_in_the_last_corner_is_named_and_not_read(tmp_path):
    path = districts.make(tmp_path)
    workbook = load_workbook(path)
    workbook[FUNDING]["XFD1048576"] = "x"
    workbook.save(path)
    assert "XFD1048576" in reason(path)


def test_formats_without_values_cost_nothing(tmp_path):
    path = districts.make(tmp_path)
    workbook = load_workbook(path)
    workbook[FUNDING]["XFD1048576"].fill = PatternFill("solid", fgColor="FF0000")
    workbook.save(path)
    assert judge_file(path, districts.PROVINCE).issues == []


def test_a_package_that_unpacks_to_too_much_is_not_unpacked(tmp_path):
    path = districts.make(tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/bomb.bin", bytes(101_000_000))
    assert path.stat().st_size < 1_000_000
    assert "quá lớn" in reason(path)


def test_a_sheet_with_entities_is_refused(tmp_path):
    path = districts.make(tmp_path)
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    rewritten(path, "worksheets/sheet1.xml", lambda _: bomb)
    assert "không thuộc định dạng Excel" in reason(path)


def test_cells_that_one_reader_does_not_see_are_a_refusal(tmp_path, monkeypatch):
    path = districts.make(tmp_path)
    counted = census(path, lambda name: True)
    counted[FUNDING].filled_count += 1
    monkeypatch.setattr("ingest.read.census", lambda *_: counted)
    with pytest.raises(UnreadableError, match=f'trang "{FUNDING}" đọc được'):
        read_workbook(path)


def test_a_formula_with_an_empty_result_is_an_empty_cell(tmp_path):
    path = districts.make(tmp_path, fault="uncalculated_formula")
    before = b'<c r="F5"' if b'<c r="F5"' in zipfile.ZipFile(path).read("xl/worksheets/sheet4.xml") else None
    assert before, "the sheet is written differently now"

    def with_empty_result(xml: bytes) -> bytes:
        start = xml.index(before)
        end = xml.index(b"</c>", start)
        return xml[:start] + b'<c r="F5" t="str"><f>IF(1,"","")</f><v></v>' + xml[end:]

    rewritten(path, "worksheets/sheet4.xml", with_empty_result)
    judgement = judge_file(path, districts.PROVINCE)
    assert (judgement.verdict, judgement.issues) == ("accepted", [])


def test_a_last_row_of_formulas_only_is_not_lost(tmp_path):
    path = districts.make(tmp_path)
    workbook = load_workbook(path)
    districts.cell(workbook, "funding", "disbursed_amount_vnd_million", 9).value = "=1+1"
    workbook.save(path)
    issues = judge_file(path, districts.PROVINCE).issues
    assert ("CELL-09", FUNDING, 13) in [(i.rule_id, i.sheet, i.row_number) for i in issues]


def test_texts_without_a_visible_character_are_empty_to_both_readers(tmp_path):
    path = districts.make(tmp_path)
    workbook = load_workbook(path)
    workbook[FUNDING]["B30"], workbook[FUNDING]["C30"] = " ", "\n"
    workbook.save(path)
    assert judge_file(path, districts.PROVINCE).issues == []


def test_values_of_every_kind_are_counted_alike(tmp_path):
    from datetime import date, datetime, time

    workbook = Workbook()
    for row in (
        [1, 2.5, True, False, "x", date(2024, 1, 1)],
        [datetime(2024, 1, 1, 3), time(3, 4), 0, "", None, "=1"],
    ):
        workbook.active.append(row)
    workbook.active["B4"] = "#N/A"
    workbook.save(tmp_path / "kinds.xlsx")
    (counted,) = census(tmp_path / "kinds.xlsx", lambda name: True).values()
    assert counted.filled_count == 9
    assert counted.faulty == {"F2": "=1", "B4": "#N/A"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "tệp hỏng"),
    ],
)
def test_an_old_container_is_told_by_what_it_holds(tmp_path, content, said):
    (tmp_path / "a.xlsx").write_bytes(content)
    assert said in reason(tmp_path / "a.xlsx")


def test_the_words_of_a_header_may_stand_in_several_rows(tmp_path):
    path = districts.make(tmp_path)
    workbook = load_workbook(path)
    sheet = workbook["Sản phẩm"]
    fields = [f.name for f in load_forms()["product"].fields]
    sheet.insert_rows(districts.HEADER_ROW)
    for name in fields:
        column = fields.index(name) + 1
        if name not in ("decision_number", "decision_date", "issuing_authority"):
            title = sheet.cell(districts.HEADER_ROW + 1, column).value
            (
                sheet.cell(districts.HEADER_ROW, column).value,
                sheet.cell(districts.HEADER_ROW + 1, column).value,
            ) = title, None
    first = fields.index("decision_number") + 1
    sheet.cell(districts.HEADER_ROW, first).value = "Quyết định công nhận"
    sheet.merge_cells(start_row=4, end_row=4, start_column=first, end_column=first + 2)
    workbook.save(path)
    judgement = judge_file(path, districts.PROVINCE)
    assert judgement.issues == []
    assert [row["decision_number"] for row in judgement.tables["product"]] == [
        f"{n}/QĐ-UBND" for n in (1, 2, 3)
    ]
