"""Templates that save work: the workbook of a unit with what the published warehouse knows of it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ingest.reference import Period, Unit, units_of_province
from pipeline.home import rows_of
from pipeline.settings import Settings
from pipeline.warehouse import DATABASE

# The unit's last stock before the cut-off, with what has expired since.
_STOCK = """
select
    product_name, producer_name, commune_code, producer_type_code, product_group_code, star, star_proposed,
    decision_number, recognised_on as decision_date, issuing_authority,
    if(status_code = 'recognised' and expires_on <= $cut_off_on, 'expired', status_code) as status_code,
    mart_product.note, period_code, unit_name
from mart_product
where {owned} and cut_off_on < $cut_off_on
qualify cut_off_on = max(cut_off_on) over (partition by unit_code)
order by unit_code, _row_number
"""
_OWN = "unit_code = $unit_code"
# A commune of the reform inherits what lay in the communes it was made of; of a divided one the list says the default heir.
_INHERITED = """exists (
    from bridge_unit_succession as s
    where s.new_unit_code = $unit_code and s.relation_code in ('full', 'split_default')
        and s.old_unit_code = mart_product.commune_code and mart_product.cut_off_on < s.succeeded_on
        and s.succeeded_on <= $cut_off_on
)"""
# Plans run for years; of a unit the last one filed stands whole, so what is still open must be in the next one too.
_TARGETS = """
select
    indicator_code, subject_unit_code, target_from_year, target_to_year, target_min, target_max,
    mart_target.measure_unit, star, product_group_code, product_name, producer_name, is_total, plan_document, note
from mart_target
inner join dim_period using (period_code)
where unit_code = $unit_code and period_code <> $period_code and dim_period.starts_on <= $cut_off_on
qualify (dim_period.cut_off_on, period_code) = max((dim_period.cut_off_on, period_code)) over ()
order by _row_number
"""


@dataclass
class Prefill:
    """Rows by form, the producers of the unit, and where the rows come from."""

    rows: dict[str, list[dict]] = field(default_factory=dict)
    producers: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)


def write_prefilled_template(settings: Settings, unit_code: str, period_code: str, out: Path) -> Path:
    """Write the workbook of one unit; LookupError when unit and period do not fit."""
    from ingest.template import resolve

    unit, period = resolve(unit_code, period_code, settings.province_code)
    with _published(settings) as connection:
        _write(connection, settings, unit, period, out)
    return out


def write_all_templates(settings: Settings, period_code: str, out: Path) -> int:
    """Write ``out/<unit>/ocop-<unit>-<period>.xlsx`` for every unit that reports for the period; returns how many."""
    from rich.console import Console
    from rich.progress import track

    from ingest.reference import periods

    period = periods()[period_code]
    alive = units_of_province(settings.province_code, period.cut_off_on)
    # Districts report while they live, communes since; the province files plans of its own accord.
    reporting = [
        u
        for u in alive.values()
        if u.level == "district" or (u.level == "commune" and alive[u.parent_code].level == "province")
    ]
    console = Console(stderr=True)
    with _published(settings) as connection:
        for unit in track(reporting, "template", console=console, disable=not sys.stderr.isatty()):
            _write(
                connection, settings, unit, period, out / unit.code / f"ocop-{unit.code}-{period.code}.xlsx"
            )
    return len(reporting)


@contextmanager
def _published(settings: Settings):
    """The published warehouse, or None before the first night."""
    import duckdb

    if not (settings.published / DATABASE).exists():
        yield None
        return
    with duckdb.connect(str(settings.published / DATABASE), read_only=True) as connection:
        yield connection


def _write(connection, settings: Settings, unit: Unit, period: Period, out: Path) -> None:
    from ingest.template import write_template

    known = Prefill() if connection is None else prefill(connection, unit, period, settings.province_code)
    write_template(
        out, unit, period, settings.province_code, known.rows, producers=known.producers, notes=known.notes
    )


def prefill(connection, unit: Unit, period: Period, province_code: str) -> Prefill:
    """What the warehouse knows of a unit before the period's cut-off: last stock, its producers, targets still open."""
    known = Prefill()
    words = {"unit_code": unit.code, "cut_off_on": period.cut_off_on}
    alive = units_of_province(province_code, period.cut_off_on)
    if period.kind != "Y":
        stock = rows_of(connection, _STOCK.format(owned=_OWN), **words)
        inherited = [] if stock else rows_of(connection, _STOCK.format(owned=_INHERITED), **words)
        for row in inherited:
            row["commune_code"] = unit.code
        if stock or inherited:
            known.rows["product"] = stock or inherited
            known.notes["product"] = _stock_note(stock, inherited)
        known.producers = sorted({row["producer_name"] for row in stock or inherited})
    targets = [
        row
        for row in rows_of(connection, _TARGETS, **words, period_code=period.code)
        if row["target_to_year"] >= period.year and row["subject_unit_code"] in alive
    ]
    if targets:
        known.rows["target"] = targets
        known.notes["target"] = (
            "Các chỉ tiêu còn hiệu lực của bản gửi trước đã được ghi sẵn; xin kiểm tra, sửa hoặc xóa chỉ tiêu không còn."
        )
    return known


def _stock_note(stock: list[dict], inherited: list[dict]) -> str:
    rows = stock or inherited
    sources = ", ".join(dict.fromkeys(f"{row['unit_name']} kỳ {row['period_code']}" for row in rows))
    if stock:
        return f"{len(rows)} dòng ghi sẵn theo báo cáo của {sources}; xin kiểm tra và bổ sung."
    return (
        f"{len(rows)} dòng ghi sẵn theo báo cáo của {sources} (địa bàn các xã, phường, thị trấn cũ nay thuộc đơn vị); "
        "xin kiểm tra và bổ sung."
    )
