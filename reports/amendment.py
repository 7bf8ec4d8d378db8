"""What an amended report changes against the released one, and why: two tables in its own frozen copy.

They are printed, proven and sealed like every other table, so what the annex says can be asked of the copy with SQL.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from reports import definition, wording
from reports.definition import Column, Definition, Table
from reports.frozen import NEW_MAP, rows_of

TABLES = """
create table new_copy.rpt_ministry__amendment_cause (
    period_code varchar, row_no integer, row_code varchar, cause_name varchar, subject_name varchar,
    revision_no integer, happened_at varchar, detail varchar
);
create table new_copy.rpt_ministry__amendment (
    period_code varchar, row_no integer, row_code varchar, place_name varchar, row_name varchar,
    column_name varchar, old_value decimal(18, 3), new_value decimal(18, 3), change_text varchar,
    cause_numbers varchar
);
"""
FIGURES = ("count", "number")
TOTAL = "total"
# What came since the released copy or counts otherwise now, in the report's periods or behind one of its figures.
SUBMISSIONS = """
with periods as (
    select $period as period_code
    union
    select source_period_code from new_copy.bridge_period where period_code = $period
),
behind as (
    select _submission_id from new_copy.int_ministry__evidence where period_code = $period
    union
    select _submission_id from old_copy.int_ministry__evidence where period_code = $period
)
select
    n.submission_id,
    n.unit_code,
    n.period_code,
    n.is_in_force,
    n.verdict_code,
    n.file_name,
    n.revision_no,
    coalesce(u.unit_name, n.unit_code) as unit_name,
    p.period_kind,
    p.period_year,
    o.submission_id is null as is_received_since,
    strftime(n.received_at at time zone 'Asia/Ho_Chi_Minh', '%Y-%m-%d %H:%M') as moment
from new_copy.fct_submission as n
left join old_copy.fct_submission as o on n.submission_id = o.submission_id
left join new_copy.dim_period as p on n.period_code = p.period_code
left join new_copy.dim_unit as u
    on n.unit_code = u.unit_code
    and p.cut_off_on between u.valid_from and coalesce(u.valid_to, 'infinity'::date)
where
    (n.period_code in (from periods) or n.submission_id in (from behind))
    and (o.submission_id is null or o.is_in_force <> n.is_in_force)
order by n.received_at, n.submission_id
"""
DECISIONS = """
select *, strftime(decided_at at time zone 'Asia/Ho_Chi_Minh', '%Y-%m-%d %H:%M') as moment
from new_copy.fct_decision
where decision_code <> 'approve' and decided_at > $since::timestamptz
order by decision_no
"""
# What each unit's report of a half-year says for a figure; sent again, it may say the same.
EVIDENCE = """
select
    e.row_code,
    e.column_code,
    concat_ws('|', s.unit_code, s.period_code) as sender,
    list_sort(
        list((replace(e.evidence_key, e._submission_id, ''), e.measure_kind, e._sheet, e._field_name, e.amount))
    ) as said,
    list_sort(list(distinct e._submission_id)) as submission_ids
