"""Row rules, cross rules and control totals of the forms, run as SQL over the typed rows in an in-memory DuckDB.

A fault is said once: a rule is silent about a row where a cell it reads is itself at fault, a cross rule also about a
cell that is named already, and a control total while one of the cells it adds up is at fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache

from ingest.issue import Issue
from ingest.read import Workbook
from ingest.reference import Period, code_list
from ingest.spec import CrossRule, Form, Rule, common_rules, load_forms
from ingest.store import literal, memory, select_columns
from ingest.vietnamese import fold, format_value, match_key

# Names that rows are matched by: <field>_key as dbt's match_key, <field>_fold also without diacritics and punctuation.
_KEYS: dict[str, Callable[[str], str]] = {"key": match_key, "fold": fold}
_MATCHED_FIELDS = {
    "product_name": ("key", "fold"),
    "producer_name": ("key", "fold"),
    "decision_number": ("fold",),
    "issuing_authority": ("fold",),
}
_FIGURES = ("expected", "difference", "amount")
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
    connection = memory()
    columns = ", ".join(f"{literal(value)} as {name}" for name, value in filing.items())
    connection.execute(f"create or replace table filing as select {columns}")
    for name, types in (_columns_read() if forms is None else _columns_of(forms)).items():
        columns = _columns(types, tables.get(name, []))
        connection.execute(f"create or replace table {name} as {select_columns(types, columns)}")
    forms = forms or load_forms()
    filled = {name: form for name, form in forms.items() if tables.get(name) and form.kind != "cover"}
    for form in filled.values():
        for name, sql in form.cross_tables.items():
            connection.execute(f"create or replace table {name} as {sql}")
        issues += _row_issues(connection, form, filing, tables[form.name], workbook, found)
    named = {(i.sheet, i.row_number, i.field_name) for i in (*found, *issues)}
    for form in filled.values():
        issues += _cross_issues(connection, form, tables, cover, workbook, found, named)
    issues += _control_totals(connection, tables, cover, workbook, found)
    return issues


@cache
def _columns_read() -> dict[str, dict[str, str]]:
    return _columns_of(load_forms())


def _columns_of(forms: dict[str, Form]) -> dict[str, dict[str, str]]:
    """Of each form that rules read the columns they name, with their types, and where a row stood."""
    columns = {}
    for name, form in forms.items():
        named = _words(" ".join(_statements_on(name, forms)))
        if not named:
            continue
        keys = [f"{f.name}_{kind}" for f in form.fields for kind in _MATCHED_FIELDS.get(f.name, ())]
        columns[name] = (
            {f.name: f.sql_type for f in form.fields if f.name in named}
            | {key: "varchar" for key in keys if key in named}
            | {"_row_number": "integer"}
        )
    return columns


def _statements_on(name: str, forms: dict[str, Form]) -> Iterator[str]:
    """All SQL that reads the table of a form."""
    for rule in forms[name].rules:
        yield f"{rule.when} {rule.then} {rule.expected} {rule.difference} {rule.amount}"
    for form in forms.values():
        statements = (*form.cross_tables.values(), *(rule.sql for rule in form.cross_rules))
        yield from (sql for sql in statements if name in _words(sql))
        yield from (total.value for total in form.control_totals if total.form == name)


def _columns(types: dict[str, str], rows: list[dict]) -> dict[str, list]:
    """The values by column, with the columns that names are matched by."""
    columns = {name: [row.get(name) for row in rows] for name in types}
    for name, kinds in _MATCHED_FIELDS.items():
        for kind in kinds:
            if (key := f"{name}_{kind}") in types:
                texts = (row.get(name) for row in rows)
                columns[key] = [None if text is None else _KEYS[kind](text) for text in texts]
    return columns


def _faulty(form: Form, workbook: Workbook, found: list[Issue]) -> set[tuple[int, str]]:
    """(row, field) of the form's cells with an error; a repeated row can be read all the same."""
    sheet = workbook.sheets[form.name].name
    return {
        (i.row_number, i.field_name)
        for i in found
        if i.severity == "error" and i.sheet == sheet and i.family != "duplicate"
    }


def _words(sql: str) -> set[str]:
    """Every word of an SQL text; a key column counts as the column it is made of."""
    words = set(re.findall(r"\w+", sql))
    return words | {word.removesuffix(f"_{kind}") for word in words for kind in _KEYS}


def _row_issues(
    connection, form: Form, filing: dict, rows: list[dict], workbook: Workbook, found: list[Issue]
) -> list[Issue]:
    """One scan for all rules of a form, one more for the figures of a broken one; findings in the order of the rules."""
    if not form.rules:
        return []
    source = f"{form.name}, (select * exclude (unit_code) from filing)"
    broken = {rule: f"({rule.when}) and not ({rule.then})" for rule in form.rules}
    verdicts = ", ".join(f"{condition} as breaks_{n}" for n, condition in enumerate(broken.values()))
    any_broken = " or ".join(f"breaks_{n}" for n in range(len(broken)))
    answers = connection.execute(
        f"select * from (select _row_number, {verdicts} from {source}) where {any_broken} order by _row_number"
    ).fetchall()
    by_number = {row["_row_number"]: row for row in rows}
    faulty = _faulty(form, workbook, found)
    fields = {f.name for f in form.fields}
    issues = []
    for index, (rule, condition) in enumerate(broken.items(), start=1):
        reads = fields & _words(f"{rule.when} {rule.then}")
        numbers = [
            answer[0]
            for answer in answers
            if answer[index] and not any((answer[0], name) in faulty for name in reads)
        ]
        figures = _figures(connection, rule, source, condition) if numbers else {}
        for number in numbers:
            row = by_number[number]
            about = filing | row | dict(zip(_FIGURES, figures.get(number, ()), strict=False))
            issues.append(_issue(rule, form, workbook, row, about))
    return issues


def _figures(connection, rule: Rule, source: str, condition: str) -> dict[int, tuple]:
    """What a broken row rule says besides its sentence, by row; nothing for a rule that has no figures."""
    expressions = [getattr(rule, name) or "null" for name in _FIGURES]
    if set(expressions) == {"null"}:
        return {}
    answers = connection.execute(
        f"select _row_number, {', '.join(expressions)} from {source} where {condition}"
    ).fetchall()
    return {number: figures for number, *figures in answers}


def _cross_issues(
    connection,
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
        reads = fields & _words(rule.sql)
        cursor = connection.execute(rule.sql)
        names = [column[0] for column in cursor.description]
        answers = [dict(zip(names, answer, strict=True)) for answer in cursor.fetchall()]
        for about in sorted(answers, key=lambda row: (row["_row_number"], row.get("other_row", 0))):
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
    connection, tables: dict[str, list[dict]], cover: dict, workbook: Workbook, found: list[Issue]
) -> list[Issue]:
    """Totals of the cover that differ from the rows: a warning with both values, never a correction."""
    form = load_forms()["cover"]
    rule = common_rules()["control_total"]
    issues = []
    for total in form.control_totals:
        stated = cover.get(total.field)
        if stated is None or not _can_be_added(total.form, total.value, tables, cover, workbook, found):
            continue
        (computed,) = connection.execute(f"select {total.value} from {total.form}").fetchone()
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
    reads = {f.name for f in form.fields} & _words(value)
    return not is_repeated and not any(name in reads for _, name in _faulty(form, workbook, found))
