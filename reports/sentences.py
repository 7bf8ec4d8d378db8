"""Turns the sentences of ministry.yml into text; who writes the figures in them is an argument.

The renderer passes Wording, the proof a writer that leaves a marked gap for each figure. So the proof knows
every sentence and every figure in it without believing the code that formats numbers.
"""

from dataclasses import dataclass
from typing import Protocol

import jinja2

from reports import activity, wording
from reports.definition import Definition, Table
from reports.frozen import Frozen, ReportError, prints_unknown


class FigureWriter(Protocol):
    """Writes the figures of a sentence."""

    def count(self, reference: str, noun: str) -> str:
        """A quantity with its noun."""

    def money(self, reference: str) -> str:
        """An amount in million đồng."""

    def share(self, reference: str) -> str:
        """A share in percent."""

    def day(self, name: str) -> str:
        """A day of the report period."""


class Wording:
    """Writes figures as the ministry reads them."""

    def __init__(self, frozen: Frozen) -> None:
        self.frozen = frozen

    def count(self, reference: str, noun: str) -> str:
        """Write "08 sản phẩm", or that nothing is known."""
        value = self.frozen.value(reference)
        return wording.UNKNOWN if value is None else f"{wording.padded(value)} {noun}"

    def money(self, reference: str) -> str:
        """Write "415,029 triệu đồng", or that nothing is known."""
        value = self.frozen.value(reference)
        return wording.UNKNOWN if value is None else f"{wording.number(value)} {wording.MONEY_UNIT}"

    def share(self, reference: str) -> str:
        """Write "60,5%", or that nothing is known."""
        value = self.frozen.value(reference)
        return wording.UNKNOWN if value is None else f"{wording.number(value)}%"

    def day(self, name: str) -> str:
        """Write "14/12/2024"."""
        return wording.short_date(self.frozen.day(name))


@dataclass(frozen=True)
class Prose:
    """All text of one report that is not a table cell."""

    subject: str
    addressed_to: str
    place_and_date: str
    document_number: str
    annex_reference: str
    bases: list[str]
    cover: list[str]
    sections: dict[str, list[str]]
    captions: dict[str, str]
    empty: dict[str, str]
    notes: dict[str, list[str]]


def compose(definition: Definition, frozen: Frozen, figures: FigureWriter) -> Prose:
    """Write every sentence of the report; a sentence that comes out empty is left out."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    facts = {
        **frozen.names(),
        "count": figures.count,
        "money": figures.money,
        "share": figures.share,
        "day": figures.day,
        "value": frozen.value,
        "rows": lambda table: frozen.rows(definition.table(table).model),
        "units": lambda status_code: wording.listing(frozen.units(status_code)),
        "is_late": frozen.is_late,
        "former_units": lambda status_code: wording.listing(frozen.former_units(status_code)),
        "former_provinces": lambda: wording.listing(frozen.former_provinces()),
        "late_units": lambda: wording.listing(frozen.late_units()),
        "incomplete_units": lambda: wording.listing(frozen.incomplete_units()),
        "units_without_funding": lambda: wording.listing(frozen.units_without_funding()),
        "units_of_two_amounts": lambda: wording.listing(frozen.units_of_two_amounts()),
        "estimating_units": lambda: wording.listing(frozen.estimating_units()),
        "planned_money": lambda disbursed: wording.listing(frozen.planned_money(disbursed)),
        "activities": lambda table, done: activity.summary(
            definition.table(table), frozen.rows(definition.table(table).model), done, figures.count
        ),
        "table_number": definition.number_of,
        "annex_number": definition.annex_number_of,
        "blank": wording.BLANK,
    }

    def write(sentence: str) -> str:
        try:
            return wording.one_line(environment.from_string(sentence).render(facts))
        except jinja2.TemplateError as error:
            raise ReportError(f"ministry.yml: {error} in the sentence {sentence!r}") from error

    def write_all(sentences: tuple[str, ...]) -> list[str]:
        return [text for text in map(write, sentences) if text]

    def notes(table: Table) -> list[str]:
        dash = (definition.unknown_note,) if prints_unknown(table, frozen.rows(table.model)) else ()
        return write_all(table.notes + dash)

    bases = [
        basis.text
        for basis in definition.bases
        if basis.valid_from <= frozen.cut_off and (basis.valid_to is None or frozen.cut_off <= basis.valid_to)
    ]
    return Prose(
        subject=write(definition.subject),
        addressed_to=write(definition.addressed_to),
        place_and_date=write(definition.place_and_date),
        document_number=write(definition.document_number),
        annex_reference=write(definition.annex_reference),
        # Each legal basis ends with a semicolon, the last one with a full stop (NĐ 30/2020 Phụ lục I).
        bases=[text + ("." if text == bases[-1] else ";") for text in bases],
        cover=write_all(definition.cover),
        sections={section.key: write_all(section.sentences) for section in definition.sections},
        captions={table.name: write(table.caption) for table in definition.tables},
        empty={table.name: write(table.empty) for table in definition.tables},
        notes={table.name: notes(table) for table in definition.tables},
    )
