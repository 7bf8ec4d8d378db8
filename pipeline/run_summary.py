"""A night in one row and one page: what each step said, and how the night ended."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

from ingest import journal
from pipeline.outcome import BROKEN, HELD
from pipeline.settings import TIME_ZONE, Settings

# What the reader of the page is told, by how the night ended.
OUTCOMES = {
    "published": "Đã công bố số liệu mới",
    "held": "Chưa công bố: số liệu bị giữ lại ở bước kiểm tra; người dùng vẫn đọc bản tốt gần nhất",
    "broken": "Chưa công bố: một bước bị lỗi; người dùng vẫn đọc bản tốt gần nhất",
}
RESULTS = {0: "đạt", HELD: "bị giữ lại", BROKEN: "lỗi", None: "chưa chạy xong"}
PAGE = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>Đêm {{ night }}</title>
<style>body{font-family:sans-serif;margin:2em;max-width:60em}td,th{padding:.3em .8em;text-align:left;vertical-align:top}
.published{color:#06622b}.held,.broken{color:#a11}</style></head>
<body><h1>Cập nhật số liệu OCOP, {{ night }}</h1>
<p class="{{ outcome }}"><strong>{{ outcomes[outcome] }}.</strong></p>
<table><tr><th>Bước</th><th>Kết quả</th><th>Nội dung</th></tr>
{% for step in steps %}<tr><td>{{ step.verb }}</td><td>{{ results[step.exit_code] }}</td>
<td>{{ step.summary or "" }}</td></tr>
{% endfor %}</table>
<p>Xử lý sự cố: sổ tay vận hành (docs/runbook.md), mục cùng tên với bước không đạt.</p></body></html>
"""


def summarise(settings: Settings, steps: list[dict]) -> Path:
    """Append the row of a night to ``runs/nightly.jsonl`` and write its page.

    ``steps`` are the five in order: ``verb``, ``exit_code`` (None where it did not come to an end), ``summary``.
    """
    worst = max((step["exit_code"] for step in steps if step["exit_code"] is not None), default=BROKEN)
    is_whole = all(step["exit_code"] == 0 for step in steps)
    outcome = "published" if is_whole else "held" if worst == HELD else "broken"
    row = {"known_at": settings.known_at.isoformat(), "outcome": outcome, "steps": steps}
    journal.append(settings.runs / "nightly.jsonl", row)
    return _write_page(settings, row)


def _write_page(settings: Settings, row: dict) -> Path:
    from jinja2 import Environment

    local = settings.known_at.astimezone(ZoneInfo(TIME_ZONE))
    page = Environment(autoescape=True).from_string(PAGE)
    path = settings.runs / f"nightly-{local:%Y-%m-%d-%H%M%S}.html"
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(
        page.render(night=f"{local:%d/%m/%Y %H:%M}", outcomes=OUTCOMES, results=RESULTS, **row), "utf-8"
    )
    os.replace(unfinished, path)
    return path
