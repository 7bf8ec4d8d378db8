"""Bring files from a remote landing place (S3-compatible store, SFTP server, whatever fsspec knows) into the landing folder."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from ingest.land import Landed, is_litter, storable_name
from ingest.read import MAX_FILE_BYTES

# How file transfer programs name what they have not finished.
_UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".crdownload")
_VERSION_KEYS = ("size", "ETag", "LastModified", "mtime")


class LandingPlaceError(Exception):
    """The place cannot be reached or read; the message says which and what to do."""


def collect(place: str, landing: Path) -> list[Landed]:
    """Move every file below the place (an fsspec URL) into ``landing``, keeping its folders; returns what was left there.

    A file is deleted at the place only when its copy is safe on disk and it has not changed meanwhile; a crash in
    between brings it once more, and landing knows it by its content. Credentials come from fsspec's own configuration
    (FSSPEC_S3_KEY …, or JSON files in FSSPEC_CONFIG_DIR). Raises LandingPlaceError when the place does not answer.
    """
    from fsspec.core import url_to_fs

    try:
        system, root = url_to_fs(place)
        system.invalidate_cache()
        found = sorted(system.find(root, detail=True).items())
    # Each store has its own errors for a wrong host, a wrong key and a missing bucket.
    except Exception as error:
        raise LandingPlaceError(
            f"The landing place {place} cannot be read ({type(error).__name__}: {error})."
        ) from error
    left = []
    for remote, information in found:
        relative = PurePosixPath(remote).relative_to(PurePosixPath(root))
        if information["type"] != "file" or is_litter(relative.name):
            continue
        try:
            problem = _bring(system, remote, information, _local_path(landing, relative))
        except Exception as error:  # one file that cannot be brought stops no other
            problem = f"{type(error).__name__}: {error}"
        if problem:
            left.append(Landed(storable_name(relative.name), problem=problem))
    return left


def _local_path(landing: Path, relative: PurePosixPath) -> Path:
    """Below the landing folder whatever the store calls it: a key may be "../x"."""
    return landing.joinpath(*(storable_name(part) for part in relative.parts if part not in ("..", ".")))


def _bring(system, remote: str, information: dict, local: Path) -> str | None:
    """Copy one file and delete it at the place; the reason when it stays there."""
    if remote.lower().endswith(_UNFINISHED):
        return "still being uploaded; it is taken the next time"
    if information["size"] > MAX_FILE_BYTES:
        return "too large for a reporting workbook; it stays where it is"
    local.parent.mkdir(parents=True, exist_ok=True)
    # A leading dot keeps a half copy out of the landing; a second file of that name gets a name of its own.
    unfinished = local.with_name(f".{local.name}.unfinished")
    system.get_file(remote, str(unfinished))
    with unfinished.open("rb") as copy:
        os.fsync(copy.fileno())
    system.invalidate_cache()
    if _version(system.info(remote)) != _version(information):
        unfinished.unlink()
        return "changed while it was read; it is taken the next time"
    os.replace(unfinished, _free(local))
    system.rm_file(remote)
    return None


def _version(information: dict) -> list[object]:
    return [information.get(key) for key in _VERSION_KEYS]


def _free(local: Path) -> Path:
    number = 2
    target = local
    while target.exists():
        target = local.with_name(f"{local.stem} ({number}){local.suffix}")
        number += 1
    return target
