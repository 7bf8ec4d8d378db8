"""Seeded faults: many kinds, several in one workbook, each with the one finding it must produce.

``districts.FAULTS`` holds the faults met in life, one to a workbook. Here a seed chooses among kinds and rows, and packs
what does not clash into as few workbooks as it can.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import districts
from fault_book import ACTIVITIES, MONEY, NAMED_MONEY, PERIOD, PRODUCTS, RATED, TARGETS, UNRATED, Book
from legacy_fonts import from_unicode

from ingest.issue import Issue
from ingest.legacy_text import TCVN3
from ingest.reference import periods
from ingest.spec import common_rules, load_forms
from ingest.template import HEADER_ROW

_STARTS_ON, _CUT_OFF = periods()[PERIOD].starts_on, periods()[PERIOD].cut_off_on

# (rule, sheet, row in the sheet, field)
Place = tuple[str, str | None, int | None, str | None]


@dataclass(frozen=True)
class Kind:
    """One kind of fault: what it does to row n of a form and the rule that must find it, at ``field`` of that row.

    ``also`` names the forms whose row n it needs as it is, ``above`` whether it needs the row above, too; a kind without
    rows concerns the whole sheet and wants it alone.
    """

    rule: str
    form: str
    field: str | None
    spoil: Callable[[Book, int], None]
    rows: range | None = None
    also: tuple[str, ...] = ()
    above: bool = False
    sheet_name: str | None = None
    is_alone: bool = False  # nothing else can be found beside it

    def claims(self, row: int) -> set[tuple[str, object]]:
        """(form, row) the fault needs for itself; of the cover, the field."""
        if self.rows is None:
            return {("cover", self.field)} if self.form == "cover" else {(self.form, n) for n in PRODUCTS}
        own = {(form, row) for form in (self.form, *self.also)}
        return own | ({(self.form, row - 1)} if self.above else set())

    @property
    def breaks(self) -> tuple[str, str] | None:
        """The column (form, field) that is not whole any more beside this fault."""
        is_error = self.rule in common_rules() and common_rules()[self.rule].severity == "error"
        return (self.form, self.field) if is_error and self.rows is not None else None

    @property
    def needs(self) -> set[tuple[str, str]]:
        """Columns (form, field) its rule needs whole; "*" is any column of the form."""
        whole = {
            tuple(column.split("."))
            for form in load_forms().values()
            for rule in form.cross_rules
            if rule.id == self.rule
            for column in rule.whole
        }
        return whole | {
            (total.form, "*") for total in load_forms()["cover"].control_totals if total.id == self.rule
        }

    def expected(self, row: int) -> Place:
        """(rule, sheet, row in the sheet, field) of its finding."""
        sheet = self.sheet_name or load_forms()[self.form].sheet
        if self.form == "cover" and self.field:
            names = [f.name for f in load_forms()["cover"].fields]
            return (self.rule, sheet, districts.COVER_FIRST_ROW + names.index(self.field), self.field)
        return (self.rule, sheet, None if self.rows is None else HEADER_ROW + row, self.field)


def place(issue: Issue) -> Place:
    """Where and by which rule an issue was found, as ``Kind.expected`` says it."""
    row = issue.row_number if issue.rule_id not in ("SHEET-03", "SHEET-10") else None
    return (issue.rule_id, issue.sheet, row, issue.field_name)


def _cell(
    rule: str, form: str, field: str, value: object, rows: range, also: tuple[str, ...] = (), **others: object
) -> Kind:
    def spoil(book: Book, row: int) -> None:
        book.put(form, row, **{field: value}, **others)

    return Kind(rule, form, field, spoil, rows, also)


def _beside(rule: str, form: str, field: str, spoil, rows: range) -> Kind:
    """A fault between a row and the one above it."""
    return Kind(rule, form, field, spoil, rows[1:], above=True)


def _total(number: int, field: str) -> Kind:
    return Kind(f"COVER-{number:02}", "cover", field, lambda book, _: book.put_cover(**{field: 999}))


def _unrated(rule: str, field: str, value: object, **others: object) -> Kind:
    return _cell(rule, "product", field, value, UNRATED, **others)


def _rated(rule: str, field: str, value: object, **others: object) -> Kind:
    return _cell(rule, "rating", field, value, RATED, ("product",), **others)


def _money(rule: str, field: str, value: object, **others: object) -> Kind:
    return _cell(rule, "funding", field, value, MONEY[4:], **others)


def _plan(rule: str, field: str, value: object, **others: object) -> Kind:
    return _cell(rule, "target", field, value, TARGETS, **others)


def _work(rule: str, field: str, value: object, **others: object) -> Kind:
    return _cell(rule, "activity", field, value, ACTIVITIES, **others)


def _above(form: str, *names: str, **others: object) -> Callable[[Book, int], None]:
    """Takes fields of the row above."""

    def spoil(book: Book, row: int) -> None:
        book.put(form, row, **{name: book.get(form, row - 1, name) for name in names}, **others)

    return spoil


def _other_marks(book: Book, row: int) -> None:
    book.put("product", row, product_name=f"Nho say {row - 1}", producer_name=f"HTX Nho số {row - 1}")


def _same_decision(book: Book, row: int) -> None:
    _above(
        "product", "decision_number", "decision_date", "expiry_date", issuing_authority="UBND tỉnh Ninh Thuận"
    )(book, row)


def _same_producer_other_type(book: Book, row: int) -> None:
    _above("product", "producer_name", producer_type_code="DN")(book, row)
    book.put(
        "product", row, producer_registration_no=book.get("product", row - 1, "producer_registration_no")
    )


def _other_star(book: Book, row: int) -> None:
    star = 7 - book.get("rating", row, "star")
    book.put("rating", row, star=star, score_point=75, score_part_a_point=None)


_WHOLE_PLAN = {"is_total": "Có", "target_min": 30, "target_max": 30}


def _total_of_stars(book: Book, row: int) -> None:
    _above("target", "target_from_year", "target_to_year", **_WHOLE_PLAN)(book, row)
    book.put("target", row - 1, star=3)


def _total_of_names(book: Book, row: int) -> None:
    planned = {"indicator_code": "Sản phẩm dự kiến tham gia đánh giá, phân hạng"}
    _above("target", "target_from_year", "target_to_year", **_WHOLE_PLAN, **planned)(book, row)
    book.put("target", row - 1, product_name="Bưởi", **planned)


def _instead(form: str, **values: object) -> Callable[[Book, int], None]:
    """Nothing but these values in the row."""

    def spoil(book: Book, row: int) -> None:
        book.put(form, row, **dict.fromkeys(f.name for f in load_forms()[form].fields))
        book.put(form, row, **values)

    return spoil


def _unknown_column(book: Book, _: int) -> None:
    cell = book.sheet("activity").cell(HEADER_ROW, len(load_forms()["activity"].fields) + 1)
    book.after(lambda: setattr(cell, "value", None))
    cell.value = "Ghi thêm của huyện"


def _headless_column(book: Book, _: int) -> None:
    cell = book.sheet("target").cell(HEADER_ROW + 1, len(load_forms()["target"].fields) + 1)
    book.after(lambda: setattr(cell, "value", None))
    cell.value = 12


def _foreign_sheet(book: Book, _: int) -> None:
    sheet = book.workbook.create_sheet("Bảng tính riêng")
    sheet["A1"] = 5
    book.after(lambda: book.workbook.remove(sheet))


def _continued_sheet(book: Book, _: int) -> None:
    copy = book.workbook.copy_worksheet(book.sheet("activity"))
    copy.title = "Hoạt động (tiếp theo)"
    book.after(lambda: book.workbook.remove(copy))


def _copied_sheet(book: Book, _: int) -> None:
    copy = book.workbook.copy_worksheet(book.sheet("activity"))
    copy.title = "Hoạt động (2)"
    book.after(lambda: book.workbook.remove(copy))


def _hidden_sheet(book: Book, _: int) -> None:
    sheet = book.sheet("activity")
    sheet.sheet_state = "hidden"
    book.after(lambda: setattr(sheet, "sheet_state", "visible"))


def _hidden_row(book: Book, row: int) -> None:
    dimension = book.sheet("activity").row_dimensions[HEADER_ROW + row]
    dimension.hidden = True
    book.after(lambda: setattr(dimension, "hidden", False))


def _nothing_but_filled(book: Book, _: int) -> None:
    book.put_cover(nothing_to_report_activity="Có")


def _lost_header(book: Book, _: int) -> None:
    cell = districts.cell(book.workbook, "activity", "state_code", 0)
    before = cell.value
    book.after(lambda: setattr(cell, "value", before))
    cell.value = None


_DAY = timedelta(days=1)
_EARLY, _LATE = _STARTS_ON - 60 * _DAY, _CUT_OFF + 20 * _DAY

KINDS: tuple[Kind, ...] = (
    # cells
    _unrated("CELL-01", "commune_code", None),
    _unrated("CELL-01", "status_code", None),
    _unrated("CELL-02", "star", None),
    _unrated("CELL-02", "decision_number", None),
    _unrated("CELL-02", "issuing_authority", None),
    _unrated("CELL-03", "local_labour_count", "mười hai"),
    _unrated("CELL-04", "decision_date", "31/02/2024"),
    _unrated("CELL-05", "producer_type_code", "Tập đoàn"),
    _unrated("CELL-06", "star", 7),
    _unrated("CELL-06", "decision_date", "1/1/1999"),
    _unrated("CELL-07", "product_code", "ABC-1"),
    _unrated("CELL-08", "product_name", "x" * 301),
    _unrated("CELL-09", "annual_revenue_vnd_million", "#DIV/0!"),
    _unrated("CELL-10", "annual_revenue_vnd_million", "93.974"),
    _unrated("CELL-11", "star", 3.5),
    _unrated("CELL-12", "annual_revenue_vnd_million", 93.97412),
    _rated("CELL-01", "council_level_code", None),
    _rated("CELL-02", "score_point", None),
    _rated("CELL-03", "score_point", "sáu mươi lăm"),
    _money("CELL-03", "disbursed_amount_vnd_million", "93,974.00"),
    _money("CELL-05", "source_code", "Vốn trời cho"),
    _money("CELL-10", "planned_amount_vnd_million", "193.974"),
    _plan("CELL-01", "indicator_code", None),
    _plan("CELL-06", "target_min", -4),
    _work("CELL-05", "activity_type_code", "Đi chơi"),
    _work("CELL-04", "to_date", "30/2/2024"),
    Kind(
        "CELL-14",  # one finding for all of a sheet's cells that were typed alike
        "activity",
        None,
        lambda book, row: book.put("activity", row, note=from_unicode("Lớp tập huấn cho các chủ thể", TCVN3)),
        ACTIVITIES[:1],
    ),
    _unrated("CELL-15", "annual_revenue_vnd_million", "0,5 tỷ đồng"),
    _unrated("CELL-16", "annual_revenue_vnd_million", "khoảng 345"),
    _plan("CELL-17", "target_min", "15-25"),
    _unrated("CELL-18", "decision_date", "ngày     tháng 02 năm 2024"),
    _unrated("CELL-19", "local_labour_count", "15-25"),
    _unrated("CELL-20", "producer_name", "-nt-"),
    _unrated("CELL-20", "issuing_authority", "như trên"),
    Kind("CELL-02", "cover", "prepared_by", lambda book, _: book.put_cover(prepared_by=None)),
    # rows
    _unrated("PRODUCT-01", "star", 2),
    _unrated("PRODUCT-02", "decision_date", _LATE),
    _unrated("PRODUCT-03", "expiry_date", date(2024, 8, 1)),
    _unrated("PRODUCT-11", "status_code", "Đang đề nghị công nhận", star_proposed=4),
    _unrated("PRODUCT-05", "status_ground_code", None, status_code="Bị thu hồi"),
    _unrated("PRODUCT-06", "expiry_date", date(2026, 3, 1)),
    _unrated("PRODUCT-07", "dossier_date", _LATE),
    _unrated("PRODUCT-08", "status_date", _LATE),
    _unrated("PRODUCT-09", "status_date", date(2024, 8, 1), status_code="Ngừng sản xuất"),
    _unrated("PRODUCT-10", "status_ground_code", "Ngừng sản xuất"),
    _rated("RATING-01", "council_date", _LATE, decision_number=None, decision_date=None, dossier_date=None),
    Kind(
        "RATING-02",
        "rating",
        "score_point",
        lambda book, row: book.put("rating", row, score_part_a_point=31),
        RATED,
        ("product",),
    ),
    _rated("RATING-03", "decision_date", _STARTS_ON + 30 * _DAY, dossier_date=None),
    _rated("RATING-04", "council_date", _EARLY, decision_number=None, decision_date=None, dossier_date=None),
    _rated("RATING-05", "decision_date", _EARLY, council_date=_EARLY - _DAY, dossier_date=None),
    _rated("RATING-06", "decision_date", _LATE),
    _rated("RATING-07", "dossier_date", date(2024, 8, 30)),
    _rated("RATING-08", "star", 5),
    _rated("RATING-09", "star", 2),
    _rated("RATING-10", "meets_minimum_criteria", "Không"),
    _money("FUNDING-01", "disbursed_amount_vnd_million", None, planned_amount_vnd_million=None),
    _money("FUNDING-02", "disbursed_amount_vnd_million", 250),
    _money("FUNDING-03", "funding_year", 2026),
    _money("FUNDING-04", "funding_year", 2022),
    _money("FUNDING-05", "disbursed_amount_vnd_million", 20, funding_year=2025),
    _money("FUNDING-06", "disbursed_amount_vnd_million", 90, content_code="5", approved_cost_vnd_million=100),
    _money("FUNDING-07", "disbursed_amount_vnd_million", 90, content_code="6", supported_item_count=2),
    _money("FUNDING-08", "carried_over_amount_vnd_million", 150),
    _plan("TARGET-01", "target_max", 0.5),
    _plan("TARGET-02", "target_to_year", 2019),
    _work("ACTIVITY-01", "from_date", None, to_date=None),
    _work("ACTIVITY-02", "to_date", date(2024, 6, 20)),
    _work("ACTIVITY-03", "to_year", 2023, from_year=2024, from_date=None, to_date=None),
    _work("ACTIVITY-04", "from_date", _LATE, to_date=None),
    _work("ACTIVITY-05", "from_date", _EARLY, to_date=_EARLY + _DAY),
    _work("ACTIVITY-06", "from_year", 2025, from_date=None, to_date=None),
    _work("ACTIVITY-07", "from_year", 2022, from_date=None, to_date=None),
    # between rows
    _beside("ROW-01", "product", "product_name", _above("product", "product_name", "producer_name"), UNRATED),
    _beside(
        "ROW-02",
        "funding",
        "funding_year",
        lambda book, row: book.copy_row("funding", row - 1, row),
        MONEY[4:],
    ),
    _beside(
        "ROW-02",
        "activity",
        "activity_type_code",
        lambda book, row: book.copy_row("activity", row - 1, row),
        ACTIVITIES,
    ),
    _beside(
        "ROW-01", "target", "indicator_code", _above("target", "target_from_year", "target_to_year"), TARGETS
    ),
    Kind(
        "ROW-03",
        "activity",
        "lead_agency",
        _instead("activity", lead_agency="NGƯỜI LẬP BIỂU", note="CHỦ TỊCH"),
        ACTIVITIES,
    ),
    Kind(
        "ROW-04",
        "activity",
        "activity_type_code",
        _instead("activity", activity_type_code="Tổng cộng", activity_count=12),
        ACTIVITIES,
    ),
    _beside("CROSS-08", "product", "issuing_authority", _same_decision, UNRATED),
    _beside("CROSS-09", "product", "product_code", _above("product", "product_code"), UNRATED),
    _beside("CROSS-10", "product", "product_name", _other_marks, UNRATED),
    Kind(
        "CROSS-11",
        "product",
        "producer_name",
        lambda book, row: book.put("product", row, producer_name=f"HTX Nhò số {row - 8}"),
        UNRATED,
    ),
    _beside(
        "CROSS-12",
        "product",
        "producer_registration_no",
        _above("product", "producer_registration_no"),
        UNRATED,
    ),
    _beside("CROSS-13", "product", "producer_type_code", _same_producer_other_type, UNRATED),
    _beside(
        "CROSS-16",
        "target",
        "target_min",
        _above(
            "target",
            "target_from_year",
            "target_to_year",
            plan_document="Kế hoạch tỉnh",
            target_min=50,
            target_max=60,
        ),
        TARGETS,
    ),
    _beside("CROSS-17", "target", "target_min", _total_of_stars, TARGETS),
    _beside("CROSS-18", "target", "target_min", _total_of_names, TARGETS),
    # between sheets
    _rated("CROSS-01", "product_name", "Rượu cần lạ"),
    Kind(
        "CROSS-02",
        "rating",
        "product_name",
        lambda book, row: book.put("rating", row, product_name=f"Nho say {row}"),
        RATED,
        ("product",),
    ),
    Kind("CROSS-03", "rating", "star", _other_star, RATED, ("product",)),
    _rated("CROSS-04", "outcome_code", "Không đạt"),
    _rated("CROSS-05", "decision_number", "999/QĐ-UBND"),
    _rated("CROSS-06", "decision_date", date(2024, 10, 20)),
    _rated("CROSS-07", "product_code", "58-587-22882-77-2024"),
    _cell("CROSS-14", "funding", "product_name", "Rượu cần lạ", NAMED_MONEY, ("product", "rating")),
    _cell(
        "CROSS-15",
        "funding",
        "producer_name",
        "Công ty lạ",
        NAMED_MONEY,
        ("product", "rating"),
        product_name=None,
    ),
    _plan("CROSS-19", "product_name", "Rượu cần lạ", indicator_code="Sản phẩm được nâng hạng"),
    # totals
    *(
        _total(number, total.field)
        for number, total in enumerate(load_forms()["cover"].control_totals, start=1)
    ),
    # sheets and files
    Kind("SHEET-02", "activity", "state_code", _lost_header),
    Kind("SHEET-03", "activity", None, _unknown_column),
    Kind("SHEET-05", "activity", None, _nothing_but_filled),
    Kind("SHEET-07", "activity", None, _copied_sheet, sheet_name="Hoạt động (2)"),
    Kind("SHEET-19", "activity", None, _continued_sheet, sheet_name="Hoạt động (tiếp theo)"),
    Kind("SHEET-08", "activity", None, _foreign_sheet, sheet_name="Bảng tính riêng"),
    Kind("SHEET-10", "target", None, _headless_column),
    Kind("SHEET-11", "activity", None, _hidden_sheet),
    Kind("SHEET-12", "activity", None, _hidden_row, ACTIVITIES[:1]),  # one finding names all hidden rows
    Kind("FILE-04", "cover", "unit_code", lambda book, _: book.put_cover(unit_code="999"), is_alone=True),
    Kind(
        "FILE-05", "cover", "period_code", lambda book, _: book.put_cover(period_code="Quý 4"), is_alone=True
    ),
    Kind("FILE-06", "cover", "form_version", lambda book, _: book.put_cover(form_version="0.9")),
)


@dataclass(frozen=True)
class Fault:
    """A kind of fault at one row."""

    kind: Kind
    row: int

    def clashes(self, other: Fault) -> bool:
        """Whether the two cannot both be found in one workbook."""
        one, two = self.kind, other.kind
        if one.is_alone or two.is_alone or one.claims(self.row) & two.claims(other.row):
            return True
        return any(
            a.breaks and (a.breaks in b.needs or (a.breaks[0], "*") in b.needs)
            for a, b in ((one, two), (two, one))
        )


def choose(seed: int, count: int = 60, most_kinds: int = 45) -> list[list[Fault]]:
    """``count`` faults of ``most_kinds`` kinds or a few more, packed into workbooks where none hides another."""
    rng = random.Random(seed)
    kinds = rng.sample(KINDS, most_kinds) + rng.choices([k for k in KINDS if k.rows], k=4 * count)
    faults: list[Fault] = []
    for kind in kinds:
        fault = Fault(kind, rng.choice(kind.rows) if kind.rows else 0)
        if fault not in faults and len(faults) < count:
            faults.append(fault)
    books: list[list[Fault]] = []
    for fault in faults:
        fitting = [book for book in books if not any(fault.clashes(other) for other in book)]
        if fitting:
            rng.choice(fitting).append(fault)
        else:
            books.append([fault])
    return books
