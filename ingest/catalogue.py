"""The catalogue of every check for clerks, written from the forms (``docs/huong-dan/danh-muc-kiem-tra.md``)."""

from __future__ import annotations

import re

from ingest.spec import common_rules, load_forms

_SEVERITY = {"error": "lỗi phải sửa", "warning": "lưu ý"}
# Placeholders of sentences that are no column: how the catalogue says what will stand there.
_WORDS = {
    "sheet": "tên trang",
    "other_sheet": "tên trang kia",
    "form_sheet": "tên trang",
    "title": "tên cột",
    "value": "giá trị đã ghi",
    "row": "số dòng",
    "other_row": "số dòng",
    "rows": "các dòng",
    "first_row": "dòng đầu",
    "last_row": "dòng cuối",
    "letter": "chữ cái của cột",
    "key": "nội dung",
    "reason": "lý do",
    "expected": "giá trị đối chiếu",
    "length": "số ký tự",
    "reading_1": "cách hiểu thứ nhất",
    "reading_2": "cách hiểu thứ hai",
    "stated": "số ghi",
    "computed": "số cộng được",
    "difference": "chênh lệch",
    "cut_off_on": "ngày chốt kỳ",
    "period_starts_on": "ngày đầu kỳ",
    "period_year": "năm của kỳ",
    "period_code": "kỳ báo cáo",
    "other_unit": "tên đơn vị kia",
    "other_product": "tên sản phẩm kia",
    "other_producer": "tên chủ thể kia",
    "other_max": "mức tối đa kia",
    "products": "tên các sản phẩm",
    "closed_on": "ngày ngừng nhận",
    "code": "mã",
    "columns": "các cột",
    "count": "số ô",
    "cover": "nội dung trang Bìa",
    "encoding": "tên bảng mã",
    "era": "thời kỳ",
    "first": "ô đầu tiên",
    "folder": "tên thư mục",
    "hint": "nội dung ghi ở tên",
    "kept_away": "được chạy hoặc được mở",
    "kind": "loại tệp",
    "label": "lần mấy",
    "list": "tên danh sách",
    "meant": "tên cột",
    "missing": "đơn vị hoặc kỳ",
    "name": "tên đã ghi",
    "names": "tên các tệp",
    "other": "đơn vị hoặc kỳ kia",
    "other_title": "tên cột kia",
    "other_value": "giá trị kia",
    "own": "đơn vị gửi",
    "period": "kỳ báo cáo",
    "place": "nơi ghi",
    "received_on": "ngày nhận",
    "row_count": "số",
    "said": "đơn vị tính đã ghi",
    "submission": "mã tiếp nhận",
    "texts": "chữ trong dòng",
    "titles": "tên các thông tin",
    "typed_in": "phông hoặc cách gõ",
    "unit": "đơn vị",
    "what": "nội dung",
    "where": "nơi ghi",
}
_GROUPS = {
    "FILE": ("Cả tệp", "Tệp có mở được không, là của ai, kỳ nào."),
    "SHEET": ("Trang và cột", "Trang, tiêu đề, cột có đúng biểu mẫu không."),
    "CELL": ("Từng ô", "Mỗi ô có đọc được và đúng danh mục, đúng khoảng không."),
    "ROW": ("Từng dòng", "Hai dòng trùng nhau của cùng một trang; dòng không phải là số liệu."),
    "REGISTER": (
        "Danh sách của tỉnh",
        "Khi nhập danh sách sản phẩm đã có của tỉnh; danh sách có thể gồm nhiều đơn vị.",
    ),
    "KNOWN": (
        "So với báo cáo đã nhận",
        "So với đơn vị khác cùng kỳ và với kỳ trước của chính đơn vị. Chỉ là lưu ý; việc tiếp nhận không phụ thuộc vào đây.",
    ),
}


def rule_catalogue(mark: str) -> str:
    """The page; ``mark`` says that it is generated."""
    lines = [
        f"<!-- {mark} -->",
        "",
        "# Danh mục kiểm tra",
        "",
        "Mọi kiểm tra của phần mềm tiếp nhận. **Lỗi phải sửa**: tệp bị trả lại. **Lưu ý**: tệp vẫn được nhận, đề nghị xem lại. "
        "Mã kiểm tra không bao giờ đổi nghĩa. Chỗ trong dấu «…» được thay bằng nội dung thật trên phiếu tiếp nhận; "
        "cách đọc phiếu: [phieu-tiep-nhan.md](phieu-tiep-nhan.md).",
        "",
    ]
    for family, (title, intro) in _GROUPS.items():
        rules = [rule for rule in common_rules().values() if rule.id.startswith(f"{family}-")]
        lines += [f"## {title}", "", intro, "", *_table(rules)]
    for form in load_forms().values():
        if form.rules:
            lines += [f"## Trang {form.sheet}: trong một dòng", "", *_table(form.rules)]
        if form.cross_rules:
            lines += [
                f"## Trang {form.sheet}: giữa các dòng và với trang khác",
                "",
                *_table(form.cross_rules),
            ]
    lines += [
        "## Số tổng trên trang Bìa",
        "",
        "Ô để trống thì không so sánh. Hai số khác nhau đều được giữ và nêu trong phụ lục chất lượng số liệu.",
        "",
        "| Mã | Mức độ | Số tổng | So với trang |",
        "|---|---|---|---|",
    ]
    cover = load_forms()["cover"]
    severity = _SEVERITY[common_rules()["control_total"].severity]
    lines += [
        f"| {total.id} | {severity} | {cover.field(total.field).title} | {load_forms()[total.form].sheet} |"
        for total in cover.control_totals
    ]
    return "\n".join(lines) + "\n"


def _table(rules) -> list[str]:
    ordered = sorted(rules, key=lambda rule: rule.id)
    rows = [
        f"| {rule.id} | {_SEVERITY[rule.severity]} | {_readable(rule.sentence)} | {_readable(rule.action)} |"
        for rule in ordered
    ]
    return ["| Mã | Mức độ | Nội dung | Việc cần làm |", "|---|---|---|---|", *rows, ""]


def _readable(sentence: str) -> str:
    """A sentence with «what will stand there» for each placeholder: the title of the column, or a word of ours."""
    titles = {known.name: known.title for form in load_forms().values() for known in form.fields} | _WORDS
    quoted = re.sub(r'"({\w+})"', r"\1", sentence)
    return re.sub(r"{(\w+)}", lambda match: f"«{titles.get(match[1], match[1])}»", quoted)
