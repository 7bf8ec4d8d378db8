"""The answer is the sender's own workbook: faulty cells marked, our pages in front, nothing else touched."""

import dataclasses
import json
import zipfile
from datetime import date

import districts
import pytest
from openpyxl import load_workbook

from ingest.changes import Changes, compare
from ingest.issue import common_issue
from ingest.mark import MOST_NOTES
from ingest.receipt import write_receipt
from ingest.spec import CHANGES_SHEET, FINDINGS_SHEET, RECEIPT_SHEET
from ingest.validate import judge_file
from ingest.vietnamese import format_value


def answer(tmp_path, fault, name="s-1"):
    original = districts.make(tmp_path, fault=fault)
    judgement = judge_file(original, districts.PROVINCE)
    return original, judgement, write_receipt(tmp_path / "outbox", original, name, judgement)


def texts(sheet) -> list[str]:
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def facts(receipt) -> dict[str, object]:
    """Label and value of each line of the verdict."""
    return {row[0].value: row[1].value for row in load_workbook(receipt)[RECEIPT_SHEET].iter_rows()}


def test_a_faulty_cell_is_marked_and_commented(tmp_path):
    _, judgement, receipt = answer(tmp_path, "missing_key")
    cell = districts.cell(load_workbook(receipt), "product", "commune_code")
    assert cell.fill.fgColor.rgb == "FFFF9999"
    assert judgement.issues[0].message in cell.comment.text
    workbook = load_workbook(receipt)
    assert workbook[RECEIPT_SHEET]["A1"].value == "KẾT QUẢ TIẾP NHẬN: CHƯA ĐƯỢC TIẾP NHẬN"
    assert "Trang Sản phẩm, dòng 5, cột Xã/phường" in texts(workbook[FINDINGS_SHEET])


def test_each_finding_links_to_its_cell(tmp_path):
    _, judgement, receipt = answer(tmp_path, "missing_key")
    (link,) = [
        cell.hyperlink.location
        for row in load_workbook(receipt)[FINDINGS_SHEET].iter_rows()
        for cell in row
        if cell.hyperlink
    ]
    issue = judgement.issues[0]
    assert link == f"'Sản phẩm'!{issue.column_letter}{issue.row_number}"


def test_a_link_reaches_a_sheet_with_any_name(tmp_path):
    original = districts.make(tmp_path)
    workbook = load_workbook(original)
    workbook.create_sheet("Quý 4 '24 <nháp> & khác")["A1"] = 5
    workbook.save(original)
    judgement = judge_file(original, districts.PROVINCE)
    assert [i.rule_id for i in judgement.issues] == ["SHEET-08"]
    receipt = load_workbook(write_receipt(tmp_path / "outbox", original, "s-13", judgement))
    links = [c.hyperlink.location for r in receipt[FINDINGS_SHEET].iter_rows() for c in r if c.hyperlink]
    assert links == ["'Quý 4 ''24 <nháp> & khác'!A1"]


def test_every_other_cell_is_as_it_was(tmp_path):
    original, _, receipt = answer(tmp_path, "score_text")
    before, after = load_workbook(original), load_workbook(receipt)
    assert after.sheetnames == [RECEIPT_SHEET, FINDINGS_SHEET, *before.sheetnames]
    assert after.active.title == RECEIPT_SHEET
    assert [s.title for s in after if s.sheet_view.tabSelected] == [RECEIPT_SHEET]
    for sheet in before:
        assert [[c.value for c in row] for row in sheet] == [
            [c.value for c in row] for row in after[sheet.title]
        ]


def test_the_same_is_said_as_json(tmp_path):
    _, judgement, receipt = answer(tmp_path, "duplicate_row")
    document = json.loads(receipt.with_suffix(".json").read_text(encoding="utf-8"))
    assert document["verdict"] == "refused"
    assert [i["rule_id"] for i in document["issues"]] == [i.rule_id for i in judgement.issues]
    assert document["row_counts"] == {"product": 3, "rating": 1, "funding": 2, "target": 1, "activity": 1}
    assert document["changes"] is None


def test_an_unreadable_file_gets_an_answer_too(tmp_path):
    broken = tmp_path / "hong.xlsx"
    broken.write_bytes(b"PK broken")
    judgement = judge_file(broken, districts.PROVINCE)
    receipt = write_receipt(tmp_path / "outbox", broken, "s-2", judgement)
    assert load_workbook(receipt).sheetnames == [RECEIPT_SHEET, FINDINGS_SHEET]
    assert "Không mở được tệp" in facts(receipt)["Lý do"]


