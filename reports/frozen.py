"""Reads a frozen copy: the printed rows, the period, and the names of the bodies valid at its cut-off."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from reports import wording
from reports.definition import Column, Table

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
# The files of a release directory that others write: the copy, what it was made from, its seal.
DATABASE = "ocop.duckdb"
MANIFEST = "manifest.json"
SEAL = "seal.json"
NO_BREAK = "\u00a0"  # a space at which no line ends

# The province is taken from the units that report, never from a setting: 2024H2 is Ninh Thuận (58), 2026H1 is
# Khánh Hòa (56), and a copy frozen before the merger must keep naming the province of its own time.
PROVINCES = """
with recursive climb as (
    select u.unit_code, u.unit_name, u.unit_level_code, u.parent_unit_code
    from rpt_ministry__submission_status as s
    inner join dim_unit as u on s.unit_code = u.unit_code
    where s.period_code = $period and u.valid_from <= $day and (u.valid_to is null or u.valid_to >= $day)
    union
    select u.unit_code, u.unit_name, u.unit_level_code, u.parent_unit_code
    from climb as c
    inner join dim_unit as u on c.parent_unit_code = u.unit_code
    where u.valid_from <= $day and (u.valid_to is null or u.valid_to >= $day)
)
select distinct unit_code, unit_name from climb where unit_level_code = 'province' order by unit_code
"""
# The map that came into force within the period: figures of such a report stand on both.
NEW_MAP = """
select m.valid_from
from {copy}dim_map as m
inner join {copy}dim_period as p on m.valid_from > p.starts_on and m.valid_from <= p.cut_off_on
where p.period_code = $period
"""
# Units that reported a half-year of the report and have ended since, with their province of that time.
FORMER_UNITS = """
select s.unit_name, s.submission_status_code, v.unit_name as province_name
from bridge_period as b
inner join rpt_ministry__submission_status as s on b.source_period_code = s.period_code
inner join dim_period as p on b.source_period_code = p.period_code
inner join dim_unit as u
    on s.unit_code = u.unit_code and p.cut_off_on between u.valid_from and coalesce(u.valid_to, 'infinity'::date)
inner join dim_unit as v
    on u.parent_unit_code = v.unit_code
    and p.cut_off_on between v.valid_from and coalesce(v.valid_to, 'infinity'::date)
where
    b.period_code = $period
    and b.measure_code = 'flow'
    and u.valid_to <= $day
