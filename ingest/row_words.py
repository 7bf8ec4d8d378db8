"""What the words in a number cell say about the other cells of its row: "15-25", "khoảng 25", "8 xã"."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from ingest.cells import Place, as_text
from ingest.issue import Issue
from ingest.spec import Field, Form
from ingest.vietnamese import (
    NumberGrammarError,
    fold,
    match_key,
    parse_number,
    parse_range,
    without_approximation,
)

_PLAIN = re.compile(r"-?[\d.,]+", re.ASCII)
_FIGURES_AND_WORDS = re.compile(r"([0-9.,]+(?: [0-9]{3})*) ?((?:[^\W\d_]|%).*)")
_APPROXIMATE_FIELD = "is_approximate"
NO = ("khong", "false", "0")  # folded


def settle(
    form: Form, values: dict[str, object], place_of: Callable[[Field], Place]
) -> tuple[dict[str, object], list[Issue]]:
    """The raw values of a row with the words of its number cells put where they belong, and what is to be said.

    "Khoảng" sets the empty is_approximate, a range goes to both fields of its pair, and the unit behind a number to the
    empty unit field. The value of a field named in an error is None.
    """
    wordy = [
        known
        for known in form.number_fields
        if isinstance(text := values.get(known.name), str) and not _PLAIN.fullmatch(text)
    ]
    if not wordy:
        return values, []
    settled = dict(values)
    pairs = [(known, form.field(known.range_pair)) for known in form.number_fields if known.range_pair]
    paired = {known.name for pair in pairs for known in pair}
    issues = []
    for known in wordy:
        text = settled[known.name]
        if known.name in paired and parse_range(text):
            continue  # "trên 50%" in a target is its lower end, not a guess
        number = without_approximation(text)
        if number is not None:
            settled[known.name] = number
            issues += _note_approximate(form, known, settled, text, place_of)
    for low, high in pairs:
        issues += _spread_range(low, high, settled, place_of)
    for known in form.number_fields:
        if known.unit_field and isinstance(settled.get(known.name), str):
            _move_unit(known, settled)
    return settled, issues


def _note_approximate(
    form: Form, known: Field, settled: dict[str, object], text: str, place_of: Callable[[Field], Place]
) -> list[Issue]:
    if any(f.name == _APPROXIMATE_FIELD for f in form.fields):
        marked = settled.get(_APPROXIMATE_FIELD)
        if marked is None:
            settled[_APPROXIMATE_FIELD] = "true"
        if marked is None or fold(as_text(marked)) not in NO:
            return []
    return [place_of(known).issue("CELL-16", known, text, expected_text=settled[known.name])]


def _spread_range(
    low: Field, high: Field, settled: dict[str, object], place_of: Callable[[Field], Place]
) -> list[Issue]:
    """Put a range typed into one cell of a pair into both; an end that the other cell contradicts is an error."""
    cells = {known.name: settled.get(known.name) for known in (low, high)}
    ranges = {
        name: found
        for name, text in cells.items()
        if isinstance(text, str) and (found := parse_range(text)) is not None
    }
    if not ranges:
        return []
    # What each cell says about the two ends; a plain number speaks for its own end alone.
    said = [
        ranges.get(name, (value, None) if name == low.name else (None, value))
        for name, value in cells.items()
        if value is not None
    ]
    ends = []
    for stated in zip(*said, strict=True):
        stated = [end for end in stated if end is not None]
        if len(stated) == 2 and not _agree(*stated):
            held, other = (low, high) if low.name in ranges else (high, low)
            words = {"other_value": cells[other.name], "other_title": place_of(other).column_title}
            settled |= dict.fromkeys(ranges)
            return [place_of(held).issue("CELL-17", held, cells[held.name], words)]
        ends.append(next(iter(stated), None))
    settled[low.name], settled[high.name] = ends
    return []


def _agree(one: object, other: object) -> bool:
    try:
        return _bare_number(one) == _bare_number(other)
    except NumberGrammarError:
        return False


def _bare_number(end: object) -> Decimal:
    if isinstance(end, int | float):
        return Decimal(repr(end))
    split = _FIGURES_AND_WORDS.fullmatch(str(end))
    return parse_number(split[1] if split else str(end))


def _move_unit(known: Field, settled: dict[str, object]) -> None:
    """The unit behind a number is that of the row; one that contradicts it stays, so that the number is refused."""
    split = _FIGURES_AND_WORDS.fullmatch(settled[known.name])
    if split is None:
        return
    figures, words = split.groups()
    unit = settled.get(known.unit_field)
    if unit is None:
        settled[known.unit_field] = words
    elif match_key(str(unit)) != match_key(words) and not (fold(words) and fold(str(unit)) == fold(words)):
        return
    settled[known.name] = figures