def test_a_clean_workbook_is_answered_with_the_verdict_alone(tmp_path):
    _, _, receipt = answer(tmp_path, None)
    assert load_workbook(receipt).sheetnames == [RECEIPT_SHEET]
    assert load_workbook(receipt)[RECEIPT_SHEET]["A1"].value == "KẾT QUẢ TIẾP NHẬN: ĐƯỢC TIẾP NHẬN"
    assert [
        row[2].value
        for row in load_workbook(receipt)[RECEIPT_SHEET].iter_rows()
        if row[0].value == "Sản phẩm"
    ] == [3]


def test_an_answered_workbook_sent_back_is_answered_again(tmp_path):
    _, _, receipt = answer(tmp_path, "missing_key")
    judgement = judge_file(receipt, districts.PROVINCE)
    assert [i.rule_id for i in judgement.issues] == ["CELL-01"]
    again = write_receipt(tmp_path / "outbox", receipt, "s-3", judgement)
    names = load_workbook(again).sheetnames
    assert names[:4] == [f"{RECEIPT_SHEET} 2", f"{FINDINGS_SHEET} 2", RECEIPT_SHEET, FINDINGS_SHEET]
    judgement = judge_file(again, districts.PROVINCE)
    assert [i.rule_id for i in judgement.issues] == ["CELL-01"]
    third = write_receipt(tmp_path / "outbox", again, "s-4", judgement)
    assert load_workbook(third).sheetnames[0] == f"{RECEIPT_SHEET} 3"


@pytest.mark.parametrize("value", ["=cmd|' /C calc'!A0", "+84 259", "-2+3", "@SUM(A1)"])
def test_a_value_that_looks_like_a_formula_stays_text(tmp_path, value):
    path = districts.make(tmp_path)
    workbook = load_workbook(path)
    cell = districts.cell(workbook, "product", "producer_type_code")
    cell.value, cell.data_type = value, "s"
    workbook.save(path)
    judgement = judge_file(path, districts.PROVINCE)
    receipt = write_receipt(tmp_path / "outbox", path, "s-4", judgement)
    listed = [
        c for row in load_workbook(receipt)[FINDINGS_SHEET].iter_rows() for c in row if c.value == value
    ]
    # quotePrefix: it stays text when somebody opens the cell and presses Enter.
    assert [(c.data_type, c.quotePrefix) for c in listed] == [("s", True)]


def test_the_same_gap_in_many_rows_is_one_line_and_every_cell_is_marked(tmp_path):
    original = districts.make(tmp_path)
    workbook = load_workbook(original)
    for row in (1, 2, 3):
        districts.cell(workbook, "product", "decision_number", row).value = None
    workbook.save(original)
    judgement = judge_file(original, districts.PROVINCE)
    receipt = load_workbook(write_receipt(tmp_path / "outbox", original, "s-5", judgement))
    listed = [
        [c.value for c in row][3:5]
        for row in receipt[FINDINGS_SHEET].iter_rows()
        if row[1].value == "CELL-02"
    ]
    assert listed == [["Trang Sản phẩm, cột Số quyết định, 3 dòng", "dòng 5-7"]]
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


def test_a_workbook_that_cannot_be_marked_is_answered_with_our_pages_alone(tmp_path):
    original = districts.make(tmp_path, fault="missing_key")
    with zipfile.ZipFile(original) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(original, "w") as package:
        for name, content in parts.items():
            package.writestr(name, b"<broken" if name.startswith("xl/comments") else content)
    judgement = judge_file(original, districts.PROVINCE)
    receipt = write_receipt(tmp_path / "outbox", original, "s-6", judgement)
    assert judgement.verdict == "refused"
    assert load_workbook(receipt).sheetnames == [RECEIPT_SHEET, FINDINGS_SHEET]
    assert not [p for p in receipt.parent.iterdir() if p.suffix not in (".xlsx", ".json")]


def test_what_is_no_package_is_answered_with_our_pages_alone(tmp_path):
    judgement = judge_file(districts.make(tmp_path, fault="missing_key"), districts.PROVINCE)
    table = tmp_path / "sanpham.csv"
    table.write_text("Tên sản phẩm;Chủ thể\n", encoding="utf-8")
    receipt = load_workbook(write_receipt(tmp_path / "outbox", table, "s-8", judgement))
    assert receipt.sheetnames == [RECEIPT_SHEET, FINDINGS_SHEET]
    # There is no cell to go to.
    assert not [c for row in receipt[FINDINGS_SHEET].iter_rows() for c in row if c.hyperlink]


def test_the_deadline_is_told_and_how_to_send_again(tmp_path):
    _, _, receipt = answer(tmp_path, "missing_key")
    told = facts(receipt)
    assert told["Hạn gửi"] == "17/12/2024"
    assert told["Kỳ báo cáo"] == "2024H2 (sáu tháng cuối năm 2024)"
    assert "Bản hợp lệ nhận được sau cùng thay cho các bản trước" in told["Cách gửi lại"]


