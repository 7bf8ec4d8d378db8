"""What earlier filings said, so that a later one is checked against it: warnings for a person, never a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ingest.issue import Issue, common_issue
from ingest.reference import code_list, periods, units
from ingest.spec import load_forms
from ingest.store import literal
from ingest.validate import Judgement
from ingest.vietnamese import fold, match_key

_READ = (
    "product_name",
    "producer_name",
    "product_code",
    "status_code",
    "decision_number",
    "decision_date",
)
_MOST_NAMED = 30  # names of vanished products in one sentence; the rest are counted
_ENDED = ("revoked", "expired")


@dataclass(frozen=True, slots=True)
class _Stated:
    """What a filing said of one product."""

    product_name: str
    producer_name: str
    product_code: str | None
    status_code: str | None
    decision_number: str | None
    decision_date: date | None


@dataclass
class Known:
    """The stock of every accepted filing in force, in the order the filings were judged.

    The same filings added in the same order give the same findings, whatever the clock says.
    """

    _filings: dict[tuple[str, str], dict[str, _Stated]] = field(default_factory=dict)  # (unit, period)
    _holders: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # (period, product) -> units
    _codes: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # (period, product code) -> units

    def add(self, unit_code: str, period_code: str, rows: Iterable[dict]) -> None:
        """Take an accepted filing (its ``product`` rows) in place of the unit's earlier one for that period."""
        place = (unit_code, period_code)
        for key, stated in self._filings.pop(place, {}).items():
            self._holders[period_code, key].remove(unit_code)
            if stated.product_code:
                self._codes[period_code, stated.product_code].remove(unit_code)
        stock = {key: _Stated(*(row[name] for name in _READ)) for row in rows if (key := _key(row))}
        self._filings[place] = stock
        for key, stated in stock.items():
            self._holders.setdefault((period_code, key), []).append(unit_code)
            if stated.product_code:
                self._codes.setdefault((period_code, stated.product_code), []).append(unit_code)

    def findings(self, judgement: Judgement) -> list[Issue]:
        """KNOWN-01 … KNOWN-04 about a filing that has not been added yet; nothing where its sender is unknown."""
        unit, period = judgement.identity.unit, judgement.identity.period
        rows = judgement.tables.get("product", [])
        is_empty_stock = any(
            cover.get("nothing_to_report_product") for cover in judgement.tables.get("cover", [])
        )
        if unit is None or period is None or period.kind == "Y" or not (rows or is_empty_stock):
            return []
        earlier = self._last_period(unit.code, period.code)
        before = self._filings.get((unit.code, earlier), {})
        issues, seen = [], set()
        for row in rows:
            if not (key := _key(row)):
                continue
            seen.add(key)
            issues += self._held_by_others(judgement, row, key)
            issues += _gone_back(judgement, row, before.get(key), earlier)
        gone = [stated for key, stated in before.items() if key not in seen]
        # A row whose name cannot be read may be any of them.
        if gone and all(_key(row) for row in rows):
            issues.append(_vanished(judgement, gone, earlier))
        return issues

    def _last_period(self, unit_code: str, period_code: str) -> str:
        """The unit's last period before this one that has a filing; "" without one."""
        cut_off = periods()[period_code].cut_off_on
        earlier = [
            periods()[code]
            for unit, code in self._filings
            if unit == unit_code and periods()[code].kind != "Y" and periods()[code].cut_off_on < cut_off
        ]
        return max(earlier, key=lambda p: p.cut_off_on).code if earlier else ""

    def _held_by_others(self, judgement: Judgement, row: dict, key: str) -> list[Issue]:
        own, period_code = judgement.identity.unit.code, judgement.identity.period.code
        words = {"period_code": period_code, "producer_name": row["producer_name"]}
        others = [unit for unit in self._holders.get((period_code, key), ()) if unit != own]
        if others:
            words["other_unit"] = _unit_name(others[0], period_code)
            return [common_issue("KNOWN-01", words, **_cell(judgement, row, "product_name"))]
        code = row["product_code"]
        others = [unit for unit in self._codes.get((period_code, code), ()) if unit != own]
        if not others:
            return []
        stock = self._filings[others[0], period_code].values()
        words["other_unit"] = _unit_name(others[0], period_code)
        words["other_product"] = next(s.product_name for s in stock if s.product_code == code)
        return [common_issue("KNOWN-02", words, **_cell(judgement, row, "product_code"))]


