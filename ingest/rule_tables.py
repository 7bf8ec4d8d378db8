"""The tables and statements of the rules in an in-memory DuckDB: filled for one workbook at a time, planned once for all.

To plan a query takes longer than to run it over a workbook. A plan can be kept although the rows change, because it is
made without the optimizer: then DuckDB goes by names and types alone. The optimizer would build the lengths and ranges
of the rows of that moment into it, and with others the plan would give wrong answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from ingest.spec import Form
from ingest.store import as_json, literal, select_json
from ingest.vietnamese import fold, match_key

# Names that rows are matched by: <field>_key as dbt's match_key, <field>_fold also without diacritics and punctuation.
_KEYS: dict[str, Callable[[str], str]] = {"key": match_key, "fold": fold}
_MATCHED_FIELDS = {
    "product_name": ("key", "fold"),
    "producer_name": ("key", "fold"),
    "decision_number": ("fold",),
    "issuing_authority": ("fold",),
}
_FILING = {
    "unit_code": "varchar",
    "period_year": "integer",
    "period_starts_on": "date",
    "cut_off_on": "date",
}


class RuleTables:
    """A table for each form that rules read, ``filing`` with one row, and the cross tables; empty between workbooks."""

    def __init__(self, forms: dict[str, Form]):
        """Open a database of its own: a table made by others would make all plans void."""
        import duckdb

        self._connection = duckdb.connect(config={"threads": 1})
        self._connection.execute("pragma disable_optimizer")
        self._forms = _columns_of(forms)
        for name, types in {"filing": _FILING, **self._forms}.items():
            columns = ", ".join(f"{column} {type_}" for column, type_ in types.items())
            self._connection.execute(f"create table {name} ({columns})")
        for form in forms.values():
            for name, sql in form.cross_tables.items():
                self._connection.execute(f"create table {name} as {sql} with no data")
        self._planned: dict[str, str] = {}

    @contextmanager
    def filled(self, filing: dict, tables: dict[str, list[dict]]) -> Iterator[None]:
        """The rows of one workbook stand in the tables until the block ends."""
        self._connection.execute("begin")
        try:
            self._run(
                f"insert into filing values ({', '.join(f'${n}::{type_}' for n, type_ in enumerate(_FILING.values(), 1))})",
                *(literal(filing[name]) for name in _FILING),
            )
            for name, types in self._forms.items():
                if rows := tables.get(name):
                    sql = f"insert into {name} {select_json(types, '$1::varchar')}"
                    self._run(sql, as_json(_columns(types, rows)))
            yield
        finally:
            self._connection.execute("rollback")

    def fill_cross_table(self, name: str, sql: str) -> None:
        """Put what the query selects into a cross table."""
        self._run(f"insert into {name} {sql}")

    def select(self, sql: str) -> list[dict]:
        """The answers of a query; it is planned the first time it is asked."""
        answers = self._run(sql)
        names = [column[0] for column in answers.description]
        return [dict(zip(names, answer, strict=True)) for answer in answers.fetchall()]

    def _run(self, sql: str, *literals: str):
        name = self._planned.get(sql)
        if name is None:
            name = f"statement_{len(self._planned)}"
            self._connection.execute(f"prepare {name} as {sql}")
            self._planned[sql] = name
        given = f"({', '.join(literals)})" if literals else ""
        return self._connection.execute(f"execute {name}{given}")


@cache
def words_of(sql: str) -> frozenset[str]:
    """Every word of an SQL text; a key column counts as the column it is made of."""
    words = frozenset(re.findall(r"\w+", sql))
    return words | {word.removesuffix(f"_{kind}") for word in words for kind in _KEYS}


def _columns_of(forms: dict[str, Form]) -> dict[str, dict[str, str]]:
    """Of each form that rules read the columns they name, with their types, and where a row stood."""
    columns = {}
    for name, form in forms.items():
        named = words_of(" ".join(_statements_on(name, forms)))
        if not named:
            continue
        keys = [f"{f.name}_{kind}" for f in form.fields for kind in _MATCHED_FIELDS.get(f.name, ())]
        columns[name] = (
            {f.name: f.sql_type for f in form.fields if f.name in named}
            | {key: "varchar" for key in keys if key in named}
            | {"_row_number": "integer"}
        )
    return columns


def _statements_on(name: str, forms: dict[str, Form]) -> Iterator[str]:
    """All SQL that reads the table of a form."""
    for rule in forms[name].rules:
        yield f"{rule.when} {rule.then} {rule.expected} {rule.difference} {rule.amount}"
    for form in forms.values():
        statements = (*form.cross_tables.values(), *(rule.sql for rule in form.cross_rules))
        yield from (sql for sql in statements if name in words_of(sql))
        yield from (total.value for total in form.control_totals if total.form == name)


def _columns(types: dict[str, str], rows: list[dict]) -> dict[str, list]:
    """The values by column, with the columns that names are matched by."""
    columns = {name: [row.get(name) for row in rows] for name in types}
    for name, kinds in _MATCHED_FIELDS.items():
        keys = {f"{name}_{kind}": _KEYS[kind] for kind in kinds if f"{name}_{kind}" in types}
        columns |= {key: [] for key in keys}
        for row in rows if keys else ():
            text = row.get(name)
            for key, make in keys.items():  # all keys of a text at once, while it is remembered clean
                columns[key].append(None if text is None else make(text))
    return columns
