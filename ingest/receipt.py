"""The answer to a workbook: the sender's own file with marked cells and a verdict sheet, and the same as JSON."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict
from pathlib import Path

from ingest.issue import Issue
from ingest.spec import RECEIPT_SHEET
from ingest.validate import Judgement

LOG = logging.getLogger(__name__)
VERDICT_NAME = {
    "accepted": "ĐƯỢC TIẾP NHẬN",
    "partly": "ĐƯỢC TIẾP NHẬN MỘT PHẦN",
    "refused": "CHƯA ĐƯỢC TIẾP NHẬN",
    "unreadable": "CHƯA ĐƯỢC TIẾP NHẬN (không đọc được tệp)",
}
_NEXT_STEP = {
    "accepted": "Số liệu đã được đưa vào kho. Các lưu ý dưới đây (nếu có) không cản trở việc tiếp nhận; "
    "khi bổ sung, xin gửi lại cả tệp, bản mới sẽ thay bản cũ.",
    "partly": "Số liệu của các đơn vị không có lỗi đã được đưa vào kho. Xin sửa các ô màu đỏ và nhập lại cả danh sách.",
    "refused": "Chưa số liệu nào của tệp này được đưa vào kho. Xin sửa các ô màu đỏ và gửi lại cả tệp.",
    "unreadable": "Chưa số liệu nào của tệp này được đưa vào kho. Xin làm theo hướng dẫn dưới đây và gửi lại.",
}
_SEVERITY_NAME = {"error": "Lỗi phải sửa", "warning": "Lưu ý"}
_FILL = {"error": "FF9999", "warning": "FFF2AB"}
_WIDTHS = (14, 13, 44, 28, 56, 50)


def write_receipt(outbox: Path, original: Path, submission_id: str, judgement: Judgement) -> Path:
    """Write ``outbox/<submission_id>/phan-hoi-<name>.xlsx`` and ``.json``; returns the workbook's path.

    A file that was read but that openpyxl cannot write back is answered with the verdict sheet alone.
    """
    folder = outbox / submission_id
    folder.mkdir(parents=True, exist_ok=True)
    try:
        answer = _answer(
            folder, original, submission_id, judgement, is_marked=judgement.verdict != "unreadable"
        )
    except Exception:  # an office can put anything into its file; every sender gets an answer all the same
        LOG.warning(
            "%s cannot be marked; it is answered with the verdict alone", submission_id, exc_info=True
        )
        answer = _answer(folder, original, submission_id, judgement, is_marked=False)
    content = receipt_json(original.name, submission_id, judgement)
    (folder / f"phan-hoi-{original.stem}.json").write_text(content + "\n", encoding="utf-8")
    return answer


def _answer(folder: Path, original: Path, submission_id: str, judgement: Judgement, is_marked: bool) -> Path:
    from openpyxl import Workbook

    has_macros = is_marked and original.suffix.lower() == ".xlsm"
    answer = folder / f"phan-hoi-{original.stem}{'.xlsm' if has_macros else '.xlsx'}"
    if is_marked:
        workbook = _marked_original(original, judgement, has_macros)
    else:
        workbook = Workbook()
        workbook.remove(workbook.active)
    _write_verdict(
        workbook.create_sheet(_free_name(workbook.sheetnames), 0), original.name, submission_id, judgement
    )
    workbook.active = 0
    for sheet in workbook.worksheets[1:]:
        sheet.sheet_view.tabSelected = False
    unfinished = folder / "receipt.unfinished"
    workbook.save(unfinished)
    os.replace(unfinished, answer)
    return answer


def receipt_json(file_name: str, submission_id: str | None, judgement: Judgement) -> str:
    """The answer as one JSON document."""
    return json.dumps(
        {
            "file_name": file_name,
            "submission_id": submission_id,
            "verdict": judgement.verdict,
            "unit_code": judgement.identity.unit.code if judgement.identity.unit else None,
            "period_code": judgement.identity.period.code if judgement.identity.period else None,
            "deadline_on": judgement.identity.period.deadline_on.isoformat()
            if judgement.identity.period
            else None,
            "error_count": judgement.error_count,
            "warning_count": judgement.warning_count,
            "issues": [asdict(issue) for issue in judgement.issues],
        },
        ensure_ascii=False,
        indent=2,
    )


def _marked_original(original: Path, judgement: Judgement, has_macros: bool):
    from openpyxl import load_workbook

    with original.open("rb") as stream:  # by content, whatever the file is called
        workbook = load_workbook(stream, keep_vba=has_macros)
    marks: dict[tuple[str, str], list[Issue]] = {}
    for issue in judgement.issues:
        if issue.sheet in workbook.sheetnames and issue.row_number and issue.column_letter:
            address = f"{issue.column_letter}{issue.row_number}"
            corner = _corner(workbook[issue.sheet], address)
            marks.setdefault((issue.sheet, corner), []).append(issue)
    for (sheet, address), issues in marks.items():
        _mark(workbook[sheet][address], issues)
    return workbook


def _corner(sheet, address: str) -> str:
    """The cell that is seen at an address: of merged cells, the first."""
    return next(
        (area.start_cell.coordinate for area in sheet.merged_cells.ranges if address in area), address
    )


def _mark(cell, issues: list[Issue]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    severity = "error" if any(issue.severity == "error" for issue in issues) else "warning"
    cell.fill = PatternFill("solid", fgColor=_FILL[severity])
    text = "\n".join(f"{issue.rule_id}: {issue.message} {issue.action}" for issue in issues)
    if cell.comment:
        text = f"{cell.comment.text}\n---\n{text}"  # what the sender wrote there stays
    cell.comment = Comment(_printable(text), "OCOP", height=140, width=320)


def _printable(value: object) -> object:
    """Text without the control characters that no workbook can hold."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value