order by s.row_no
"""
AUTHORITY = """
select * from dim_authority
where province_code = $province and valid_from <= $day and (valid_to is null or valid_to >= $day)
"""

ESTIMATES = """
select distinct s.unit_code
from int_ministry__evidence as e
inner join fct_submission as s on e._submission_id = s.submission_id
where e.period_code = $period and e.table_code = 'funding_by_source' and e.column_code = 'approximate_line_count'
"""


class ReportError(RuntimeError):
    """The report cannot be printed from this copy; the message says what is missing and where."""


class Frozen:
    """One period of one frozen copy, read-only."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, directory: Path, period_code: str) -> None:
        self.connection = connection
        self.period_code = period_code
        self._rows: dict[str, list[dict]] = {}
        self.period = self._one("dim_period", "select * from dim_period where period_code = $period")
        self.cut_off: date = self.period["cut_off_on"]
        provinces = self._all(PROVINCES, period=period_code, day=self.cut_off)
        if len(provinces) != 1:
            raise ReportError(
                f"the reporting units of {period_code} belong to {len(provinces)} provinces on "
                f"{self.cut_off} (rpt_ministry__submission_status joined to dim_unit); a report has one"
            )
        self.province = provinces[0]
        authorities = self._all(AUTHORITY, province=self.province["unit_code"], day=self.cut_off)
        if len(authorities) != 1:
            raise ReportError(
                f"dim_authority has {len(authorities)} rows for province {self.province['unit_code']} "
                f"on {self.cut_off}; correct ref_authority.csv"
            )
        self.authority = authorities[0]
        manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
        self.received_until = datetime.fromisoformat(manifest["known_at"]).astimezone(LOCAL).date()
        self.amends: dict | None = manifest.get("amends")  # the released report that this one amends
        new_map = self._all(NEW_MAP.format(copy=""), period=period_code)
        self.new_map_on: date | None = new_map[0]["valid_from"] if new_map else None

    @property
    def occasions(self) -> list[str]:
        """The occasions on which this report prints more tables than others."""
        return [
            name
            for name, is_given in (("two_maps", self.new_map_on), ("amended", self.amends))
            if is_given is not None
        ]

    def rows(self, model: str) -> list[dict]:
        """The rows of a report model in printed order."""
        if model not in self._rows:
            query = f"select * from {model} where period_code = $period order by row_no, row_code"
            self._rows[model] = self._all(query, period=self.period_code)
        return self._rows[model]

    def value(self, reference: str) -> Decimal | int | None:
        """Look up one figure by "table/row_code/column"; the column of the headline may be left out."""
        table, row_code, *column = reference.split("/")
        for row in self.rows(f"rpt_ministry__{table}"):
            if row["row_code"] == row_code:
                return row[column[0] if column else "value"]
        raise ReportError(f"rpt_ministry__{table} has no row {row_code!r} in period {self.period_code}")

    def day(self, name: str) -> date:
        """One of the days a sentence may name."""
        if name == "received_until":
            return self.received_until
        if name == "amended_on" and self.amends:
            return datetime.fromisoformat(self.amends["signed_at"]).astimezone(LOCAL).date()
        if name == "new_map_on" and self.new_map_on:
            return self.new_map_on
        return self._kept("dim_period", self.period, name)

    def units(self, status_code: str) -> list[str]:
        """The names of the units whose submission has this status."""
        return [
            row["unit_name"]
            for row in self.rows("rpt_ministry__submission_status")
            if row["submission_status_code"] == status_code and row["row_code"] != "total"
        ]

    def is_late(self) -> bool:
        """Whether the report itself is made after the province's deadline; an amended one follows one made before."""
        return self.amends is None and self.received_until > self.day("ministry_deadline_on")

    def late_units(self) -> list[str]:
        """Units that were received, but first filed after their deadline."""
        return [
            row["unit_name"]
            for row in self.rows("rpt_ministry__submission_status")
            if row["submission_status_code"] == "received" and row["is_on_time"] is False
        ]

    def incomplete_units(self) -> list[str]:
        """Units that sent one half of a year but not the other: their flow of the year is incomplete."""
        return [
            row["unit_name"]
            for row in self.rows("rpt_ministry__submission_status")
            if self.period["period_kind"] == "Y"
            and row["submission_status_code"] == "received"
            and row["note"]
        ]

    def units_without_funding(self) -> list[str]:
        """Units that were received, but say nothing of their money, not even that there was none."""
        model = "rpt_ministry__submission_status"
        return [
            row["unit_name"]
            for row in self.rows(model)
            if row["submission_status_code"] == "received"
            and self._kept(model, row, "knows_funding") is False
        ]

    def estimating_units(self) -> list[str]:
        """Units with money that they call an estimate."""
        found = {row["unit_code"] for row in self._all(ESTIMATES, period=self.period_code)}
        return [
            row["unit_name"]
            for row in self.rows("rpt_ministry__submission_status")
            if row["unit_code"] in found
        ]

    def units_of_two_amounts(self) -> list[str]:
        """Units that state one amount of money twice, and not alike."""
        rows = self.rows("rpt_ministry__conflict")
        return list(
            dict.fromkeys(row["unit_name"] for row in rows if row["measure_unit"] == wording.MONEY_UNIT)
        )

    def planned_money(self, disbursed: int | None) -> list[str]:
        """What has a plan and this amount disbursed: 0, or None where nobody knows."""
        return [
            f"{row['source_name']} ({row['content_name']})"
            for row in self.rows("rpt_ministry__funding_by_source")
            if not is_total(row["row_code"])
            and row["planned_amount_vnd_million"]
            and row["disbursed_amount_vnd_million"] == disbursed
        ]

    def former_units(self, status_code: str) -> list[str]:
        """The names of units that have ended since, by the status of what they sent in a half-year of the report."""
        return [
            row["unit_name"]
            for row in self._all(FORMER_UNITS, period=self.period_code, day=self.cut_off)
            if row["submission_status_code"] == status_code
        ]

    def former_provinces(self) -> list[str]:
        """The provinces these units belonged to."""
        found = self._all(FORMER_UNITS, period=self.period_code, day=self.cut_off)
        return list(dict.fromkeys(row["province_name"] for row in found))

    def names(self) -> dict[str, dict[str, str] | bool | None]:
        """The words that are not figures: bodies, province, period."""
        body = {key: str(value) for key, value in self.authority.items()}
        # Under "ỦY BAN NHÂN DÂN TỈNH A" a department is printed without its province (NĐ 30/2020 Phụ lục I).
        province = wording.in_sentence(self.province["unit_name"])
        # Kept together when the narrow heading block breaks a line: the second field of a department, the province.
        first, word, second = body["issuing_body_name"].removesuffix(f" {province}").partition(" và ")
        body["issuing_body_short_name"] = f"{first} {(word + second).strip().replace(' ', NO_BREAK)}".strip()
        body["parent_body_name"] = body["parent_body_name"].replace(province, province.replace(" ", NO_BREAK))
        return {
            "authority": body,
            "province": {"name": province},
            "period": {
                "code": self.period_code,
                "name": wording.period_name(self.period["period_kind"], self.period["period_year"]),
                "basis": self.period["basis"],
                "ministry_deadline_basis": self._kept("dim_period", self.period, "ministry_deadline_basis"),
                "cut_off_month": wording.month(self.cut_off),
                "cut_off_year": str(self.cut_off.year),
            },
            "has_two_maps": self.new_map_on is not None,
            "amendment": self.amends and _amendment(self.amends["release"], self.received_until.year),
        }

    def _kept(self, model: str, row: dict, column: str) -> object:
        """A value of a row; what an earlier version did not keep is not told, not even as nothing."""
        if column not in row:
            raise ReportError(
                f"{model} of the frozen copy has no {column}; freeze it again: ocop freeze {self.period_code}"
            )
        return row[column]

    def _one(self, what: str, query: str) -> dict:
        found = self._all(query, period=self.period_code)
        if not found:
            raise ReportError(f"period {self.period_code} is not in {what}")
        return found[0]

    def _all(self, query: str, **parameters: object) -> list[dict]:
        return rows_of(self.connection, query, **parameters)


