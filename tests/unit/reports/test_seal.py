"""Sealing: who signed, every file by its hash, each seal on the one before it."""

import json
import re
from datetime import datetime, timedelta

import pytest

from reports.freeze import freeze
from reports.seal import SealError, seal, verify

PERIOD = "2024H2"


@pytest.fixture
def correction(release, published, inputs, change, pass_gate, render_again, signed_at):
    """A sealed release with a printed, unsealed correction of it."""
    seal(release, "Nguyễn Văn A", "", signed_at)
    change("update rpt_ministry__headline set value = 26 where row_code = 'funding_disbursed_other'")
    directory = freeze(published, release.parent, PERIOD, inputs).directory
    pass_gate(directory)
    render_again(directory)
    return directory


def test_a_seal_names_the_signer_and_every_file(release, signed_at):
    content = seal(release, " Nguyễn Văn A ", "đã đối chiếu", signed_at)
    assert content["signed_by"] == "Nguyễn Văn A"
    assert content["signed_at"] == "2024-12-21T01:00:00+00:00"
    assert content["previous_seal_sha256"] is None
    assert set(content["files"]) == {path.name for path in release.iterdir()} - {"seal.json"}
    assert json.loads((release / "seal.json").read_text(encoding="utf-8")) == content
    assert verify(release.parent) == []


def test_sealing_again_changes_nothing(release, signed_at):
    first = seal(release, "Nguyễn Văn A", "", signed_at)
    assert seal(release, "Trần Thị B", "khác", signed_at + timedelta(days=1)) == first


@pytest.mark.parametrize("file", [f"bao-cao-ocop-{PERIOD}.docx", "manifest.json", "ocop.duckdb"])
def test_a_file_changed_after_sealing_is_named(release, signed_at, file):
    seal(release, "Nguyễn Văn A", "", signed_at)
    with (release / file).open("ab") as changed:
        changed.write(b" ")
    with pytest.raises(SealError, match=f"2024H2/{file} was changed after sealing"):
        seal(release, "Nguyễn Văn A", "", signed_at)
    (fault,) = verify(release.parent)
    assert re.fullmatch(
        f"2024H2/{file} was changed after sealing; expected is sha256 [0-9a-f]{{16}}, found is [0-9a-f]{{16}}",
        fault,
    )


def test_a_file_added_or_taken_away_is_named(release, signed_at):
    seal(release, "Nguyễn Văn A", "", signed_at)
    (release / "ghi-chu.txt").write_text("thêm")
    (release / "phu-luc").mkdir()
    (release / "phu-luc" / "them.docx").write_text("thêm")
    (release / "gate.json").unlink()
    missing, *added = verify(release.parent)
    assert missing.startswith("2024H2/gate.json is missing since sealing; expected is the file with sha256 ")
    assert added == [
        "2024H2/ghi-chu.txt was added after sealing",
        "2024H2/phu-luc/them.docx was added after sealing",
    ]


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"signed_by": 1}'])
def test_a_seal_that_is_none_is_named(release, signed_at, content):
    seal(release, "Nguyễn Văn A", "", signed_at)
    (release / "seal.json").write_text(content)
    assert verify(release.parent) == ["2024H2/seal.json cannot be read as a seal"]


def test_what_a_broken_off_report_left_is_not_sealed(release, signed_at):
    (release / ".bao-cao-ocop-2024H2.docx.tmp").write_bytes(b"half")
    with pytest.raises(SealError, match="left from a report that broke off"):
        seal(release, "Nguyễn Văn A", "", signed_at)


def test_a_seal_half_written_leaves_an_unsealed_release(release, signed_at, monkeypatch):
    def crash(*_):
        raise OSError("power went")

    with monkeypatch.context() as broken:
        broken.setattr("reports.seal.os.replace", crash)
        with pytest.raises(OSError, match="power went"):
            seal(release, "Nguyễn Văn A", "", signed_at)
    assert not (release / "seal.json").exists()
    assert set(seal(release, "Nguyễn Văn A", "", signed_at)["files"]) == {
        path.name for path in release.iterdir()
    } - {"seal.json"}
    assert verify(release.parent) == []


def test_a_correction_is_chained_to_the_release_it_corrects(release, correction, signed_at):
    content = seal(correction, "Nguyễn Văn A", "bổ sung", signed_at)  # the same moment is allowed
    assert content["release"] == "2024H2/dieu-chinh-1"
    assert content["previous_seal_sha256"]
    assert verify(release.parent) == []


def test_a_seal_rewritten_afterwards_breaks_the_chain(release, correction, signed_at):
    seal(correction, "Nguyễn Văn A", "bổ sung", signed_at)
    path = release / "seal.json"
    path.write_text(path.read_text(encoding="utf-8").replace("Nguyễn Văn A", "Trần Thị B"), encoding="utf-8")
    (fault,) = verify(release.parent)
    assert fault.startswith("2024H2/dieu-chinh-1: its seal does not follow")


def test_nothing_is_added_to_a_broken_chain(release, correction, signed_at):
    (release / "ghi-chu.txt").write_text("thêm")
    with pytest.raises(SealError, match="the chain of seals is broken"):
        seal(correction, "Nguyễn Văn A", "bổ sung", signed_at)


def test_seals_follow_one_another_in_time(correction, signed_at):
    with pytest.raises(SealError, match="sealed later"):
        seal(correction, "Nguyễn Văn A", "bổ sung", signed_at - timedelta(hours=1))


def test_only_a_named_person_at_a_known_time_seals(release, signed_at):
    with pytest.raises(SealError, match="named person"):
        seal(release, "  ", "", signed_at)
    with pytest.raises(SealError, match="time zone"):
        seal(release, "Nguyễn Văn A", "", datetime(2024, 12, 21))


def test_an_unprinted_or_held_release_is_not_sealed(frozen_release, pass_gate, render_again, signed_at):
    with pytest.raises(SealError, match=r"missing: bao-cao-ocop-2024H2\.docx, bao-cao-ocop-2024H2\.xlsx"):
        seal(frozen_release, "Nguyễn Văn A", "", signed_at)
    render_again(frozen_release)
    pass_gate(frozen_release, "held")
    with pytest.raises(SealError, match="has not passed the gate"):
        seal(frozen_release, "Nguyễn Văn A", "", signed_at)


def test_a_copy_changed_since_freezing_is_not_sealed(release, signed_at):
    with (release / "ocop.duckdb").open("ab") as copy:
        copy.write(b"\0")
    with pytest.raises(SealError, match="changed since it was frozen"):
        seal(release, "Nguyễn Văn A", "", signed_at)


def test_a_sealed_report_is_not_printed_again(release, render_again, signed_at):
    seal(release, "Nguyễn Văn A", "", signed_at)
    before = {path.name: path.stat().st_mtime_ns for path in release.iterdir()}
    assert [path.name for path in render_again(release)] == [
        f"bao-cao-ocop-{PERIOD}.docx",
        f"bao-cao-ocop-{PERIOD}.xlsx",
    ]
    assert {path.name: path.stat().st_mtime_ns for path in release.iterdir()} == before
