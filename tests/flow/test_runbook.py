"""Every command the runbook tells to type is typed here, on a home that has lived through one night."""

import re
import shlex

import districts
import pytest
import registers
from homes import query, settings_of

from ingest import journal
from ingest.land import ledger_path
from pipeline import cli
from pipeline.doctor import doctor
from pipeline.settings import PROJECT

MOMENT, LATER = "2024-12-21T08:00+07:00", "2024-12-21T09:00+07:00"
# Named in the text, not to be typed as they stand.
MENTIONED = {"check", "decide", "decide unalias", "restore"}
# Run by tests of their own: they want servers, or a night more, which takes longer than all the rest here.
ELSEWHERE = {
    "nightly": "flow/conftest.py",
    "--as-of 2024-12-14 --known-at 2025-01-05T00:00:00+07:00 build": "flow/test_two_clocks.py",
    "report 2024H2 --again --out DIR": "flow/test_report.py",
    "--known-at 2024-12-25T00:00+07:00 report 2024H2 --again": "flow/test_report.py",
    "trace … --period 2024H2": "flow/test_report.py",
    "trace amendment/headline:valid_product:value/old_value --period 2024H2": "flow/test_report.py",
    "contacts": "unit/pipeline/test_cli.py",
    "contacts FILE.csv": "unit/pipeline/test_cli.py",
    "digest": "unit/pipeline/test_cli.py",
    "digest --html": "unit/pipeline/test_cli.py",
    "--known-at 2024-12-16T22:00+07:00 digest": "unit/pipeline/test_cli.py",
    "post": "unit/pipeline/test_post_office.py",
    "tell": "unit/pipeline/test_post_office.py",
    "remind 2024H2": "unit/pipeline/test_post_office.py",
}
BY = '--by "Trần Văn Bình" --why "Đã trao đổi"'
# In the order of a day. What stands for a name or … is filled in; the rest is typed as it is written.
DAY = {
    "land": "",
    "load": "",
    "decide hold SUBMISSION --by NAME --why TEXT": f"decide hold SUBMISSION {BY}",
    "decide unhold SUBMISSION …": f"decide unhold SUBMISSION {BY}",
    "decide waiver … --by NAME --why TEXT": f"decide waiver GATE-17 --unit 587 --until 2999-01-31 {BY}",
    "decide alias NAME KEPT_NAME …": f"decide alias NAME KEPT_NAME {BY}",
    "decide unalias NAME …": f"decide unalias NAME {BY}",
    "decide apart NAME OTHER …": f"decide apart OTHER KEPT_NAME {BY}",
    "build": "",
    "checksum build/ocop.duckdb": "",
    "gate nightly": "",
    "publish": "",
}
AFTERNOON = {
    "status": "",
    "status --period 2024H2": "",
    "expiring --within 90d": "",
    "review": "",
    'sql "select … from mart_product"': 'sql "select product_name from mart_product"',
    'sql "from fct_conflict order by conflict_key, statement_no"': "",
    "export product --format xlsx": "",
    "template --unit 587 --period 2025H1": "",
    "template --all --period 2026H1 --out DIR": "",
    "check FILE": "",
    "generate": "generate --check",  # as it stands it writes into the project
    "freeze 2024H2": "",
    "gate ministry --period 2024H2": "",
    "report 2024H2": "",
    'release 2024H2 --by "Họ và tên"': "",
    "trace star_by_unit/587/star_3_count --period 2024H2": "",
    "verify": "",
    "tidy": "",
    "backup": "",
    "backup --to FOLDER": "",
    "restore BACKUP --into HOME": "",
    "--home HOME verify": "",
    "import danh-sach.xlsx --layout register --period 2024H2": "",
}
MAY_FIND = {"doctor", "doctor --json"}  # the machine's own state decides between 0, 1 and 2
SHORT = {"decide hold SUBMISSION …", "decide waiver …"}  # the same again, shorter
RESTORED = {"--home HOME nightly", "--home HOME checksum"}