def test_expected_value_difference_and_money_at_stake_are_listed(tmp_path):
    _, judgement, receipt = answer(tmp_path, "control_total")
    issue = next(i for i in judgement.issues if i.difference)
    lines = [[c.value for c in row] for row in load_workbook(receipt)[FINDINGS_SHEET].iter_rows()]
    (line,) = [line for line in lines if line[1] == issue.rule_id]
    assert line[4] == issue.value_text
    money = format_value(issue.amount_vnd_million)
    assert line[7:] == [issue.expected_text, issue.difference, money]


def test_thousands_of_findings_stay_openable_and_say_what_is_left_out(tmp_path):
    original = districts.make(tmp_path, fault="missing_key")
    judgement = judge_file(original, districts.PROVINCE)
    where = {"sheet": "Sản phẩm", "column_title": "Ghi chú", "column_letter": "C"}
    judgement.issues.extend(
        common_issue("CELL-07", row_number=row, value_text="x" * (40_000 if row == 10 else 10), **where)
        for row in range(10, 12_010)
    )
    receipt = load_workbook(write_receipt(tmp_path / "outbox", original, "s-9", judgement))
    sheet = receipt["Sản phẩm"]
    assert sum(1 for row in sheet.iter_rows() for cell in row if cell.comment) >= MOST_NOTES
    assert sheet["C12009"].fill.fgColor.rgb == "FFFF9999"
    assert sheet["C12009"].comment is None
    listed = texts(receipt[FINDINGS_SHEET])
    assert f"{MOST_NOTES} ô có chú thích" in listed[1]
    assert "Còn 2001 lỗi, lưu ý khác" in listed[1]
    assert max(map(len, listed)) < 32_767


def test_the_sender_reads_what_changed_since_the_last_time(tmp_path):
    filing = districts.rows("587", "2024H2")
    before = judge_file(districts.make(tmp_path / "1.xlsx", filing=filing), districts.PROVINCE)
    filing["product"][1]["star"] = 4
    filing["activity"].append({**filing["activity"][0], "note": "lớp thứ hai"})
    path = districts.make(tmp_path / "2.xlsx", filing=filing)
    judgement = judge_file(path, districts.PROVINCE)
    changes = Changes("2024H2-587-abc", date(2024, 12, 14), tuple(compare(before.tables, judgement.tables)))
    receipt = write_receipt(tmp_path / "outbox", path, "s-10", judgement, changes)
    assert facts(receipt)["Lần gửi trước"] == (
        "2024H2-587-abc, nhận ngày 14/12/2024. So với bản đó: 1 dòng thêm, 0 dòng bỏ, 1 dòng sửa; "
        f'xem trang "{CHANGES_SHEET}".'
    )
    lines = [[c.value for c in row] for row in load_workbook(receipt)[CHANGES_SHEET].iter_rows(min_row=4)]
    changed = ["Sửa", "Sản phẩm", 6, "Nho sấy 2 587 - HTX Nho 587", "Hạng sao", "3", "4"]
    assert lines[0] == changed
    assert lines[1][:3] == ["Thêm dòng", "Hoạt động", 6]
    document = json.loads(receipt.with_suffix(".json").read_text(encoding="utf-8"))
    assert document["changes"]["previous_received_on"] == "2024-12-14"
    assert [(row["kind"], row["form_name"]) for row in document["changes"]["rows"]] == [
        ("changed", "product"),
        ("added", "activity"),
    ]


def test_a_refused_revision_says_which_one_stays_in_force(tmp_path):
    original = districts.make(tmp_path, fault="missing_key")
    judgement = judge_file(original, districts.PROVINCE)
    changes = Changes("2024H2-587-abc", date(2024, 12, 14), None)
    receipt = write_receipt(tmp_path / "outbox", original, "s-11", judgement, changes)
    assert "vẫn có hiệu lực" in facts(receipt)["Lần gửi trước"]
    assert CHANGES_SHEET not in load_workbook(receipt).sheetnames


def test_characters_no_workbook_can_hold_are_left_out(tmp_path):
    original = districts.make(tmp_path, fault="missing_key")
    judgement = judge_file(original, districts.PROVINCE)
    judgement.issues[0] = dataclasses.replace(judgement.issues[0], value_text="a\x00\x0bb_x0041_")
    receipt = load_workbook(write_receipt(tmp_path / "outbox", original, "s-12", judgement))
    assert "ab_x0041_" in {text.replace("_x005F_", "_") for text in texts(receipt[FINDINGS_SHEET])}