def _write_verdict(sheet, file_name: str, submission_id: str, judgement: Judgement) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.worksheet.hyperlink import Hyperlink

    identity = judgement.identity
    is_accepted = judgement.verdict == "accepted"
    sheet["A1"] = f"KẾT QUẢ TIẾP NHẬN: {VERDICT_NAME[judgement.verdict]}"
    sheet["A1"].font = Font(bold=True, size=14, color="006100" if is_accepted else "9C0006")
    facts = (
        ("Tệp", file_name),
        ("Mã tiếp nhận", submission_id),
        ("Đơn vị", f"{identity.unit.code} - {identity.unit.name}" if identity.unit else "chưa nhận ra"),
        ("Kỳ báo cáo", identity.period.code if identity.period else "chưa nhận ra"),
        ("Ngày chốt kỳ", f"{identity.period.cut_off_on:%d/%m/%Y}" if identity.period else "chưa nhận ra"),
        ("Hạn gửi", f"{identity.period.deadline_on:%d/%m/%Y}" if identity.period else "chưa nhận ra"),
        ("Số lỗi phải sửa", judgement.error_count),
        ("Số lưu ý", judgement.warning_count),
        ("Việc cần làm", _NEXT_STEP[judgement.verdict]),
    )
    for row, (label, value) in enumerate(facts, start=2):
        sheet.cell(row, 1, label).font = Font(bold=True)
        sheet.cell(row, 2, _printable(value)).alignment = Alignment(
            wrap_text=True, horizontal="left", vertical="top"
        )
        sheet.merge_cells(start_row=row, start_column=2, end_row=row, end_column=6)
    sheet.row_dimensions[len(facts) + 1].height = 34
    heading = len(facts) + 3
    for column, title in enumerate(
        ("Mức độ", "Mã", "Vị trí", "Giá trị, dòng", "Nội dung", "Việc cần làm"), start=1
    ):
        cell = sheet.cell(heading, column, title)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="D9E1F2")
    for row, alike in enumerate(_alike(judgement.issues), start=heading + 1):
        first = alike[0]
        severity = _SEVERITY_NAME[first.severity]
        place, value_text = first.place, first.value_text
        if len(alike) > 1:
            place = f"Trang {first.sheet}, cột {first.column_title}, {len(alike)} dòng"
            value_text = "dòng " + ", ".join(str(issue.row_number) for issue in alike)
        values = (severity, first.rule_id, place, value_text, first.message, first.action)
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(row, column)
            cell.value = _printable(value)
            cell.data_type = (
                "s" if value is not None else cell.data_type
            )  # a value that begins with "=" stays text
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor=_FILL[first.severity])
        # LibreOffice opens wrapped rows one line high unless told.
        lines = max(-(-len(str(value or "")) // width) for value, width in zip(values, _WIDTHS, strict=True))
        sheet.row_dimensions[row].height = 15 * max(1, lines)
        if first.sheet and first.row_number and first.column_letter:
            link = sheet.cell(row, 3)
            target = f"'{first.sheet}'!{first.column_letter}{first.row_number}"
            link.hyperlink = Hyperlink(ref=link.coordinate, location=target)
            link.font = Font(color="0563C1", underline="single")
    for letter, width in zip("ABCDEF", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = sheet.cell(heading + 1, 1)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _alike(issues: list[Issue]) -> list[list[Issue]]:
    """Errors first, each on its own; the same warning about one column once, for all its rows."""
    groups: dict[tuple, list[Issue]] = {}
    for number, issue in enumerate(issues):
        own = number if issue.severity == "error" or issue.value_text else None
        key = (issue.severity, issue.rule_id, issue.sheet, issue.column_title, issue.message, own)
        groups.setdefault(key, []).append(issue)
    return sorted(groups.values(), key=lambda alike: alike[0].severity != "error")


def _free_name(taken: list[str]) -> str:
    """Name of the verdict sheet; numbered when the sender sends an answered workbook back."""
    if RECEIPT_SHEET not in taken:
        return RECEIPT_SHEET
    return next(name for n in range(2, 100) if (name := f"{RECEIPT_SHEET} {n}") not in taken)
