"""Official Vietnamese wording of figures and dates (NĐ 30/2020/NĐ-CP): 1.234,5 · 08 xã · 14/12/2024.

Nothing is rounded here. A value that does not fit the printed form is an error, never a nearby number.
"""

import re
from datetime import date
from decimal import Decimal

UNKNOWN = "chưa có số liệu"
DASH = "–"
MONEY_UNIT = "triệu đồng"
BLANK = "\u00a0" * 7  # left open for handwriting; ordinary spaces would be folded into one
PLACES = 3  # money is kept in million đồng with three decimals: one printed unit in the last place is 1.000 đ
# Neither Word nor Excel can store these (XML 1.0, characters).
UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
UNIT_WORDS = ("Thành phố", "Thị xã", "Thị trấn", "Huyện", "Xã", "Phường", "Đặc khu", "Tỉnh")


def number(value: int | Decimal) -> str:
    """Write a number with dots for thousands and a comma for decimals, without trailing zeros."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"{value!r} is a {type(value).__name__}; only whole numbers and decimals are printed")
    exact = Decimal(value)
    if exact != round(exact, PLACES):
        raise ValueError(f"{value} has more than {PLACES} decimals and would have to be rounded")
    whole, _, decimals = f"{abs(exact):,.{PLACES}f}".partition(".")
    decimals = decimals.rstrip("0")
    sign = "-" if exact < 0 else ""
    return sign + whole.replace(",", ".") + ("," + decimals if decimals else "")


def count(value: int | Decimal) -> str:
    """Write a whole number."""
    if Decimal(value) != int(value):
        raise ValueError(f"{value} is printed as a count but is not whole")
    return number(int(value))


def padded(value: int | Decimal) -> str:
    """Write a quantity inside a sentence: 1 to 9 take a leading zero, so no digit can be put before them."""
    return f"0{int(value)}" if value in range(1, 10) else number(value)


def short_date(day: date) -> str:
    """Write 14/12/2024; days below 10 and months 1 and 2 take a leading zero (NĐ 30/2020 Phụ lục I)."""
    return f"{day.day:02d}/{month(day)}/{day.year}"


def month(day: date) -> str:
    """Write the month alone, with a zero for January and February."""
    return f"{day.month:02d}" if day.month <= 2 else str(day.month)


def period_name(period_kind: str, period_year: int) -> str:
    """Name a report period the way a title does."""
    names = {"H1": "6 tháng đầu năm", "H2": "6 tháng cuối năm", "Y": "năm"}
    return f"{names[period_kind]} {period_year}"


def in_sentence(unit_name: str) -> str:
    """Write a unit's name inside a sentence: "huyện Ninh Phước"."""
    for word in UNIT_WORDS:
        if unit_name.startswith(word + " "):
            return word[0].lower() + unit_name[1:]
    return unit_name


def listing(names: list[str]) -> str:
    """Join names into one phrase."""
    return "; ".join(in_sentence(name) for name in names)


def roman(value: int) -> str:
    """Number an annex."""
    numerals = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    text = ""
    for size, letters in numerals:
        while value >= size:
            text, value = text + letters, value - size
    return text


def one_line(text: str) -> str:
    """Put text on one line: line breaks and tabs of a source cell would break a table cell or a sentence."""
    return re.sub(r"[ \t\r\n\f\v]+", " ", text).strip(" ")


def cell(value: object, kind: str, labels: dict[str, str]) -> str | None:
    """Write one cell of a printed table; None means that the value is not known."""
    if value is None:
        return None
    if labels:
        return labels[str(value).lower()]
    if kind == "count":
        return count(value)
    if kind == "number":
        return number(value)
    if kind == "year":
        return str(int(value))
    if kind == "date":
        return short_date(value)
    text = one_line(str(value))
    if UNSTORABLE.search(text):
        raise ValueError(f"ký tự điều khiển trong {text!r}")
    return text
