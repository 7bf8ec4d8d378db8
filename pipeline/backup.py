"""Backup and restore of what a data home cannot make again: one file, read back before anybody relies on it.

A load may run meanwhile: what points at something is read before the thing it points at (a decision names a release or
a submission, a release rests on the ledger, the ledger names originals), and each only grows. So whatever a copied line
names is copied too; what came later is left to the next backup.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ingest import journal
from ingest.land import ledger_path, original_path
from pipeline.encryption import DamagedError, Decrypting, Encrypting, WrongKeyError
from pipeline.home import require_home
from pipeline.integrity import verify_home, verify_logs, verify_original
from pipeline.metadata_database import copy_metadata
from pipeline.outcome import Outcome, StepError
from pipeline.settings import Settings, metadata_url

# The durable part of a home, in the order of reading; everything else is built again from it.
DURABLE = ("decisions", "contacts", "post", "runs", "releases", "archive")
METADATA = "airflow"  # its database is copied, not the folder: logs and keys of one installation are of no use to another
_PRIVATE = ("contacts", "post")
_MANIFEST = "manifest.json"
_NAME = re.compile(r"ocop-(\d{6})\d{2}T\d{6}Z\.tar\.gz(\.enc)?")
_ENCRYPTED = ".enc"
_UNFINISHED = ".restore.unfinished"
_CHUNK = 1 << 20
# Pruning: the last week of nights, then the newest of each month.
KEPT_BACKUPS = 7
KEPT_MONTHS = 12


class _UnfitError(Exception):
    """The backup cannot be relied on; the message says why."""


def backup(settings: Settings, to: Path | None = None) -> Outcome:
    """Write, read back and keep one backup of the durable part of the home, and remove those that are too old."""
    require_home(settings)
    if faults := verify_logs(settings):
        raise StepError(" ".join(faults) + " No backup was made of it; restore from the last good one.")
    folder, key = to or settings.backups, _key(settings)
    name = f"ocop-{settings.known_at:%Y%m%dT%H%M%SZ}.tar.gz" + (_ENCRYPTED if key else "")
    unfinished = folder / f".{name}.unfinished"
    try:
        with journal.exclusive(folder):
            try:
                written = _write(settings, unfinished, key)
                if _read(unfinished, key) != written:
                    raise StepError(
                        f"{name} does not read back as it was written; check the disk of {folder}."
                    )
                os.replace(unfinished, folder / name)
            finally:
                unfinished.unlink(missing_ok=True)
            removed = _prune(folder, keep=name)
    except (OSError, subprocess.SubprocessError, _UnfitError) as error:
        raise StepError(f"No backup was made in {folder}: {error}. The older ones are kept.") from error
    size = (folder / name).stat().st_size
    summary = f"{name}: {len(written)} files, {size / 1e6:.1f} MB, read back"
    summary += "" if key else "; not encrypted, no key is set (OCOP_BACKUP_KEY_FILE)"
    summary += f"; removed {len(removed)} old" if removed else ""
    return Outcome("backup", 0, summary, {"path": str(folder / name), "removed": removed})


def restore(settings: Settings, source: Path, into: Path) -> Outcome:
    """Fill an empty home from a backup; a backup that is damaged, cut off or locked by another key changes nothing."""
    if any(path.is_file() for path in into.rglob("*")):
        raise StepError(f"{into} is not empty; a backup is restored into an empty home only.")
    unfinished = into / _UNFINISHED
    try:
        unfinished.mkdir(parents=True)
        files = _read(source, _key(settings), unfinished)
        if faults := verify_home(replace(settings, home=unfinished)):
            raise _UnfitError(" ".join(faults))
        for path in sorted(unfinished.iterdir()):
            if (into / path.name).exists():  # an empty folder, as a fresh server has them
                shutil.rmtree(into / path.name)
            os.replace(path, into / path.name)
        for name in _PRIVATE:
            if (into / name).exists():
                (into / name).chmod(0o700)
        (into / "landing").mkdir(exist_ok=True)
    except (OSError, _UnfitError) as error:
        raise StepError(f"{source.name} cannot be restored: {error}. Nothing was restored.") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    summary = f"{len(files)} files of {source.name} into {into}; next: ocop --home {into} nightly"
    dump = into / METADATA / "airflow.dump"
    if dump.exists():
        summary += f"; Airflow's metadata: pg_restore --clean --if-exists --dbname=airflow {dump}"
    return Outcome("restore", 0, summary, {"files": sorted(files)})


def newest_backup(folder: Path) -> Path | None:
    """The newest backup of a folder by the moment in its name; None when there is none."""
    return max(_backups(folder), default=None)


def _key(settings: Settings) -> bytes | None:
    if settings.backup_key_file is None:
        return None
    try:
        key = settings.backup_key_file.read_bytes().strip()
    except OSError as error:
        raise StepError(
            f"The key of the backups cannot be read: {error}; see OCOP_BACKUP_KEY_FILE."
        ) from error
    if len(key) < 16:
        raise StepError(
            f"The key in {settings.backup_key_file} is too short; make one: openssl rand -base64 32"
        )
    return key


def _write(settings: Settings, path: Path, key: bytes | None) -> dict[str, str]:
    """Write the backup; returns the sha256 of each file in it by its name."""
    digests: dict[str, str] = {}
    with ExitStack() as stack:
        out = stack.enter_context(
            os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        )
        plain = stack.enter_context(Encrypting(out, key)) if key else out
        packed = stack.enter_context(gzip.GzipFile("", "wb", compresslevel=1, fileobj=plain, mtime=0))
        tar = stack.enter_context(tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT))
        temporary = Path(
            stack.enter_context(tempfile.TemporaryDirectory(dir=path.parent, prefix=".metadata-"))
        )
        for name, source in _sources(settings, temporary):
            digests[name] = _add(tar, name, source)
        listed = json.dumps(digests, ensure_ascii=False, sort_keys=True).encode()
        _add_bytes(tar, _MANIFEST, listed)
    with path.open("rb") as written:
        os.fsync(written.fileno())
    return digests


def _sources(settings: Settings, temporary: Path) -> Iterator[tuple[str, Path | bytes]]:
    """Each file of the backup with its name in it, in the order that makes a consistent set."""
    if url := metadata_url(settings.home):
        copy = copy_metadata(url, temporary)
        yield f"{METADATA}/{copy.name}", copy
    special = {"releases": _sealed, "archive": _archived, "post": _logs}
    for folder in DURABLE:
        yield from special.get(folder, _everything)(settings, settings.home / folder)


def _everything(settings: Settings, folder: Path) -> Iterator[tuple[str, Path | bytes]]:
    found = sorted(folder.rglob("*"))
    yield from _named(settings.home, (path for path in found if path.suffix != ".unfinished"))


def _logs(settings: Settings, folder: Path) -> Iterator[tuple[str, Path | bytes]]:
    # What waits to be sent may be sent at this moment; what was sent must not be sent again.
    yield from _named(settings.home, sorted(folder.glob("*.jsonl")))


def _sealed(settings: Settings, folder: Path) -> Iterator[tuple[str, Path | bytes]]:
    from reports.frozen import SEAL

    # A release that nobody has signed may be exchanged at any moment, and `ocop freeze` makes it again.
    for seal in sorted(folder.rglob(SEAL)):
        yield from _named(settings.home, sorted(seal.parent.iterdir()))


def _archived(settings: Settings, folder: Path) -> Iterator[tuple[str, Path | bytes]]:
    """The logs, then the originals that the copied ledger names, each as it landed."""
    logs = dict(_named(settings.home, sorted(folder.glob("*.jsonl"))))
    yield from logs.items()
    ledger = logs.get(f"archive/{ledger_path(folder).name}", b"")
    landed = [line for line in map(json.loads, ledger.splitlines()) if line["event"] == "landed"]
    originals = {original_path(folder, line): line for line in landed}
    for line in originals.values():
        if fault := verify_original(settings, line):
            raise _UnfitError(fault)
    yield from _named(settings.home, originals)


def _named(home: Path, paths: Iterable[Path]) -> Iterator[tuple[str, Path | bytes]]:
    for path in paths:
        if not path.is_file() or path.name.startswith(".") or path.name.endswith(".head.json"):
            continue
        if path.suffix == ".jsonl":  # it may grow at this moment
            yield from (
                (part.relative_to(home).as_posix(), content)
                for part, content in journal.copy_of(path).items()
            )
        else:
            yield path.relative_to(home).as_posix(), path


def _add(tar: tarfile.TarFile, name: str, source: Path | bytes) -> str:
    if isinstance(source, bytes):
        _add_bytes(tar, name, source)
        return hashlib.sha256(source).hexdigest()
    with source.open("rb") as file:
        hashing = _Hashing(file)
        tar.addfile(tar.gettarinfo(arcname=name, fileobj=file), hashing)
    return hashing.digest.hexdigest()


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    tar.addfile(member, io.BytesIO(content))


class _Hashing:
    """Reads a file and keeps the hash of what was read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        content = self._file.read(size)
        self.digest.update(content)
        return content


