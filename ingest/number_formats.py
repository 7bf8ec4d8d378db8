"""Number formats that show another number, or more, than is stored: 7 as "007", 0.5 as "50%", 12 as "12/QĐ-UBND"."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from ingest.vietnamese import format_number

_ZEROS = re.compile(r"0{2,}")
# Colours, locales and currencies; room the width of a character; a character repeated to fill the cell.
_UNSEEN = re.compile(r"\[[^\]<>=]*\]|_.|\*.")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_DIGITS = re.compile(r"(?:[#0?,]*[#0?])(,*)(?:\.[#0?]+(,*))?|General", re.IGNORECASE)
# Of what stands beside the digits only words say more: "12/QĐ-UBND", "1,2 tỷ đồng", never a sign of currency.
_WORD = re.compile(r"[^\W\d_]")
_AROUND = re.compile(r"(\D*?)(-?\d[\d.,\s]*?)(\D*)")


class _Format(NamedTuple):
    before: str
    behind: str
    thousands: int  # how often the stored number is divided by a thousand


def telling_format(code: str) -> str | None:
    """The format when its numbers are not read as they are stored, as shown_number takes it; None for any other."""
    if "%" in code:
        return "%"
    if _ZEROS.fullmatch(code):
        return code
    return code if _parsed(code) else None


@lru_cache(maxsize=1000)
def _parsed(code: str) -> _Format | None:
    positive = code.split(";")[0]
    literals: list[str] = []

    def put_aside(match: re.Match) -> str:
        literals.append(match[1] if match[1] is not None else match[2])
        return chr(0xE000 + len(literals) - 1)  # private use: no format has them

    bare = _LITERAL.sub(put_aside, _UNSEEN.sub("", positive))
    digits = _DIGITS.search(bare)
    # What is left besides literals and digits belongs to days and times, fractions or exponents.
    if digits is None or re.search(r"[^\ue000-\uf8ff\s()+-]", bare[: digits.start()] + bare[digits.end() :]):
        return None
    before, behind = (
        "".join(literals[ord(c) - 0xE000] if c >= "\ue000" else c for c in part)
        for part in (bare[: digits.start()], bare[digits.end() :])
    )
    thousands = len(digits[1] or "") + len(digits[2] or "")
    if not (_WORD.search(before + behind) or thousands):
        return None
    return _Format(before, behind, thousands)


def shown_number(stored: str, number_format: str) -> str:
    """The number as its cell shows it, in Vietnamese grammar, with all its digits: 0.5 as "50%", 7 as "007"."""
    # A stored 0.07 may be 7.0000000000000007E-2; Excel itself shows fifteen digits.
    number = Decimal(f"{float(stored):.15g}")
    if number_format == "%":
        return f"{format_number(number * 100)}%"
    if _ZEROS.fullmatch(number_format):
        return f"{int(number):0{len(number_format)}d}" if number == int(number) else format_number(number)
    before, behind, thousands = _parsed(number_format)
    digits = _all_digits(number / 1000**thousands)
    zeros = re.match(r"[^#?.,;]*?(0{2,})", _LITERAL.sub("", number_format))
    return f"{before}{digits.zfill(len(zeros[1])) if zeros else digits}{behind}"


def with_words(stored: str, shown: str, divided_by: str = "1") -> str | None:
    """The number as its cell shows it, words around it included; None where it shows what is stored."""
    parts = _AROUND.fullmatch(shown)
    if parts is None:
        return None
    # A format may be another one than the cell's style says, by a condition: what is seen decides.
    divided_by = next(
        (by for by in (divided_by, "1") if _reads(Decimal(stored) / Decimal(by), parts[2])), None
    )
    if divided_by is None or (divided_by == "1" and not _WORD.search(parts[1] + parts[3])):
        return None
    if parts[2].isdigit() and parts[2].startswith("0"):
        return shown  # the zeros of a code
    return f"{parts[1]}{_all_digits(Decimal(stored) / Decimal(divided_by))}{parts[3]}"


def _reads(number: Decimal, digits: str) -> bool:
    """Whether a number, rounded to some place, has these digits, whatever separates them or stands before them."""
    rounded = (number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) for places in range(len(digits)))
    return _bare(digits) in {_bare(f"{one:f}") for one in rounded}


def _bare(digits: str) -> str:
    return re.sub(r"\D", "", digits).lstrip("0")


def _all_digits(number: Decimal) -> str:
    """Without dots between thousands, which would have two readings in a column of amounts."""
    return f"{number.normalize():f}".replace(".", ",")