from {copy}.int_ministry__evidence as e
inner join {copy}.fct_submission as s on e._submission_id = s.submission_id
where e.period_code = $period and e.table_code = $table
group by all
"""
DECISION_NAMES = {
    "hold": "Tạm giữ báo cáo để xác minh",
    "unhold": "Thôi tạm giữ báo cáo",
    "alias": "Gộp hai cách ghi tên",
    "unalias": "Bỏ gộp hai cách ghi tên",
    "apart": "Xác nhận hai tên là khác nhau",
    "waiver": "Miễn trừ quy tắc kiểm tra",
}


@dataclass(frozen=True)
class _Cause:
    """A submission or decision since the released report."""

    moment: str
    name: str
    subject: str
    detail: str
    revision_no: int | None = None
    unit_name: str | None = None
    submission_ids: frozenset[str] = frozenset()
    is_about_names: bool = False
    is_sent_again: bool = False


@dataclass(frozen=True)
class _Change:
    row_code: str
    place: str
    row_name: str
    column_name: str | None
    old: Decimal | None
    new: Decimal | None
    text: str | None
    causes: list[int]


def add_amendment(copy: Path, released: Path, period: str, since: str, commits: tuple[str, str]) -> None:
    """Write both tables into a frozen copy, against the released copy of the same period.

    ``since`` is the moment up to which the released report was known, ``commits`` the software of both.
    """
    with duckdb.connect() as connection:
        connection.execute(f"attach '{_quoted(copy)}' as new_copy")
        connection.execute(f"attach '{_quoted(released)}' as old_copy (read_only)")
        has_two_maps = rows_of(connection, NEW_MAP.format(copy="new_copy."), period=period)
        report = definition.load(occasions=["two_maps"] if has_two_maps else [])
        causes = _causes(connection, period, since)
        comparison = _Comparison(connection, report, period, causes)
        changes = [change for table in report.printed for change in comparison.changes(table)]
        if any(not change.causes for change in changes) and commits[0] != commits[1]:
            detail = f"{commits[0][:12]} thay bằng {commits[1][:12]}"
            causes.append(
                _Cause("", "Cách tính hoặc cách trình bày thay đổi theo phiên bản phần mềm", "", detail)
            )
        connection.execute(TABLES)
        for number, cause in enumerate(causes, start=1):
            _insert(
                connection, "amendment_cause", period, number, str(number), cause.name, cause.subject or None,
                cause.revision_no, _printed_moment(cause.moment), cause.detail,
            )  # fmt: skip
        for number, change in enumerate(changes, start=1):
            _insert(
                connection, "amendment", period, number, change.row_code, change.place, change.row_name,
                change.column_name, change.old, change.new, change.text,
                _runs(change.causes or [len(causes)]) if causes else None,
            )  # fmt: skip
        connection.execute("checkpoint new_copy")


def _insert(connection: duckdb.DuckDBPyConnection, table: str, *values: object) -> None:
    marks = ", ".join("?" * len(values))
    connection.execute(f"insert into new_copy.rpt_ministry__{table} values ({marks})", list(values))


def _causes(connection: duckdb.DuckDBPyConnection, period: str, since: str) -> list[_Cause]:
    """Submissions and decisions in the order of time."""
    submissions = rows_of(connection, SUBMISSIONS, period=period)
    decisions = rows_of(connection, DECISIONS, since=since)
    decided = {decision["submission_id"] for decision in decisions}
    replaced: dict[tuple[str, str], set[str]] = {}  # of a unit and period, what counts no longer
    for line in submissions:
        if not line["is_in_force"] and not line["is_received_since"] and line["submission_id"] not in decided:
            replaced.setdefault((line["unit_code"], line["period_code"]), set()).add(line["submission_id"])
    causes = []
    for line in submissions:
        if not line["is_received_since"]:
            continue
        before = replaced.get((line["unit_code"], line["period_code"]), set())
        name = "Báo cáo nhận thêm"
        if line["verdict_code"] != "accepted":
            name = "Báo cáo nhận thêm, bị trả lại"
        elif before:
            name = "Báo cáo gửi lại, thay báo cáo trước"
        ids = frozenset({line["submission_id"], *(before if line["is_in_force"] else ())})
        subject = f"{line['unit_name']}, {wording.period_name(line['period_kind'], line['period_year'])}"
        causes.append(
            _Cause(
                line["moment"], name, subject, f"Tệp {line['file_name']}", line["revision_no"], line["unit_name"], ids,
                is_sent_again=bool(before),
            )
        )  # fmt: skip
    named = {line["submission_id"]: line["unit_name"] for line in submissions}
    causes += [_decision(decision, named) for decision in decisions]
    return sorted(causes, key=lambda cause: cause.moment)


def _decision(decision: dict, named: dict[str, str]) -> _Cause:
    unit = named.get(decision["submission_id"])
    subject = unit or decision["submission_id"] or decision["rule_id"]
    is_about_names = decision["decision_code"] in ("alias", "unalias", "apart")
    if is_about_names:
        subject = " – ".join(
            name for name in (decision["name"], decision["same_as_name"] or decision["other_name"]) if name
        )
    until = f", đến hết ngày {wording.short_date(decision['until_date'])}" if decision["until_date"] else ""
    return _Cause(
        decision["moment"],
        DECISION_NAMES[decision["decision_code"]],
        subject,
        f"{decision['decided_by']}: {decision['reason']}{until}",
        None,
        unit,
        frozenset({decision["submission_id"]} - {None}),
        is_about_names,
    )


class _Comparison:
    """The printed tables of both copies side by side."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, report: Definition, period: str, causes: list[_Cause]
    ) -> None:
        self.connection, self.report, self.period, self.causes = connection, report, period, causes

    def changes(self, table: Table) -> Iterator[_Change]:
        """The changes of one table: a line for each figure or word, one for each row that came or went."""
        old, new = (self._rows(copy, table) for copy in ("old_copy", "new_copy"))
        if old is None:
            code = f"{table.name}:table"
            yield _Change(
                code, self._place(table), "Cả bảng", None, None, None, "Bảng mới, báo cáo trước không có", []
            )
            return
        evidence = [self._evidence(copy, table) for copy in ("old_copy", "new_copy")]
        for code in list(dict.fromkeys([*new, *old])):
            before, after = old.get(code), new.get(code)
            told = _told(evidence, code, before, after)
            if before is None or after is None:
                row = after or before
                text = f"{'Thêm' if after else 'Bỏ'} dòng: {_cells(table, row)}"
                ids = frozenset().union(*told.values())
                yield self._change(table, code, row, None, (None, None), text, ids, bool(told))
                continue
            for column in table.columns:
                values = before.get(column.name), after[column.name]
                if values[0] != values[1]:
                    numbers, text = _difference(column, *values)
                    ids = told.get(column.name, frozenset())
                    yield self._change(table, code, after, column, numbers, text, ids, column.name in told)

    def _change(
        self,
        table: Table,
        code: str,
        row: dict,
        column: Column | None,
        numbers: tuple,
        text: str | None,
        submission_ids: frozenset[str],
        has_evidence: bool,
    ) -> _Change:
        heading = column and (f"{column.group}: {column.heading}" if column.group else column.heading)
        name = ", ".join(wording.one_line(str(row[n])) for n in table.named_by if row[n] is not None)
        causes = self._causes_of(row, submission_ids, has_evidence)
        return _Change(
            f"{table.name}:{code}:{column.name if column else 'row'}",
            self._place(table), name, heading, *numbers, text, causes,
        )  # fmt: skip

    def _causes_of(self, row: dict, submission_ids: frozenset[str], has_evidence: bool) -> list[int]:
        """Numbers of the causes: of the submissions that differ, else of the names, else of the unit, else all there may be."""
        numbered = list(enumerate(self.causes, start=1))
        found = [n for n, cause in numbered if cause.submission_ids & submission_ids]
        if not found and has_evidence:
            found = [n for n, cause in numbered if cause.is_about_names]
        if not found:
            found = [
                n for n, cause in numbered if cause.unit_name and cause.unit_name == row.get("unit_name")
            ]
        if not found and not has_evidence:  # who has sent: a report sent again changes nothing there
            found = [n for n, cause in numbered if not cause.is_sent_again]
        return found or [n for n, _ in numbered]

    def _place(self, table: Table) -> str:
        if table.place == "annex":
            return f"Phụ lục {self.report.annex_number_of(table.name)}"
        return f"Bảng {self.report.number_of(table.name)}"

    def _rows(self, copy: str, table: Table) -> dict[str, dict] | None:
        query = f"select * from {copy}.{table.model} where period_code = $period order by row_no, row_code"
        try:
            rows = rows_of(self.connection, query, period=self.period)
        except duckdb.CatalogException:
            return None  # an older version had no such table
        return {row["row_code"]: row for row in rows}

    def _evidence(self, copy: str, table: Table) -> dict[str, dict[str, dict]]:
        """By row and column, what each sender says and in which submissions; the total rests on all rows."""
        found: dict[str, dict[str, dict]] = {TOTAL: {}}
        for line in rows_of(
            self.connection, EVIDENCE.format(copy=copy), period=self.period, table=table.name
        ):
            for row in (line["row_code"], TOTAL):
                senders = found.setdefault(row, {}).setdefault(line["column_code"], {})
                senders[line["row_code"], line["sender"]] = line["said"], frozenset(line["submission_ids"])
        return found


