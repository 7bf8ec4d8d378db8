"""Take what lies in the landing folder: recognise, hash, archive the untouched original, write a ledger line."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import stat
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest import journal
from ingest.readers import ReaderLostError, Readers, readers
from ingest.reference import Period, periods, reporting_day
from ingest.register import units_of_list
from ingest.sender import Hint, hint_of
from ingest.validate import identify_file

# A file system takes 255 bytes; the answer's name is longer than the original's.
_LONGEST_NAME_BYTES = 180
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f/\\\ufffd]")
_CHUNK = 1 << 20
_INCOMING = "incoming.unfinished"
# What programs leave beside a workbook: Excel's and LibreOffice's locks, notes of macOS and Windows, a copy under way.
_LITTER = re.compile(
    r"~\$.*|\.~lock\..*#|\._.*|\.DS_Store|\.nfs.*|\..*\.unfinished|Thumbs\.db|desktop\.ini", re.IGNORECASE
)


@dataclass(frozen=True)
class Landed:
    """What became of one file of the landing folder.

    ``newer_id`` names the submission that stands in place of a known one sent once more; ``problem`` says why a file
    still lies in the landing folder, and then there is no ``submission_id``.
    """

    file_name: str
    submission_id: str | None = None
    is_new: bool = False
    newer_id: str | None = None
    problem: str | None = None


class _NotTakenError(Exception):
    """The file stays where it is; the message says why."""


def ledger_path(archive: Path) -> Path:
    """The ledger: one line when a submission landed, one when it was judged."""
    return archive / "ledger.jsonl"


def land_files(
    landing: Path,
    archive: Path,
    province_code: str,
    landed_at: datetime,
    due_at: datetime | None = None,
    mailed_at: Mapping[str, datetime] | None = None,
) -> list[Landed]:
    """Move every file of the landing folder (and its sub-folders) into the archive, in order of arrival.

    A file is received when it is landed. Where that is later than it was due, one that lay there by then was received
    when due, and one that came in between when it came; ``mailed_at`` says by sha256 when those of the mailbox came into
    it. A file whose content is known already changes nothing: no
    ledger line, no new copy. A file that cannot be taken stays, is named, and stops no other.
    """
    archive.mkdir(parents=True, exist_ok=True)
    known = [line for line in journal.read(ledger_path(archive)) if line["event"] == "landed"]
    arrivals, landed = _arrivals(landing)
    with readers(most=1) as reader:
        for path in arrivals:
            folder = path.parent.relative_to(landing).as_posix()
            try:
                came_at = _came_at(path)
                digest = _copy(path, archive / _INCOMING)
                came_at = min(came_at, (mailed_at or {}).get(digest, came_at))
                received_at = min(max(came_at, due_at or landed_at), landed_at)
                landed.append(
                    _land_one(path, folder, digest, archive, province_code, received_at, known, reader)
                )
            except (OSError, _NotTakenError) as error:
                landed.append(Landed(storable_name(path.name), problem=str(error)))
                (archive / _INCOMING).unlink(missing_ok=True)
    return landed


def _came_at(path: Path) -> datetime:
    """Not the time of the content, which a copy keeps and a sender can set: the kernel notes when the file came here."""
    return datetime.fromtimestamp(path.stat().st_ctime, UTC)


def _land_one(
    path: Path,
    folder_name: str,
    digest: str,
    archive: Path,
    province_code: str,
    received_at: datetime,
    known: list[dict],
    reader: Readers,
) -> Landed:
    incoming = archive / _INCOMING
    name = storable_name(path.name)
    folder_name = "" if folder_name == "." else "/".join(map(storable_name, folder_name.split("/")))
    earlier = next((line for line in known if line["file_sha256"] == digest), None)
    if earlier:
        incoming.unlink()
        path.unlink()
        sender = (earlier["unit_code"], earlier["period_code"])
        newest = next(line for line in reversed(known) if (line["unit_code"], line["period_code"]) == sender)
        is_newest = newest is earlier or None in sender
        return Landed(name, earlier["submission_id"], newer_id=None if is_newest else newest["submission_id"])
    hint = hint_of(folder_name, name, province_code)
    record = _recognise(incoming, name, digest, province_code, hint, reader)
    folder = archive / record["submission_id"]
    folder.mkdir(exist_ok=True)
    os.replace(incoming, folder / name)
    known.append(
        journal.append(
            ledger_path(archive),
            {
                "event": "landed",
                **record,
                "file_name": name,
                "landing_folder": folder_name,
                "file_sha256": digest,
                "arrival_no": len(known) + 1,
                "received_at": received_at.isoformat(),
            },
        )
    )
    path.unlink()
    return Landed(name, record["submission_id"], is_new=True)


def land_list(
    path: Path, list_name: str, archive: Path, period: Period, province_code: str, received_at: datetime
) -> tuple[str, list[str]]:
    """Take a foreign list of many units: the list is one submission of nobody, the rows of each unit one of that unit.

    The archive keeps the one original, in the folder of the list, which the lines of its units name as ``list_id``.
    Returns the list's id and the ids that are new; a list known for that period changes nothing. Raises OSError.
    """
    archive.mkdir(parents=True, exist_ok=True)
    known = [line for line in journal.read(ledger_path(archive)) if line["event"] == "landed"]
    incoming = archive / _INCOMING
    try:
        digest = _copy(path, incoming)
    except _NotTakenError as error:
        raise OSError(f"{path.name}: {error}") from error
    list_id = f"{period.code}-{list_name}-{digest[:12]}"
    earlier = next((line for line in known if line["submission_id"] == list_id), None)
    name = earlier["file_name"] if earlier else storable_name(path.name)
    (archive / list_id).mkdir(exist_ok=True)
    os.replace(incoming, archive / list_id / name)
    with readers(most=1) as reader:
        try:
            units = reader.run(units_of_list, archive / list_id / name, list_name, period, province_code)
        except ReaderLostError:
            units = []  # load meets the same file and says why it cannot be read
    lines = [{"submission_id": list_id, "unit_code": None}] + [
        {"submission_id": f"{period.code}-{unit}-{digest[:12]}", "unit_code": unit, "list_id": list_id}
        for unit in units
    ]
    ids = {line["submission_id"] for line in known}
    new = [line for line in lines if line["submission_id"] not in ids]
    for number, line in enumerate(new, start=len(known) + 1):
        journal.append(
            ledger_path(archive),
            {
                "event": "landed",
                **line,
                "period_code": period.code,
                "form_version": list_name,
                "list_name": list_name,
                "file_name": name,
                "file_sha256": digest,
                "arrival_no": number,
                "received_at": received_at.isoformat(),
            },
        )
    return list_id, [line["submission_id"] for line in new]


def original_path(archive: Path, line: dict) -> Path:
    """Where the untouched original of a landed line lies; the rows of a list share the list's."""
    return archive / (line.get("list_id") or line["submission_id"]) / line["file_name"]


