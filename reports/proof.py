"""Proves a printed report: every figure is read back and compared with the frozen copy."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from docx import Document

from reports import chart, definition, readback, sentences
from reports.definition import Column, Definition, Table
from reports.document import ORDINAL_HEADING, TEMPLATE
from reports.frozen import Frozen, is_total, open_frozen
from reports.readback import PrintedChart, PrintedDocument, PrintedSheet, PrintedTable, plain
from reports.render import file_names
from reports.sentences import Prose
from reports.workbook import COVER, sheet_caption

GAP = re.compile("\ue000(\\d+)\ue001")


@dataclass
class Gaps:
    """Writes a marked gap for each figure of a sentence and remembers what belongs there."""

    figures: list[tuple[str, str, str]] = field(default_factory=list)

    def count(self, reference: str, noun: str) -> str:
        """A gap for a count."""
        return self._gap("count", reference, noun)

    def money(self, reference: str) -> str:
        """A gap for an amount."""
        return self._gap("money", reference, "triệu đồng")

    def share(self, reference: str) -> str:
        """A gap for a share."""
        return self._gap("share", reference, "%")

    def day(self, name: str) -> str:
        """A gap for a day."""
        return self._gap("day", name, "")

    def _gap(self, kind: str, reference: str, noun: str) -> str:
        self.figures.append((kind, reference, noun))
        return f"\ue000{len(self.figures) - 1}\ue001"


def prove(directory: Path, period: str) -> list[str]:
    """Compare the printed files of a release with its frozen copy; one sentence for each difference."""
    document, workbook = (directory / name for name in file_names(period))
    missing = [path.name for path in (document, workbook) if not path.is_file()]
    if missing:
        return [f"{name} is missing; run: ocop report {period}" for name in missing]
    with open_frozen(directory, period) as frozen:
        report = definition.load(occasions=frozen.occasions)
        gaps = Gaps()
        prose = sentences.compose(report, frozen, gaps)
        checker = _Checker(report, frozen, prose, gaps.figures)
        found = checker.document(readback.read_document(document))
        found += checker.workbook(readback.read_workbook(workbook, ORDINAL_HEADING))
    return found


@dataclass
class _Checker:
    report: Definition
    frozen: Frozen
    prose: Prose
    figures: list[tuple[str, str, str]]

    def document(self, printed: PrintedDocument) -> list[str]:
        found = self._texts("document", self._document_lines(), printed.paragraphs, _fixed_lines())
        blocks = self._texts("heading or signature block", self._block_lines(), printed.blocks, None)
        tables = [table for table in self.report.printed if self._rows(table)]
        if len(tables) != len(printed.tables):
            return [
                *found,
                *blocks,
                f"document: {len(printed.tables)} tables are printed instead of {len(tables)}",
            ]
        for table, content in zip(tables, printed.tables, strict=True):
            found += self._table(f"document, table {table.name}", table, content, is_live=False)
        return found + self._document_charts(printed.charts) + blocks

    def workbook(self, sheets: dict[str, PrintedSheet]) -> list[str]:
        names = [COVER, *(table.sheet for table in self.report.printed)]
        if list(sheets) != names:
            return [f"workbook: the sheets are {list(sheets)} instead of {names}"]
        cover = [self.report.title, self.prose.subject, *self.prose.cover]
        cover += [sheet_caption(self.report, table, self.prose) for table in self.report.printed]
        authority = self.frozen.names()["authority"]
        cover += [authority["parent_body_name"].upper(), authority["issuing_body_short_name"].upper()]
        fixed = {*names, "Trang tính", "Nội dung"}
        found = self._texts(f"workbook, sheet {COVER}", cover, sheets[COVER].texts, fixed)
        for table in self.report.printed:
            where = f"workbook, sheet {table.sheet}"
            below = self.prose.notes[table.name] if self._rows(table) else [self.prose.empty[table.name]]
            if table.chart and self._rows(table) and not self._has_bars(table):
                below = [*below, chart.EMPTY]
            lines = [self.prose.captions[table.name], self.prose.subject, *below]
            sheet = sheets[table.sheet]
            found += self._texts(where, lines, sheet.texts, set())
            if sheet.table is None:
                found.append(f"{where}: the table is missing")
            else:
                found += self._table(where, table, sheet.table, is_live=True)
                found += self._sheet_charts(where, table, sheet.charts)
        return found

    def _document_charts(self, printed: list[PrintedChart]) -> list[str]:
        """Compare the charts; rows and columns without any value are not drawn, but a period keeps its place.

        Of more rows than a page holds the largest are drawn, where the chart has words for it.
        """
        found, left = [], list(printed)
        for table in self.report.printed:
            if not table.chart:
                continue
            where = f"document, chart of table {table.name}"
            description = chart.description(table.chart, self.report.number_of(table.name))
            charts = [one for one in left if one.description == description]
            left = [one for one in left if one.description != description]
            headings, rows = self._drawn(table)
            if not table.chart.is_upright:
                rows = [row for row in rows if any(value is not None for value in row[1:])]
            known = [at for at in range(len(headings)) if any(row[1 + at] is not None for row in rows)]
            least = chart.least_drawn(table.chart, [row[1:] for row in rows])
            rows = [
                [row[0], *(row[1 + at] for at in known)]
                for row in rows
                if least is None or chart.total(row[1:]) >= least
            ]
            for one in charts:
                found += _chart_faults(where, [headings[at] for at in known], rows[: len(one.rows)], one)
                if one.behind != one.rows:
                    found.append(f"{where}: the workbook behind it says {one.behind} instead of {one.rows}")
                rows = rows[len(one.rows) :]
            found += [f"{where}: {row[0]} is not drawn" for row in rows if self._has_bars(table)]
        return found + [f"document: a chart is not of the report: {one.description!r}" for one in left]

    def _sheet_charts(self, where: str, table: Table, printed: list[PrintedChart]) -> list[str]:
        has_bars = table.chart and self._has_bars(table)
        headings, rows = self._drawn(table) if has_bars else ([], [])
        if len(printed) != bool(has_bars):
            return [f"{where}: {len(printed)} charts are drawn"]
        return [
            fault for one in printed for fault in _chart_faults(f"{where}, its chart", headings, rows, one)
        ]

    def _has_bars(self, table: Table) -> bool:
        return any(value is not None for row in self._drawn(table)[1] for value in row[1:])

    def _drawn(self, table: Table) -> tuple[list[str], list[list[object]]]:
        """The headings and the rows of a chart, category first, as the frozen copy has them."""
        by_name = {column.name: column for column in table.columns}
        names = [column.name for column in table.columns]
        at = {name: 1 + names.index(name) for name in (*table.chart.categories, *table.chart.series)}
        rows = []
        for row in self._rows(table):
            if is_total(row[0]):
                continue
            category = ": ".join(str(row[at[name]]) for name in table.chart.categories)
            rows.append([plain(category), *(row[at[name]] for name in table.chart.series)])
        return [by_name[name].heading for name in table.chart.series], rows

    def _document_lines(self) -> list[str]:
        prose, report = self.prose, self.report
        lines = [report.title, prose.subject, prose.addressed_to, *prose.bases]
        for section in report.sections:
            lines += [section.heading, *prose.sections[section.key]]
        for table in report.printed:
            if table.place != "body":
                title = prose.captions[table.name].upper()
                lines += [f"Phụ lục {report.annex_number_of(table.name)}", title, prose.annex_reference]
            else:
                lines.append(sheet_caption(report, table, prose))
            lines += prose.notes[table.name] if self._rows(table) else [prose.empty[table.name]]
            if table.chart:
                drawings, *_ = chart.drawings(table, self.frozen.rows(table.model))
                lines += chart.captions(report, table, len(drawings))
                lines += (
                    chart.notes(report, table, self.frozen.rows(table.model)) if drawings else [chart.EMPTY]
                )
        return [line for line in lines if line]

    def _block_lines(self) -> list[str]:
        authority = self.frozen.names()["authority"]
        names = ("parent_body_name", "issuing_body_short_name", "signatory_title")
        return [
            self.prose.document_number,
            self.prose.place_and_date,
            *(authority[name].upper() for name in names),
        ]

    def _texts(
        self, where: str, expected: list[str], printed: list[str], fixed: set[str] | None
    ) -> list[str]:
        """Match each expected line to a printed one; what is left over must be fixed text of the template."""
        found, left = [], list(printed)
        for line in expected:
            parts = GAP.split(plain(line))
            pattern = re.compile("(.+?)".join(re.escape(text) for text in parts[::2]))
            match = next((m for m in map(pattern.fullmatch, left) if m), None)
            if match is None:
                shown = "[...]".join(parts[::2])
                found.append(f"{where}: this line is missing or altered: {shown!r}")
                continue
            left.remove(match.string)
            for index, text in zip(parts[1::2], match.groups(), strict=True):
                found += self._figure(where, match.string, self.figures[int(index)], text)
        if fixed is None:  # the blocks mix fixed words with names; a number has no place in them
            left, fixed = [line for line in left if re.search(r"\d", line)], set()
        return found + [
            f"{where}: this line is not of the report: {line!r}" for line in left if line not in fixed
        ]

    def _figure(self, where: str, line: str, figure: tuple[str, str, str], text: str) -> list[str]:
        kind, reference, noun = figure
        try:
            if kind == "day":
                printed, value = readback.day(text), self.frozen.day(reference)
            else:
                value = self.frozen.value(reference)
                known = text.removesuffix(noun).rstrip(" ")
                printed = None if text in readback.UNKNOWN_MARKS else readback.number(known)
        except ValueError as error:
            return [f"{where}: {error} in the line {line!r}"]
        if printed == value:
            return []
        return [
            f"{where}: {reference} is printed as {text!r}, the frozen copy has {value}, in the line {line!r}"
        ]

    def _table(self, where: str, table: Table, printed: PrintedTable, is_live: bool) -> list[str]:
        headings = [(c.group, c.heading) if c.group else (c.heading, "") for c in table.columns]
        if printed.headings != [(ORDINAL_HEADING, ""), *headings]:
            return [f"{where}: the headings are {printed.headings[1:]} instead of {headings}"]
        rows = self._rows(table)
        if len(rows) != len(printed.rows):
            return [f"{where}: {len(printed.rows)} rows are printed instead of {len(rows)}"]
        found, ordinal = [], 0
        for row, cells in zip(rows, printed.rows, strict=True):
            ordinal += not is_total(row[0])
            expected = "" if is_total(row[0]) else str(ordinal)
            if expected != str(cells[0] or ""):
                found.append(f"{where}, row {row[0]}: the ordinal is {cells[0]!r} instead of {expected!r}")
            for column, value, cell in zip(table.columns, row[1:], cells[1:], strict=True):
                fault = _difference(column, value, cell, is_live)
                if fault:
                    found.append(f"{where}, row {row[0]}, column {column.name}: {fault}")
        return found

    def _rows(self, table: Table) -> list[tuple]:
        columns = ", ".join(["row_code", *(column.name for column in table.columns)])
        query = f"select {columns} from {table.model} where period_code = $period order by row_no, row_code"
        return self.frozen.connection.execute(query, {"period": self.frozen.period_code}).fetchall()


def _difference(column: Column, value: object, printed: object, is_live: bool) -> str | None:
    """What is wrong with a printed cell; the workbook has live numbers and dates, the document only text."""
    fault = f"printed {printed!r}, the frozen copy has {'no value' if value is None else value}"
    if value is None or printed is None or printed in readback.UNKNOWN_MARKS:
        return None if value is None and (printed is None or printed in readback.UNKNOWN_MARKS) else fault
    try:
        if column.labels:
            value = column.labels[str(value).lower()]
        elif column.kind == "text":
            value = plain(str(value))
        elif not is_live:
            printed = readback.day(printed) if isinstance(value, date) else _number(printed, column)
    except ValueError as error:
        return f"{error}; the frozen copy has {value}"
    return None if printed == value else fault


def _chart_faults(
    where: str, headings: list[str], rows: list[list[object]], chart: PrintedChart
) -> list[str]:
    if chart.headings != headings:
        return [f"{where}: its bars are {chart.headings} instead of {headings}"]
    if len(chart.rows) != len(rows):
        return [f"{where}: {len(chart.rows)} rows are drawn instead of {len(rows)}"]
    return [
        f"{where}, row {row[0]}, bar {heading}: drawn {found!r}, the frozen copy has {value}"
        for row, drawn in zip(rows, chart.rows, strict=True)
        for heading, value, found in zip(["name", *headings], row, drawn, strict=True)
        if (None if found in readback.UNKNOWN_MARKS else found) != value
    ]


def _number(text: str, column: Column) -> Decimal:
    return Decimal(int(text)) if column.kind == "year" else readback.number(text)


def _fixed_lines() -> set[str]:
    """Lines of the template without a placeholder: an office may write its own text there."""
    lines = (plain(paragraph.text) for paragraph in Document(str(TEMPLATE)).paragraphs)
    return {line for line in lines if line and "{" not in line}