def _told(
    evidence: list[dict], code: str, before: dict | None, after: dict | None
) -> dict[str, frozenset[str]]:
    """By column with evidence, the submissions that stand behind it in one copy only and say something else there."""
    old, new = (side.get(code, {}) for side in evidence)
    nothing = None, frozenset()
    told = {}
    for name in {*old, *new}:
        before_it, after_it = old.get(name, {}), new.get(name, {})
        differing = set()
        for sender in {*before_it, *after_it}:
            (said, ids), (says, new_ids) = before_it.get(sender, nothing), after_it.get(sender, nothing)
            if said != says:
                differing |= ids ^ new_ids
        told[name] = frozenset(differing)
    # a list names the submission of each of its rows
    rows = [row for row in (before, after) if row and "_submission_id" in row]
    ids = frozenset(row["_submission_id"] for row in rows)
    if len(rows) == 2 and len(ids) == 1:
        ids = frozenset()
    return told | {name: ids for row in rows for name in row}


def _difference(column: Column, old: object, new: object) -> tuple[tuple, str | None]:
    """A figure keeps both values as numbers; what is a word or a day is told in words."""
    if column.kind in FIGURES and not column.labels:
        text = "Trước chưa có số liệu" if old is None else "Nay chưa có số liệu" if new is None else None
        return (old, new), text
    before, now = (wording.cell(value, column.kind, column.labels) for value in (old, new))
    if not before:
        return (None, None), f"Trước để trống, nay “{now}”"
    return (None, None), f"“{before}” thành “{now}”" if now else f"Trước “{before}”, nay để trống"


def _cells(table: Table, row: dict) -> str:
    """The rest of a row in words, what names it left out; a group is named once."""
    said: list[tuple[str | None, list[str]]] = []
    for column in table.columns:
        text = wording.cell(row[column.name], column.kind, column.labels)
        if not text or column.name in table.named_by:
            continue
        if not said or column.group is None or said[-1][0] != column.group:
            said.append((column.group, []))
        said[-1][1].append(f"{column.heading} {text}")
    return "; ".join(f"{group}: {', '.join(parts)}" if group else parts[0] for group, parts in said)


def _runs(numbers: Iterable[int]) -> str:
    """1, 2, 3, 5 as "1–3, 5": a total of sixty units names them all in little room."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def _printed_moment(moment: str) -> str | None:
    day, _, time = moment.partition(" ")
    return f"{'/'.join(reversed(day.split('-')))} {time}" if moment else None


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
