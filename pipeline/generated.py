"""Every generated file of the project: those of the forms and marts, the rule catalogue of the gate, periods and deadlines."""

from __future__ import annotations

from pathlib import Path

from pipeline.settings import PROJECT


def generated_files() -> dict[Path, str]:
    """Path and content of every generated file."""
    from expectations.catalogue import gate_catalogue
    from ingest import generate
    from pipeline.calendar import calendar_files

    catalogue = {PROJECT / "docs/huong-dan/quy-tac-cong-bo.md": gate_catalogue()}
    return generate.generated_files() | catalogue | calendar_files()


def write_generated() -> list[Path]:
    """Write the files that are not fresh; returns them."""
    files = generated_files()
    not_fresh = stale(files)
    for path in not_fresh:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path], encoding="utf-8")
    return not_fresh


def stale_files() -> list[Path]:
    """Generated files whose content is not what their sources say now."""
    return stale(generated_files())


def stale(files: dict[Path, str]) -> list[Path]:
    """Those of the files that do not hold the content they should."""
    return [
        path
        for path, content in files.items()
        if not path.exists() or path.read_text(encoding="utf-8") != content
    ]