def read_stocks(raw: Path, submission_ids: Iterable[str]) -> dict[str, list[dict]]:
    """Product rows of stored submissions by submission, in one query; those that are not stored have none."""
    import duckdb

    stocks: dict[str, list[dict]] = {submission_id: [] for submission_id in submission_ids}
    files = str(raw / "product" / "**" / "*.parquet")
    if not stocks or not list((raw / "product").glob("**/*.parquet")):
        return stocks
    with duckdb.connect() as connection:
        columns = ("_submission_id", *_READ)
        found = connection.execute(
            f"select {', '.join(columns)} from read_parquet({literal(files)}, union_by_name = true) "
            "order by _submission_id, _row_number"
        ).fetchall()
    for submission_id, *values in found:
        if submission_id in stocks:
            stocks[submission_id].append(dict(zip(_READ, values, strict=True)))
    return stocks


def _unit_name(unit_code: str, period_code: str) -> str:
    day = periods()[period_code].cut_off_on
    return next((u.name for u in units() if u.code == unit_code and u.is_valid_on(day)), unit_code)


def _key(row: dict) -> str | None:
    """Identity of a product: its name with its producer's; None where one of them cannot be read."""
    names = (row["product_name"], row["producer_name"])
    return None if None in names else "\n".join(match_key(name) for name in names)


def _gone_back(judgement: Judgement, row: dict, before: _Stated | None, earlier: str) -> list[Issue]:
    """A product that ended and is valid again, or was recognised and is proposed, without a new decision."""
    if before is None:
        return []
    now = row["status_code"]
    is_back = (now == "recognised" and before.status_code in _ENDED) or (
        now == "proposed" and before.status_code not in (None, "proposed")
    )
    if not is_back or _is_new_decision(row, before):
        return []
    names = dict(code_list("product_status").entries)
    where = _cell(judgement, row, "status_code") | {
        "value_text": names[now],
        "expected_text": names[before.status_code],
    }
    return [common_issue("KNOWN-04", {"period_code": earlier}, **where)]


def _is_new_decision(row: dict, before: _Stated) -> bool:
    if row["decision_date"] and before.decision_date:
        return row["decision_date"] > before.decision_date
    if row["decision_number"] and before.decision_number:
        return fold(row["decision_number"]) != fold(before.decision_number)
    return bool(row["decision_date"] or row["decision_number"]) and not (
        before.decision_date or before.decision_number
    )


def _vanished(judgement: Judgement, gone: list[_Stated], earlier: str) -> Issue:
    named = [f'"{s.product_name}" của "{s.producer_name}"' for s in gone[:_MOST_NAMED]]
    more = f" và {len(gone) - _MOST_NAMED} sản phẩm khác" if len(gone) > _MOST_NAMED else ""
    words = {"period_code": earlier, "products": "; ".join(named) + more}
    sheet = next((row["_sheet"] for row in judgement.tables["product"]), load_forms()["product"].sheet)
    return common_issue("KNOWN-03", words, sheet=sheet, expected_text=str(len(gone)))


def _cell(judgement: Judgement, row: dict, field_name: str) -> dict:
    stood = next(
        (
            place
            for place in judgement.layout
            if (place["_sheet"], place["field_name"]) == (row["_sheet"], field_name)
        ),
        {},
    )
    return {
        "sheet": row["_sheet"],
        "row_number": row["_row_number"],
        "column_letter": stood.get("column_letter"),
        "column_title": stood.get("header_text"),
        "field_name": field_name,
        "value_text": row[field_name],
    }
