"""The models keep their unit tests, which no night runs."""

import json

import pytest

from pipeline.warehouse import build_warehouse


@pytest.mark.slow
def test_every_unit_test_of_the_models_passes(home):
    build_warehouse(home, with_unit_tests=True)
    results = json.loads((home.build / "dbt" / "run_results.json").read_text(encoding="utf-8"))["results"]
    verdicts = {r["unique_id"]: r["status"] for r in results if r["unique_id"].startswith("unit_test.")}
    assert verdicts
    assert set(verdicts.values()) == {"pass"}
