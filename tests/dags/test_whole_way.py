"""The whole way with nothing replaced: samples in, both DAGs, a signed report out; and once more the same."""

from __future__ import annotations

import hashlib
import json

import pytest

from pipeline import demo

pytestmark = pytest.mark.slow


def test_without_a_published_night_no_report_starts(bag, home, states, at):
    run = bag.dags["ministry_report"].test(logical_date=at(2024, 12, 21, 8), run_conf={"period": "2024H2"})

    assert run.state == "failed"
    assert states(run)["night"] == "failed"
    assert not (home / "releases").exists()


def test_samples_become_a_report_under_the_name_of_who_signed_it(home, metadata, password):
    demo.lay_out_samples(home)
    demo.run_both(password, print)

    release = home / "releases/2024H2"
    assert (release / "bao-cao-ocop-2024H2.docx").exists()
    assert (release / "bao-cao-ocop-2024H2.xlsx").exists()
    assert json.loads((release / "seal.json").read_text(encoding="utf-8"))["signed_by"] == demo.APPROVER

    sealed = digests(release)
    demo.lay_out_samples(home)
    demo.run_both(password, print)
    assert digests(release) == sealed
    assert [path.name for path in (home / "releases").iterdir()] == ["2024H2"]


def digests(folder) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
