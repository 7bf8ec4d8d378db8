"""`ocop export`: a mart as a file that Excel or a notebook opens."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.home import published_database
from pipeline.outcome import UsageError
from pipeline.settings import TIME_ZONE, Settings

EXPORT_FORMATS = ("xlsx", "csv", "parquet")
_MOST_ROWS = 1_048_575  # an Excel sheet holds one more, the header
_WIDTHS = 10, 50  # narrowest and widest column, in characters
_FORMATS = {date: "dd/mm/yyyy", datetime: "dd/mm/yyyy hh:mm", Decimal: "#,##0.###", int: "0"}


def export_mart(settings: Settings, name: str, format_: str, out: Path) -> Path:
    """Write a mart or a report table to ``out``; a name without its prefix is a mart's, ``ptnt-ocop`` is mart_ptnt_ocop.

    UsageError when there is no such table, or an Excel sheet cannot hold it.
    """
    import duckdb

    with duckdb.connect(str(published_database(settings)), read_only=True) as connection:
        table = _known_table(connection, name)
        if format_ == "parquet":
            connection.execute(f'copy "{table}" to $1 (format parquet)', [str(out)])
            return out
        relation = connection.table(table)
        columns, rows = relation.columns, relation.fetchall()
    if format_ == "csv":
        _write_csv(out, columns, rows)
    elif len(rows) > _MOST_ROWS:
        raise UsageError(f"{table} has {len(rows)} rows, more than an Excel sheet holds; use --format csv.")
    else:
        _write_xlsx(out, table, columns, rows)
    return out


def _known_table(connection, name: str) -> str:
    query = (
        "select table_name from information_schema.tables "
        "where regexp_matches(table_name, '^(mart_|rpt_ministry__)') order by 1"
    )
    names = [known for (known,) in connection.execute(query).fetchall()]
    written = name.replace("-", "_")
    for known in (written, f"mart_{written}"):
        if known in names:
            return known
    raise UsageError(f"There is no mart {name}; there are {', '.join(names)}.")


def _write_csv(out: Path, columns: list[str], rows: list[tuple]) -> None:
    import csv

    with out.open("w", encoding="utf-8-sig", newline="") as handle:  # Excel reads UTF-8 only behind a BOM
        writer = csv.writer(handle)
        writer.writerow(columns)
        writer.writerows([_harmless(value) for value in row] for row in rows)


def _looks_like_a_formula(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))


def _harmless(value: object) -> object:
    """Text that a spreadsheet would run as a formula gets an apostrophe; only here, never in the store."""
    return f"'{value}" if _looks_like_a_formula(value) else value


def _write_xlsx(out: Path, table: str, columns: list[str], rows: list[tuple]) -> None:
    from openpyxl import Workbook

    from ingest.dictionary import marts

    workbook = Workbook(write_only=True)
    _sheet(workbook, table.removeprefix("mart_")[:31], columns, rows)
    if table in marts():
        defined = [(c.name, c.vietnamese, c.english, c.unit) for c in marts()[table].columns]
        _sheet(workbook, "Định nghĩa", ["Cột", "Ý nghĩa", "Meaning", "Đơn vị tính"], defined)
    workbook.save(out)


def _sheet(workbook, title: str, columns: list[str], rows: list[tuple]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = workbook.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(rows) + 1}"
    for number, column in enumerate(columns):
        longest = max((len(str(row[number])) for row in rows if row[number] is not None), default=0)
        width = min(max(longest, len(column), _WIDTHS[0]), _WIDTHS[1])
        sheet.column_dimensions[get_column_letter(number + 1)].width = width + 2
    header = [WriteOnlyCell(sheet, column) for column in columns]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet, value: object) -> object:
    """A typed cell; text stays text whatever it begins with, yes and no are said in Vietnamese."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub("", value)
        if not _looks_like_a_formula(text):
            return text
        cell = WriteOnlyCell(sheet, text)
        cell.data_type, cell.quotePrefix = "s", True
        return cell
    if value is None:
        return None
    if isinstance(value, datetime):  # Excel knows no time zones
        value = value.astimezone(ZoneInfo(TIME_ZONE)).replace(tzinfo=None)
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = _FORMATS[type(value)]
    return cell
