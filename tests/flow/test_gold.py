"""Every sum of the real documents, as the marts give it; the unit's own figures were typed into the samples line by line."""

import pytest
import yaml
from homes import query

from pipeline.settings import PROJECT

CASES = yaml.safe_load((PROJECT / "tests/golden/sums.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_marts_give_the_sums_of_the_documents(sample_night, case):
    found = [list(row) for row in query(sample_night[0], case["sql"])]
    assert sorted(found, key=str) == sorted(case["rows"], key=str)
