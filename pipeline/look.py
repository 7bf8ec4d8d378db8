"""What the looking commands show: check, status, trace, sql. Nothing here changes the home."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from pipeline.home import published_database
from pipeline.outcome import UsageError
from pipeline.settings import Settings
from pipeline.warehouse import DATABASE

EXIT_UNREADABLE = 2
_WORST = {"accepted": 0, "refused": 1, "unreadable": EXIT_UNREADABLE}
_VERDICT = {
    "accepted": "Được tiếp nhận",
    "refused": "Chưa được tiếp nhận",
    "unreadable": "Không đọc được tệp",
}


def check_files(files: list[Path], province_code: str, as_json: bool) -> int:
    """Judge files and print every finding; returns the worst verdict's exit code."""
    from ingest.readers import readers
    from ingest.receipt import receipt_json
    from ingest.sender import hint_of
    from pipeline.load import judge_in_order

    worst = 0
    documents = []
    there = [path for path in files if path.is_file()]
    to_judge = (
        (path, (path, hint_of(str(path.resolve().parent), path.name, province_code))) for path in there
    )
    for path in files:
        if path not in there:
            print(f"ocop: there is no file {path}; check the path.", file=sys.stderr)
            worst = EXIT_UNREADABLE
    with readers(most=len(there)) as pool:
        for path, judgement in judge_in_order(pool, to_judge, province_code):
            if isinstance(judgement, Exception):
                raise judgement
            worst = max(worst, _WORST[judgement.verdict])
            if as_json:
                documents.append(json.loads(receipt_json(path.name, None, judgement)))
                continue
            counts = f"{judgement.error_count} lỗi, {judgement.warning_count} lưu ý"
            print(f"{path.name}: {_VERDICT[judgement.verdict]} ({counts})")
            for issue in sorted(judgement.issues, key=lambda i: i.severity != "error"):
                mark = "LỖI  " if issue.severity == "error" else "lưu ý"
                print(f"  {mark} {issue.rule_id} · {issue.place}: {issue.message} {issue.action}")
    if as_json:
        print(json.dumps(documents, ensure_ascii=False, indent=2))
    return worst


def show_status(found: dict, as_json: bool) -> None:
    """Print the submission status of a period."""
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2, default=str))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"Kỳ {found['period']}")
    for title in ("Mã", "Đơn vị", "Tình trạng", "Ngày nhận", "Thời hạn", "Lần gửi", "Lưu ý", "Mã tiếp nhận"):
        table.add_column(title)
    for unit in found["units"]:
        on_time = {True: "đúng hạn", False: "quá hạn", None: ""}[unit["is_on_time"]]
        received = unit["received_on"].strftime("%d/%m/%Y") if unit["received_on"] else ""
        cells = (
            unit["unit_code"],
            unit["unit_name"],
            unit["submission_status_name"],
            received,
            on_time,
            str(unit["revision_no"] or ""),
            "" if unit["warning_count"] is None else str(unit["warning_count"]),
            unit["submission_id"] or "",
        )
        table.add_row(*cells)
    console = Console(width=None if os.isatty(1) else 160)
    console.print(table)
    console.print(
        f"Phải gửi {found['expected_count']}; đã nhận {found['received_count']} ({_share(found['received_pct'])}); "
        f"đúng hạn {found['on_time_count']} ({_share(found['on_time_pct'])}). "
        f"Hạn gửi của đơn vị {found['deadline_on']:%d/%m/%Y}, của tỉnh {found['ministry_deadline_on']:%d/%m/%Y}.",
        highlight=False,
    )


def _share(pct: float) -> str:
    from ingest.vietnamese import format_value

    return f"{format_value(pct)} %"


def show_trace(settings: Settings, figure: str, period: str | None, as_json: bool) -> None:
    """Print the cells behind a printed figure: of the release of a period at --known-at, or of what is published."""
    from reports.freeze import FreezeError, directory_at
    from reports.trace import TraceError, trace

    parts = figure.split("/")
    if len(parts) != 3:
        raise UsageError(f"{figure} is not TABLE/ROW/COLUMN; for example star_by_unit/587/star_3_count.")
    database = published_database(settings)
    if period:
        # Without a release of that period, what is published shows the figure as it would be printed.
        with suppress(FreezeError):
            database = directory_at(settings.releases, period, settings.known_at) / DATABASE
    try:
        found = trace(database, *parts, period)
    except TraceError as error:
        raise LookupError(str(error)) from error
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2, default=str))
        return
    print(f"{found['figure']} ({found['period']}) = {found['value']}")
    if "about" in found:
        print(f"  là số liệu {found['about']}")
    for cell in found["cells"]:
        added = cell["value_contribution"]
        beside = f", xét cùng ô {', '.join(cell['other_cells'])}" if cell["other_cells"] else ""
        print(
            f"  {cell['file_name']} · {_place(cell)}{'' if added is None else f' → {added}'}   "
            f"{cell['sender']}, {cell['received_at']}, lần {cell['revision_no']} [{cell['submission_id']}]{beside}"
        )
    print(f'  ocop sql "{found["sql"]}"')
    if found["note"]:
        print(f"  {found['note']}")


def _place(cell: dict) -> str:
    """Where in the workbook: a cell with its title, or a whole sheet whose lines were added up or are missing."""
    if cell["cell"]:
        return f"{cell['sheet']}!{cell['cell']} ({cell['header_text']})"
    return (
        f"{cell['sheet']}, dòng {cell['row_number']}" if cell["row_number"] else f"cả trang {cell['sheet']}"
    )


def show_sql(settings: Settings, query: str, as_json: bool) -> None:
    """Run one query on the published warehouse, read-only and without access to other files."""
    import duckdb

    if not query.strip():
        raise UsageError('The query is empty; write for example: ocop sql "select * from mart_submission".')
    with duckdb.connect(
        str(published_database(settings)), read_only=True, config={"enable_external_access": "false"}
    ) as connection:
        try:
            relation = connection.sql(query)
        except duckdb.Error as error:
            raise LookupError(f"The query failed: {error}") from error
        if relation is None:
            return
        if as_json:
            rows = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
            print(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
        else:
            relation.show(max_rows=10_000, max_width=100_000, max_col_width=200)