def _read(path: Path, key: bytes | None, into: Path | None = None) -> dict[str, str]:
    """Read a backup to its end, into a folder if given; returns the sha256 by name, as its own list says. _UnfitError."""
    found: dict[str, str] = {}
    listed = None
    try:
        with _opened(path, key) as tar:
            for member in tar:
                content = tar.extractfile(member)
                if member.name == _MANIFEST:
                    listed = json.load(content)
                else:
                    found[member.name] = _take(member, content, into)
    except WrongKeyError as error:
        raise _UnfitError("the key does not open it") from error
    except (DamagedError, EOFError, tarfile.TarError, gzip.BadGzipFile, zlib.error, ValueError) as error:
        raise _UnfitError("it is damaged or cut off") from error
    if listed is None:
        raise _UnfitError("it is cut off, its list of files is missing")
    if differing := sorted(name for name in found.keys() | listed if found.get(name) != listed.get(name)):
        raise _UnfitError(f"it is damaged at {', '.join(differing[:3])}")
    return found


@contextmanager
def _opened(path: Path, key: bytes | None) -> Iterator[tarfile.TarFile]:
    if path.name.removesuffix(".unfinished").endswith(_ENCRYPTED):
        if key is None:
            raise _UnfitError("it is encrypted and no key is set (OCOP_BACKUP_KEY_FILE)")
    else:
        key = None
    with ExitStack() as stack:
        plain = stack.enter_context(path.open("rb"))
        if key:
            plain = stack.enter_context(io.BufferedReader(Decrypting(plain, key), _CHUNK))
        packed = stack.enter_context(gzip.GzipFile(fileobj=plain, mode="rb"))
        yield stack.enter_context(tarfile.open(fileobj=packed, mode="r|"))
        packed.read()  # to the end, where gzip's own checksum stands


