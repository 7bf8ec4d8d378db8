"""Every generated file of the project: those of the forms and marts, and the rule catalogue of the gate."""

from __future__ import annotations

from pathlib import Path

from pipeline.settings import PROJECT


def generated_files() -> dict[Path, str]:
    """Path and content of every generated file."""
    from expectations.catalogue import gate_catalogue
    from ingest import generate

    return generate.generated_files() | {PROJECT / "docs/huong-dan/quy-tac-cong-bo.md": gate_catalogue()}


def write_generated() -> list[Path]:
    """Write the files that are not fresh; returns them."""
    files = generated_files()
    stale = _stale(files)
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path], encoding="utf-8")
    return stale


def stale_files() -> list[Path]:
    """Generated files whose content is not what their sources say now."""
    return _stale(generated_files())


def _stale(files: dict[Path, str]) -> list[Path]:
    return [
        path
        for path, content in files.items()
        if not path.exists() or path.read_text(encoding="utf-8") != content
    ]
