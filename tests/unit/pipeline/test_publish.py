"""Publishing onto a share where somebody holds a file open: the old state stays whole, the new one is not lost."""

import hashlib
import json
import os
from pathlib import Path

import duckdb
import pytest
from homes import KNOWN_AT, query, settings_of

from pipeline import steps
from pipeline.steps.candidate import NEXT_DATABASE


def candidate(settings, number):
    """A candidate with one mart, judged and passed."""
    settings.build.mkdir(parents=True, exist_ok=True)
    database = settings.build / "ocop.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"create table mart_product as select {number} as n")
    verdict = {"verdict": "passed", "database_sha256": hashlib.sha256(database.read_bytes()).hexdigest()}
    verdict["checked_at"] = KNOWN_AT.isoformat()
    (settings.build / "gate.json").write_text(json.dumps(verdict | {"number": number}))
    (settings.build / "gate.html").write_text(str(number))


def published(settings):
    """What readers see: the warehouse, the marts and the verdict beside it."""
    mart = settings.published / "marts" / "mart_product.parquet"
    return (
        query(settings, "select n from mart_product")[0][0],
        duckdb.sql(f"select n from '{mart}'").fetchone()[0],
        json.loads((settings.published / "gate.json").read_text())["number"],
    )


@pytest.mark.parametrize("held", ["ocop.duckdb", "marts"])
def test_a_file_that_is_held_open_keeps_the_last_state_until_it_is_closed(tmp_path, monkeypatch, held):
    settings = settings_of(tmp_path)
    candidate(settings, 1)
    steps.publish(settings)
    candidate(settings, 2)
    replace = os.replace

    def refused(source, target):
        # As an SMB server answers: neither a file in use is replaced nor a folder with one in it moved.
        if (Path(target) if held == "ocop.duckdb" else Path(source)) == settings.published / held:
            raise PermissionError(13, "Permission denied", str(source), None, str(target))
        return replace(source, target)

    with monkeypatch.context() as share:
        share.setattr(os, "replace", refused)
        with pytest.raises(steps.StepError, match="holds a file of published/ open"):
            steps.publish(settings)
    assert published(settings) == (1, 1, 1)
    with duckdb.connect(str(settings.published / NEXT_DATABASE), read_only=True) as connection:
        assert connection.execute("select n from mart_product").fetchone() == (2,)

    steps.publish(settings)

    assert published(settings) == (2, 2, 2)
    names = {path.name for path in settings.published.iterdir()}
    assert names == {"ocop.duckdb", "marts", "gate.json", "gate.html"}
