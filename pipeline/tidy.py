"""Remove what is old and made again by itself; never archive, ledger, decisions or releases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.home import require_home
from pipeline.outcome import Outcome
from pipeline.settings import Settings

# dbt's logs and compiled models, the copies of a candidate that was held: of use while somebody asks about that night.
BUILD_FILES_KEPT = timedelta(days=30)
# What a step left half-written when it was killed; no step runs for a day.
LEFTOVERS_KEPT = timedelta(days=1)


def tidy(settings: Settings) -> Outcome:
    """Remove old build files and old leftovers."""
    require_home(settings)
    old = {path for path in _files(settings.build) if _age(path, settings) > BUILD_FILES_KEPT}
    old |= {path for path in leftovers(settings) if _age(path, settings) > LEFTOVERS_KEPT}
    freed = sum(path.stat().st_size for path in old)
    for path in sorted(old):
        path.unlink()
    for folder in sorted({path.parent for path in old}, reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    names = sorted(path.relative_to(settings.home).as_posix() for path in old)
    return Outcome("tidy", 0, f"removed {len(old)} files, {freed / 1e6:.1f} MB", {"removed": names})


def leftovers(settings: Settings) -> list[Path]:
    """Half-written files outside the archive and the releases, which nothing here may touch."""
    folders = (settings.raw, settings.build, settings.published, settings.outbox)
    found = [path for folder in folders for path in _files(folder)]
    return [path for path in found if any(part.endswith((".unfinished", "_spill")) for part in path.parts)]


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _age(path: Path, settings: Settings) -> timedelta:
    return settings.known_at - datetime.fromtimestamp(path.stat().st_mtime, UTC)