def unjudged(archive: Path) -> list[dict]:
    """Ledger lines of submissions that landed and have no verdict yet, in order of arrival."""
    lines = journal.read(ledger_path(archive))
    judged = {line["submission_id"] for line in lines if line["event"] == "judged"}
    return [line for line in lines if line["event"] == "landed" and line["submission_id"] not in judged]


def is_litter(name: str) -> bool:
    """Whether a file of that name is a program's own and nobody's submission."""
    return _LITTER.fullmatch(name) is not None


def storable_name(name: str) -> str:
    """The sender's file name as the archive and the answer can carry it."""
    readable = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    path = Path(_NOT_IN_NAMES.sub("_", readable))
    suffix = path.suffix if len(path.suffix) <= 10 else ""
    stem = path.name.removesuffix(suffix).encode()[: _LONGEST_NAME_BYTES - len(suffix.encode())]
    return stem.decode("utf-8", "ignore") + suffix


def _arrivals(landing: Path) -> tuple[list[Path], list[Landed]]:
    """Files in order of arrival (time of the file, then content), and what cannot be a submission.

    What programs leave beside a workbook is nobody's submission and stays without a word; any other hidden file is named.
    """
    files: list[tuple[int, Path]] = []
    problems: list[Landed] = []

    def unreadable_folder(error: OSError) -> None:
        problems.append(Landed(storable_name(Path(error.filename).name), problem=str(error)))

    for folder, subfolders, names in os.walk(landing, onerror=unreadable_folder):
        links = [name for name in subfolders if Path(folder, name).is_symlink()]
        for path in (Path(folder, name) for name in names + links if not is_litter(name)):
            found = path.lstat()
            if path.name.startswith("."):
                problems.append(Landed(storable_name(path.name), problem="hidden; name it without the dot"))
            elif stat.S_ISREG(found.st_mode):
                files.append((found.st_mtime_ns, path))
            else:
                # A link could bring any file of this server into the archive.
                problems.append(Landed(storable_name(path.name), problem="not a file but a link or a device"))
    return _in_order(files), problems


def _in_order(files: list[tuple[int, Path]]) -> list[Path]:
    """Oldest first. Of files with one time stamp the content decides, not the name somebody gave or the disk's order."""
    times = Counter(time for time, _ in files)
    keyed = [(time, _sha256(path) if times[time] > 1 else "", path) for time, path in files]
    return [path for _, _, path in sorted(keyed)]


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""  # it is named when its turn comes


def _copy(path: Path, target: Path) -> str:
    """Copy in pieces, give back the sha256; _NotTakenError while somebody still writes the file."""
    digest = hashlib.sha256()
    with path.open("rb") as source, target.open("wb") as copy:
        if _is_being_written(source.fileno()):
            raise _NotTakenError("still being written; it is taken the next time")
        before = os.fstat(source.fileno())
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            copy.write(chunk)
        after = os.fstat(source.fileno())
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise _NotTakenError("changed while it was read; it is taken the next time")
        copy.flush()
        os.fsync(copy.fileno())
    return digest.hexdigest()


def _is_being_written(descriptor: int) -> bool:
    """Whether a process of this machine has the file open for writing: the kernel then grants no read lease.

    Where leases are not to be had (a network file system, a foreign owner) the file is taken as complete.
    """
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _recognise(
    path: Path, file_name: str, digest: str, province_code: str, hint: Hint, reader: Readers
) -> dict:
    """Unit, period and form version from the cover, null where the file does not tell; the form of a text file.

    Whoever's folder it lies in gets the answer when the file itself does not name a unit.
    """
    unit = period = version = form = None
    try:
        identity, form = reader.run(identify_file, path, file_name, province_code, hint)
    except ReaderLostError:
        pass  # load meets the same file, judges it and writes the answer; here it only needs a name
    else:
        unit = identity.unit.code if identity.unit else None
        period = identity.period.code if identity.period else None
        version = identity.form_version
    when = periods().get(period or hint.folder_period)
    if unit is None and when and hint.folder_unit and reporting_day(hint.folder_unit, when, province_code):
        unit = hint.folder_unit
    name = f"{period or 'unknown'}-{unit or 'unknown'}-{digest[:12]}"
    return {
        "submission_id": name,
        "unit_code": unit,
        "period_code": period,
        "form_version": version,
        "form_name": form,
    }
