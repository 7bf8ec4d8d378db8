"""Prints a released report again from the archive alone, and compares it with what was sealed.

Nothing of the release is used but its clocks: the originals are read again, the warehouse is built as it was known then, frozen
and printed. Only an amended report is also compared with the release it amends, which is sealed itself.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pipeline.load import restore_raw
from pipeline.outcome import StepError
from pipeline.settings import Settings
from pipeline.warehouse import build_warehouse, built_with


@dataclass(frozen=True)
class PrintedAgain:
    """The files of one release printed again, their checksums, and what in them is not as it was sealed."""

    release: str
    paths: list[Path]
    sha256: dict[str, str]
    differing: list[str]
    released_with: str  # git commit
    has_other_figures: bool


def print_release_again(settings: Settings, period: str, into: Path) -> PrintedAgain:
    """Print the report of a period that stood released at the settings' moment into a folder."""
    from reports import render
    from reports.freeze import directories, freeze
    from reports.frozen import MANIFEST, SEAL

    directory = _released_at(settings, period)
    release = directory.relative_to(settings.releases)
    manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="ocop-again-") as scratch:
        then = Settings(
            Path(scratch),
            date.fromisoformat(manifest["as_of"]),
            datetime.fromisoformat(manifest["known_at"]),
            manifest.get("province_code", settings.province_code),  # the first version did not keep it
        )
        then.archive.symlink_to(settings.archive)
        then.decisions.parent.symlink_to(settings.decisions.parent)
        restore_raw(then)
        candidate = build_warehouse(then)
        for earlier in directories(settings.releases, period):
            if earlier == directory:
                break
            copy = then.releases / earlier.relative_to(settings.releases)
            shutil.copytree(earlier, copy, ignore=shutil.ignore_patterns("dieu-chinh-*"))
        frozen = freeze(then.build, then.releases, period, built_with(candidate))
        into.mkdir(parents=True, exist_ok=True)
        paths = render.print_again(frozen.directory, period, into)
    sealed = json.loads((directory / SEAL).read_text(encoding="utf-8"))["files"]
    sha256 = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    return PrintedAgain(
        release.as_posix(),
        paths,
        sha256,
        [name for name, found in sha256.items() if found != sealed[name]],
        manifest["git_commit"],
        frozen.fingerprint != manifest["fingerprint"],
    )


def _released_at(settings: Settings, period: str) -> Path:
    """The newest sealed directory of a period that was signed by the settings' moment."""
    from reports.freeze import directories
    from reports.seal import sealed_releases

    signed = {
        settings.releases / name: datetime.fromisoformat(seal["signed_at"])
        for name, seal in sealed_releases(settings.releases).items()
    }
    released = [d for d in directories(settings.releases, period) if d in signed]
    standing = [d for d in released if signed[d] <= settings.known_at]
    if not released:
        raise StepError(
            f"Period {period} has no released report to print again; run: ocop release {period} --by NAME"
        )
    if not standing:
        raise StepError(
            f"No report of {period} was released by {settings.known_at.isoformat()}; the first was at "
            f"{signed[released[0]].isoformat()}. Give a later --known-at."
        )
    return standing[-1]
