"""What a receipt says to the clerk: the verdict, every finding with a link to its cell, what changed since the last time."""

from __future__ import annotations

from itertools import groupby

from ingest.answer_page import Cell, Page
from ingest.changes import Changes, RowChange
from ingest.identity import Identity
from ingest.issue import Issue
from ingest.mark import MOST_NOTES
from ingest.reference import Period, code_list
from ingest.spec import (
    ANSWER_SHEETS,
    CHANGES_SHEET,
    FINDINGS_SHEET,
    RECEIPT_SHEET,
    TABLE_FORM_NAMES,
    Field,
    list_names,
    load_forms,
    load_list,
)
from ingest.validate import Judgement
from ingest.vietnamese import format_value

VERDICT_NAME = {
    "accepted": "ĐƯỢC TIẾP NHẬN",
    "partly": "ĐƯỢC TIẾP NHẬN MỘT PHẦN",
    "refused": "CHƯA ĐƯỢC TIẾP NHẬN",
    "unreadable": "CHƯA ĐƯỢC TIẾP NHẬN (không đọc được tệp)",
}
_NEXT_STEP = {
    "accepted": "Số liệu đã được đưa vào kho. Các lưu ý (nếu có) không cản trở việc tiếp nhận; xin bổ sung khi có thông tin.",
    "partly": 'Số liệu của các đơn vị không có lỗi đã được đưa vào kho. Xin sửa các lỗi nêu ở trang "{findings}" rồi nhập lại.',
    "refused": 'Chưa số liệu nào của tệp này được đưa vào kho. Xin sửa các lỗi nêu ở trang "{findings}" rồi gửi lại cả tệp.',
    "unreadable": 'Chưa số liệu nào của tệp này được đưa vào kho. Xin làm theo hướng dẫn ở trang "{findings}" rồi gửi lại.',
}
_HOW_TO_RESEND = (
    "Gửi cả tệp với đủ các trang, không gửi riêng trang đã sửa, về đúng nơi đã gửi tệp này. Tên tệp có thể giữ nguyên hoặc "
    "đặt tên khác. Bản hợp lệ nhận được sau cùng thay cho các bản trước."
)
_IN_THIS_FILE = (
    "Có thể sửa ngay trong tệp này rồi gửi lại: ô có lỗi được tô màu đỏ, ô cần lưu ý màu vàng, kèm chú thích. Các trang phản "
    "hồi, màu ô và chú thích không ảnh hưởng đến số liệu; ngoài ra nội dung tệp được giữ nguyên."
)
_IN_THE_ORIGINAL = "Tệp này chỉ để xem kết quả. Nếu cần sửa, xin sửa trên tệp đã gửi."
_ANSWERED_BEFORE = (
    'Tệp còn màu và chú thích của lần phản hồi trước; chỉ những ô nêu ở trang "{findings}" là còn phải xem.'
)
_SEVERITY_NAME = {"error": "Lỗi phải sửa", "warning": "Lưu ý"}
_KIND_NAME = {"added": "Thêm dòng", "removed": "Bỏ dòng", "changed": "Sửa"}
_HALF_NAME = {"H1": "sáu tháng đầu năm {}", "H2": "sáu tháng cuối năm {}", "Y": "cả năm {}"}
_UNKNOWN = "chưa nhận ra"
# More lines are a fault of the whole workbook, not of its cells; the JSON answer has every one.
_MOST_LINES = 10_000
_MOST_ROW_TEXT = 300


def make_pages(
    file_name: str,
    submission_id: str,
    judgement: Judgement,
    changes: Changes | None,
    sheet_names: list[str],
) -> list[Page]:
    """The pages of a receipt; ``sheet_names`` are those of the workbook they are put into, none for one of our own."""
    names = _free_names(sheet_names)
    pages = [_verdict_page(names, file_name, submission_id, judgement, changes, sheet_names)]
    if judgement.issues:
        pages.append(_findings_page(names[FINDINGS_SHEET], judgement.issues, sheet_names))
    if changes and changes.rows:
        pages.append(_changes_page(names[CHANGES_SHEET], changes, judgement, sheet_names))
    return pages


