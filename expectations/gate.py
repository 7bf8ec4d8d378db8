"""Judge a warehouse file by the rules of a suite and write the verdict beside it.

DuckDB computes the frames and Great Expectations judges them in pandas: over DuckDB's own SQL it raises an
IndexError for every expectation.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from expectations.page import render_page
from expectations.rulebook import Rule, load_rules
from expectations.waiver import covers, is_over, last_day, waiver_for, waivers_of
from expectations.wording import ranges, say

if TYPE_CHECKING:
    import pandas as pd

SCOPE_FILE = Path(__file__).with_name("scope.sql")
PRINTED = "rpt_ministry__"
SENTENCES_PER_RULE = 20
RAW_RESULTS = "gate-gx.json"
FILES = ("gate.json", "gate.html", RAW_RESULTS)
VIETNAM = timezone(timedelta(hours=7))


class GateBroken(Exception):  # noqa: N818
    """The gate could not judge: a fault of a rule or of the machinery, never of the data."""

    def __init__(self, rule_id: str, what: str) -> None:
        super().__init__(f"{rule_id}: {what}")
        self.rule_id = rule_id


@dataclass(frozen=True)
class Verdict:
    """``passed`` or ``held``, the findings rule by rule, and where they are written."""

    verdict: str
    results: list[dict]
    path: Path


def run_gate(
    database: Path,
    suite: str,
    out_dir: Path,
    checked_at: datetime,
    period: str | None,
    waivers: list[dict],
) -> Verdict:
    """Judge ``database`` and write gate.json, gate.html and the raw results, gate-gx.json, into ``out_dir``.

    ``period`` is the report period of the ministry suite and None for the nightly one. Raises GateBroken when
    a rule could not be judged; the verdict of an earlier run is gone by then, so nothing can pass on it.
    """
    if (period is None) != (suite == "nightly"):
        raise GateBroken(suite, "the ministry suite judges one period, the nightly suite judges all of them")
    rules = load_rules(suite)
    out_dir.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (out_dir / name).unlink(missing_ok=True)

    raw_results: dict[str, dict] = {}
    judge = _expectations_judge(raw_results)
    today = checked_at.astimezone(VIETNAM).date()
    with _open(database) as connection:
        _require_period(connection, period)
        _run_scope(connection, period)
        _gather_figures(connection, period)
        frame_of = _frames(connection, today)
        on_data = [rule for rule in rules if not rule.is_on_waivers]
        # all of them before the first verdict: a rule that cannot be asked is told in a second
        frames = {rule.id: frame_of(rule) for rule in on_data}
        judged = {
            rule.id: _judge_rule(rule, frames[rule.id], judge, waivers_of(waivers, rule.id), today)
            for rule in on_data
        }
        _note_waivers(connection, waivers, judged, today)
        for rule in rules:
            if rule.is_on_waivers:
                judged[rule.id] = _judge_rule(
                    rule, frame_of(rule), judge, waivers_of(waivers, rule.id), today
                )
    results = [judged[rule.id].result for rule in rules]
    verdict = "held" if any(result["is_blocking"] for result in results) else "passed"
    record = {
        "verdict": verdict,
        "suite": suite,
        "period": period,
        "checked_at": checked_at.isoformat(),
        "database_sha256": _sha256(database),
        "results": results,
    }
    raw = {
        "great_expectations_version": version("great_expectations"),
        **{name: record[name] for name in ("suite", "period", "checked_at", "database_sha256")},
        "results": {rule.id: raw_results[rule.id] for rule in rules},
    }
    path = out_dir / "gate.json"
    _write_whole(out_dir / RAW_RESULTS, json.dumps(raw, ensure_ascii=False, indent=1) + "\n")
    _write_whole(out_dir / "gate.html", render_page(record, checked_at.astimezone(VIETNAM)))
    _write_whole(path, json.dumps(record, ensure_ascii=False, indent=2) + "\n")
    return Verdict(verdict, results, path)


@contextmanager
def _open(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(database), read_only=True) as connection:
        # DuckDB takes most of the memory unless told; pandas needs some beside it.
        connection.execute("set memory_limit = '2GB'")
        yield connection


def _require_period(connection: duckdb.DuckDBPyConnection, period: str | None) -> None:
    known = connection.execute("select period_code from dim_period").fetchall()
    if period is not None and (period,) not in known:
        raise GateBroken(period, "no such report period in dim_period")


def _frames(connection: duckdb.DuckDBPyConnection, today: date) -> Callable[[Rule], pd.DataFrame]:
    """A function rule -> the rows it judges; rules with the same SQL share one computation."""
    by_sql: dict[str, pd.DataFrame] = {}
    cut_offs = dict(connection.execute("select period_code, cut_off_on from dim_period").fetchall())

    def frame_of(rule: Rule) -> pd.DataFrame:
        if rule.sql not in by_sql:
            by_sql[rule.sql] = _frame(connection, rule)
        frame = by_sql[rule.sql]
        _require_columns(rule, frame)
        if "period_code" not in frame:
            return frame if rule.is_in_force(today) else frame.iloc[:0]
        # without a period it is looked at today
        in_force = {
            code: rule.is_in_force(cut_offs.get(code, today)) for code in frame["period_code"].unique()
        }
        return frame if all(in_force.values()) else frame[frame["period_code"].map(in_force)]

    return frame_of


def _run_scope(connection: duckdb.DuckDBPyConnection, period: str | None) -> None:
    for statement in duckdb.extract_statements(SCOPE_FILE.read_text(encoding="utf-8")):
        values = {"period": period} if "period" in statement.named_parameters else None
        try:
            connection.execute(statement, values)
        except duckdb.Error as error:
            raise GateBroken(SCOPE_FILE.name, str(error)) from error


def _gather_figures(connection: duckdb.DuckDBPyConnection, period: str | None) -> None:
    """Every number and day the report of the period prints, as rows of gate_figure: in whichever table, by its types.

    A day stands as the number 20241214, so that days and numbers are judged alike.
    """
    columns = connection.execute(
        """select table_name, column_name, data_type = 'DATE' from information_schema.columns
        where starts_with(table_name, $prefix) and regexp_matches(data_type, 'INT|DECIMAL|DATE')
            and column_name <> 'row_no' and not starts_with(column_name, '_')
        order by table_name, ordinal_position""",
        {"prefix": PRINTED},
    ).fetchall()
    connection.execute(
        """create temp table gate_figure (
            table_code varchar, period_code varchar, row_code varchar, column_code varchar, printed_value decimal(18, 3)
        )"""
    )
    for table, name, is_day in columns:
        value = f"strftime({name}, '%Y%m%d')" if is_day else name
        connection.execute(
            f"""insert into gate_figure
            select $table, period_code, row_code, $column, {value}::decimal(18, 3),
            from {table} where period_code = $period""",
            {"table": table.removeprefix(PRINTED), "column": name, "period": period},
        )


def _frame(connection: duckdb.DuckDBPyConnection, rule: Rule) -> pd.DataFrame:
    try:
        return connection.execute(rule.sql).df()
    except duckdb.Error as error:
        raise GateBroken(rule.id, str(error)) from error


def _require_columns(rule: Rule, frame: pd.DataFrame) -> None:
    missing = rule.placeholders - set(frame.columns) - ranges(frame.columns)
    if missing:
        raise GateBroken(rule.id, f"the sentence prints {sorted(missing)}, which the frame does not have")


def _expectations_judge(raw_results: dict[str, dict]):
    """A function (rule, frame) -> (rows judged, labels of the failing rows), on one context of its own.

    ``raw_results`` takes what Great Expectations said of each rule, as it says it.
    """
    # Read at import; nothing here may call out.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx  # some 4 s and 220 MB: only here

    # Under Airflow's logging it would write some 200 INFO lines a run; one module sets a level of its own.
    for name in ("great_expectations", "great_expectations.data_context.types.base"):
        logging.getLogger(name).setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    # one asset for all frames: each rule hands over its own frame when it runs
    asset = context.data_sources.add_pandas("candidate").add_dataframe_asset("frame")
    batches = asset.add_batch_definition_whole_dataframe("whole")

    def judge(rule: Rule, frame: pd.DataFrame) -> tuple[int, list]:
        arguments = {key: value for key, value in rule.expectation.items() if key != "type"}
        expectation_class = getattr(gx.expectations, rule.expectation["type"], None)
        if expectation_class is None:
            raise GateBroken(rule.id, f"Great Expectations has no {rule.expectation['type']}")
        try:
            expectation = expectation_class(**arguments, severity=rule.severity)
            result = batches.get_batch({"dataframe": frame}).validate(
                expectation,
                result_format={"result_format": "COMPLETE", "include_unexpected_rows": False},
            )
        except Exception as error:
            raise GateBroken(rule.id, f"{type(error).__name__}: {error}") from error
        # An exception inside an expectation also reads success=False: it is not a finding about the data.
        if raised := _raised(result.exception_info):
            raise GateBroken(rule.id, raised)
        raw_results[rule.id] = result.to_json_dict()
        failing = result.result.get("unexpected_index_list")
        if failing is None or bool(failing) == result.success:
            raise GateBroken(rule.id, f"{rule.expectation['type']} does not name the failing rows")
        return result.result["element_count"], failing

    return judge


def _raised(exception_info: dict) -> str | None:
    """The message of an exception inside an expectation; the info is flat or one entry per metric."""
    entries = [exception_info] if "raised_exception" in exception_info else exception_info.values()
    for entry in entries:
        if entry.get("raised_exception"):
            return entry.get("exception_message") or "an exception without a message"
    return None


@dataclass(frozen=True)
class _Judged:
    result: dict
    open_rows: list[dict]


def _judge_rule(rule: Rule, frame: pd.DataFrame, judge, waivers: list[dict], today: date) -> _Judged:
    evaluated_count, failing = judge(rule, frame)
    live = [waiver for waiver in waivers if not is_over(waiver, today)]
    open_rows, waived_rows, used = [], [], []
    for row in frame.loc[failing].to_dict("records"):
        waiver = waiver_for(row, live)
        if waiver is None:
            open_rows.append(row)
        else:
            waived_rows.append(row)
            if waiver not in used:
                used.append(waiver)
    result = {
        "rule_id": rule.id,
        "title": rule.title,
        "title_vi": rule.title_vi,
        "dimension": rule.dimension,
        "severity": rule.severity,
        "reason": rule.reason,
        "reason_vi": rule.reason_vi,
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to and rule.valid_to.isoformat(),
        "owner": rule.owner,
        "success": not failing,
        "is_blocking": rule.severity == "critical" and bool(open_rows),
        "evaluated_count": int(evaluated_count),
        "unexpected_count": len(failing),
        "waived_count": len(waived_rows),
        "sentences": _sentences(rule, open_rows + waived_rows),
        "action": rule.action,
        "waived_by": [
            {
                "by": waiver["by"],
                "reason": waiver["reason"],
                "until": str(waiver["until"]),
                "unit_code": waiver.get("unit_code"),
                "period_code": waiver.get("period_code"),
            }
            for waiver in used
        ],
    }
    return _Judged(result, open_rows)


def _note_waivers(
    connection: duckdb.DuckDBPyConnection,
    waivers: list[dict],
    judged: Mapping[str, _Judged],
    today: date,
) -> None:
    """Write gate_waiver: every waiver that touches the suite's periods and what of its findings is still open."""
    connection.execute(
        "create temp table gate_waiver (waived_rule_id varchar, unit_code varchar, period_code varchar, "
        "decided_by varchar, until_on date, is_over boolean, open_count integer)"
    )
    looked_at = {code for (code,) in connection.execute("select period_code from gate_period").fetchall()}
    for waiver in waivers:
        rule_id, period_code = waiver["rule_id"], waiver.get("period_code")
        if rule_id not in judged or (period_code and period_code not in looked_at):
            continue
        still_open = [row for row in judged[rule_id].open_rows if covers(waiver, row)]
        connection.execute(
            "insert into gate_waiver values ($1, $2, $3, $4, $5, $6, $7)",
            [
                rule_id,
                waiver.get("unit_code"),
                period_code,
                waiver["by"],
                last_day(waiver),
                is_over(waiver, today),
                len(still_open),
            ],
        )


def _sentences(rule: Rule, rows: Iterable[dict]) -> list[str]:
    """The first sentences, each once: the two rows of a pair say the same."""
    sentences: dict[str, None] = {}
    for row in rows:
        sentences[say(rule.sentence, row)] = None
        if len(sentences) == SENTENCES_PER_RULE:
            break
    return list(sentences)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_whole(path: Path, text: str) -> None:
    """All of it or nothing: a verdict cut short must not be read."""
    unfinished = path.with_name(path.name + ".tmp")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, path)
