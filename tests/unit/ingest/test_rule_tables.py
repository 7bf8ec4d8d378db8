"""Plans that are kept from workbook to workbook find what plans made for one workbook find, whatever stands in its rows."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from ingest import rules
from ingest.read import Workbook
from ingest.reference import code_list, periods
from ingest.rule_tables import RuleTables
from ingest.rules import run_rules
from ingest.second_look import SheetCensus
from ingest.sheet import SheetData
from ingest.spec import TABLE_FORM_NAMES, load_forms

PERIOD = periods()["2024H2"]
FILING = {
    "unit_code": "587",
    "period_year": PERIOD.year,
    "period_starts_on": PERIOD.starts_on,
    "cut_off_on": PERIOD.cut_off_on,
}
# From short and plain to long and odd, as a plan must not take for granted what the first workbooks hold.
TEXTS = (
    "-",
    "Nho say",
    "Nho sây",
    "nho sấy",
    "",
    "Nho sấy",
    "UBND huyện",
    "ủy ban nhân dân huyện",
    "'\x1f",
    "x" * 300,
)
NUMBERS = tuple(map(Decimal, ("0", "0.001", "1", "2.5", "35", "69.999", "90", "123456789012345.678")))
DAYS = tuple(PERIOD.starts_on + timedelta(days=n) for n in (-400, -1, 0, 30, 182, 183, 1095))
# So much alike that rows of two sheets meet and contradict each other.
ALIKE = {
    "product_name": (*TEXTS[:6], None),
    "producer_name": TEXTS[5:6],
    "status_code": ("recognised", "recognised", "expired"),
    "outcome_code": ("recognised", "kept"),
    "decision_number": ("1/QĐ-UBND", "2/QĐ-UBND"),
    "decision_date": DAYS[:4],
    "council_date": DAYS[:4],
    "indicator_code": ("new_product", "upgraded_product"),
    "target_from_year": (2024,),
    "target_to_year": (2024,),
    "subject_unit_code": ("587",),
    "plan_document": ("KH",),
    "star": (3, 4, 5, None),
}


def values_of(known) -> tuple:
    if known.type == "boolean":
        return (True, False)
    if known.codelist in ("commune", "subject_unit"):
        return ("587", "22882")
    if known.codelist:
        return tuple(code for code, _ in code_list(known.codelist).entries)
    numbers = (2023, 2024, 2025, 2026) if "year" in known.name else (1, 2, 3, 4, 5)
    return {"integer": numbers, "number": NUMBERS, "date": DAYS, "string": TEXTS}[known.type]


def filing_of(seed: int) -> dict[str, list[dict]]:
    """Rows of every form: none or few or many, each column empty, full or between, of one value or of many.

    The higher the seed, the wider the values.
    """
    rng = random.Random(seed)
    tables = {}
    for name in TABLE_FORM_NAMES:
        columns = {}
        count = rng.choice((0, 1, 5, 60))
        for known in load_forms()[name].fields:
            alike = ALIKE.get(known.name) if seed % 2 else None
            values = rng.choices(alike or values_of(known)[: 1 + seed // 2], k=rng.choice((1, 2, 5, 20)))
            share = rng.choice((0, 0.3) if alike else (0, 0, 0.3, 1))
            columns[known.name] = [None if rng.random() < share else rng.choice(values) for _ in range(count)]
        tables[name] = [
            {"_row_number": n} | {column: values[n - 5] for column, values in columns.items()}
            for n in range(5, 5 + count)
        ]
    return tables


def findings(tables: dict[str, list[dict]], forms=None) -> list:
    sheets = {
        name: SheetData(form=form, name=form.sheet, census=SheetCensus(form.sheet))
        for name, form in load_forms().items()
    }
    cover = {known.name: 7 for known in load_forms()["cover"].number_fields} | {"unit_code": "587"}
    places = dict.fromkeys(cover, (3, "C"))
    return run_rules(tables, cover, PERIOD, Workbook(sheets=sheets, cover_cells=places), [], forms)


def test_kept_plans_find_what_new_plans_find():
    rules._standing_tables.cache_clear()  # plans made over the narrow values of the first filings
    said = set()
    for seed in range(40):
        tables = filing_of(seed)
        found = findings(tables)
        assert found == findings(tables, load_forms())
        said |= {issue.rule_id for issue in found}
    assert len(said) > 50


def answers(rule_tables: RuleTables, tables: dict[str, list[dict]]) -> dict[str, list[dict]]:
    """What each cross rule selects."""
    with rule_tables.filled(FILING, tables):
        for form in load_forms().values():
            for name, sql in form.cross_tables.items():
                rule_tables.fill_cross_table(name, sql)
        return {
            rule.id: rule_tables.select(rule.sql)
            for form in load_forms().values()
            for rule in form.cross_rules
        }


def test_a_cross_rule_selects_nothing_where_a_column_it_needs_is_empty():
    rule_tables = RuleTables(load_forms())
    cross_rules = {rule.id: rule for form in load_forms().values() for rule in form.cross_rules}
    to_try = {
        (rule.id, column) for rule in cross_rules.values() for column in rule.needs or ("target.target_min",)
    }
    for seed in range(100):
        tables = filing_of(seed)
        selected = {rule_id for rule_id, rows in answers(rule_tables, tables).items() if rows}
        for column in {column for rule_id, column in to_try if rule_id in selected}:
            name, field = column.split(".")
            left = answers(rule_tables, tables | {name: [row | {field: None} for row in tables[name]]})
            assert not any(left[rule_id] for rule_id, rule in cross_rules.items() if column in rule.needs)
        to_try = {(rule_id, column) for rule_id, column in to_try if rule_id not in selected}
        if not to_try:
            break
    assert not to_try


def test_nothing_of_a_workbook_is_left_for_the_next_one():
    rule_tables, tables = RuleTables(load_forms()), filing_of(3)
    first = answers(rule_tables, tables)
    assert any(first.values())
    assert not any(answers(rule_tables, {}).values())
    assert answers(rule_tables, tables) == first


def test_a_value_that_a_column_cannot_hold_does_no_harm_to_the_next_workbook():
    rule_tables = RuleTables(load_forms())
    with pytest.raises(Exception, match="(?i)cast|convert|range"):
        answers(rule_tables, {"product": [{"_row_number": 5, "star": 2**31}]})
    assert not any(answers(rule_tables, {}).values())
