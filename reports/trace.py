"""Traces a printed figure back to the cells of the submissions it was counted or summed from."""

import json
from decimal import Decimal
from pathlib import Path

import duckdb

from reports.frozen import MANIFEST, rows_of
from reports.seal import releases_of

PREFIX = "rpt_ministry__"
BOOKKEEPING = ("period_code", "row_no", "row_code")
AMENDMENT = "amendment"
AMENDED_VALUES = ("old_value", "new_value")
WHOLE_ROW = (":row", ":table")  # a line of the annex about more than one figure
REASONS = {
    "register": "Lấy từ sổ nhận báo cáo (đơn vị nào phải gửi, đã gửi, gửi lúc nào), không từ ô nào của báo cáo.",
    "unknown": "Chưa có số liệu: không ô nào của các báo cáo đang dùng nêu số này.",
    "words": "Là chữ, không phải số liệu; xem các số liệu cùng dòng.",
    "none": "Bằng 0: không dòng nào của các báo cáo đang dùng được tính vào số này.",
    "lost": "Số in là {value} nhưng không ô nào của báo cáo cho số này; đề nghị kiểm tra.",
}
SHOWN = 20  # of the rows named when one is not found
# The total is the evidence of all rows: a producer of two units is counted once. Sub-totals have their own and are no
# part of it.
EVIDENCE = """
select
    e.measure_kind,
    e.evidence_key,
    e.amount,
    e._submission_id as submission_id,
    s.file_name,
    coalesce(u.unit_name || ' (' || s.unit_code || ')', s.unit_code) as sender,
    strftime(s.received_at at time zone 'Asia/Ho_Chi_Minh', '%d/%m/%Y %H:%M') as received_at,
    s.revision_no,
    e._sheet as sheet,
    l.column_letter || e._row_number as cell,
    e._row_number as row_number,
    e._field_name as field_name,
    l.header_text,
    coalesce(
        (
            select list(o.column_letter || e._row_number order by length(o.column_letter), o.column_letter)
            from fct_layout as o
            where
                e._submission_id = o.submission_id
                and e._sheet = o.sheet
                and e._row_number is not null
                and list_contains(e._other_field_names, o.field_name)
        ),
        []
    ) as other_cells
from int_ministry__evidence as e
left join fct_submission as s on e._submission_id = s.submission_id
left join dim_period as p on s.period_code = p.period_code
left join dim_unit as u
    on s.unit_code = u.unit_code
    and p.cut_off_on between u.valid_from and coalesce(u.valid_to, 'infinity'::date)
left join fct_layout as l
    on e._submission_id = l.submission_id and e._sheet = l.sheet and e._field_name = l.field_name
where
    e.period_code = $period
    and e.table_code = $table
    and e.column_code = $column
    and (e.row_code = $row or ($row = 'total' and not ends_with(e.row_code, '-total')))
order by submission_id, sheet, row_number, field_name, evidence_key
"""


class TraceError(ValueError):
    """No such figure; the message names what there is."""


def trace(database: Path, table: str, row: str, column: str, period: str | None = None) -> dict:
    """Find the cells behind one figure; without a period, the newest one in which the table has rows.

    A figure without cells has a ``reason`` of REASONS, said in ``note``. A value of the annex of an amended report leads
    to the cells of the figure it is about, in this copy or in the one the report amends.
    """
    name = table.removeprefix(PREFIX)
    figure = f"{name}/{row}/{column}"
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = _columns(connection, name)
        if column not in columns:
            raise TraceError(f"table {name} has no column {column!r}; it has: {', '.join(columns)}")
        period = period or _newest_period(connection, name)
        value = _value(connection, name, row, column, period)
        try:
            evidence = rows_of(connection, EVIDENCE, period=period, table=name, row=row, column=column)
            is_of_register = not evidence and _is_of_register(connection, figure)
        except (duckdb.BinderException, duckdb.CatalogException) as error:
            raise TraceError(
                f"{database.parent.name}/{database.name} was made by another version, which kept otherwise where a figure "
                f"comes from ({str(error).splitlines()[0]}). Make it again (ocop nightly, ocop freeze); a released copy is "
                f"traced with the version of its {MANIFEST}"
            ) from error
    if name == AMENDMENT and column in AMENDED_VALUES and not row.endswith(WHOLE_ROW):
        meant = _amended(database, row, column, period)
        return {**meant, "figure": figure, "about": meant["figure"]}
    cells, recount = _contributions(evidence)
    reason = None if evidence else _reason(figure, columns[column], value, is_of_register)
    return {
        "figure": figure,
        "period": period,
        "value": value,
        "cells": cells,
        "sql": _sql(name, row, column, period),
        "reason": reason,
        "note": REASONS[reason].format(value=value) if reason else _doubt(value, recount),
    }