def rows_of(connection: duckdb.DuckDBPyConnection, query: str, **parameters: object) -> list[dict]:
    """The rows of a query by the names of their columns."""
    cursor = connection.execute(query, parameters)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _amendment(released: str, year: int) -> dict[str, str]:
    """The words for the report that is amended, and the number of this amendment."""
    number = int(released.partition("/dieu-chinh-")[2] or 0)
    of = f"Báo cáo điều chỉnh lần {number}" if number else "Báo cáo"
    return {"of": of, "number": str(number + 1), "previous": str(number or ""), "year": str(year)}


def is_total(row_code: str) -> bool:
    """Whether a row adds up others of its table: the total, or a sub-total of some of them."""
    return row_code == "total" or row_code.endswith("-total")


def is_blank(column: Column, row: dict) -> bool:
    """Whether an unknown value is left blank: free remarks, and the words a total row has no use for."""
    return column.is_blank_when_unknown or (column.kind == "text" and is_total(row["row_code"]))


def prints_unknown(table: Table, rows: list[dict]) -> bool:
    """Whether the printed table shows a dash."""
    return any(row[c.name] is None and not is_blank(c, row) for row in rows for c in table.columns)


@contextmanager
def open_frozen(directory: Path, period_code: str) -> Iterator[Frozen]:
    """Open the frozen copy of a release directory for reading."""
    database = directory / DATABASE
    if not database.is_file():
        raise ReportError(
            f"there is no frozen copy {database.name} in {directory.name}; run: ocop freeze {period_code}"
        )
    with duckdb.connect(str(database), read_only=True) as connection:
        try:
            yield Frozen(connection, directory, period_code)
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise ReportError(
                f"the frozen copy lacks a table or a column of the report: {str(error).splitlines()[0]}; "
                f"freeze it again: ocop freeze {period_code}"
            ) from error
