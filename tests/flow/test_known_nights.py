"""What is known of earlier filings depends on the order of arrival alone, also when raw is made again."""

import shutil

import districts
import duckdb
import pytest
from homes import settings_of

from pipeline import steps


def findings(settings) -> list[tuple]:
    with duckdb.connect() as connection:
        return connection.execute(
            f"select _submission_id, rule_id, row_number, message from read_parquet('{settings.raw}/issue/**/*.parquet') "
            "where rule_id like 'KNOWN%' order by all"
        ).fetchall()


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    """Three nights: a unit, another one with the first one's product, and the first one's correction without it."""
    settings = settings_of(tmp_path_factory.mktemp("known") / "home")
    first = districts.rows("585", "2024H2")
    second = districts.rows("587", "2024H2")
    second["product"].append({**first["product"][1], "commune_code": "22882"})
    corrected = {**first, "product": [first["product"][0], first["product"][2]]}
    third = districts.rows("586", "2024H2")
    third["product"].append({**first["product"][1], "commune_code": "22852"})
    for unit, filing in (("585", first), ("587", second), ("585", corrected), ("586", third)):
        districts.make(settings.landing / "bao-cao.xlsx", unit, filing=filing)
        steps.land(settings)
        steps.load(settings)
    return settings


@pytest.fixture
def settings(nights, tmp_path):
    """A copy of that home to change."""
    shutil.copytree(nights.home, tmp_path / "home")
    return settings_of(tmp_path / "home")


def test_a_product_in_two_units_is_asked_of_the_later_one(settings):
    asked = [
        (name[:10], rule, "Huyện Ninh Sơn" in text, "Huyện Ninh Phước" in text)
        for name, rule, _, text in findings(settings)
    ]
    assert asked == [("2024H2-586", "KNOWN-01", False, True), ("2024H2-587", "KNOWN-01", True, False)]


@pytest.mark.parametrize("lost", ["all", "first", "second", "last"])
def test_raw_made_again_says_the_same(settings, lost):
    before = findings(settings)
    if lost == "all":
        shutil.rmtree(settings.raw)
    else:
        unit = {"first": "585", "second": "587", "last": "586"}[lost]
        for path in settings.raw.glob(f"*/2024H2/2024H2-{unit}-*.parquet"):
            path.unlink()
    assert "stored again" in steps.load(settings).summary
    assert findings(settings) == before


def test_a_verdict_does_not_depend_on_what_is_known(settings):
    alone = settings_of(settings.home / "other")
    alone.landing.mkdir(parents=True)
    for path in settings.archive.glob("2024H2-587-*/*.xlsx"):
        shutil.copy(path, alone.landing)
    steps.land(alone)
    assert set(steps.load(alone).details["verdicts"].values()) == {"accepted"}
    assert findings(alone) == []
