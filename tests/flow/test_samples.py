"""The figures of the real documents, all the way from the workbooks to the published warehouse."""

import json
import os
import subprocess
import sys
from decimal import Decimal

from homes import query

from ingest import journal
from ingest.land import ledger_path
from ingest.spec import load_forms
from pipeline.settings import PROJECT


def test_a_night_publishes_although_files_were_refused(sample_night):
    _, outcomes = sample_night
    assert [(o.verb, o.exit_code) for o in outcomes] == [
        (verb, 0) for verb in ("land", "load", "build", "gate", "publish")
    ]
    verdicts = sorted(outcomes[1].details["verdicts"].values())
    assert verdicts == ["accepted"] * 6 + ["refused"] * 2 + ["unreadable"]


def test_stock_of_ninh_phuoc_at_the_end_of_2024(sample_night):
    rows = query(
        sample_night[0],
        "select status_code, star, star_proposed, is_valid, count(*) from fct_product_status "
        "where unit_code = '587' and period_code = '2024H2' group by all",
    )
    assert sorted(rows, key=str) == sorted(
        [
            ("recognised", 3, None, True, 31),
            ("expired", None, None, False, 14),
            ("proposed", None, 4, False, 1),
        ],
        key=str,
    )


def test_valid_products_by_commune(sample_night):
    rows = query(
        sample_night[0],
        "select commune_name, count(*) from mart_product where unit_code = '587' and period_code = '2024H2' and is_valid "
        "group by all",
    )
    assert dict(rows) == {
        "Xã Phước Thuận": 12, "Xã An Hải": 6, "Xã Phước Vinh": 4, "Xã Phước Hậu": 3, "Xã Phước Sơn": 2,
        "Xã Phước Hữu": 2, "Xã Phước Thái": 1, "Xã Phước Hải": 1,
    }  # fmt: skip


def test_stock_grows_and_expires_over_the_periods(sample_night):
    rows = query(
        sample_night[0],
        "select period_code, count(*) filter (is_valid), count(*) filter (status_code = 'expired') "
        "from fct_product_status where unit_code = '587' group by all order by all",
    )
    assert rows == [("2020H2", 14, 0), ("2022H2", 19, 0), ("2023H2", 15, 14), ("2024H2", 31, 14)]


def test_the_certificate_clock_answers_any_day(sample_night):
    def valid_on(day):
        ((count,),) = query(
            sample_night[0],
            f"select count(*) from fct_certificate_interval where basis = 'computed' "
            f"and date '{day}' >= valid_from and date '{day}' < valid_to",
        )
        return count

    # QĐ 2142/QĐ-UBND of 4/12/2020, 36 months
    days = ("2020-12-03", "2020-12-04", "2023-12-03", "2023-12-04")
    assert [valid_on(day) for day in days] == [0, 14, 14, 0]


def test_money_by_year_and_source(sample_night):
    rows = query(
        sample_night[0],
        "select funding_year, is_state_budget, sum(disbursed_amount_vnd_million), bool_and(is_approximate) "
        "from fct_funding group by all order by all",
    )
    assert rows == [
        (2022, False, Decimal("25.000"), True),
        (2022, True, Decimal("93.974"), False),
        (2023, True, Decimal("415.029"), False),
        (2024, True, Decimal("342.000"), False),
    ]


def test_the_conflict_of_345_and_342_is_named_with_both_values(sample_night):
    ((sentence,),) = query(
        sample_night[0],
        "select finding from rpt_ministry__quality where period_code = '2024H2' and rule_id = 'COVER-09'",
    )
    assert "345 triệu đồng" in sentence
    assert "342 triệu đồng" in sentence
    assert "chênh lệch 3 triệu đồng" in sentence


def test_who_has_not_sent_is_missing_and_has_no_figure(sample_night):
    rows = query(
        sample_night[0],
        "select submission_status_code, count(*), count(valid_count), count(expired_count), count(cumulative_count) "
        "from rpt_ministry__star_by_unit where period_code = '2024H2' and row_code <> 'total' group by all order by 1",
    )
    assert rows == [("missing", 6, 0, 0, 0), ("received", 1, 1, 1, 1)]