def _take(member: tarfile.TarInfo, content: BinaryIO | None, into: Path | None) -> str:
    """The sha256 of one file, which is also written below ``into``, if given."""
    name = PurePosixPath(member.name)
    if content is None or ".." in name.parts or name.parts[0] not in (*DURABLE, METADATA):
        raise _UnfitError(f"it holds {member.name}, which no backup of this project does")
    digest = hashlib.sha256()
    with ExitStack() as stack:
        file = None
        if into:
            target = into / name
            target.parent.mkdir(parents=True, exist_ok=True)
            file = stack.enter_context(target.open("xb"))
            os.fchmod(file.fileno(), member.mode & 0o777)
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            if file:
                file.write(chunk)
        if file:
            file.flush()
            os.fsync(file.fileno())
    return digest.hexdigest()


def _prune(folder: Path, keep: str) -> list[str]:
    """Remove all but the newest ones and the newest of each month; never the one just written."""
    newest_first = sorted(_backups(folder), reverse=True)
    monthly: dict[str, Path] = {}
    for path in newest_first:
        monthly.setdefault(_NAME.fullmatch(path.name)[1], path)
    kept = {*newest_first[:KEPT_BACKUPS], *list(monthly.values())[:KEPT_MONTHS], folder / keep}
    removed = [path for path in newest_first if path not in kept]
    for path in removed:
        path.unlink()
    return [path.name for path in removed]


def _backups(folder: Path) -> list[Path]:
    return [path for path in folder.glob("ocop-*") if _NAME.fullmatch(path.name)]
