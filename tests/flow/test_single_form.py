"""A text file of one form revises that form alone; everything else of its unit and period stays as it was."""

import csv
import json
import shutil
from datetime import date, timedelta

import districts
from homes import KNOWN_AT, query, settings_of

from ingest.spec import load_forms
from pipeline import steps


def written(path, form_name: str, rows: list[dict], separator: str = ";"):
    """A form's rows as a text file; codes as codes, numbers and dates as a Vietnamese clerk's Excel writes them."""

    def text(value: object) -> str:
        if isinstance(value, bool):
            return "Có" if value else "Không"
        if isinstance(value, date):
            return f"{value:%d/%m/%Y}"
        return (
            str(value).replace(".", ",")
            if isinstance(value, int | float) or hasattr(value, "quantize")
            else str(value)
        )

    fields = [f for f in load_forms()[form_name].fields if any(f.name in row for row in rows)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=separator)
        writer.writerow([f.title for f in fields])
        for row in rows:
            writer.writerow([text(row[f.name]) if row.get(f.name) is not None else "" for f in fields])
    return path


def rebuild(settings):
    return [steps.build(settings), steps.gate(settings, "nightly"), steps.publish(settings)]


def test_products_from_the_text_file_money_from_the_workbook(home):
    districts.make(home.landing / "587" / "bao-cao.xlsx", unit="585").rename(home.landing / "bao-cao.xlsx")
    assert steps.nightly(home)[-1].exit_code == 0
    products = districts.rows("585", "2024H2")["product"][:2]
    written(home.landing / "585" / "2024H2" / "san-pham.csv", "product", products)
    later = settings_of(home.home, KNOWN_AT + timedelta(hours=1))
    outcomes = steps.nightly(later)
    assert [(o.verb, o.exit_code) for o in outcomes][-1] == ("publish", 0)
    assert list(outcomes[1].details["verdicts"].values()) == ["accepted"]
    of_unit = "where unit_code = '585' and period_code = '2024H2'"
    assert query(
        later,
        f"select form_name, is_latest_accepted, is_in_force from fct_submission {of_unit} order by arrival_no",
    ) == [(None, True, True), ("product", False, True)]
    assert query(later, f"select count(*) from fct_product_status {of_unit}") == [(2,)]
    assert query(later, f"select count(*) from fct_funding {of_unit}") == [(2,)]
    status = f"select submission_status_code, note from rpt_ministry__submission_status {of_unit}"
    valid = f"select valid_count from rpt_ministry__star_by_unit {of_unit}"
    assert query(later, status) == [("received", None)]
    assert query(later, valid) == [(2,)]

    ((text_file,),) = query(
        later, f"select submission_id from fct_submission {of_unit} and form_name = 'product'"
    )
    steps.decide(later, "hold", "Nguyễn Thị Kiểm", "đối chiếu", submission_id=text_file)
    assert [o.exit_code for o in rebuild(later)] == [0, 0, 0]
    assert query(later, status) == [("received", "Tạm giữ trang Sản phẩm")]
    assert query(later, valid) == [(None,)]
    assert query(later, f"select count(*) from fct_funding {of_unit}") == [(2,)]


def test_a_unit_that_sent_one_form_has_no_figure_of_the_others(home):
    written(
        home.landing / "ocop_586_2024H2_kinh phi.csv", "funding", districts.rows("586", "2024H2")["funding"]
    )
    outcomes = steps.nightly(home)
    assert [(o.verb, o.exit_code) for o in outcomes][-1] == ("publish", 0)
    of_unit = "where unit_code = '586' and period_code = '2024H2'"
    assert query(
        home, f"select submission_status_code, note from rpt_ministry__submission_status {of_unit}"
    ) == [("received", "Chỉ có trang Kinh phí")]
    assert query(home, f"select valid_count from rpt_ministry__star_by_unit {of_unit}") == [(None,)]
    for folder in (home.raw, home.build, home.published):
        shutil.rmtree(folder)
    assert "stored again" in steps.nightly(home)[1].summary
    assert query(home, f"select count(*) from fct_funding {of_unit}") == [(2,)]


def test_last_periods_file_sent_again_is_refused_today_and_when_raw_is_rebuilt(tmp_path):
    settings = settings_of(tmp_path)
    filing = districts.rows("585", "2024H1")
    for period in ("2024H1", "2024H2"):
        (settings.landing / "585").mkdir(parents=True, exist_ok=True)
        districts.make(settings.landing / "585" / f"{period}.xlsx", unit="585", period=period, filing=filing)
        steps.land(settings)
        verdicts = steps.load(settings).details["verdicts"]
    ((submission, verdict),) = verdicts.items()
    assert verdict == "refused"
    (answer,) = settings.outbox.glob(f"{submission}/*.json")
    issues = json.loads(answer.read_text(encoding="utf-8"))["issues"]
    assert [i["rule_id"] for i in issues if i["severity"] == "error"] == ["FILE-17"]
    issue_files = sorted(settings.raw.glob("issue/*/*.parquet"))
    before = [path.read_bytes() for path in issue_files]
    shutil.rmtree(settings.raw)
    assert "2 stored again" in steps.load(settings).summary
    assert [path.read_bytes() for path in issue_files] == before
