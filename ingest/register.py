"""A foreign list of many units, like a province's register of products, judged through its layout entry.

Every unit's rows are taken whole or not at all, as a workbook of that unit would be. A row that belongs to no known unit
is named, and as long as there is one nothing of the list is taken: it may be missing from any unit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import compress
from pathlib import Path

from ingest.cells import as_text
from ingest.identity import Identity, due_on
from ingest.issue import Issue, common_issue
from ingest.read import UnreadableError, Workbook, read_grids
from ingest.reference import CodeList, Period, Unit, units_of_province
from ingest.rules import run_rules
from ingest.second_look import SheetCensus
from ingest.sheet import Grid, SheetData, counts_columns, read_table, tidy
from ingest.sheet_checks import duplicates, judge_rows, layout_issues
from ingest.spec import FORM_NAMES, UNDER, ListLayout, ListTable, load_forms, load_list
from ingest.store import literal, memory, select_rows
from ingest.validate import Judgement
from ingest.vietnamese import clean, fold

HEADER_SEARCH_ROWS = 30
_MAX_HEADER_ROWS = 4
# A table with fewer of the list's titles is another table.
_FEWEST_TITLES = 4


@dataclass
class ListJudgement:
    """The verdict on a list: ``own`` of what belongs to no unit, ``units`` of each unit's rows by its code."""

    own: Judgement
    units: dict[str, Judgement] = field(default_factory=dict)
    row_count: int = 0

    def answer(self) -> Judgement:
        """Everything in one, for the receipt: accepted where all was taken, partly where some units were."""
        parts = [self.own, *self.units.values()]
        issues = [issue for part in parts for issue in part.issues]
        verdicts = {part.verdict for part in parts}
        taken = any(unit.verdict == "accepted" for unit in self.units.values())
        verdict = self.own.verdict if verdicts == {self.own.verdict} else "partly" if taken else "refused"
        return Judgement(verdict, self.own.identity, sorted(issues, key=_place_key))


def _place_key(issue: Issue) -> tuple:
    return (issue.row_number or 0, issue.column_letter or "", issue.rule_id)


@lru_cache(maxsize=1)  # landing and loading a list ask for the same one once for each of its units
def judge_list(path: Path, list_name: str, period: Period, province_code: str) -> ListJudgement:
    """Read and judge a list at the cut-off of a half-year. Never raises for what an office can do wrong."""
    layout = load_list(list_name)
    own = Judgement("refused", Identity(None, period, due_on(period, province_code), list_name, ()), [])
    own.tables = {name: [] for name in FORM_NAMES}
    judgement = ListJudgement(own)
    try:
        data = _read(path, layout, own.issues)
    except UnreadableError as error:
        own.issues.append(common_issue(error.rule_id, error.words))
        own.verdict = "unreadable"
        return judgement
    if data is None:
        own.issues.append(common_issue("REGISTER-10", {"list": layout.form.title}))
        return judgement
    missing = [n for n in dict.fromkeys((*layout.form.unique_key, layout.unit_by)) if n not in data.columns]
    for name in missing:
        title = layout.form.field(name).title
        own.issues.append(common_issue("SHEET-02", sheet=data.name, column_title=title, field_name=name))
    own.issues.extend(layout_issues(data))
    judgement.row_count = len(data.row_numbers)
    if not data.row_numbers:
        own.issues.append(common_issue("REGISTER-11", sheet=data.name))
    if not missing:
        _judge_rows(data, layout, period, province_code, judgement)
    for part in (own, *judgement.units.values()):
        part.verdict = "refused" if part.error_count else "accepted"
    return judgement


def units_of_list(path: Path, list_name: str, period: Period, province_code: str) -> list[str]:
    """Codes of the units a list has rows of."""
    return list(judge_list(path, list_name, period, province_code).units)


