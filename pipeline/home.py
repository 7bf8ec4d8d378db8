"""What a command may rely on: that the folder it was given is a data home, and that something is published in it."""

from __future__ import annotations

from pathlib import Path

from pipeline.outcome import StepError
from pipeline.settings import Settings
from pipeline.warehouse import DATABASE


def require_home(settings: Settings) -> None:
    """StepError on a folder that never was a data home or has lost its archive: "all is well" would be said of nothing.

    One that waits for its first files has a landing folder and nothing else of a home.
    """
    made = (settings.raw, settings.published, settings.releases, settings.decisions.parent)
    is_new = (settings.home / "landing").is_dir() and not any(folder.exists() for folder in made)
    if not settings.archive.is_dir() and not is_new:
        raise StepError(
            f"{settings.home} is no data home: it has no archive/. Name the right one with --home or OCOP_HOME; if this is it, "
            "restore the last backup. A new home begins with: ocop nightly"
        )


def published_database(settings: Settings) -> Path:
    """The published warehouse; StepError while there is none."""
    database = settings.published / DATABASE
    if not database.exists():
        require_home(settings)
        raise StepError(f"Nothing is published yet in {settings.home}; run: ocop nightly")
    return database
