"""Row rules, cross rules and control totals of the forms, run as SQL over the typed rows.

A fault is said once: a rule is silent about a row where a cell it reads is itself at fault, a cross rule also about a
cell that is named already, and a control total while one of the cells it adds up is at fault.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from ingest.issue import Issue
from ingest.read import Workbook
from ingest.reference import Period, code_list
from ingest.rule_tables import RuleTables, words_of
from ingest.spec import CrossRule, Form, Rule, common_rules, load_forms
from ingest.vietnamese import format_value

_OWN_LISTS = ("unit", "period", "commune", "subject_unit")  # lists that depend on unit and period


def run_rules(
    tables: dict[str, list[dict]],
    cover: dict,
    period: Period,
    workbook: Workbook,
    found: list[Issue],
    forms: dict[str, Form] | None = None,
) -> list[Issue]:
    """All findings of the rules in ``forms/*.yml`` (or of other ``forms``) that ``found`` leaves to be said.

    ``found`` are the findings of cells and sheets.
    """
    filing = {
        "unit_code": cover.get("unit_code", ""),  # rows of a list have no unit yet
        "period_year": period.year,
        "period_starts_on": period.starts_on,
        "cut_off_on": period.cut_off_on,
    }
    issues: list[Issue] = []
    rule_tables = _standing_tables() if forms is None else RuleTables(forms)
    filled = {
        name: form
        for name, form in (forms or load_forms()).items()
        if tables.get(name) and form.kind != "cover"
    }
    with rule_tables.filled(filing, tables):
        for form in filled.values():
            for name, sql in form.cross_tables.items():
                rule_tables.fill_cross_table(name, sql)
            issues += _row_issues(rule_tables, form, filing, tables[form.name], workbook, found)
        named = {(i.sheet, i.row_number, i.field_name) for i in (*found, *issues)}
        for form in filled.values():
            issues += _cross_issues(rule_tables, form, tables, cover, workbook, found, named)
        issues += _control_totals(rule_tables, tables, cover, workbook, found)
    return issues


@cache
def _standing_tables() -> RuleTables:
    """Those of today's forms, kept with their plans for every workbook this process judges."""
    return RuleTables(load_forms())


def _faulty(form: Form, workbook: Workbook, found: list[Issue]) -> set[tuple[int, str]]:
    """(row, field) of the form's cells with an error; a repeated row can be read all the same."""
    sheet = workbook.sheets[form.name].name
    return {
        (i.row_number, i.field_name)
        for i in found
        if i.severity == "error" and i.sheet == sheet and i.family != "duplicate"
    }


def _row_issues(
    rule_tables: RuleTables,
    form: Form,
    filing: dict,
    rows: list[dict],
    workbook: Workbook,
    found: list[Issue],
) -> list[Issue]:
    """One scan for all rules of a form, one more for the figures of a broken one; findings in the order of the rules."""
    if not form.rules:
        return []
    source = f"{form.name}, (select * exclude (unit_code) from filing)"
    broken = {rule: f"({rule.when}) and not ({rule.then})" for rule in form.rules}
    verdicts = ", ".join(f"{condition} as breaks_{n}" for n, condition in enumerate(broken.values()))
    any_broken = " or ".join(f"breaks_{n}" for n in range(len(broken)))
    answers = rule_tables.select(
        f"select * from (select _row_number, {verdicts} from {source}) where {any_broken}"
    )
    by_number = {row["_row_number"]: row for row in rows}
    faulty = _faulty(form, workbook, found)
    fields = {f.name for f in form.fields}
    issues = []
    for index, (rule, condition) in enumerate(broken.items()):
        reads = fields & words_of(f"{rule.when} {rule.then}")
        numbers = sorted(answer["_row_number"] for answer in answers if answer[f"breaks_{index}"])
        numbers = [number for number in numbers if not any((number, name) in faulty for name in reads)]
        figures = _figures(rule_tables, rule, source, condition) if numbers else {}
        for number in numbers:
            row = by_number[number]
            about = filing | row | figures.get(number, {})
            issues.append(_issue(rule, form, workbook, row, about))
    return issues


def _figures(rule_tables: RuleTables, rule: Rule, source: str, condition: str) -> dict[int, dict]:
    """What a broken row rule says besides its sentence, by row; nothing for a rule that has no figures."""
    figures = {name: sql for name in ("expected", "difference", "amount") if (sql := getattr(rule, name))}
    if not figures:
        return {}
    columns = ", ".join(f"{sql} as {name}" for name, sql in figures.items())
    answers = rule_tables.select(f"select _row_number, {columns} from {source} where {condition}")
    return {answer["_row_number"]: answer for answer in answers}


def _cross_issues(
    rule_tables: RuleTables,
    form: Form,
    tables: dict[str, list[dict]],
    cover: dict,
    workbook: Workbook,
    found: list[Issue],
    named: set,
) -> list[Issue]:
    by_number = {row["_row_number"]: row for row in tables[form.name]}
    sheet = workbook.sheets[form.name].name
    faulty = _faulty(form, workbook, found)
    fields = {f.name for f in form.fields}
    issues = []
    for rule in form.cross_rules:
        if not all(_is_filled(column, tables) for column in rule.needs):
            continue
        if not all(_is_whole(column, tables, cover, workbook, found) for column in rule.whole):
            continue
        reads = fields & words_of(rule.sql)
        for about in sorted(
            rule_tables.select(rule.sql), key=lambda row: (row["_row_number"], row.get("other_row", 0))
        ):
            number = about["_row_number"]
            if (sheet, number, rule.field) in named or any((number, name) in faulty for name in reads):
                continue
            issues.append(_issue(rule, form, workbook, by_number[number], about))
    return issues


def _is_filled(column: str, tables: dict[str, list[dict]]) -> bool:
    """Whether a column (form.field) holds a value in any row."""
    form_name, field_name = column.split(".")
    return any(row[field_name] is not None for row in tables.get(form_name, ()))


def _is_whole(
    column: str, tables: dict[str, list[dict]], cover: dict, workbook: Workbook, found: list[Issue]
) -> bool:
    """Whether a column (form.field) can be taken for all there is: the sheet is filled, or declared empty, without a fault."""
    form_name, field_name = column.split(".")
    if not tables.get(form_name):
        return bool(cover.get(f"nothing_to_report_{form_name}"))
    return not any(name == field_name for _, name in _faulty(load_forms()[form_name], workbook, found))


def _issue(rule: Rule | CrossRule, form: Form, workbook: Workbook, row: dict, about: dict) -> Issue:
    data = workbook.sheets[form.name]
    texts = {name: shown(name, value) for name, value in about.items()}
    # What is expected is a value of the same field.
    texts["expected"] = shown(rule.field, about.get("expected"))
    value, difference, amount = row[rule.field], about.get("difference"), about.get("amount")
    return Issue(
        rule_id=rule.id,
        severity=rule.severity,
        family=rule.family,
        message=rule.sentence.format_map(texts),
        action=rule.action,
        sheet=data.name,
        row_number=row["_row_number"],
        column_letter=data.columns.get(rule.field),
        column_title=data.headers.get(rule.field, form.field(rule.field).title),
        field_name=rule.field,
        value_text=None if value is None else shown(rule.field, value),
        expected_text=None if about.get("expected") is None else texts["expected"],
        difference=None if difference is None else format_value(difference),
        amount_vnd_million=None if amount is None else Decimal(amount),
    )


def shown(name: str, value: object) -> str:
    """A field's value as a clerk knows it: the name of a code where the list has one."""
    codelist = _code_lists().get(name)
    if isinstance(value, str) and codelist:
        return dict(code_list(codelist).entries).get(value, value)
    return format_value(value)


@cache
def _code_lists() -> dict[str, str]:
    """List of each coded field; one name means one thing in every form."""
    return {
        known.name: known.codelist
        for form in load_forms().values()
        for known in form.fields
        if known.codelist and known.codelist not in _OWN_LISTS
    }


def _control_totals(
    rule_tables: RuleTables,
    tables: dict[str, list[dict]],
    cover: dict,
    workbook: Workbook,
    found: list[Issue],
) -> list[Issue]:
    """Totals of the cover that differ from the rows: a warning with both values, never a correction."""
    form = load_forms()["cover"]
    rule = common_rules()["control_total"]
    issues = []
    for total in form.control_totals:
        stated = cover.get(total.field)
        if stated is None or not _can_be_added(total.form, total.value, tables, cover, workbook, found):
            continue
        ((computed,),) = (a.values() for a in rule_tables.select(f"select {total.value} from {total.form}"))
        if computed is not None and Decimal(stated) == Decimal(computed):
            continue
        known = form.field(total.field)
        gap = None if computed is None else Decimal(stated) - Decimal(computed)
        difference = None if gap is None else format_value(gap)
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
                amount_vnd_million=abs(gap) if known.unit and gap is not None else None,
            )
        )
    return issues


def _can_be_added(
    form_name: str, value: str, tables: dict, cover: dict, workbook: Workbook, found: list[Issue]
) -> bool:
    """Whether the rows of a form are all there, none twice, and none with a fault in a column the total reads."""
    if not tables.get(form_name):
        return bool(cover.get(f"nothing_to_report_{form_name}"))
    form = load_forms()[form_name]
    sheet = workbook.sheets[form_name].name
    is_repeated = any(i.sheet == sheet and i.family == "duplicate" and i.severity == "error" for i in found)
    reads = {f.name for f in form.fields} & words_of(value)
    return not is_repeated and not any(name in reads for _, name in _faulty(form, workbook, found))