def _free_names(taken: list[str]) -> dict[str, str]:
    """Names of our pages, all with the same number when the sender sends an answered workbook back."""
    lowered = {name.lower() for name in taken}
    number = 1
    while any(f"{name}{_numbered(number)}".lower() in lowered for name in ANSWER_SHEETS):
        number += 1
    return {name: f"{name}{_numbered(number)}" for name in ANSWER_SHEETS}


def _numbered(number: int) -> str:
    return f" {number}" if number > 1 else ""


def _verdict_page(
    names: dict[str, str],
    file_name: str,
    submission_id: str,
    judgement: Judgement,
    changes: Changes | None,
    sheet_names: list[str],
) -> Page:
    unit, period, due = judgement.identity.unit, judgement.identity.period, judgement.identity.deadline_on
    findings = names[FINDINGS_SHEET]
    facts: list[tuple[str, str | int]] = [
        ("Tệp", file_name),
        ("Mã tiếp nhận", submission_id),
        ("Đơn vị", f"{unit.code} - {unit.name}" if unit else _of_nobody(judgement.identity)),
        ("Kỳ báo cáo", _period_name(period) if period else _UNKNOWN),
        ("Ngày chốt kỳ", f"{period.cut_off_on:%d/%m/%Y}" if period else _UNKNOWN),
        ("Hạn gửi", f"{due:%d/%m/%Y}" if due else _UNKNOWN),
        ("Số lỗi phải sửa", judgement.error_count),
        ("Số lưu ý", judgement.warning_count),
    ]
    reasons = [i for i in judgement.issues if i.severity == "error" and not i.sheet]
    facts += [("Lý do", f"{reason.message} {reason.action}") for reason in reasons]
    facts.append(("Việc cần làm", _NEXT_STEP[judgement.verdict].format(findings=findings)))
    facts.append(("Cách gửi lại", _HOW_TO_RESEND))
    facts.append(("Sửa ở đâu", _IN_THIS_FILE if sheet_names else _IN_THE_ORIGINAL))
    if names[RECEIPT_SHEET] != RECEIPT_SHEET and judgement.issues:
        facts.append(("Lưu ý khi xem", _ANSWERED_BEFORE.format(findings=findings)))
    if changes:
        facts.append(("Lần gửi trước", _since(changes, names[CHANGES_SHEET])))
    style = "good_title" if judgement.verdict == "accepted" else "bad_title"
    rows = [[Cell(f"KẾT QUẢ TIẾP NHẬN: {VERDICT_NAME[judgement.verdict]}", style, span=5)], []]
    rows += [[Cell(label, "label"), Cell(value, "text", span=4)] for label, value in facts]
    rows += [[], *_counts(judgement)]
    if judgement.issues:
        rows += [
            [],
            [Cell(f'Xem từng lỗi, lưu ý: trang "{findings}"', "free_link", (findings, "A1"), span=5)],
        ]
    return Page(names[RECEIPT_SHEET], (24, 52, 18, 15, 15), rows)


def _of_nobody(identity: Identity) -> str:
    if identity.form_version in list_names():
        return f"các đơn vị có trong {load_list(identity.form_version).form.title}"
    return _UNKNOWN


def _period_name(period: Period) -> str:
    return f"{period.code} ({_HALF_NAME[period.kind].format(period.year)})"


def _since(changes: Changes, page_name: str) -> str:
    before = f"{changes.previous_submission_id}, nhận ngày {changes.previous_received_on:%d/%m/%Y}"
    if changes.rows is None:
        return f"{before}. Bản đó đã được tiếp nhận và vẫn có hiệu lực cho đến khi có bản mới hợp lệ."
    if not changes.rows:
        return f"{before}. Số liệu không thay đổi."
    counts = ", ".join(
        f"{changes.count(kind)} dòng {word}"
        for kind, word in (("added", "thêm"), ("removed", "bỏ"), ("changed", "sửa"))
    )
    return f'{before}. So với bản đó: {counts}; xem trang "{page_name}".'


