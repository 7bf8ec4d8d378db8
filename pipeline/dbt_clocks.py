"""A plugin of dbt's DuckDB adapter: every connection knows the two clocks of the run, as variables of DuckDB.

Not as variables of dbt: when one of those changes, dbt parses the whole project anew, which takes seconds, and the
clocks change each night.
"""

from __future__ import annotations

from datetime import date, datetime

from dbt.adapters.duckdb.plugins import BasePlugin

_clocks: dict[str, str] = {}


def set_clocks(as_of: date, known_at: datetime) -> None:
    """The clocks of the dbt runs that follow in this process."""
    _clocks.update(as_of=f"date '{as_of.isoformat()}'", known_at=f"timestamptz '{known_at.isoformat()}'")


class Plugin(BasePlugin):
    """Found by dbt-duckdb under this name."""

    def configure_cursor(self, cursor) -> None:
        """Called for each connection; KeyError when dbt runs without set_clocks()."""
        for name in ("as_of", "known_at"):
            cursor.execute(f"set variable {name} = {_clocks[name]}")
