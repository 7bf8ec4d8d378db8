"""The answer is the sender's own workbook: faulty cells marked, a verdict sheet in front, nothing else touched."""

import json
import zipfile

import districts
from openpyxl import load_workbook

from ingest.receipt import RECEIPT_SHEET, write_receipt
from ingest.validate import judge_file


def answer(tmp_path, fault, name="s-1"):
    original = districts.make(tmp_path, fault=fault)
    judgement = judge_file(original, districts.PROVINCE)
    return original, judgement, write_receipt(tmp_path / "outbox", original, name, judgement)


def test_a_faulty_cell_is_marked_and_commented(tmp_path):
    original, judgement, receipt = answer(tmp_path, "missing_key")
    cell = districts.cell(load_workbook(receipt), "product", "commune_code")
    assert cell.fill.fgColor.rgb == "00FF9999"
    assert judgement.issues[0].message in cell.comment.text
    sheet = load_workbook(receipt)[RECEIPT_SHEET]
    assert sheet["A1"].value == "KẾT QUẢ TIẾP NHẬN: CHƯA ĐƯỢC TIẾP NHẬN"
    texts = [str(c.value) for row in sheet.iter_rows() for c in row if c.value]
    assert "Trang Sản phẩm, dòng 5, cột Xã/phường" in texts


def test_every_other_cell_is_as_it_was(tmp_path):
    original, _, receipt = answer(tmp_path, "score_text")
    before, after = load_workbook(original), load_workbook(receipt)
    assert after.sheetnames == [RECEIPT_SHEET, *before.sheetnames]
    for sheet in before:
        assert [[c.value for c in row] for row in sheet] == [
            [c.value for c in row] for row in after[sheet.title]
        ]


def test_the_same_is_said_as_json(tmp_path):
    _, judgement, receipt = answer(tmp_path, "duplicate_row")
    document = json.loads(receipt.with_suffix(".json").read_text(encoding="utf-8"))
    assert document["verdict"] == "refused"
    assert [i["rule_id"] for i in document["issues"]] == [i.rule_id for i in judgement.issues]


def test_an_unreadable_file_gets_an_answer_too(tmp_path):
    broken = tmp_path / "hong.xlsx"
    broken.write_bytes(b"PK broken")
    judgement = judge_file(broken, districts.PROVINCE)
    receipt = write_receipt(tmp_path / "outbox", broken, "s-2", judgement)
    workbook = load_workbook(receipt)
    assert workbook.sheetnames == [RECEIPT_SHEET]
    assert "Không mở được tệp" in str([c.value for row in workbook[RECEIPT_SHEET].iter_rows() for c in row])


def test_an_answered_workbook_sent_back_is_answered_again(tmp_path):
    _, _, receipt = answer(tmp_path, "missing_key")
    judgement = judge_file(receipt, districts.PROVINCE)
    assert [i.rule_id for i in judgement.issues] == ["CELL-01"]
    again = write_receipt(tmp_path / "outbox", receipt, "s-3", judgement)
    assert load_workbook(again).sheetnames[:2] == ["Phản hồi 2", RECEIPT_SHEET]


def test_a_value_that_looks_like_a_formula_stays_text(tmp_path):
    from openpyxl import load_workbook as load

    path = districts.make(tmp_path)
    workbook = load(path)
    cell = districts.cell(workbook, "product", "producer_type_code")
    cell.value, cell.data_type = "=cmd|' /C calc'!A0", "s"
    workbook.save(path)
    judgement = judge_file(path, districts.PROVINCE)
    receipt = write_receipt(tmp_path / "outbox", path, "s-4", judgement)
    listed = [
        c for row in load(receipt)[RECEIPT_SHEET].iter_rows() for c in row if str(c.value).startswith("=cmd")
    ]
    assert [c.data_type for c in listed] == ["s"]


def test_the_same_gap_in_many_rows_is_one_line_and_every_cell_is_marked(tmp_path):
    original = districts.make(tmp_path)
    workbook = load_workbook(original)
    for row in (1, 2, 3):
        districts.cell(workbook, "product", "decision_number", row).value = None
    workbook.save(original)
    judgement = judge_file(original, districts.PROVINCE)
    receipt = load_workbook(write_receipt(tmp_path / "outbox", original, "s-5", judgement))
    listed = [
        [c.value for c in row][2:4] for row in receipt[RECEIPT_SHEET].iter_rows() if row[1].value == "CELL-02"
    ]
    assert listed == [["Trang Sản phẩm, cột Số quyết định, 3 dòng", "dòng 5, 6, 7"]]
    assert all(districts.cell(receipt, "product", "decision_number", row).comment for row in (1, 2, 3))


def test_a_fault_in_merged_cells_is_marked_at_the_cell_that_is_seen(tmp_path):
    original = districts.make(tmp_path)
    workbook = load_workbook(original)
    amount = [districts.cell(workbook, "funding", "disbursed_amount_vnd_million", row) for row in (1, 2)]
    amount[1].value = None
    workbook["Kinh phí"].merge_cells(f"{amount[0].coordinate}:{amount[1].coordinate}")
    workbook.save(original)
    judgement = judge_file(original, districts.PROVINCE)
    assert [i.rule_id for i in judgement.issues] == ["FUNDING-01"]
    receipt = write_receipt(tmp_path / "outbox", original, "s-7", judgement)
    cell = districts.cell(load_workbook(receipt), "funding", "disbursed_amount_vnd_million", 1)
    assert judgement.issues[0].message in cell.comment.text


def test_a_workbook_that_cannot_be_written_back_gets_the_verdict_alone(tmp_path):
    original = districts.make(tmp_path, fault="missing_key")
    with zipfile.ZipFile(original) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(original, "w") as package:
        for name, content in parts.items():
            package.writestr(name, b"<broken" if name.startswith("xl/comments") else content)
    judgement = judge_file(original, districts.PROVINCE)
    receipt = write_receipt(tmp_path / "outbox", original, "s-6", judgement)
    assert judgement.verdict == "refused"
    assert load_workbook(receipt).sheetnames == [RECEIPT_SHEET]


def test_the_deadline_is_told(tmp_path):
    _, _, receipt = answer(tmp_path, "missing_key")
    facts = {row[0].value: row[1].value for row in load_workbook(receipt)[RECEIPT_SHEET].iter_rows(max_row=9)}
    assert facts["Hạn gửi"] == "17/12/2024"
