"""`ocop review`: spellings that may name one producer or product, for a person to decide."""

from __future__ import annotations

import json
import os
import shlex

from pipeline.home import published_database, rows_of
from pipeline.settings import Settings

_QUERY = """
select
    entity_code,
    name,
    same_as,
    producer_name,
    reason_code,
    score,
    name_places,
    same_as_places,
    name_periods,
    same_as_periods,
    name_producer_types,
    same_as_producer_types
from mart_identity_proposal
where state_code = 'open'
order by
    entity_code,
    list_position(['same_letters', 'same_proper_name', 'alike', 'shared_words'], reason_code),
    score desc,
    producer_name,
    name,
    same_as
"""
_ENTITY = {"producer": "Chủ thể", "product": "Sản phẩm"}
_REASON = {
    "same_letters": "chỉ khác dấu",
    "same_proper_name": "cùng tên riêng",
    "alike": "gần giống",
    "shared_words": "chung từ",
}


def open_proposals(settings: Settings) -> list[dict]:
    """Pairs nobody has decided, the strongest reason first, as published; with the commands for yes and no.

    Raises StepError while nothing is published.
    """
    import duckdb

    with duckdb.connect(str(published_database(settings)), read_only=True) as connection:
        found = rows_of(connection, _QUERY)
    for pair in found:
        names = [pair["name"], pair["same_as"]]
        producer = ["--producer", pair["producer_name"]] if pair["producer_name"] else []
        for key, decision in (("if_one", "alias"), ("if_two", "apart")):
            # A name may begin with a hyphen: what follows "--" is no option.
            pair[key] = shlex.join(
                ["ocop", "decide", decision, *producer, "--by", "HỌ TÊN", "--why", "LÝ DO", "--", *names]
            )
    return found


def show_proposals(found: list[dict], as_json: bool) -> None:
    """Print the pairs as a table, and below it what to type for each."""
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2, default=str))
        return
    if not found:
        print("Không có tên nào cần xem xét.")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Tên có thể là một")
    for title in ("#", "Loại", "Cách viết", "Nơi, kỳ", "Cách viết được giữ", "Nơi, kỳ", "Lý do", "Điểm"):
        table.add_column(title)
    for number, pair in enumerate(found, 1):
        table.add_row(
            str(number),
            _ENTITY[pair["entity_code"]],
            pair["name"],
            f"{pair['name_places']} ({pair['name_periods']})",
            pair["same_as"],
            f"{pair['same_as_places']} ({pair['same_as_periods']})",
            _REASON[pair["reason_code"]],
            f"{pair['score']:.2f}".replace(".", ","),
        )
    Console(width=None if os.isatty(1) else 200).print(table)
    for number, pair in enumerate(found, 1):
        print(f"{number}. là một: {pair['if_one']}")
        print(f"   là hai: {pair['if_two']}")
