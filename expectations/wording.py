"""Values of a frame as they stand in a Vietnamese sentence.

The intake has its own writer of numbers and dates; the stages do not import each other, and this one only
has to print what DuckDB and pandas hand over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from numbers import Integral, Real

UNKNOWN = "chưa rõ"
_MISSING = ("nan", "NaN", "NaT", "<NA>")  # what pandas says for null, by column type
_PERIOD_NAMES = {"H1": "6 tháng đầu năm", "H2": "6 tháng cuối năm", "Y": "năm"}


def say(sentence: str, row: Mapping[str, object]) -> str:
    """The sentence with the row's values in it, written the Vietnamese way."""
    words = {column: say_value(column, value) for column, value in row.items()}
    for name in ranges(row):
        words[name] = _say_range(row[f"{name}_min"], row[f"{name}_max"])
    text = sentence.format_map(words).strip()
    return text[:1].upper() + text[1:]


def ranges(columns: Iterable[str]) -> set[str]:
    """Names a sentence may use for a pair of columns: target_min and target_max are said as target."""
    stems = {column.removesuffix("_min") for column in columns if column.endswith("_min")}
    return {stem for stem in stems if f"{stem}_max" in columns}


def say_value(column: str, value: object) -> str:
    """One value; years, codes and row numbers stay as they are, other numbers get 1.234,5."""
    if _is_missing(value):
        return UNKNOWN
    if column.endswith("period_code"):
        return say_period(str(value))
    if isinstance(value, date):  # a pandas Timestamp is one
        return f"{value.day}/{value.month}/{value.year}"
    if isinstance(value, (Real, Decimal)) and not isinstance(value, bool):
        if column.endswith(("_year", "row_number")):
            return str(int(value))
        return say_number(value)
    return str(value)


def _is_missing(value: object) -> bool:
    return value is None or (not isinstance(value, str) and str(value) in _MISSING)


def _say_range(low: object, high: object) -> str:
    if _is_missing(low) and _is_missing(high):
        return UNKNOWN
    if _is_missing(high):
        return f"ít nhất {say_number(low)}"
    if _is_missing(low):
        return f"tối đa {say_number(high)}"
    return say_number(low) if low == high else f"{say_number(low)}–{say_number(high)}"


def say_number(value: Real | Decimal) -> str:
    """At most three decimals, as money in million dong has them: 1234.5 -> 1.234,5."""
    text = (
        f"{value:,}" if isinstance(value, Integral) else f"{Decimal(str(value)):,.3f}".rstrip("0").rstrip(".")
    )
    return text.translate(str.maketrans(",.", ".,"))


def say_period(period_code: str) -> str:
    """2024H2 -> 6 tháng cuối năm 2024, the words of NĐ 09/2019/NĐ-CP Điều 12."""
    match = re.fullmatch(r"(\d{4})(H1|H2|Y)", period_code)
    return f"{_PERIOD_NAMES[match[2]]} {match[1]}" if match else period_code
