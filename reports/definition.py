"""Reads ministry.yml, the one place that says what the report prints, in which order and in which words."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from reports import wording

DEFINITION = Path(__file__).parent / "ministry.yml"
KINDS = ("text", "count", "number", "year", "date")
OCCASIONS = ("two_maps", "amended")


class DefinitionError(ValueError):
    """ministry.yml contradicts itself."""


@dataclass(frozen=True)
class Column:
    """One printed column of a report model."""

    name: str
    heading: str
    kind: str
    width: int
    group: str | None
    labels: dict[str, str]
    is_blank_when_unknown: bool


@dataclass(frozen=True)
class Chart:
    """Columns of a table drawn as bars under it; a total row is not drawn.

    ``if_cut`` says which rows are drawn where a page cannot hold them all, with {least} for the least sum drawn; without
    it they are drawn on several pages.
    """

    title: str
    categories: tuple[str, ...]
    series: tuple[str, ...]
    is_stacked: bool
    is_upright: bool
    if_cut: str | None


@dataclass(frozen=True)
class Table:
    """One printed table: one report model.

    ``place`` is body or annex. ``only`` is the occasion on which it is printed at all, as an annex behind those of the
    template: two_maps (a map ended within the period) or amended. ``named_by`` are the columns whose values say which
    row it is.
    """

    name: str
    model: str
    caption: str
    sheet: str
    place: str
    only: str | None
    orientation: str
    font_size: int
    columns: tuple[Column, ...]
    named_by: tuple[str, ...]
    empty: str
    notes: tuple[str, ...]
    chart: Chart | None


@dataclass(frozen=True)
class Section:
    """A heading with its sentences, then its tables."""

    key: str
    level: int
    heading: str
    sentences: tuple[str, ...]
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Basis:
    """A legal basis and the days on which it stands."""

    text: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Definition:
    """The whole report."""

    title: str
    subject: str
    addressed_to: str
    place_and_date: str
    document_number: str
    annex_reference: str
    unknown_note: str
    bases: tuple[Basis, ...]
    cover: tuple[str, ...]
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]

    def table(self, name: str) -> Table:
        """Find a table by its short name."""
        for table in self.tables:
            if table.name == name:
                return table
        raise DefinitionError(f"ministry.yml has no table {name!r}")

    @property
    def annexes(self) -> tuple[Table, ...]:
        """The tables that are printed as annexes, in order."""
        return tuple(table for table in self.tables if table.place == "annex")

    @property
    def printed(self) -> tuple[Table, ...]:
        """All tables in the order of the document: those of the sections, then the annexes."""
        return tuple(self.table(name) for section in self.sections for name in section.tables) + self.annexes

    def number_of(self, name: str) -> int:
        """The printed number of a body table ("Bảng 3")."""
        return 1 + [table.name for table in self.printed].index(name)

    def chart_number_of(self, name: str) -> int:
        """The printed number of the chart of a table ("Biểu đồ 2")."""
        return 1 + [table.name for table in self.printed if table.chart].index(name)

    def annex_number_of(self, name: str) -> str:
        """The printed number of an annex ("Phụ lục II")."""
        return wording.roman(1 + [table.name for table in self.annexes].index(name))


def load(path: Path = DEFINITION, occasions: Collection[str] = ()) -> Definition:
    """Read the definition with the tables of these occasions; unknown words and tables nobody prints are errors."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    tables = tuple(_table(entry) for entry in raw.pop("tables"))
    tables = tuple(table for table in tables if table.only is None or table.only in occasions)
    definition = Definition(
        bases=tuple(Basis(b["text"], b["valid_from"], b.get("valid_to")) for b in raw.pop("bases")),
        cover=tuple(raw.pop("cover")),
        sections=tuple(
            Section(
                key=entry["key"],
                level=entry["level"],
                heading=entry["heading"],
                sentences=tuple(entry.get("sentences", ())),
                tables=tuple(entry.get("tables", ())),
            )
            for entry in raw.pop("sections")
        ),
        tables=tables,
        **raw,
    )
    names = [name for section in definition.sections for name in section.tables]
    body = [table.name for table in tables if table.place == "body"]
    if sorted(names) != sorted(body):
        raise DefinitionError(f"sections print {sorted(names)}, but the body tables are {sorted(body)}")
    if [table.only is not None for table in tables] != sorted(table.only is not None for table in tables):
        raise DefinitionError("a table that is printed on an occasion only stands before one that always is")
    return definition


def _table(entry: dict) -> Table:
    columns = tuple(
        Column(
            name=column["name"],
            heading=column["heading"],
            kind=column.get("kind", "text"),
            width=column["width"],
            group=column.get("group"),
            labels={str(code).lower(): label for code, label in column.get("labels", {}).items()},
            is_blank_when_unknown=column.get("is_blank_when_unknown", False),
        )
        for column in entry["columns"]
    )
    for column in columns:
        if column.kind not in KINDS:
            raise DefinitionError(
                f"table {entry['name']}, column {column.name}: unknown kind {column.kind!r}"
            )
    only = entry.get("only")
    if only is not None and (only not in OCCASIONS or entry["place"] != "annex"):
        raise DefinitionError(f"table {entry['name']}: it is no annex, or its occasion {only!r} is unknown")
    named_by = tuple(entry.get("named_by", (columns[0].name,)))
    unknown = sorted(set(named_by) - {column.name for column in columns})
    if unknown:
        raise DefinitionError(f"table {entry['name']}: it is named by {unknown}, which it does not print")
    return Table(
        name=entry["name"],
        model=f"rpt_ministry__{entry['name']}",
        caption=entry["caption"],
        sheet=entry["sheet"],
        place=entry["place"],
        only=only,
        orientation=entry.get("orientation", "portrait"),
        font_size=entry.get("font_size", 11),
        columns=columns,
        named_by=named_by,
        empty=entry["empty"],
        notes=tuple(entry.get("notes", ())),
        chart=_chart(entry, columns),
    )


def _chart(entry: dict, columns: tuple[Column, ...]) -> Chart | None:
    if "chart" not in entry:
        return None
    chart = entry["chart"]
    drawn = (*chart["categories"], *chart["series"])
    unknown = sorted(set(drawn) - {column.name for column in columns})
    if unknown:
        raise DefinitionError(f"table {entry['name']}: its chart draws {unknown}, which it does not print")
    if entry["place"] != "body":
        raise DefinitionError(f"table {entry['name']}: only a table of the body has a chart")
    return Chart(
        title=chart["title"],
        categories=tuple(chart["categories"]),
        series=tuple(chart["series"]),
        is_stacked=chart["is_stacked"],
        is_upright=chart.get("is_upright", False),
        if_cut=chart.get("if_cut"),
    )
