"""Releases of the small warehouse, in every state a test wants one."""

import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from report_warehouse import INPUTS, PERIOD, build_warehouse, write_verdict

from reports.freeze import freeze
from reports.render import render


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory) -> Path:
    """The published warehouse; tests that change it copy it first."""
    path = tmp_path_factory.mktemp("published") / "ocop.duckdb"
    build_warehouse(path)
    return path


@pytest.fixture
def published(warehouse, tmp_path) -> Path:
    """A folder published/ of its own."""
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / "ocop.duckdb").write_bytes(warehouse.read_bytes())
    return folder


@pytest.fixture
def change(published):
    """Run SQL on the published warehouse."""

    def run(sql: str) -> None:
        with duckdb.connect(str(published / "ocop.duckdb")) as con:
            con.execute(sql)

    return run


@pytest.fixture
def inputs() -> dict:
    """What the caller knows of the run."""
    return INPUTS


@pytest.fixture
def pass_gate():
    """Lay a verdict of the gate beside a frozen copy."""
    return write_verdict


@pytest.fixture
def render_again():
    """Print the report of a directory."""
    return lambda directory: render(directory, PERIOD)


@pytest.fixture
def freeze_and_pass(published, tmp_path):
    """Freeze what is published now and let it pass the gate."""

    def run() -> Path:
        directory = freeze(published, tmp_path / "releases", PERIOD, INPUTS).directory
        write_verdict(directory)
        return directory

    return run


@pytest.fixture
def frozen_release(freeze_and_pass) -> Path:
    """A release directory that is frozen and has passed the gate."""
    return freeze_and_pass()


@pytest.fixture(scope="session")
def printed_release(warehouse, tmp_path_factory) -> Path:
    """A release directory with its printed report; tests get copies, for printing takes a second."""
    directory = freeze(warehouse.parent, tmp_path_factory.mktemp("printed"), PERIOD, INPUTS).directory
    write_verdict(directory)
    render(directory, PERIOD)
    return directory


@pytest.fixture
def release(printed_release, frozen_release) -> Path:
    """A release directory with its printed report, of its own."""
    shutil.copytree(printed_release, frozen_release, dirs_exist_ok=True)
    return frozen_release


@pytest.fixture
def signed_at() -> datetime:
    """When the report was signed."""
    return datetime.fromisoformat("2024-12-21T08:00:00+07:00")