def _judge_rows(
    data: SheetData, layout: ListLayout, period: Period, province_code: str, judgement: ListJudgement
) -> None:
    own = judgement.own
    is_title = [_is_group_title(data.row(index), layout) for index in range(len(data.row_numbers))]
    if any(is_title):
        titles = list(compress(data.row_numbers, is_title))
        where = {"sheet": data.name, "row_number": titles[0]}
        own.issues.append(common_issue("REGISTER-02", {"rows": _numbers(titles)}, **where))
        data.keep(not is_one for is_one in is_title)
    alive = units_of_province(province_code, period.cut_off_on)
    communes = CodeList("commune", tuple((u.code, u.name) for u in alive.values() if u.level == "commune"))
    found = Judgement("refused", own.identity)
    for name, words in layout.words.items():
        if name in data.values:
            data.values[name] = [
                words.get(fold(value), value) if isinstance(value, str) else value
                for value in data.values[name]
            ]
    rows = judge_rows(data, found, {"commune": communes})
    issues = found.issues + duplicates(data, rows, found.issues)
    issues += run_rules(
        {layout.form.name: rows},
        {},
        period,
        Workbook(sheets={layout.form.name: data}),
        issues,
        {layout.form.name: layout.form},
    )
    tables, more = _tables(data, layout, rows, period, issues)
    own.issues.extend(more)
    units = {row["_row_number"]: _unit_of(row[layout.unit_by], alive) for row in rows}
    for unit in dict.fromkeys(filter(None, units.values())):
        identity = replace(own.identity, unit=unit, form_version=layout.form.name)
        judgement.units[unit.code] = _unit_judgement(identity, data, layout, units, tables)
    for index, number in enumerate(data.row_numbers):
        if units[number] is None:
            own.issues.append(_no_unit(data, layout, index, period))
    table_issues = [issue for table in tables for issue in table.issues]
    for issue in issues + table_issues:
        unit = units.get(issue.row_number)
        if unit is not None:
            judgement.units[unit.code].issues.append(issue)
        elif issue.field_name != layout.unit_by:  # REGISTER-01 says it
            own.issues.append(issue)
    # Whose a row of no unit is, nobody knows: as long as there is one, no unit's rows are known to be all of them.
    reason = "danh sách còn dòng chưa biết của đơn vị nào" if own.error_count else "có dòng còn lỗi"
    for code, part in judgement.units.items():
        if own.error_count or part.error_count:
            numbers = [n for n, unit in units.items() if unit and unit.code == code]
            words = {"unit": part.identity.unit.name, "row_count": len(numbers), "rows": _numbers(numbers)}
            words |= {"reason": reason}
            part.issues.append(common_issue("REGISTER-04", words, sheet=data.name))


def _is_group_title(row: dict[str, object], layout: ListLayout) -> bool:
    """A title between the rows, or a total: no producer, no commune, hardly anything else."""
    filled = [name for name, value in row.items() if value is not None]
    return len(filled) in (1, 2) and not set(filled) & set(layout.group_title_without)


def _unit_of(commune_code: str | None, alive: dict[str, Unit]) -> Unit | None:
    """The unit that reports for a commune: its district while there were districts, itself since."""
    if commune_code is None:
        return None
    commune = alive[commune_code]
    parent = alive[commune.parent_code]
    return commune if parent.level == "province" else parent


def _no_unit(data: SheetData, layout: ListLayout, index: int, period: Period) -> Issue:
    value, number = data.row(index).get(layout.unit_by), data.row_numbers[index]
    letter = data.columns[layout.unit_by]
    shown = data.census.faulty.get(f"{letter}{number}", "" if value is None else as_text(value))
    return common_issue(
        "REGISTER-01",
        {"cut_off_on": period.cut_off_on},
        sheet=data.name,
        row_number=number,
        column_letter=letter,
        column_title=data.headers[layout.unit_by],
        field_name=layout.unit_by,
        value_text=shown,
    )


def _numbers(rows: Iterable[int]) -> str:
    """Row numbers as a person writes them: 5-9, 12."""
    spans: list[list[int]] = []
    for row in sorted(rows):
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return ", ".join(f"{first}-{last}" if last > first else f"{first}" for first, last in spans)


# --- rows of our forms ---