def _amended(database: Path, row: str, column: str, period: str) -> dict:
    """The figure that a line of the annex is about, as it is now or as the released report had it."""
    table, _, rest = row.partition(":")
    code, _, told = rest.rpartition(":")
    if column == "old_value":
        amends = json.loads((database.parent / MANIFEST).read_text(encoding="utf-8"))["amends"]
        database = releases_of(database.parent) / amends["release"] / database.name
    return trace(database, table, code, told, period)


def _sql(name: str, row: str, column: str, period: str) -> str:
    """The rows behind the figure as one line for `ocop sql`."""
    values = {"period_code": period, "table_code": name, "column_code": column}
    values |= {} if row == "total" else {"row_code": row}
    conditions = [f"{field} = '{value.replace(chr(39), chr(39) * 2)}'" for field, value in values.items()]
    conditions += ["not ends_with(row_code, '-total')"] if row == "total" else []
    return f"select * from int_ministry__evidence where {' and '.join(conditions)}"


def _columns(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    """The columns of a printed table with their types."""
    try:
        # Not information_schema.columns: it lists every column of the warehouse to find those of one table.
        found = connection.execute(
            "select name, type from pragma_table_info($model)", {"model": PREFIX + name}
        ).fetchall()
    except duckdb.CatalogException as error:
        tables = connection.execute(
            """select table_name from information_schema.tables
            where starts_with(table_name, $prefix) order by table_name""",
            {"prefix": PREFIX},
        ).fetchall()
        known = ", ".join(row[0].removeprefix(PREFIX) for row in tables)
        raise TraceError(f"there is no printed table {name!r}; there are: {known}") from error
    return {column: data_type for column, data_type in found if column not in BOOKKEEPING}


def _newest_period(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    found = connection.execute(
        f"""select p.period_code from dim_period as p
        where p.period_code in (select period_code from {PREFIX}{name})
        order by p.cut_off_on desc, p.starts_on desc limit 1"""
    ).fetchone()
    if not found:
        raise TraceError(f"table {name} has no rows in any period")
    return found[0]


def _value(connection: duckdb.DuckDBPyConnection, name: str, row: str, column: str, period: str) -> object:
    query = (
        f"select row_code, {column} from {PREFIX}{name} where period_code = $period order by row_no, row_code"
    )
    rows = dict(connection.execute(query, {"period": period}).fetchall())
    if row not in rows:
        codes = list(rows)
        more = f" and {len(codes) - SHOWN} more" if len(codes) > SHOWN else ""
        known = (", ".join(codes[:SHOWN]) or "no rows") + more
        raise TraceError(f"table {name} has no row {row!r} in period {period}; it has: {known}")
    return rows[row]


def _contributions(evidence: list[dict]) -> tuple[list[dict], Decimal | None]:
    """What each cell adds to the figure: a thing counted once counts at its first cell, so parts add up.

    A share or the least of several is no sum of its cells; nothing is recounted there.
    """
    counted, cells, total = set(), [], Decimal(0)
    for entry in evidence:
        kind, key, amount = (entry.pop(name) for name in ("measure_kind", "evidence_key", "amount"))
        if kind == "derived":
            entry["value_contribution"], total = None, None
        elif kind == "sum":
            entry["value_contribution"] = amount
        else:
            # a cell without a thing of its own says what is counted
            entry["value_contribution"] = Decimal(key is not None and key not in counted)
            counted.add(key)
        if total is not None:
            total += entry["value_contribution"] or 0
        cells.append(entry)
    return cells, total


def _is_of_register(connection: duckdb.DuckDBPyConnection, figure: str) -> bool:
    query = "select count(*) from int_ministry__register_figure where $figure glob figure_pattern"
    return connection.execute(query, {"figure": figure}).fetchone()[0] > 0


def _reason(figure: str, data_type: str, value: object, is_of_register: bool) -> str:
    """Why no cell stands behind a figure, by its name in REASONS."""
    if is_of_register:
        return "register"
    if data_type in ("VARCHAR", "BOOLEAN") or figure.startswith(f"{AMENDMENT}/"):
        return "words"
    if value is None:
        return "unknown"
    return "none" if value == 0 else "lost"


def _doubt(value: object, recount: Decimal | None) -> str | None:
    if recount is not None and value != recount:
        return f"Số in là {value}, nhưng các ô truy nguyên được cho kết quả {recount}; đề nghị kiểm tra."
    return None
