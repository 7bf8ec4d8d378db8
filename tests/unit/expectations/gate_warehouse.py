"""A small warehouse file that every rule of the gate is content with, and ways to spoil it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
from models import sql_of

HERE = Path(__file__).parent
DIMENSIONS, FACTS = (HERE / "warehouse_rows.sql").read_text(encoding="utf-8").split("--! facts\n")


def build_warehouse(
    path: Path, facts: Iterable[str] = (), figures: Iterable[str] = (), is_empty: bool = False
) -> Path:
    """Write the warehouse; ``facts`` change it before the printed figures are computed, ``figures`` after."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("begin")
        connection.execute((HERE / "warehouse_tables.sql").read_text(encoding="utf-8"))
        register = "int_ministry__register_figure"
        connection.execute(f"create table {register} as {sql_of(register)}")
        connection.execute(DIMENSIONS)
        if not is_empty:
            connection.execute(FACTS)
        for statement in facts:
            connection.execute(statement)
        connection.execute((HERE / "warehouse_figures.sql").read_text(encoding="utf-8"))
        for statement in figures:
            connection.execute(statement)
        connection.execute("commit")
    return path
