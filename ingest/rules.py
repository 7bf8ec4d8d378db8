"""Row rules and control totals of the forms, run as SQL over the typed rows in an in-memory DuckDB."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from ingest.issue import Issue
from ingest.read import Workbook
from ingest.reference import Period
from ingest.spec import Form, Rule, common_rules, load_forms
from ingest.store import literal, memory, select_rows
from ingest.vietnamese import format_value


def run_rules(
    tables: dict[str, list[dict]], cover: dict, period: Period, workbook: Workbook, cell_issues: list[Issue]
) -> list[Issue]:
    """All findings of the rules in ``forms/*.yml``; a rule is silent about a row where a cell it reads is itself at fault."""
    faulty = {(i.sheet, i.row_number, i.field_name) for i in cell_issues if i.severity == "error"}
    issues: list[Issue] = []
    connection = memory()
    connection.execute(
        "pragma disable_optimizer"
    )  # nothing to gain over a list of rows, and it takes half of the time
    for name, types in _columns_read().items():
        connection.execute(f"create or replace table {name} as {select_rows(types, tables.get(name, []))}")
    connection.execute("pragma enable_optimizer")
    for name, form in load_forms().items():
        if form.rules and tables.get(name):
            issues.extend(_row_issues(connection, form, period, workbook, faulty))
    issues.extend(_control_totals(connection, cover, workbook))
    return issues


@cache
def _columns_read() -> dict[str, dict[str, str]]:
    """Of each form the columns that a rule or a total of any form names, with their types, and where a row stood."""
    texts = repr([(form.rules, form.control_totals) for form in load_forms().values()])
    named = set(re.findall(r"\w+", texts))
    return {
        name: {f.name: f.sql_type for f in form.fields if f.name in named} | {"_row_number": "integer"}
        for name, form in load_forms().items()
    }


def _row_issues(connection, form: Form, period: Period, workbook: Workbook, faulty: set) -> list[Issue]:
    data = workbook.sheets[form.name]
    found: dict[str, list[Issue]] = {rule.id: [] for rule in form.rules}
    parameters = f"{literal(period.cut_off_on)} as cut_off_on, {period.year} as period_year"
    cursor = connection.execute(_broken_rules_sql(form.name).replace("{parameters}", parameters))
    names = [column[0] for column in cursor.description]
    for row in cursor.fetchall():
        values = dict(zip(names, row, strict=True))
        for rule, reads, words in _rule_columns(form.name):
            if not values[f"broken_{rule.id}"]:
                continue
            row_number = values["_row_number"]
            if any((data.name, row_number, name) in faulty for name in reads):
                continue
            texts = {word: values[word] for word in words}
            found[rule.id].append(_rule_issue(rule, form, data.name, data.columns, row_number, texts))
    return [issue for rule in form.rules for issue in found[rule.id]]


@cache
def _rule_columns(name: str) -> tuple[tuple[Rule, set[str], list[str]], ...]:
    """Each rule with the columns it reads and the words its sentence is filled with."""
    form = load_forms()[name]
    fields = {f.name for f in form.fields}
    return tuple(
        (
            rule,
            fields & set(re.findall(r"\w+", f"{rule.when} {rule.then}")),
            sorted(set(re.findall(r"{(\w+)}", rule.sentence)) | {rule.field}),
        )
        for rule in form.rules
    )


@cache
def _broken_rules_sql(name: str) -> str:
    """One query for all rules of a form: DuckDB takes longer to plan a query than to run it over a sheet."""
    form = load_forms()[name]
    words = sorted({word for _, _, words in _rule_columns(name) for word in words})
    broken = [f'({rule.when}) and not ({rule.then}) as "broken_{rule.id}"' for rule in form.rules]
    anywhere = " or ".join(f'"broken_{rule.id}"' for rule in form.rules)
    return (
        f"select _row_number, {', '.join([*words, *broken])} from (select *, {{parameters}} from {form.name}) "
        f"where {anywhere} order by _row_number"
    )


def _rule_issue(rule: Rule, form: Form, sheet: str, columns: dict, row_number: int, values: dict) -> Issue:
    texts = {name: format_value(value) for name, value in values.items()}
    return Issue(
        rule_id=rule.id,
        severity=rule.severity,
        family="row_rule",
        message=rule.sentence.format_map(texts),
        action=rule.action,
        sheet=sheet,
        row_number=row_number,
        column_letter=columns.get(rule.field),
        column_title=form.field(rule.field).title,
        field_name=rule.field,
        value_text=None if values[rule.field] is None else texts[rule.field],
    )


def _control_totals(connection, cover: dict, workbook: Workbook) -> list[Issue]:
    """Totals of the cover that differ from the rows: a warning with both values, never a correction."""
    form = load_forms()["cover"]
    rule = common_rules()["control_total"]
    issues = []
    for total in form.control_totals:
        stated = cover.get(total.field)
        if stated is None:
            continue
        (computed,) = connection.execute(f"select {total.value} from {total.form}").fetchone()
        if computed is not None and Decimal(stated) == Decimal(computed):
            continue
        known = form.field(total.field)
        difference = None if computed is None else format_value(Decimal(stated) - Decimal(computed))
        unit = f" {known.unit}" if known.unit else ""
        words = {
            "title": known.title,
            "stated": f"{format_value(stated)}{unit}",
            "computed": "chưa có số liệu" if computed is None else f"{format_value(computed)}{unit}",
            "difference": "không tính được" if difference is None else f"{difference}{unit}",
            "form_sheet": load_forms()[total.form].sheet,
        }
        row_number, letter = workbook.cover_cells[total.field]
        issues.append(
            Issue(
                rule_id=total.id,
                severity=rule.severity,
                family=rule.family,
                message=rule.sentence.format_map(words),
                action=rule.action,
                sheet=workbook.cover_sheet,
                row_number=row_number,
                column_letter=letter,
                column_title=known.title,
                field_name=total.field,
                value_text=format_value(stated),
                expected_text=None if computed is None else format_value(computed),
                difference=difference,
            )
        )
    return issues
