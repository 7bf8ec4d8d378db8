"""Seals a release: who signed it off, the hash of every file, and the hash of the seal before it."""

import hashlib
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

from reports.freeze import CORRECTION
from reports.frozen import DATABASE, MANIFEST, SEAL
from reports.render import file_names

GATE_FILES = ("gate.json", "gate.html", "gate-gx.json")  # verdict, page, raw results
IS_CORRECTION = re.compile(rf"{CORRECTION}[1-9][0-9]*")


class SealError(RuntimeError):
    """The release cannot be sealed, or is not what was sealed."""


def seal(directory: Path, by: str, why: str, signed_at: datetime, logs: dict | None = None) -> dict:
    """Seal a release directory; one that is sealed and unchanged is returned as it stands.

    ``logs`` says for each log of the home how far it reached, so that seal and logs hold one another.
    """
    path = directory / SEAL
    if path.exists():
        faults = _changes(directory)
        if faults:
            raise SealError("; ".join(faults))
        return _read(path)
    require_sealable(directory, by, signed_at)
    chain = _chain(releases_of(directory))
    content = {
        "release": _name(path),
        "signed_by": by.strip(),
        "why": why,
        "signed_at": signed_at.astimezone(UTC).isoformat(),
        "files": _digests(directory),
        "logs": logs or {},
        "previous_seal_sha256": _digest(chain[-1]) if chain else None,
    }
    # Outside the directory: what a crash leaves behind must not be taken for a file of the release.
    temporary = releases_of(directory) / f".{SEAL}.tmp"
    with temporary.open("w", encoding="utf-8") as file:
        file.write(_text(content))
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    return content


def require_sealable(directory: Path, by: str, signed_at: datetime) -> None:
    """SealError when this directory cannot be sealed now, by this person."""
    if not by.strip():
        raise SealError("a release is signed off by a named person; give --by NAME")
    if signed_at.tzinfo is None:
        raise SealError("the time of signing needs a time zone")
    _require_complete(directory)
    releases = releases_of(directory)
    faults = verify(releases)
    if faults:
        raise SealError("the chain of seals is broken, nothing is added to it: " + "; ".join(faults))
    chain = _chain(releases)
    moment = signed_at.astimezone(UTC).isoformat()
    if chain and _read(chain[-1])["signed_at"] > moment:
        raise SealError(
            f"{_name(chain[-1])} was sealed later than {moment}; seals follow one another in time"
        )


def content_sha256(files: dict[str, str]) -> str:
    """One hash over all files of a release: what an approval is about."""
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()


def content_of(directory: Path) -> str:
    """The hash over all files that stand in a release directory now."""
    return content_sha256(_digests(directory))


def sealed_releases(releases: Path) -> dict[str, dict]:
    """The readable seals by the name of their release, such as 2024H2 or 2024H2/dieu-chinh-1."""
    return {_name(path): _read(path) for path in _seals(releases) if _is_readable(path)}


def verify(releases: Path) -> list[str]:
    """Check every sealed release against its seal, and the chain of seals; one sentence for each fault."""
    faults = [
        f"{_name(path)}/{SEAL} cannot be read as a seal"
        for path in _seals(releases)
        if not _is_readable(path)
    ]
    seals = [path for path in _seals(releases) if _is_readable(path)]
    # Nothing follows on the last seal yet: its own bytes are those that sealing writes.
    faults += [
        f"{_name(path)}/{SEAL} was changed after sealing"
        for path in seals
        if path.read_bytes() != _text(_read(path)).encode()
    ]
    faults += [fault for path in seals for fault in _changes(path.parent)]
    chain = _chain(releases)
    for path in sorted(set(seals) - set(chain)):
        before = f"{_name(chain[-1])}/{SEAL}" if chain else "a seal before it"
        faults.append(
            f"{_name(path)}: its seal does not follow on {before}; a seal was changed or taken away"
        )
    times = [_read(path)["signed_at"] for path in chain]
    for path, earlier, later in zip(chain[1:], times, times[1:], strict=False):
        if later < earlier:
            faults.append(f"{_name(path)}: signed at {later}, before the seal that it follows ({earlier})")
    return faults