def _counts(judgement: Judgement) -> list[list[Cell]]:
    """Rows and findings of each sheet."""
    taken = "Số dòng đã nhận" if judgement.verdict == "accepted" else "Số dòng đọc được"
    counts: dict[str | None, tuple[str, int | None]] = {}
    for name in TABLE_FORM_NAMES:
        if name not in judgement.tables:
            continue  # a text file has one form
        rows = judgement.tables[name]
        sheet = rows[0]["_sheet"] if rows else load_forms()[name].sheet
        counts[sheet] = (load_forms()[name].title, len(rows))
    for issue in judgement.issues:
        counts.setdefault(issue.sheet, ("" if issue.sheet else "Cả tệp", None))
    table = [
        [Cell(text, "heading") for text in ("Trang", "Biểu", taken, "Lỗi phải sửa", "Lưu ý")],
    ]
    for sheet, (title, row_count) in counts.items():
        found = [issue.severity for issue in judgement.issues if issue.sheet == sheet]
        values = (
            sheet or title,
            title if sheet else "",
            row_count,
            found.count("error"),
            found.count("warning"),
        )
        table.append([Cell(value, "cell") for value in values])
    return table


def _findings_page(name: str, issues: list[Issue], sheet_names: list[str]) -> Page:
    lines = _alike(issues)
    rows = [
        [Cell("LỖI PHẢI SỬA VÀ LƯU Ý", "label", span=10)],
        [Cell(_findings_note(lines, issues), "note", span=10)],
        [
            Cell(text, "heading")
            for text in (
                "Mức độ", "Mã", "Ô", "Vị trí", "Giá trị đã ghi", "Nội dung", "Việc cần làm",
                "Yêu cầu, số đối chiếu", "Chênh lệch", "Số tiền liên quan (triệu đồng)",
            )
        ],
    ]  # fmt: skip
    rows += [_finding(alike, sheet_names) for alike in lines[:_MOST_LINES]]
    return Page(name, (13, 12, 8, 26, 20, 36, 36, 16, 12, 13), rows, heading_row=3)


def _findings_note(lines: list[list[Issue]], issues: list[Issue]) -> str:
    notes = ["Bấm vào ô ở cột Ô để đến nơi cần xem."]
    cells: dict[str | None, set] = {}
    for issue in issues:
        if issue.row_number and issue.column_letter:
            cells.setdefault(issue.sheet, set()).add((issue.row_number, issue.column_letter))
    if any(len(found) > MOST_NOTES for found in cells.values()):
        notes.append(
            f"Mỗi trang có nhiều nhất {MOST_NOTES} ô có chú thích (lỗi trước); mọi ô đều được tô màu."
        )
    if len(lines) > _MOST_LINES:
        notes.append(
            f"Còn {len(lines) - _MOST_LINES} lỗi, lưu ý khác không liệt kê ở đây; xin xem tệp .json kèm theo."
        )
    return " ".join(notes)


def _finding(alike: list[Issue], sheet_names: list[str]) -> list[Cell]:
    first = alike[0]
    place, value_text = first.place, first.value_text
    if len(alike) > 1:
        place = f"Trang {first.sheet}, cột {first.column_title}, {len(alike)} dòng"
        value_text = f"dòng {_row_text([issue.row_number for issue in alike])}"
    address = f"{first.column_letter or 'A'}{first.row_number or 1}" if first.sheet else None
    is_there = first.sheet in sheet_names
    return [
        Cell(_SEVERITY_NAME[first.severity], first.severity),
        Cell(first.rule_id, "cell"),
        # A link on the long text would not be wrapped by LibreOffice.
        Cell(address, "link", (first.sheet, address)) if is_there else Cell(address, "cell"),
        Cell(place, "cell"),
        Cell(value_text, "value"),
        Cell(first.message, "value"),
        Cell(first.action, "value"),
        Cell(first.expected_text, "value"),
        Cell(first.difference, "value"),
        Cell(_money_at_stake(alike), "value"),
    ]


