"""`ocop expiring`: certificates that end soon, by the unit that answers for them on that day."""

from __future__ import annotations

import json
import os
import sys
from datetime import date, timedelta

from pipeline.home import published_database, rows_of
from pipeline.settings import Settings

# The unit is the one that reported the product last or, once that has ended, what its commune became. A certificate that a
# newer decision, a revocation or a stop ends is not one to be re-rated.
_QUERY = """
with
    told as (
        select s.product_key, s.producer_key, s.unit_code, s.commune_code, p.cut_off_on
        from fct_product_status as s
        inner join dim_period as p on s.period_code = p.period_code
        where s.is_cumulative and p.cut_off_on <= $day
        qualify row_number() over (partition by s.product_key order by p.cut_off_on desc, s.is_valid desc, s._row_number) = 1
    ),

    answering as (
        select
            told.product_key,
            coalesce(reporter.unit_code, heir.heir_code, told.unit_code) as unit_code
        from told
        left join
            dim_unit as reporter
            on told.unit_code = reporter.unit_code
            and told.cut_off_on between reporter.valid_from and coalesce(reporter.valid_to, told.cut_off_on)
            and (reporter.valid_to is null or reporter.valid_to >= $day)
        left join
            dim_unit as commune
            on told.commune_code = commune.unit_code
            and told.cut_off_on between commune.valid_from and coalesce(commune.valid_to, told.cut_off_on)
        left join
            int_unit_heir as heir
            on commune.unit_key = heir.unit_key
            and heir.is_default
            and $day between heir.heir_valid_from and coalesce(heir.heir_valid_to, $day)
    )

select
    answering.unit_code,
    coalesce(unit.unit_name, answering.unit_code) as unit_name,
    product.product_name,
    product.producer_name,
    certificate.star,
    certificate.decision_number,
    certificate.valid_from as recognised_on,
    certificate.valid_to as expires_on,
    (certificate.valid_to - $day)::integer as days_left,
    certificate.re_rating_from,
    certificate.re_rating_to,
    certificate.end_code = 'extended' as is_extended
from fct_certificate_interval as certificate
inner join dim_product as product on certificate.product_key = product.product_key
left join answering on certificate.product_key = answering.product_key
left join
    dim_unit as unit
    on answering.unit_code = unit.unit_code
    and $day between unit.valid_from and coalesce(unit.valid_to, $day)
where
    certificate.end_code in ('expired', 'extended')
    and certificate.valid_from <= $day
    and certificate.valid_to > $day
    and certificate.valid_to <= $last_day
order by answering.unit_code, expires_on, product.product_name, product.producer_name, certificate.product_key
"""

_UNDATED = """
select count(*)
from (
    select product_key, is_valid and expires_on is null as is_undated
    from fct_product_status inner join dim_period using (period_code)
    where cut_off_on <= $day
    qualify row_number() over (partition by product_key order by cut_off_on desc, is_valid desc, _row_number) = 1
)
where is_undated
"""


def expiring_certificates(settings: Settings, day: date, within_days: int) -> dict:
    """What ends after ``day`` and at most so many days later, in the published warehouse.

    ``certificates`` have unit, product, producer, star, expires_on (the first day out of force), days_left and the first and
    last day of the re-rating window (QĐ 26/2026/QĐ-TTg; None where no window is ruled). ``undated_count`` products are
    reported valid without a known end. Raises StepError while nothing is published.
    """
    import duckdb

    with duckdb.connect(str(published_database(settings)), read_only=True) as connection:
        found = rows_of(connection, _QUERY, day=day, last_day=day + timedelta(days=within_days))
        (undated,) = connection.execute(_UNDATED, {"day": day}).fetchone()
    return {"as_of": day, "within_days": within_days, "certificates": found, "undated_count": undated}


def show_expiring(found: dict, as_json: bool) -> None:
    """Print the list; how many products have no known end goes to stderr."""
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2, default=str))
        return
    from rich.console import Console
    from rich.table import Table

    title = f"Hết hạn trong {found['within_days']} ngày kể từ {_day(found['as_of'])}"
    table = Table(title=title)
    for name in (
        "Mã",
        "Đơn vị",
        "Sản phẩm",
        "Chủ thể",
        "Sao",
        "Hết hạn",
        "Còn (ngày)",
        "Nộp hồ sơ đánh giá lại",
    ):
        table.add_column(name)
    for certificate in found["certificates"]:
        window = ""
        if certificate["re_rating_from"]:
            window = f"{_day(certificate['re_rating_from'])} – {_day(certificate['re_rating_to'])}"
        table.add_row(
            certificate["unit_code"],
            certificate["unit_name"],
            certificate["product_name"],
            certificate["producer_name"],
            str(certificate["star"] or "chưa rõ"),
            _day(certificate["expires_on"]) + (" (gia hạn)" if certificate["is_extended"] else ""),
            str(certificate["days_left"]),
            window,
        )
    Console(width=None if os.isatty(1) else 200).print(table)
    if found["undated_count"]:
        print(
            f"Có {found['undated_count']} sản phẩm được báo còn hiệu lực nhưng chưa rõ ngày hết hạn, không có trong bảng.",
            file=sys.stderr,
        )


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")
