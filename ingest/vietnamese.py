"""Vietnamese text, numbers and dates as clerks type them.

Number grammar: comma is the decimal sign, dot separates thousands. Casts are never used on typed text:
``93,974`` million đồng is ninety-three million, and an English parser would make it a thousand times more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

# Old and new placement of the tone mark ("hoà" and "hòa") are the same word; keys use the new one.
_VOWEL_PAIRS = {"oa": "oa", "oe": "oe", "uy": "uy"}
_TONES = {"huyền": "\u0300", "sắc": "\u0301", "hỏi": "\u0309", "ngã": "\u0303", "nặng": "\u0323"}
TONE_PLACEMENT = {
    unicodedata.normalize("NFC", first + second + tone): unicodedata.normalize("NFC", first + tone + second)
    for first, second in _VOWEL_PAIRS
    for tone in _TONES.values()
}

_INTEGER = re.compile(r"-?\d+", re.ASCII)
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?", re.ASCII)
_DECIMAL = re.compile(r"-?\d+,\d+", re.ASCII)
_ONE_GROUP = re.compile(r"(-?[1-9]\d{0,2})\.(\d{3})", re.ASCII)
# Figures and the word behind them; spaces between groups of three are thousands ("1 234 567").
_NUMBER_AND_WORDS = re.compile(r"(-?\d{1,3}(?: \d{3})+(?:,\d+)?(?![\d.,])|[-\d.,]+) ?(.*)", re.ASCII)
_SPACED_GROUPS = re.compile(r"-?[1-9]\d{0,2} ", re.ASCII)
_DONG = Decimal("0.000001")  # of a million
# Unit of a field -> what may be typed behind its numbers (folded) -> how much of the unit one of it is.
_UNIT_FACTORS = {
    "triệu đồng": {
        **dict.fromkeys(("trieu dong", "trieu", "trieu d", "tr dong", "tr d", "trd", "tr"), Decimal(1)),
        **dict.fromkeys(("ty dong", "ty", "ty d", "ti dong", "ti"), Decimal(1000)),
        **dict.fromkeys(("nghin dong", "ngan dong"), Decimal("0.001")),
        **dict.fromkeys(("dong", "d", "vnd"), _DONG),
    },
    "ha": {
        **dict.fromkeys(("ha", "hecta", "hec ta"), Decimal(1)),
        "km2": Decimal(100),
        "m2": Decimal("0.0001"),
    },
}
_SMALLEST_CONVERTED = Decimal("0.001")  # the last digit that raw keeps
_RANGE = re.compile(
    r"(?:từ )?(\d[\d.,]*(?: ?%)?) ?(?:-|–|—|đến|tới) ?(\d[\d.,]*(?: ?%)?)( ?[^\d\s.,–—-].*)?",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(
    r"(?:ít nhất|tối thiểu|không dưới|không ít hơn|trên|hơn|từ|>=?|≥) ?(\d.*?)(?: trở lên)?|(\d.*) trở lên",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    r"(?:nhiều nhất|tối đa|không quá|không vượt quá|không nhiều hơn|dưới|đến|<=?|≤) ?(\d.*?)(?: trở xuống)?"
    r"|(\d.*) trở xuống",
    re.IGNORECASE,
)
_APPROXIMATE = re.compile(
    r"(?:khoảng|hơn|trên|gần|ước tính|ước đạt|ước|xấp xỉ|chừng|tầm|~|≈) ?(?=\d)", re.IGNORECASE
)
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2}) ?[/.-] ?(\d{1,2}) ?[/.-] ?(\d{4})", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}", re.ASCII)
# A spreadsheet's export writes the time of day behind a date.
_ISO_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T]00:00(?::00)?)?", re.ASCII)
# "Ninh Phước, ngày 04 tháng 12 năm 2020": the place and the word before a date of a document.
_BEFORE_DATE = re.compile(r"(?:[^\d,]+, ?)?ngày ?(?=[\d./_…t])", re.IGNORECASE)
_GAP = "[ ._…]*"
_LONGEST_DATE = 80  # patterns of gaps are slow on a long row of dots
_DAY, _MONTH, _YEAR = r"(\d{1,2})?", r"(\d{1,2})?", r"(\d{4})?(?:20)?"
# Dates of a draft, with gaps still to be filled by hand.
_DRAFT_DATES = tuple(
    re.compile(_GAP + _GAP.join(parts) + _GAP, re.IGNORECASE | re.ASCII)
    for parts in (
        (_DAY, "tháng", _MONTH, "năm", _YEAR),
        (_DAY, "/", _MONTH, "/", _YEAR),
        ("()", "(?:tháng)?", _MONTH, "(?:/|năm)", _YEAR),
    )
)
# Diacritics decide: "Cộng đồng" and "Tổng công ty" are names. Few other texts of a sheet begin so.
_TOTAL_BEGINNINGS = ("tổng", "cộng", "Tổng", "Cộng", "TỔNG", "CỘNG")
_TOTAL = re.compile(r"(?:tổng|cộng)(?: ?[:(\d].*)?|(?:tổng cộng|tổng số|cộng dồn)\b.*", re.IGNORECASE)
_LETTERS_AND_DIGITS = re.compile(r"[a-z0-9]+")
# Accents as characters of their own, which text from old editors and from macOS carries.
_LOOSE_MARKS = re.compile("[\u0300-\u0303\u0306\u0309\u031b\u0323]+")
_SHAPES = "\u0302\u0306\u031b"  # of ê, ă and ơ; the other marks are tones
_MARKS_ON_NOTHING = re.compile(f"(^|[\\W\\d_])(?<![\u0300-\u036f]){_LOOSE_MARKS.pattern}")
# Zero-width characters and soft hyphens come along with text copied from web pages; nobody sees them.
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
# Every text is asked for several times while a workbook is judged, and codes and names recur in every workbook. More
# than the largest list has names, so that its rows cost no more each than those of a small one.
_REMEMBERED_TEXTS = 120_000
# Besides, what no Word or Excel file can hold: a spreadsheet writes such a character as _x0007_, a CSV as it is.
_INVISIBLE = re.compile(f"[{INVISIBLE}\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufffe\uffff]")


class PartialDateError(ValueError):
    """The text is a date whose day, month or year was left open."""


class ShortYearError(ValueError):
    """The text is a date with a year of two digits, which may be of another century or no year at all."""


class SwappedDateError(ValueError):
    """The text is a date only when its month is read before its day."""


class NumberGrammarError(ValueError):
    """The text is not a number in Vietnamese grammar."""


class TooSmallNumberError(NumberGrammarError):
    """The number is nothing in the unit of its field: "400 đ" where triệu đồng is asked."""


class AmbiguousNumberError(ValueError):
    """The text has two readings; ``readings`` holds both, as they should be typed."""

    def __init__(self, readings: tuple[str, str]):
        super().__init__(" | ".join(readings))
        self.readings = readings


@lru_cache(maxsize=_REMEMBERED_TEXTS)
def clean(text: str) -> str:
    """NFC, non-breaking and repeated spaces made one space, invisible and control characters dropped, trimmed. Letters stay."""
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).split())


def compose(text: str) -> str:
    """NFC, and accents that NFC cannot place put right: a tone before its circumflex, one typed twice, one on nothing."""
    if unicodedata.is_normalized("NFC", text) and not _LOOSE_MARKS.search(text):
        return text
    loose = _LOOSE_MARKS.sub(_in_order, unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", _MARKS_ON_NOTHING.sub(r"\1", loose))


def _in_order(marks: re.Match) -> str:
    return "".join(dict.fromkeys(sorted(marks[0], key=lambda mark: mark not in _SHAPES)))


@lru_cache(maxsize=_REMEMBERED_TEXTS)
def match_key(text: str) -> str:
    """Key under which two spellings of one name meet: NFC, lower case, one space, one tone placement.

    Diacritics stay: "Mận" and "Măng" are different things. The dbt macro ``match_key`` is generated from the same table.
    """
    key = clean(text).lower()
    for written, kept in TONE_PLACEMENT.items():
        key = key.replace(written, kept)
    return key


@lru_cache(maxsize=_REMEMBERED_TEXTS)
def fold(text: str) -> str:
    """Key for header texts and list entries: as match_key, without diacritics, đ as d, punctuation as space."""
    decomposed = unicodedata.normalize("NFD", clean(text).lower().replace("đ", "d"))
    letters = "".join([c for c in decomposed if not unicodedata.combining(c)])
    return " ".join(_LETTERS_AND_DIGITS.findall(letters))


def loose_key(text: str) -> str:
    """As fold, with y as i: "kỹ" and "kĩ" are one word. Only to look up a list entry that no stricter key has found."""
    return fold(text).replace("y", "i")


def is_total(cell: object) -> bool:
    """Whether a cell ("Tổng cộng", "Cộng:") says that its row adds up others."""
    return isinstance(cell, str) and cell.startswith(_TOTAL_BEGINNINGS) and bool(_TOTAL.fullmatch(cell))


class TypedNumber(NamedTuple):
    """A number in the unit of its field, and whether it was typed in another one."""

    value: Decimal
    is_converted: bool = False


def read_number(text: str, unit: str | None = None, counts: Iterable[str] = ()) -> TypedNumber:
    """A typed number; behind it may stand the field's unit, one that converts to it exactly, or a word of ``counts``.

    Raises NumberGrammarError, or AmbiguousNumberError where a measured amount such as "93.974" (with a unit) may be
    thousands or an English decimal.
    """
    typed = clean(text)
    if typed.isdigit() and typed.isascii():
        return TypedNumber(Decimal(typed))
    if typed[:1] in "−–":
        typed = f"-{typed[1:]}"
    split = _NUMBER_AND_WORDS.fullmatch(typed)
    if split is None:
        raise NumberGrammarError(text)
    figures, words = split.groups()
    factor = _factor(words, unit, counts) if words else Decimal(1)
    if factor is None:
        raise NumberGrammarError(text)
    one_group = _ONE_GROUP.fullmatch(figures)
    if one_group and unit and factor != _DONG:  # a đồng has no parts
        behind = "" if factor == 1 else f" {words}"
        whole, fraction = one_group.groups()
        raise AmbiguousNumberError((f"{whole}{fraction}{behind}", f"{whole},{fraction}{behind}"))
    if _SPACED_GROUPS.match(figures):
        figures = figures.replace(" ", "")
    if not (_INTEGER.fullmatch(figures) or _THOUSANDS.fullmatch(figures) or _DECIMAL.fullmatch(figures)):
        raise NumberGrammarError(text)
    number = Decimal(figures.replace(".", "").replace(",", "."))
    if factor == 1:
        return TypedNumber(number)
    value = number * factor
    if value and abs(value) < _SMALLEST_CONVERTED:
        raise TooSmallNumberError(text)
    return TypedNumber(value, is_converted=True)


def _factor(words: str, unit: str | None, counts: Iterable[str]) -> Decimal | None:
    key = fold(words.replace("²", "2"))
    if unit:
        return _UNIT_FACTORS.get(unit, {fold(unit): Decimal(1)}).get(key)
    return Decimal(1) if any(words == word or (key and key == fold(word)) for word in counts) else None


def parse_number(text: str, unit: str | None = None, counts: Iterable[str] = ()) -> Decimal:
    """The value of read_number, in the unit of the field."""
    return read_number(text, unit, counts).value


def parse_range(text: str) -> tuple[str | None, str | None] | None:
    """Lower and upper end of a range as they would be typed alone; None when the text is no range.

    "15-25" and "từ 5 đến 7" have both, "ít nhất 50%" only the lower, "không quá 7" only the upper one.
    """
    typed = clean(text)
    if match := _RANGE.fullmatch(typed):
        low, high, words = match.groups("")
        return f"{low}{words}", f"{high}{words}"
    if match := _AT_LEAST.fullmatch(typed):
        return match[1] or match[2], None
    if match := _AT_MOST.fullmatch(typed):
        return None, match[1] or match[2]
    return None


def without_approximation(text: str) -> str | None:
    """The number behind "khoảng", "hơn", "gần", "~" …; None when no such word stands before a number."""
    typed = clean(text)
    word = _APPROXIMATE.match(typed)
    return typed[word.end() :] if word else None


def parse_date(text: str) -> date:
    """A typed date: d/m/yyyy (also with dots or hyphens), yyyy-mm-dd, or "ngày 4 tháng 12 năm 2020".

    Raises ValueError when there is no such day, as PartialDateError when a part of it was left open, as ShortYearError when
    its year has two digits and as SwappedDateError for "12/25/2024".
    """
    typed = clean(text)
    if match := _ISO_DATE.fullmatch(typed):
        year, month, day = (int(part) for part in match.groups())
        return date(year, month, day)
    if word := _BEFORE_DATE.match(typed):
        typed = typed[word.end() :]
    if match := _DAY_MONTH_YEAR.fullmatch(typed):
        day, month, year = (int(part) for part in match.groups())
        if day <= 12 < month <= 31:
            raise SwappedDateError(f"{text!r} has its month before its day")
        return date(year, month, day)
    if _SHORT_YEAR.fullmatch(typed):
        raise ShortYearError(f"{text!r} has a year of two digits")
    for draft in _DRAFT_DATES if len(typed) <= _LONGEST_DATE else ():
        if match := draft.fullmatch(typed):
            day, month, year = (int(part) if part else None for part in match.groups())
            known = date(year or 2000, month or 1, day or 1)  # refuses a 13th month
            if day and month and year:
                return known
            raise PartialDateError(f"{text!r} leaves a part of the date open")
    raise ValueError(f"{text!r} is not a date")


def format_number(value: Decimal | int | float) -> str:
    """A number as Vietnamese documents print it: 1.234,5; no trailing zeros."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    sign, digits = ("-", -exact) if exact < 0 else ("", exact)
    whole, _, fraction = f"{digits:f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    fraction = fraction.rstrip("0")
    return f"{sign}{grouped},{fraction}" if fraction else f"{sign}{grouped}"


def format_value(value: object) -> str:
    """Any stored value as a person would read it in a Vietnamese sentence."""
    if value is None:
        return "(trống)"
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, int | float | Decimal):
        return format_number(value)
    return str(value)