@dataclass
class _Table:
    """The typed rows of one ListTable and what is wrong with them; ``columns`` are the fields that stand in a cell."""

    spec: ListTable
    columns: dict[str, str]  # field -> column letter
    headers: dict[str, str]
    rows: list[dict]
    issues: list[Issue]


def _tables(
    data: SheetData, layout: ListLayout, rows: list[dict], period: Period, cell_issues: list[Issue]
) -> tuple[list[_Table], list[Issue]]:
    """Each table of the layout, and what there is to say about the list as a whole."""
    moment = (
        f"{literal(period.starts_on)} as starts_on, {literal(period.cut_off_on)} as cut_off_on, "
        f"{period.year} as period_year, {literal(period.kind)} as period_kind"
    )
    tables, issues = [], []
    types = {f.name: f.sql_type for f in layout.form.fields} | {"_row_number": "integer"}
    memory().execute(f"create or replace table list_row as {select_rows(types, rows)}")
    for spec in layout.tables:
        names = list(spec.select)
        expressions = ", ".join(spec.select[name] for name in names)
        query = (
            f"select _row_number, coalesce({spec.within}, false), {expressions} "
            f"from (select *, {moment} from list_row) where {spec.where} order by _row_number"
        )
        found = memory().execute(query).fetchall()
        sheet = f"{data.name} ({spec.label})"
        nothing = dict.fromkeys(f.name for f in load_forms()[spec.form].fields)
        taken = [
            {**nothing, "_sheet": sheet, "_row_number": number, **dict(zip(names, values, strict=True))}
            for number, is_within, *values in found
            if is_within
        ]
        if others := [number for number, is_within, *_ in found if not is_within]:
            words = {"label": spec.label, "rows": _numbers(others), "period": period.code}
            where = {"sheet": data.name, "row_number": others[0]}
            issues.append(common_issue("REGISTER-03", words, **where))
        tables.append(_checked(spec, taken, data, period, cell_issues))
    absent = {
        known.title: None
        for table in tables
        for known in load_forms()[table.spec.form].fields
        if table.rows and known.level == "expected" and known.name not in table.spec.select
    }
    if absent:
        issues.append(common_issue("REGISTER-05", {"titles": ", ".join(absent)}, sheet=data.name))
    return tables, issues


def _checked(
    spec: ListTable, rows: list[dict], data: SheetData, period: Period, cell_issues: list[Issue]
) -> _Table:
    """The rows with the findings of their form: what is missing, and its rules."""
    form = load_forms()[spec.form]
    stands_in = {name: column for name, column in spec.select.items() if column in data.columns}
    columns = {name: data.columns[column] for name, column in stands_in.items()}
    headers = {name: data.headers[column] for name, column in stands_in.items()}
    fields_in: dict[str, list[str]] = {}
    for name, column in stands_in.items():
        fields_in.setdefault(column, []).append(name)
    known_issues = [
        replace(issue, field_name=name)
        for issue in cell_issues
        for name in fields_in.get(issue.field_name or "", ())
    ]
    faulty = {(i.row_number, i.field_name) for i in known_issues if i.severity == "error"}
    issues = []
    for row in rows:
        for known in (f for f in form.fields if f.level != "optional" and f.name in spec.select):
            if row[known.name] is not None or (row["_row_number"], known.name) in faulty:
                continue
            issues.append(
                common_issue(
                    "CELL-01" if known.level == "key" else "CELL-02",
                    sheet=data.name,
                    row_number=row["_row_number"],
                    column_letter=columns.get(known.name),
                    column_title=headers.get(known.name, known.title),
                    field_name=known.name,
                )
            )
    place = SheetData(form=form, name=data.name, census=data.census, columns=columns, headers=headers)
    issues += run_rules({form.name: rows}, {}, period, Workbook(sheets={form.name: place}), known_issues)
    return _Table(spec, columns, headers, rows, issues)


