"""Data homes of the flow tests: their clock, and a look into what they published."""

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from pipeline.settings import Settings

# The night after the cut-off of 2024H2, before the deadline.
KNOWN_AT = datetime(2024, 12, 16, 15, tzinfo=UTC)


def settings_of(home: Path, known_at: datetime = KNOWN_AT) -> Settings:
    """Settings of a home at that moment."""
    return Settings(home, date(2024, 12, 16), known_at, "58")


def query(settings: Settings, sql: str) -> list[tuple]:
    """Rows of a query on the published warehouse."""
    with duckdb.connect(str(settings.published / "ocop.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()
