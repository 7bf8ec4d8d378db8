"""One raw cell value to one typed value, or the issue that says why not."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from ingest.issue import Issue, common_issue
from ingest.reference import CodeList, code_list
from ingest.spec import Field
from ingest.vietnamese import (
    AmbiguousNumberError,
    NumberGrammarError,
    PartialDateError,
    ShortYearError,
    SwappedDateError,
    clean,
    format_number,
    parse_date,
    parse_range,
    read_number,
)

_MARKS = {"x": "true", "1": "true", "0": "false"}  # how a box is ticked besides Có / Không
# Excel stores what looks like a day and a month as a date: "02-05" becomes 2 May.
_DATE_FOR_NUMBER = (
    "; Excel đã đổi nội dung gõ vào thành ngày, xin đổi định dạng ô sang Văn bản (Text) rồi gõ lại số"
)
_DATE_FOR_TEXT = (
    "; Excel đã đổi nội dung gõ vào thành ngày, xin đổi định dạng ô sang Văn bản (Text) rồi gõ lại"
)
_NUMBERED = ("_number", "_no", "_code")  # how fields end that hold the number of something, never a day
_NO_FIGURES = "; chưa biết thì xin để trống, không có thì ghi số 0"
_NOTHING = re.compile(r"[-–—._/]+|không|không có|chưa có|chưa rõ|chưa biết", re.IGNORECASE)
# How the words of the row above are not written out again.
_AS_ABOVE = re.compile(
    r"""[-–— ]*(?:n\.? ?t\.?|(?:như|giống|tương tự) (?:dòng |hàng |ô )?trên|["'”“″〃]+)[-–— .]*""",
    re.IGNORECASE,
)
_SWAPPED_DATE = "; có vẻ viết theo thứ tự tháng/ngày/năm, xin xem lại mọi ngày của cột"
_SHORT_YEAR = "; năm xin ghi đủ bốn chữ số"
# "Số:        /KH-UBND ngày   tháng   năm 2024": a draft whose number was never filled in.
_BLANK_DOCUMENT_NUMBER = re.compile(r"(?:số)?[ :._…]*/ ?[A-ZĐ][\w-]*(?:,? ngày .*)?", re.IGNORECASE)
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_STORED_DIGITS = Decimal("0.001")
_LONGEST_WHOLE = 1e15  # beyond, a float no longer holds each digit
_FLOAT_NOISE = Decimal("0.000001")
# Excel counts days from here; only numbers of days of the programme's years are dates, never a year typed alone.
_SERIAL_START = date(1899, 12, 30)
_FIRST_SERIAL, _END_SERIAL = ((date(year, 1, 1) - _SERIAL_START).days for year in (2018, 2036))
# What the columns of raw can hold: integer, decimal(18, 3).
_LARGEST = {"integer": Decimal(2_147_483_647), "number": Decimal(999_999_999_999_999)}


class Place(NamedTuple):
    """Where a cell stands; passed on into its issues."""

    sheet: str
    row_number: int | None
    column_letter: str | None
    column_title: str

    def issue(
        self, rule_id: str, known: Field, value: object, words: dict | None = None, **more: object
    ) -> Issue:
        """A common issue about this cell."""
        return common_issue(
            rule_id,
            words,
            sheet=self.sheet,
            row_number=self.row_number,
            column_letter=self.column_letter,
            column_title=self.column_title,
            field_name=known.name,
            value_text=None if value is None else as_text(value),
            **more,
        )


def as_text(value: object) -> str:
    """The cell as a person reads it; a whole number stored as a float loses its ".0"."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < _LONGEST_WHOLE:
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.strftime("%d/%m/%Y")
    return clean(str(value))


def typed_value(
    known: Field, value: object, place: Place, lists: dict[str, CodeList]
) -> tuple[object, Issue | None]:
    """(typed value, None) or (None, error); a value that had to be rounded comes with a warning.

    ``lists`` holds the lists that depend on unit and period (unit, commune …).

    Types: string -> str, integer -> int, number -> Decimal with at most three digits, date -> date, boolean -> bool.
    """
    if value is None:
        return None, None
    if known.codelist:
        return _coded(known, value, place, lists)
    if known.type in ("integer", "number"):
        return _numeric(known, value, place)
    if known.type == "date":
        return _dated(known, value, place)
    return _textual(known, value, place)


def _coded(
    known: Field, value: object, place: Place, lists: dict[str, CodeList]
) -> tuple[object, Issue | None]:
    entries = lists.get(known.codelist) or code_list(known.codelist)
    typed = as_text(value)
    code = entries.find(_MARKS.get(typed.lower(), typed) if known.type == "boolean" else typed)
    if code is None:
        return None, place.issue("CELL-05", known, value)
    return (code == "true", None) if known.type == "boolean" else (code, None)


def _numeric(known: Field, value: object, place: Place) -> tuple[object, Issue | None]:
    is_converted = False
    if isinstance(value, str):
        try:
            # A column without a unit of its own (a target's value) says with % what it counts in.
            typed = value if known.unit else value.removesuffix("%")
            number, is_converted = read_number(typed, known.unit, known.counts)
        except AmbiguousNumberError as error:
            words = {"reading_1": error.readings[0], "reading_2": error.readings[1]}
            return None, place.issue("CELL-10", known, value, words)
        except NumberGrammarError:
            is_range = None not in (parse_range(value) or (None,))
            words = {"reason": _NO_FIGURES} if _NOTHING.fullmatch(value) else None
            return None, place.issue("CELL-19" if is_range else "CELL-03", known, value, words)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    else:
        words = {"reason": _DATE_FOR_NUMBER} if isinstance(value, date) else None
        return None, place.issue("CELL-03", known, value, words)
    if not number.is_finite():
        return None, place.issue("CELL-03", known, value)
    issue = _outside(known, number, value, place)
    if issue:
        return None, issue
    if known.type == "integer":
        if number != number.to_integral_value():
            return None, place.issue("CELL-11", known, value)
        return int(number), None
    # A binary float shows more digits than were typed; three is what amounts in million đồng carry.
    rounded = number.quantize(_STORED_DIGITS)
    if is_converted:
        return rounded, place.issue(
            "CELL-15", known, value, {"unit": known.unit}, expected_text=format_number(rounded)
        )
    if abs(number - rounded) > _FLOAT_NOISE:
        return rounded, place.issue("CELL-12", known, value, expected_text=format_number(rounded))
    return rounded, None


def _dated(known: Field, value: object, place: Place) -> tuple[object, Issue | None]:
    noticed = None
    if isinstance(value, datetime):
        day = value.date()
    elif isinstance(value, date):
        day = value
    elif isinstance(value, str):
        try:
            day = parse_date(value)
        except PartialDateError:
            return None, place.issue("CELL-04" if known.level == "key" else "CELL-18", known, value)
        except ShortYearError:
            return None, place.issue("CELL-04", known, value, {"reason": _SHORT_YEAR})
        except SwappedDateError:
            return None, place.issue("CELL-04", known, value, {"reason": _SWAPPED_DATE})
        except ValueError:
            return None, place.issue("CELL-04", known, value)
    elif (
        not isinstance(value, bool)
        and isinstance(value, int | float)
        and _FIRST_SERIAL <= value < _END_SERIAL
    ):
        day = _SERIAL_START + timedelta(days=int(value))
        noticed = place.issue("SHEET-16", known, value, expected_text=f"{day:%d/%m/%Y}")
    else:
        return None, place.issue("CELL-04", known, value)
    earliest = known.constraints.get("minimum")
    if earliest and day < date.fromisoformat(earliest):
        expected = f"từ {date.fromisoformat(earliest):%d/%m/%Y}"
        return None, place.issue("CELL-06", known, value, expected_text=expected)
    return day, noticed


def _textual(known: Field, value: object, place: Place) -> tuple[object, Issue | None]:
    if isinstance(value, date) and known.name.endswith(_NUMBERED):
        return None, place.issue("CELL-07", known, value, {"reason": _DATE_FOR_TEXT})
    text = as_text(value)
    if known.level != "optional" and _AS_ABOVE.fullmatch(text):
        return None, place.issue("CELL-20", known, value)
    if not _LETTER_OR_DIGIT.search(text) and known.level != "optional":
        return None, place.issue("CELL-01" if known.level == "key" else "CELL-02", known, value)
    if known.level != "key" and "/" in text and _BLANK_DOCUMENT_NUMBER.fullmatch(text):
        return None, place.issue("CELL-18", known, value)
    longest = known.constraints.get("maxLength")
    if longest and len(text) > longest:
        return None, place.issue("CELL-08", known, value, {"length": len(text)}, expected_text=str(longest))
    pattern = known.constraints.get("pattern")
    if pattern and not re.fullmatch(pattern, text):
        return None, place.issue("CELL-07", known, value)
    return text, None


def _outside(known: Field, number: Decimal, value: object, place: Place) -> Issue | None:
    largest = _LARGEST[known.type]
    lowest = known.constraints.get("minimum", -largest)
    highest = known.constraints.get("maximum", largest)
    if lowest <= number <= highest:
        return None
    if number < lowest and highest == largest:
        expected = f"từ {format_number(lowest)} trở lên"
    else:
        expected = f"từ {format_number(lowest)} đến {format_number(highest)}"
    return place.issue("CELL-06", known, value, expected_text=expected)
