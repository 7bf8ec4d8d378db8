"""The command line: exit codes and sentences."""

import shlex
from datetime import date

import districts
import pytest

from pipeline import cli


def ocop(monkeypatch, home, *arguments: str) -> int:
    """Exit code of one command on a data home."""
    monkeypatch.setattr("sys.argv", ["ocop", "--home", str(home), *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code


WAIVER = ("decide", "waiver", "GATE-17", "--by", "A", "--why", "b")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("freeze", "2024"), "period 2024 is not known"),
        (("status", "--period", "2024-12"), "period 2024-12 is not known"),
        (("template", "--unit", "9999", "--period", "2024H2"), "unit 9999 is not in ref_unit.csv"),
        (("sql", " "), "The query is empty"),
        (
            ("--as-of", "2024-12-17", "--known-at", "2024-12-16T22:00+07:00", "status"),
            "nothing is known of it yet",
        ),
        (("trace", "star_by_unit/587"), "is not TABLE/ROW/COLUMN"),
        ((*WAIVER, "--until", "31/1/2025"), "--until 31/1/2025"),
        ((*WAIVER, "--until", "2019-01-31"), "is over already"),
        ((*WAIVER, "--until", "2999-01-31", "--unit", "9999"), "unit 9999 is not in ref_unit.csv"),
        (
            ("decide", "waiver", "GATE-99", "--by", "A", "--why", "b", "--until", "2999-01-31"),
            "GATE-99 is not",
        ),
    ],
)
def test_wrong_usage_is_64_and_says_what_is_wrong(monkeypatch, tmp_path, capsys, arguments, sentence):
    assert ocop(monkeypatch, tmp_path, *arguments) == 64
    assert sentence in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "command",
    [
        *(
            "verify",
            "status",
            "expiring",
            "review",
            "digest",
            "doctor",
            "checksum",
            "docs",
            "backup",
            "tidy",
            "post",
        ),
        *("sql 'select 1'", "export product", "trace star_by_unit/587/star_3_count", "remind 2024H2"),
        "decide waiver GATE-17 --until 2999-01-31 --by A --why b",
        "decide hold 2024H2-587-0 --by A --why b",
    ],
)
def test_a_folder_that_is_no_home_is_2_and_named_and_stays_as_it_is(monkeypatch, tmp_path, capsys, command):
    """Of nothing it can be said that all is well."""
    (tmp_path / "letter.txt").write_text("Kính gửi")
    assert ocop(monkeypatch, tmp_path, *shlex.split(command)) == 2
    said = capsys.readouterr()
    assert f"{tmp_path} is no data home: it has no archive/." in said.out + said.err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_home_that_waits_for_its_first_files_is_whole_and_one_without_its_archive_is_not(
    monkeypatch, tmp_path
):
    (tmp_path / "landing").mkdir()
    assert ocop(monkeypatch, tmp_path, "verify") == 0
    (tmp_path / "published").mkdir()
    assert ocop(monkeypatch, tmp_path, "verify") == 2


def test_checking_goes_on_after_a_file_that_is_not_there(monkeypatch, tmp_path, capsys):
    good = districts.make(tmp_path)
    assert ocop(monkeypatch, tmp_path, "check", str(tmp_path / "none.xlsx"), str(good)) == 2
    said = capsys.readouterr()
    assert "there is no file" in said.err
    assert f"{good.name}: Được tiếp nhận (0 lỗi, 0 lưu ý)" in said.out


def test_what_nobody_foresaw_is_2_and_not_a_verdict(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("pipeline.look.check_files", lambda *_: 1 / 0)
    assert ocop(monkeypatch, tmp_path, "check", "a.xlsx") == 2
    assert "ocop: unforeseen, ZeroDivisionError" in capsys.readouterr().err


def test_a_moment_alone_is_looked_at_from_its_own_day(monkeypatch, tmp_path):
    seen = []
    monkeypatch.setattr("pipeline.steps.build", lambda settings: seen.append(settings) or 1 / 0)
    assert ocop(monkeypatch, tmp_path, "--known-at", "2024-12-16T18:00+00:00", "build") == 2
    assert seen[0].as_of == date(2024, 12, 17)  # already the next morning in Vietnam


def test_contacts_and_the_digest_from_the_command_line(monkeypatch, tmp_path, capsys):
    home, file = tmp_path / "home", tmp_path / "contacts.csv"
    (home / "landing").mkdir(parents=True)
    file.write_text("unit_code,name,email\n587,A,a@a.vn\n999,B,b@b.vn\n")
    assert ocop(monkeypatch, home, "contacts", str(file)) == 2
    assert "line 3: 999 is no unit" in capsys.readouterr().err
    file.write_text("unit_code,name,email\n587,A,a@a.vn\n")
    assert ocop(monkeypatch, home, "contacts", str(file)) == 0
    assert capsys.readouterr().out == "1 contacts of 1 units\n"
    assert ocop(monkeypatch, home, "--known-at", "2024-12-16T22:00+07:00", "digest", "--html") == 0
    assert "bản tin số liệu ngày 16/12/2024" in capsys.readouterr().out