def test_planned_products_are_targets_and_their_stated_totals_agree(sample_night):
    rows = query(
        sample_night[0],
        "select is_total, product_name is not null, sum(target_min) from fct_target where unit_code = '585' "
        "and indicator_code = 'planned_product' and (subject_unit_code = '585' or product_name is not null) "
        "and product_group_code is null or (product_name is not null and unit_code = '585') group by all order by 1",
    )
    assert rows == [(False, True, Decimal("23.000")), (True, False, Decimal("23.000"))]
    ((parts, total),) = query(
        sample_night[0],
        "select sum(target_min) filter (not is_total), max(target_min) filter (is_total and subject_unit_code = '58' "
        "and star is null) from fct_target where unit_code = '58' and indicator_code = 'planned_product'",
    )
    assert (parts, total) == (65, 65)


def test_rows_in_are_rows_modelled_or_named(sample_night):
    settings, _ = sample_night
    judged = {
        r["submission_id"]: r for r in journal.read(ledger_path(settings.archive)) if r["event"] == "judged"
    }
    for submission_id, line in judged.items():
        for form, fact in (
            ("product", "fct_product_status"), ("rating", "fct_rating"), ("funding", "fct_funding"),
            ("target", "fct_target"), ("activity", "fct_activity"),
        ):  # fmt: skip
            ((count,),) = query(
                settings, f"select count(*) from {fact} where _submission_id = '{submission_id}'"
            )
            assert count == line[f"{form}_row_count"]
        ((named,),) = query(
            settings,
            f"select count(*) from fct_issue where submission_id = '{submission_id}' and severity = 'error'",
        )
        assert (named == 0) == (line["verdict_code"] == "accepted")


def test_published_are_tables_only_without_personal_columns(sample_night):
    kinds = query(sample_night[0], "select distinct table_type, table_schema from information_schema.tables")
    assert kinds == [("BASE TABLE", "main")]
    names = [f.name for form in load_forms().values() for f in form.fields if f.personal]
    personal = query(
        sample_night[0],
        f"select table_name, column_name from information_schema.columns where column_name in {tuple(names)}",
    )
    assert "producer_address" in names
    assert personal == []


def test_the_command_line_answers(sample_night):
    settings, _ = sample_night
    ocop = [str(PROJECT / ".venv/bin/ocop")] if (PROJECT / ".venv/bin/ocop").exists() else None
    command = ocop or [sys.executable, "-c", "from pipeline.cli import main; main()"]

    def run(*words: str) -> subprocess.CompletedProcess:
        environment = {**os.environ, "OCOP_HOME": str(settings.home)}
        return subprocess.run(
            [*command, *words], capture_output=True, text=True, env=environment, check=False
        )

    answer = run(
        "sql",
        "--json",
        "select count(*) as valid from fct_product_status where period_code='2024H2' and is_valid",
    )
    assert json.loads(answer.stdout) == [{"valid": 31}]
    assert run("sql", "drop table fct_funding").returncode == 2
    answer = run("status", "--period", "2024H2", "--json")
    assert [u["submission_status_code"] for u in json.loads(answer.stdout)["units"]].count("missing") == 6
    assert "Huyện Bác Ái" in run("status", "--period", "2024H2").stdout
    assert run("frobnicate").returncode == 64
    assert run("check", str(PROJECT / "samples/ocop-587-2024H2.xlsx")).returncode == 0
    assert run("check", str(PROJECT / "samples/bad/nhieu-loi-587-2024H1.xlsx")).returncode == 1
    assert run("check", *(str(p) for p in (PROJECT / "samples").glob("**/*.xlsx"))).returncode == 2
    assert run("verify").returncode == 0


def test_the_committed_samples_are_what_the_figures_and_forms_say(tmp_path):
    from openpyxl import load_workbook

    from samples.build import SAMPLES, build

    for fresh in build(tmp_path):
        if fresh.name == "tep-hong.xlsx":
            continue
        committed = load_workbook(SAMPLES / fresh.relative_to(tmp_path))
        built = load_workbook(fresh)
        assert committed.sheetnames == built.sheetnames
        for sheet in built:
            values = [[cell.value for cell in row] for row in sheet]
            assert values == [[cell.value for cell in row] for row in committed[sheet.title]], (
                fresh.name,
                sheet.title,
            )