def written() -> set[str]:
    """The commands of the runbook, without ``ocop``."""
    text = (PROJECT / "docs" / "runbook.md").read_text(encoding="utf-8")
    return set(re.findall(r"`ocop ([^`]+)`", text))


def anchors(text: str) -> set[str]:
    """The anchors of the headings, as Git hosts make them."""
    titles = re.findall(
        r"^##+ (.*)$", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE
    )
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_page_that_is_named_is_there():
    """In mails, findings and documents; those of tasks and findings carry the name of the task or check."""
    text = (PROJECT / "docs" / "runbook.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\]\(#([\w-]+)\)", text)) | {"interrupted"}
    for path in [
        *PROJECT.glob("*.md"),
        *PROJECT.glob("docs/**/*.md"),
        *PROJECT.glob("pipeline/*.py"),
        *PROJECT.glob("ingest/*.py"),
    ]:
        named |= set(re.findall(r"runbook\.md#([\w-]+)(?![\w{-])", path.read_text(encoding="utf-8"))) - {
            "doctor-"
        }
    assert "setting-up-mail" in named
    assert named <= anchors(text)


def test_every_finding_of_the_doctor_has_its_page(tmp_path):
    text = (PROJECT / "docs" / "runbook.md").read_text(encoding="utf-8")
    found = doctor(settings_of(tmp_path)).details["checks"]
    assert {check["runbook"].removeprefix("docs/runbook.md#") for check in found} == {
        anchor for anchor in anchors(text) if anchor.startswith("doctor-")
    }


def test_every_command_of_the_runbook_is_typed_by_a_test():
    assert written() == {*DAY, *AFTERNOON, *ELSEWHERE, *MENTIONED, *MAY_FIND, *SHORT, *RESTORED}
    assert all((PROJECT / "tests" / path).exists() for path in ELSEWHERE.values())


@pytest.fixture
def typed(home, tmp_path, monkeypatch, capsys):
    """Types one command on the home; returns its exit code and what it printed."""
    monkeypatch.chdir(home.home)
    monkeypatch.delenv("OCOP_SMTP", raising=False)
    names = [
        name for (name,) in query(home, "select distinct producer_name from mart_product order by 1 limit 3")
    ]
    (first, *_) = [line for line in journal.read(ledger_path(home.archive)) if line.get("unit_code") == "587"]
    districts.make(home.home / "landing", unit="585")
    districts.make(home.home / "FILE.xlsx")
    registers.make(
        home.home / "danh-sach.xlsx", [registers.row_of(f, "2024H2") for f in registers.figures(2024)]
    )
    stands_for = {
        "SUBMISSION": first["submission_id"],
        "NAME": names[0],
        "KEPT_NAME": names[1],
        "OTHER": names[2],
        "FILE": "FILE.xlsx",
        "FOLDER": str(tmp_path / "kept"),
        "HOME": str(tmp_path / "restored"),
    }

    def run(command: str, moment: str) -> tuple[int, str]:
        if "BACKUP" in command:
            stands_for["BACKUP"] = str(next((tmp_path / "kept").glob("ocop-*")))
        words = [stands_for.get(word, word) for word in shlex.split(command)]
        monkeypatch.setattr("sys.argv", ["ocop", "--home", str(home.home), "--known-at", moment, *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return left.value.code, said.out + (said.err if left.value.code else "")

    return run


def test_a_day_by_the_runbook_ends_in_a_restored_home_with_the_same_sums(typed):
    assert [f"{c}: {said}" for c, t in DAY.items() for code, said in [typed(t or c, MOMENT)] if code] == []
    _, sums = typed("checksum", LATER)
    assert [
        f"{c}: {said}" for c, t in AFTERNOON.items() for code, said in [typed(t or c, LATER)] if code
    ] == []
    assert all(typed(command, LATER)[0] in (0, 1, 2) for command in MAY_FIND)
    assert [said for code, said in [typed("--home HOME nightly", MOMENT)] if code] == []
    assert typed("--home HOME checksum", MOMENT) == (0, sums)
