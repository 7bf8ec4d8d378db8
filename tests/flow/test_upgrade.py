"""A home of the first release under today's code.

tests/golden/first-release.tar.xz was made by commit 4eef12d, the first that called itself 0.1.0: two samples and the
unreadable one landed and loaded on 16/12/2024, a hold taken back, a waiver, 2024H2 released on 21/12/2024; then
archive, raw, decisions, releases, published/ocop.duckdb and published/gate.json were packed as they lay there.
"""

import shutil
import tarfile
from datetime import UTC, datetime

import pytest
from homes import query, settings_of

from pipeline import steps
from pipeline.settings import PROJECT

AFTER = datetime(2025, 1, 10, 15, tzinfo=UTC)
VALID = """select period_code, count(*) from fct_product_status
where is_valid and period_code in ('2023H2', '2024H2') group by all order by all"""


def unpacked(folder):
    with tarfile.open(PROJECT / "tests" / "golden" / "first-release.tar.xz") as packed:
        packed.extractall(folder, filter="data")
    settings = settings_of(folder, AFTER)
    settings.landing.mkdir()
    return settings


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory):
    """The old home, what it published, and the first night of today's code on it."""
    settings = unpacked(tmp_path_factory.mktemp("first-release"))
    return settings, query(settings, VALID), steps.nightly(settings)


def test_an_old_home_is_whole_before_and_after_its_first_night(upgraded, tmp_path):
    assert steps.verify(unpacked(tmp_path)).details["faults"] == []
    assert steps.verify(upgraded[0]).details["faults"] == []


def test_the_figures_stay(upgraded):
    settings, before, night = upgraded
    assert [(o.verb, o.exit_code) for o in night][-1] == ("publish", 0)
    assert before == query(settings, VALID) == [("2023H2", 15), ("2024H2", 31)]


def test_no_submission_is_judged_again(upgraded):
    settings, _, night = upgraded
    assert night[1].summary == "0 accepted, 0 refused, 0 unreadable"
    verdicts = "select verdict_code, is_in_force, count(*) from fct_submission group by all order by all"
    assert query(settings, verdicts) == [("accepted", True, 2), ("unreadable", False, 1)]


def test_old_originals_are_read_again_when_raw_is_gone(tmp_path):
    settings = unpacked(tmp_path)
    shutil.rmtree(settings.raw)
    assert (
        steps.load(settings).summary == "0 accepted, 0 refused, 0 unreadable; 3 stored again from the archive"
    )


def test_a_release_of_the_old_version_is_corrected_beside_itself(upgraded):
    settings = upgraded[0]
    sealed = {p.name: p.read_bytes() for p in (settings.releases / "2024H2").iterdir() if p.is_file()}
    assert steps.freeze(settings, "2024H2").summary == "frozen into releases/2024H2/dieu-chinh-1"
    assert {p.name: p.read_bytes() for p in (settings.releases / "2024H2").iterdir() if p.is_file()} == sealed
    assert steps.verify(settings).details["faults"] == []
