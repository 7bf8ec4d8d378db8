"""Freezing: a copy with a manifest, nothing twice, a correction beside a sealed release."""

import hashlib
import json
import re

import duckdb
import pytest

from reports.freeze import FreezeError, current_directory, freeze
from reports.seal import seal

PERIOD = "2024H2"
MORE_MONEY = "update rpt_ministry__headline set value = value + 1 where row_code = 'funding_disbursed'"


@pytest.fixture
def releases(tmp_path):
    return tmp_path / "releases"


@pytest.fixture
def freeze_again(published, releases, inputs):
    return lambda: freeze(published, releases, PERIOD, inputs)


def test_the_copy_is_described_by_its_manifest(frozen_release):
    manifest = json.loads((frozen_release / "manifest.json").read_text(encoding="utf-8"))
    assert list(manifest) == sorted(manifest)
    assert manifest["period"] == PERIOD
    assert manifest["as_of"] == "2024-12-20"
    assert manifest["known_at"] == "2024-12-20T15:00:00+00:00"
    assert manifest["submission_ids"] == ["2024H2-587-0123456789ab"]
    copy = (frozen_release / "ocop.duckdb").read_bytes()
    assert manifest["database_sha256"] == hashlib.sha256(copy).hexdigest()
    assert re.fullmatch("[0-9a-f]{64}", manifest["fingerprint"])


def test_a_submission_of_another_period_behind_a_figure_is_named(change, freeze_again):
    change(
        "update int_ministry__evidence set _submission_id = '2024H1-587-ffffffffffff' where _row_number = 5"
    )
    manifest = json.loads((freeze_again().directory / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["submission_ids"] == ["2024H1-587-ffffffffffff", "2024H2-587-0123456789ab"]


def test_an_unsealed_release_is_replaced_whole(frozen_release, change, freeze_again):
    (frozen_release / "left-over.txt").write_text("of the first attempt")
    change(MORE_MONEY)
    result = freeze_again()
    assert result.directory == frozen_release
    assert result.is_new
    assert sorted(path.name for path in frozen_release.iterdir()) == ["manifest.json", "ocop.duckdb"]


def test_a_sealed_release_with_the_same_rows_is_left_alone(release, freeze_again, change, signed_at):
    seal(release, "Nguyễn Văn A", "", signed_at)
    before = {path.name: path.read_bytes() for path in release.iterdir()}
    change("insert into rpt_ministry__headline values ('2024H1', 1, 'producer', 'Chủ thể', 1, 'chủ thể')")
    result = freeze_again()
    assert (result.directory, result.is_new) == (release, False)
    assert {path.name: path.read_bytes() for path in release.iterdir()} == before


def test_other_rows_of_a_sealed_release_become_a_correction(
    release, change, freeze_again, releases, signed_at, pass_gate, render_again
):
    seal(release, "Nguyễn Văn A", "", signed_at)
    change(MORE_MONEY)
    first = freeze_again()
    assert first.directory == release / "dieu-chinh-1"
    assert first.is_new
    change(MORE_MONEY)
    assert freeze_again().directory == first.directory, "an unsealed correction is replaced"
    pass_gate(first.directory)
    render_again(first.directory)
    seal(first.directory, "Nguyễn Văn A", "bổ sung kinh phí", signed_at)
    assert not freeze_again().is_new
    change(MORE_MONEY)
    assert freeze_again().directory == release / "dieu-chinh-2"
    assert current_directory(releases, PERIOD) == release / "dieu-chinh-2"


def test_corrections_are_ordered_by_number_not_by_letter(releases):
    for number in (1, 2, 10):
        (releases / PERIOD / f"dieu-chinh-{number}").mkdir(parents=True)
    assert current_directory(releases, PERIOD).name == "dieu-chinh-10"


def test_the_fingerprint_is_of_the_rows_not_of_the_file(published, frozen_release, freeze_again, change):
    before = freeze_again().fingerprint
    change("create table something_else as select 1 as x")
    change("update rpt_ministry__headline set row_no = row_no")
    assert freeze_again().fingerprint == before
    change(MORE_MONEY)
    assert freeze_again().fingerprint != before


@pytest.mark.parametrize(
    ("period", "reason"), [("2024H1", "no submission of period 2024H1"), ("2031H2", "not in dim_period")]
)
def test_a_period_with_nothing_to_report_is_not_frozen(published, releases, inputs, period, reason):
    with pytest.raises(FreezeError, match=reason):
        freeze(published, releases, period, inputs)
    assert not releases.exists()


def test_a_held_submission_alone_is_nothing_to_report(change, freeze_again):
    change("update fct_submission set is_in_force = false")
    with pytest.raises(FreezeError, match="no submission"):
        freeze_again()


def test_without_a_published_warehouse_nothing_is_frozen(tmp_path, releases, inputs):
    with pytest.raises(FreezeError, match="no published warehouse"):
        freeze(tmp_path / "nowhere", releases, PERIOD, inputs)


def test_there_is_no_current_directory_before_the_first_freeze(releases):
    with pytest.raises(FreezeError, match="no release yet"):
        current_directory(releases, PERIOD)


def test_a_year_rests_on_the_submissions_of_its_halves(published, releases, inputs, change):
    change("insert into rpt_ministry__headline values ('2024Y', 1, 'producer', 'Chủ thể', 1, 'chủ thể')")
    result = freeze(published, releases, "2024Y", inputs)
    manifest = json.loads((result.directory / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["submission_ids"] == ["2024H2-587-0123456789ab"]


def test_the_published_warehouse_stays_as_it_was(published, freeze_again):
    before = (published / "ocop.duckdb").read_bytes()
    with duckdb.connect(str(published / "ocop.duckdb"), read_only=True):  # a reader does not disturb
        freeze_again()
    assert (published / "ocop.duckdb").read_bytes() == before
