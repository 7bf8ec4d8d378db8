"""Row rules and control totals of the forms, run as SQL over the typed rows in an in-memory DuckDB."""

from __future__ import annotations

import re
from decimal import Decimal

from ingest.issue import Issue
from ingest.read import Workbook
from ingest.reference import Period
from ingest.spec import Form, Rule, common_rules, load_forms
from ingest.store import create_table, literal
from ingest.vietnamese import format_value


def run_rules(
    tables: dict[str, list[dict]],
    cover: dict,
    period: Period,
    workbook: Workbook,
    cell_issues: list[Issue],
    forms: dict[str, Form] | None = None,
) -> list[Issue]:
    """All findings of the rules in ``forms/*.yml`` (or of other ``forms``); a rule is silent about a row where a cell it
    reads is itself at fault."""
    import duckdb

    forms = forms or load_forms()
    faulty = {(i.sheet, i.row_number, i.field_name) for i in cell_issues if i.severity == "error"}
    issues: list[Issue] = []
    with duckdb.connect() as connection:
        for name, form in forms.items():
            create_table(connection, name, form, tables.get(name, []))
        for name, form in forms.items():
            if form.rules and tables.get(name):
                issues.extend(_row_issues(connection, form, period, workbook, faulty))
        issues.extend(_control_totals(connection, cover, workbook))
    return issues


def _row_issues(connection, form: Form, period: Period, workbook: Workbook, faulty: set) -> list[Issue]:
    data = workbook.sheets[form.name]
    issues = []
    for rule in form.rules:
        words = sorted(set(re.findall(r"{(\w+)}", rule.sentence)) | {rule.field})
        rows = connection.execute(
            f"select _row_number, {', '.join(words)} from "
            f"(select *, {literal(period.cut_off_on)} as cut_off_on, {period.year} as period_year from {form.name}) "
            f"where ({rule.when}) and not ({rule.then}) order by _row_number"
        ).fetchall()
        reads = {f.name for f in form.fields} & set(re.findall(r"\w+", f"{rule.when} {rule.then}"))
        for row_number, *values in rows:
            if any((data.name, row_number, name) in faulty for name in reads):
                continue
            issues.append(
                _rule_issue(
                    rule, form, data.name, data.columns, row_number, dict(zip(words, values, strict=True))
                )
            )
    return issues


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
