"""Which field a header means: its titles in any spelling, with a unit in brackets, and with a slip of the pen."""

from __future__ import annotations

import re

from ingest.spec import Field, Form
from ingest.vietnamese import clean, fold

_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")
_UNIT_LINE = re.compile(r"[(\[]?(?:đơn vị(?: tính)?|đvt|đv) ?[:.] ?(.+?)[)\]]?", re.IGNORECASE)
# Two spellings of one title score at least this; the next field must be clearly worse: "Điểm phần A" is not "phần B".
_SURE_SCORE = 88
_SURE_LEAD = 8
_SHORTEST_GUESS = 5
# Unit of a field -> how it is written, and the words that make a unit of the same kind.
_UNITS = {
    "triệu đồng": (
        {"trieu dong", "tr dong", "tr d", "trd", "trieu d", "trieu vnd", "trieu", "tr", "tr vnd", "vnd trieu"}
        | {
            f"{million} {dong}"
            for million in ("1 000 000", "1000000", "1 trieu")
            for dong in ("dong", "d", "vnd")
        },
        {"ty", "trieu", "tr", "nghin", "ngan", "dong", "d", "vnd", "trd", "1000", "000", "1"},
    ),
    "ha": ({"ha", "hecta"}, {"ha", "hecta", "m2", "m", "km2", "sao", "mau"}),
}


class Titles:
    """The titles of a form's fields as keys; case, spaces, diacritics, colons, asterisks and line breaks do not matter."""

    def __init__(self, form: Form):
        self._names = {fold(header): f.name for f in form.fields for header in f.headers}

    def field_of(self, text: str) -> str | None:
        """Name of the field with exactly this title; words in brackets behind it (a unit, a remark) are set aside."""
        name = self._names.get(fold(text))
        if name is None and ("(" in text or "[" in text):
            name = self._names.get(fold(_BRACKETS.sub(" ", text)))
        return name

    def in_row(self, cells: list[object]) -> dict[int, str]:
        """Index -> field of the cells of a row that are titles."""
        found = ((i, self.field_of(c)) for i, c in enumerate(cells) if isinstance(c, str) and c)
        return {index: name for index, name in found if name}

    def guess(self, text: str) -> str | None:
        """The one field whose title nearly reads like this; None when none does, or more than one."""
        key = fold(_BRACKETS.sub(" ", text))
        if len(key) < _SHORTEST_GUESS:
            return None
        from rapidfuzz import fuzz

        scores: dict[str, float] = {}
        for title, name in self._names.items():
            # years and numbers in a title are never a slip of the pen
            if re.findall(r"\d+", title) == re.findall(r"\d+", key):
                scores[name] = max(scores.get(name, 0), fuzz.ratio(key, title))
        ranked = sorted(scores.items(), key=lambda item: -item[1])
        if not ranked or ranked[0][1] < _SURE_SCORE:
            return None
        return ranked[0][0] if len(ranked) < 2 or ranked[0][1] - ranked[1][1] >= _SURE_LEAD else None


def foreign_unit(header: str, known: Field) -> str | None:
    """The unit a header says in brackets when it is not the field's own: "nghìn đồng" where triệu đồng is asked."""
    return next((clean(said) for said in _BRACKETS.findall(header) if _is_foreign(said, known.unit)), None)


def unit_of_table(text: str, unit: str) -> str | None:
    """The unit a line above a table ("Đơn vị tính: đồng") says when it is another one of the same kind."""
    line = _UNIT_LINE.fullmatch(text)
    return clean(line[1]) if line and _is_foreign(line[1], unit) else None


def _is_foreign(said: str, unit: str | None) -> bool:
    own, words = _UNITS.get(unit, (set(), set()))
    key = fold(said)
    return bool(key) and key not in own and words.issuperset(key.split())
