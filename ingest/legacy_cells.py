"""Cells typed in legacy fonts or with loose accents, made Unicode before a form reads them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ingest.legacy_text import EVEN, SURE, TCVN3, TCVN3_CAPITALS, VNI, is_unicode, legacy_reading, to_unicode
from ingest.second_look import column_letter
from ingest.vietnamese import compose

# What a finding calls the way a text was typed.
_LOOSE = "Unicode tổ hợp"
_SPOKEN = {
    TCVN3: "phông TCVN3 (.VnTime)",
    TCVN3_CAPITALS: "phông TCVN3 (.VnTime)",
    VNI: "phông VNI (VNI-Times)",
    _LOOSE: _LOOSE,
}
# So many sure cells without a legacy font say that a sheet was typed in one and has lost it, as .csv does.
_ENOUGH = 3


@dataclass(frozen=True)
class Recoded:
    """One cell whose text was converted: row and column from 1, what stood there and what it reads."""

    typed_in: str
    row: int
    column: int
    original: str
    text: str


def recode(grid: list[list[object]], fonts: dict[str, str]) -> list[Recoded]:
    """Convert legacy and loose text in ``grid`` in place and say which cells; proper Unicode is left alone.

    ``fonts`` holds the encodings of the cells in a legacy font by address. A cell whose codes make sense both
    ways follows the other cells of its font, or of its sheet when it has no such font.
    """
    texts = {text for text in set().union(*grid) if isinstance(text, str) and not text.isascii()}
    if not fonts and not _has_loose(texts) and not any(map(_is_surely_legacy, texts)):
        return []  # as nearly every sheet is; without one such cell no doubtful one is converted
    found: list[Recoded] = []
    doubtful = []
    votes: Counter = Counter()  # (encoding of the font or None, encoding or None for proper Unicode) -> cells
    for row, cells in enumerate(grid, start=1):
        for index, text in enumerate(cells):
            if not isinstance(text, str) or text.isascii():
                continue
            font = fonts.get(f"{column_letter(index)}{row}") if fonts else None
            if (composed := compose(text)) != text:
                found.append(_replace(cells, row, index, _LOOSE, composed))
            elif is_unicode(text):
                votes[font, None] += 1
            else:
                encoding, certainty = legacy_reading(text, font)
                if certainty == SURE:
                    found.append(_replace(cells, row, index, encoding, to_unicode(text, encoding)))
                    votes[font, encoding] += 1
                else:
                    doubtful.append((row, index, font))
                    votes[font, None] += certainty == 0
    likely = TCVN3 if votes[None, TCVN3] >= votes[None, VNI] else VNI
    for row, index, font in doubtful:
        cells, encoding = grid[row - 1], font or likely
        sure, proper = votes[font, encoding], votes[font, None]
        _, certainty = legacy_reading(cells[index], encoding)
        if (certainty == SURE and sure >= _ENOUGH) or (certainty == EVEN and sure > proper):
            found.append(_replace(cells, row, index, encoding, to_unicode(cells[index], encoding)))
    return sorted(found, key=lambda cell: (cell.row, cell.column))


def _has_loose(texts: set[str]) -> bool:
    joined = "\n".join(texts)
    return compose(joined) != joined


def _is_surely_legacy(text: str) -> bool:
    return not is_unicode(text) and legacy_reading(text)[1] == SURE


def _replace(cells: list[object], row: int, index: int, encoding: str, text: str) -> Recoded:
    original = cells[index]
    cells[index] = text
    return Recoded(_SPOKEN[encoding], row, index + 1, original, text)