def _money_at_stake(alike: list[Issue]) -> str | None:
    """The money the findings speak of, together."""
    amounts = [issue.amount_vnd_million for issue in alike if issue.amount_vnd_million is not None]
    return format_value(sum(amounts)) if amounts else None


def _row_text(numbers: list[int]) -> str:
    """Row numbers as a person lists them: 5-7, 9."""
    spans = []
    for _, run in groupby(enumerate(sorted(numbers)), key=lambda item: item[1] - item[0]):
        first, *rest = [number for _, number in run]
        spans.append(f"{first}-{rest[-1]}" if rest else str(first))
    text = ", ".join(spans)
    return text if len(text) <= _MOST_ROW_TEXT else text[:_MOST_ROW_TEXT].rpartition(",")[0] + " …"


def _alike(issues: list[Issue]) -> list[list[Issue]]:
    """Errors first, each on its own; the same warning about one column once, for all its rows."""
    groups: dict[tuple, list[Issue]] = {}
    for number, issue in enumerate(issues):
        own = number if issue.severity == "error" or issue.value_text or not issue.row_number else None
        key = (issue.severity, issue.rule_id, issue.sheet, issue.column_title, issue.message, own)
        groups.setdefault(key, []).append(issue)
    return sorted(groups.values(), key=lambda alike: alike[0].severity != "error")


def _changes_page(name: str, changes: Changes, judgement: Judgement, sheet_names: list[str]) -> Page:
    sheets = {form: rows[0]["_sheet"] for form, rows in judgement.tables.items() if rows}
    intro = (
        f"So với bản đã được tiếp nhận {changes.previous_submission_id}, nhận ngày "
        f"{changes.previous_received_on:%d/%m/%Y}. Dòng thêm và sửa đánh số theo tệp lần này, dòng bỏ theo tệp lần trước."
    )
    rows = [
        [Cell("THAY ĐỔI SO VỚI LẦN GỬI TRƯỚC", "label", span=7)],
        [Cell(intro, "note", span=7)],
        [
            Cell(text, "heading")
            for text in ("Thay đổi", "Trang", "Dòng", "Nội dung dòng", "Cột", "Lần trước", "Lần này")
        ],
    ]
    for change in changes.rows:
        rows += _change_lines(change, sheets.get(change.form_name), sheet_names)
    if len(rows) > _MOST_LINES:
        rows[1] = [
            Cell(
                f"{intro} Trang này chỉ ghi {_MOST_LINES} thay đổi đầu; đủ ở tệp .json kèm theo.",
                "note",
                span=7,
            )
        ]
        del rows[_MOST_LINES:]
    return Page(name, (13, 16, 8, 50, 28, 28, 28), rows, heading_row=3)


def _change_lines(change: RowChange, sheet: str | None, sheet_names: list[str]) -> list[list[Cell]]:
    form = load_forms()[change.form_name]
    number = change.row_number or change.previous_row_number
    key = " - ".join(_shown(form.field(name), value) for name, value in change.key.items())
    start = [
        Cell(_KIND_NAME[change.kind], change.kind),
        Cell(sheet or form.sheet, "cell"),
        Cell(number, "cell"),
        Cell(key, "value"),
    ]
    if change.kind != "changed":
        return [[*start, *(Cell(None, "cell") for _ in range(3))]]
    if sheet in sheet_names and number:
        start[2] = Cell(number, "link", (sheet, f"A{number}"))
    return [
        [
            *start,
            Cell(cell.title, "cell"),
            Cell(_shown(form.field(cell.field_name), cell.before), "value"),
            Cell(_shown(form.field(cell.field_name), cell.after), "value"),
        ]
        for cell in change.cells
    ]


def _shown(known: Field, value: object) -> str:
    """A stored value as the clerk sees it in a drop-down; units and communes by their code."""
    if isinstance(value, str) and known.codelist:
        try:
            return code_list(known.codelist).display(value)
        except (FileNotFoundError, KeyError):  # a list that depends on unit and period is no file
            return value
    if known.type == "integer" and known.unit is None and value is not None:
        return str(value)  # a year is no amount
    return format_value(value)