def _unit_judgement(
    identity: Identity,
    data: SheetData,
    layout: ListLayout,
    units: dict[int, Unit | None],
    tables: list[_Table],
) -> Judgement:
    """A unit's rows under its name, as a workbook of its own would have brought them."""
    unit, period, name = identity.unit, identity.period, identity.form_version
    part = Judgement("refused", identity)
    part.tables = {form: [] for form in FORM_NAMES}
    cover = {"unit_code": unit.code, "unit_name": unit.name, "period_code": period.code, "form_version": name}
    part.tables["cover"] = [{"_sheet": data.name, "_row_number": None, **cover}]
    for table in tables:
        rows = [row for row in table.rows if units[row["_row_number"]] == unit]
        part.tables[table.spec.form] += rows
        part.layout += [
            {
                "_sheet": f"{data.name} ({table.spec.label})",
                "field_name": field_name,
                "column_letter": letter,
                "header_text": table.headers[field_name],
                "header_row_number": data.header_row,
            }
            for field_name, letter in table.columns.items()
            if rows
        ]
    return part


# --- the sheet ---


def _read(path: Path, layout: ListLayout, issues: list[Issue]) -> SheetData | None:
    """The sheet that is the list; the other ones are named. None when no sheet is."""
    read = [
        read_table(layout.form, _with_one_header(grid, counted, layout), counted)
        for grid, counted in read_grids(path)
    ]
    data = max(read, key=lambda sheet: len(sheet.columns), default=None)
    has_cover = any(fold(sheet.name) == fold(load_forms()["cover"].sheet) for sheet in read)
    if data is None or has_cover or len(data.columns) < _FEWEST_TITLES:  # our own workbook has like titles
        return None
    issues += [
        common_issue("SHEET-08", sheet=s.name) for s in read if s is not data and s.census.filled_count
    ]
    return data


def _with_one_header(grid: Grid, counted: SheetCensus, layout: ListLayout) -> Grid:
    """The grid with its rows of header made one: each column bears its title, or both where one stands under another."""
    titles = {fold(header): header for f in layout.form.fields for header in f.headers}
    words = {fold(part) for header in titles.values() for part in header.split(UNDER)}
    filled = _merges_filled(grid[: HEADER_SEARCH_ROWS + _MAX_HEADER_ROWS], counted)
    counts = [len({fold(v) for v in cells if isinstance(v, str)} & words) for cells in filled]
    first = next((i for i, count in enumerate(counts) if count >= _FEWEST_TITLES), None)
    if first is None:
        return grid
    last = first
    while last + 1 < len(counts) and last - first < _MAX_HEADER_ROWS - 1 and counts[last + 1] >= 2:
        last += 1
    header = [_title([row[column] for row in filled[first : last + 1]], _left(filled[first : last + 1], column), titles)
              for column in range(len(grid[last]))]  # fmt: skip
    if last + 1 < len(grid) and counts_columns(grid[last + 1 : last + 2]):
        last += 1
    blank = [""] * len(header)
    return [*grid[:first], *[blank] * (last - first), header, *grid[last + 1 :]]


def _merges_filled(rows: Grid, counted: SheetCensus) -> Grid:
    filled = [list(cells) for cells in rows]
    for top, left, bottom, right in counted.merged:
        if top > len(filled) or left > len(filled[0]):
            continue
        for row in filled[top - 1 : bottom]:
            row[left - 1 : right] = [rows[top - 1][left - 1]] * len(row[left - 1 : right])
    return filled


def _left(rows: Grid, column: int) -> list[object]:
    """In each row the nearest text at or left of the column: a title over several columns may stand in the first alone."""
    return [next((v for v in reversed(row[: column + 1]) if tidy(v) is not None), "") for row in rows]


def _title(texts: list[object], above: list[object], titles: dict[str, str]) -> str:
    own = list(dict.fromkeys(clean(str(text)) for text in texts if tidy(text) is not None))
    if not own:
        return ""
    pairs = [f"{clean(str(upper))}{UNDER}{text}" for text in reversed(own) for upper in reversed(above)]
    return next((text for text in (*pairs, *reversed(own)) if fold(text) in titles), own[-1])