def _require_complete(directory: Path) -> None:
    manifest_file = directory / MANIFEST
    if not manifest_file.is_file():
        raise SealError(f"{directory.name} is not frozen: {MANIFEST} is missing")
    manifest = _read(manifest_file)
    wanted = (*GATE_FILES, *file_names(manifest["period"]))
    missing = [name for name in wanted if not (directory / name).is_file()]
    if missing:
        raise SealError(f"{directory.name} is not complete, missing: {', '.join(missing)}")
    unfinished = [name for name in _digests(directory) if name.startswith(".")]
    if unfinished:
        raise SealError(f"{', '.join(unfinished)} is left from a report that broke off; print it again")
    if _read(directory / "gate.json").get("verdict") != "passed":
        raise SealError(f"{directory.name} has not passed the gate")
    if _digest(directory / DATABASE) != manifest["database_sha256"]:
        raise SealError(f"{directory.name}/{DATABASE} has changed since it was frozen")


def _changes(directory: Path) -> list[str]:
    sealed, found = _read(directory / SEAL)["files"], _digests(directory)
    name = _name(directory / SEAL)
    faults = [
        f"{name}/{file} is missing since sealing; expected is the file with sha256 {sealed[file][:16]}"
        for file in sorted(sealed.keys() - found.keys())
    ]
    faults += [f"{name}/{file} was added after sealing" for file in sorted(found.keys() - sealed.keys())]
    both = sorted(sealed.keys() & found.keys())
    return faults + [
        f"{name}/{file} was changed after sealing; expected is sha256 {sealed[file][:16]}, found is {found[file][:16]}"
        for file in both
        if sealed[file] != found[file]
    ]


def _chain(releases: Path) -> list[Path]:
    """The seals in the order in which they follow one another, as far as they do."""
    seals = [path for path in reversed(_seals(releases)) if _is_readable(path)]
    followers = {_read(path)["previous_seal_sha256"]: path for path in seals}
    chain: list[Path] = []
    link = None
    while link in followers and followers[link] not in chain:
        chain.append(followers[link])
        link = _digest(chain[-1])
    return chain


def _seals(releases: Path) -> list[Path]:
    found = [*releases.glob(f"*/{SEAL}"), *releases.glob(f"*/{CORRECTION}*/{SEAL}")]
    return sorted(path for path in found if not path.relative_to(releases).parts[0].startswith("."))


def releases_of(directory: Path) -> Path:
    """The folder of all releases, from the directory of a release or of a correction."""
    return directory.parent.parent if directory.name.startswith(CORRECTION) else directory.parent


def _name(path: Path) -> str:
    """The release a seal belongs to: 2024H2 or 2024H2/dieu-chinh-1."""
    directory = path.parent
    return directory.relative_to(releases_of(directory)).as_posix()


def _digests(directory: Path) -> dict[str, str]:
    """Every file below a release directory but its seal; a correction in it is a release of its own."""
    names = {
        path.relative_to(directory).as_posix(): path
        for path in directory.rglob("*")
        if path.is_file() and not IS_CORRECTION.fullmatch(path.relative_to(directory).parts[0])
    }
    return {name: _digest(names[name]) for name in sorted(names) if name != SEAL}


def _is_readable(path: Path) -> bool:
    try:
        content = _read(path)
        texts = [content[name] for name in ("signed_by", "signed_at", "why")]
        return (
            "previous_seal_sha256" in content
            and isinstance(content["files"], dict)
            and all(isinstance(text, str) for text in texts)
        )
    except (ValueError, KeyError, TypeError):
        return False


def _text(content: dict) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))
