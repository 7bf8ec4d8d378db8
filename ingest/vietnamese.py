"""Vietnamese text, numbers and dates as clerks type them.

Number grammar: comma is the decimal sign, dot separates thousands. Casts are never used on typed text:
``93,974`` million đồng is ninety-three million, and an English parser would make it a thousand times more.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal

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
_NUMBER_AND_WORDS = re.compile(r"([-\d.,]+) ?(.*)", re.ASCII)
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_SPACES = re.compile(r"\s+")
# Accents as characters of their own, which text from old editors and from macOS carries.
_LOOSE_MARK = re.compile("[\u0300-\u0303\u0306\u0309\u031b\u0323]")
_TONE_FIRST = re.compile("([\u0300\u0301\u0303\u0309])([\u0302\u0306])")
_MARK_TWICE = re.compile(f"({_LOOSE_MARK.pattern})\\1+")
_MARK_ON_NOTHING = re.compile(f"(^|[\\W\\d_])(?<!{_LOOSE_MARK.pattern}){_LOOSE_MARK.pattern}+")
# Zero-width characters and soft hyphens come along with text copied from web pages; nobody sees them.
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
_WITHOUT_INVISIBLE = dict.fromkeys(map(ord, INVISIBLE))


class NumberGrammarError(ValueError):
    """The text is not a number in Vietnamese grammar."""


class AmbiguousNumberError(ValueError):
    """The text has two readings; ``readings`` holds both, as they should be typed."""

    def __init__(self, readings: tuple[str, str]):
        super().__init__(" | ".join(readings))
        self.readings = readings


def clean(text: str) -> str:
    """NFC, non-breaking and repeated spaces made one space, invisible characters dropped, trimmed. Letters stay."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text.translate(_WITHOUT_INVISIBLE))).strip()


def compose(text: str) -> str:
    """NFC, and accents that NFC cannot place put right: a tone before its circumflex, one typed twice, one on nothing."""
    if unicodedata.is_normalized("NFC", text) and not _LOOSE_MARK.search(text):
        return text
    loose = _TONE_FIRST.sub(r"\2\1", unicodedata.normalize("NFD", text))
    loose = _MARK_TWICE.sub(r"\1", loose)
    return unicodedata.normalize("NFC", _MARK_ON_NOTHING.sub(r"\1", loose))


def match_key(text: str) -> str:
    """Key under which two spellings of one name meet: NFC, lower case, one space, one tone placement.

    Diacritics stay: "Mận" and "Măng" are different things. The dbt macro ``match_key`` is generated from the same table.
    """
    key = clean(text).lower()
    for written, kept in TONE_PLACEMENT.items():
        key = key.replace(written, kept)
    return key


def fold(text: str) -> str:
    """Key for header texts and list entries: as match_key, without diacritics, đ as d, punctuation as space."""
    decomposed = unicodedata.normalize("NFD", clean(text).lower().replace("đ", "d"))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", letters))


def parse_number(text: str, unit: str | None = None) -> Decimal:
    """A typed number as Decimal; a trailing unit word equal to the field's unit is allowed.

    Raises NumberGrammarError, or AmbiguousNumberError where a measured amount such as "93.974" (with a unit) may be
    thousands or an English decimal.
    """
    typed = clean(text)
    split = _NUMBER_AND_WORDS.fullmatch(typed)
    if split and unit and fold(split[2]) == fold(unit):
        typed = split[1]
    one_group = _ONE_GROUP.fullmatch(typed)
    if one_group and unit:
        raise AmbiguousNumberError((f"{one_group[1]}{one_group[2]}", f"{one_group[1]},{one_group[2]}"))
    if _INTEGER.fullmatch(typed) or _THOUSANDS.fullmatch(typed) or _DECIMAL.fullmatch(typed):
        return Decimal(typed.replace(".", "").replace(",", "."))
    raise NumberGrammarError(text)


def parse_date(text: str) -> date:
    """A typed date d/m/yyyy (also with dots or hyphens) or yyyy-mm-dd; ValueError when there is no such day."""
    typed = clean(text)
    if match := _DAY_MONTH_YEAR.fullmatch(typed):
        day, month, year = (int(part) for part in match.groups())
    elif match := _ISO_DATE.fullmatch(typed):
        year, month, day = (int(part) for part in match.groups())
    else:
        raise ValueError(f"{text!r} is not a date")
    return date(year, month, day)


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
