"""A mailbox as a landing place: the workbooks of known senders, each taken once, into the folders of their units."""

from __future__ import annotations

import hashlib
import imaplib
import os
import re
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from pathlib import Path

from ingest import journal
from ingest.land import storable_name
from ingest.read import MAX_FILE_BYTES
from ingest.sender import hint_of

# A unit sends one workbook, perhaps some single forms; a mail with more is not a filing.
MOST_ATTACHMENTS = 20
# base64 adds a third, and there may be some files.
_MAX_MESSAGE_BYTES = 2 * MAX_FILE_BYTES
# The messages we have dealt with carry it, so that no night reads them all again; the journal is what counts.
_DONE = "OcopTaken"
_TABLES = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv", ".txt", ".zip"}
_TIMEOUT_SECONDS = 60


class MailboxError(Exception):
    """The mailbox cannot be read; the message says why."""


def collect_mail(
    server,
    landing: Path,
    journal_path: Path,
    units: Mapping[str, tuple[str, ...]],
    province_code: str,
    at: str,
) -> list[dict]:
    """Bring new attachments into ``landing/<unit>/mail``; returns the journal lines of this call.

    ``server`` is the Server of pipeline.settings; ``units`` are the unit codes an address (in lower case)
    answers for. A file from the contact of a unit lies in that unit's folder, where it can speak for no other. What is
    not taken (unknown sender, too large, no table) stays in the mailbox and is named in the journal, without the address.
    """
    connection = _opened(server, _TIMEOUT_SECONDS)
    told: list[dict] = []
    try:
        known = {(line["message_sha256"], line["file_sha256"]) for line in journal.read(journal_path)}

        def tell(message: str, file: str, **line: object) -> None:
            """Each message and file is told once."""
            if (message, file) not in known:
                known.add((message, file))
                record = {"message_sha256": message, "file_sha256": file, "at": at, **line}
                told.append(journal.append(journal_path, record))

        for number in connection.uid("search", "UNKEYWORD", _DONE)[1][0].split():
            # A stranger's mail is looked at again: tomorrow the sender may be in the contacts.
            if _take(connection, number.decode(), landing, units, province_code, known, tell):
                connection.uid("store", number.decode(), "+FLAGS.SILENT", f"({_DONE})")
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxError(f"The mailbox at {server!r} broke off ({type(error).__name__}).") from error
    finally:
        with suppress(OSError, imaplib.IMAP4.error):  # it may be gone already
            connection.logout()
    return told


def require_mailbox(server, seconds: int) -> None:
    """Raises MailboxError when the mailbox cannot be opened within so many seconds; reads no message."""
    connection = _opened(server, seconds)
    with suppress(OSError, imaplib.IMAP4.error):
        connection.logout()


def untrusted(error: ssl.SSLCertVerificationError) -> str:
    """What to tell of a server whose certificate nobody we trust vouches for."""
    return f"its certificate is not trusted: {error.verify_message}; see docs/runbook.md#setting-up-mail"


def _opened(server, seconds: int) -> imaplib.IMAP4:
    try:
        return _connected(server, seconds)
    except (OSError, imaplib.IMAP4.error) as error:
        why = untrusted(error) if isinstance(error, ssl.SSLCertVerificationError) else type(error).__name__
        raise MailboxError(f"The mailbox at {server!r} cannot be opened ({why}).") from error


def _connected(server, seconds: int) -> imaplib.IMAP4:
    if server.scheme == "imaps":
        connection = imaplib.IMAP4_SSL(server.host, server.port, ssl_context=server.tls(), timeout=seconds)
    else:
        connection = imaplib.IMAP4(server.host, server.port, timeout=seconds)
        if "STARTTLS" in connection.capabilities:
            connection.starttls(server.tls())
        elif not server.is_on_this_machine:
            connection.shutdown()
            raise MailboxError(
                f"The mailbox at {server!r} offers no encryption, so the password was not sent; write imaps://…"
            )
    connection.login(server.user, server.password)
    status, _ = connection.select(f'"{server.folder}"')
    if status != "OK":
        raise imaplib.IMAP4.error(f"no folder {server.folder}")
    return connection


def _take(connection, number: str, landing: Path, units, province_code: str, known: set, tell) -> bool:
    """Deal with one message; false when its sender is unknown."""
    said, header = _fetched(connection, number, "(RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER])")
    size = int(re.search(rb"RFC822\.SIZE (\d+)", said)[1])
    message = message_from_bytes(header, policy=default)
    message_id = hashlib.sha256(_text(message, "Message-ID").strip().encode() or header).hexdigest()
    codes = units.get(_sender(message), ())
    if not codes:
        tell(message_id, "", taken=False, why="unknown_sender", subject=_text(message, "Subject"))
        return False
    if size > _MAX_MESSAGE_BYTES:
        tell(message_id, "", taken=False, why="too_large", unit_codes=list(codes))
        return True
    _, body = _fetched(connection, number, "(BODY.PEEK[])")
    _take_files(
        message_from_bytes(body, policy=default),
        message_id,
        codes,
        landing,
        province_code,
        _came_at(said),
        known,
        tell,
    )
    return True


def _came_at(fetched: bytes) -> str:
    """When the mail server took a message: nothing a sender can set, unlike the message's own date."""
    return datetime.fromtimestamp(time.mktime(imaplib.Internaldate2tuple(fetched)), UTC).isoformat()


def _take_files(
    message: EmailMessage,
    message_id: str,
    codes,
    landing: Path,
    province_code: str,
    came_at: str,
    known: set,
    tell,
) -> None:
    files = _files(message)
    for name, body in files[:MOST_ATTACHMENTS]:
        digest = hashlib.sha256(body).hexdigest()
        if (message_id, digest) in known:
            continue
        line = {"file_name": name, "unit_codes": list(codes)}
        named = hint_of("", name, province_code).name_unit
        unit = codes[0] if len(codes) == 1 else named if named in codes else None
        if Path(name).suffix.lower() not in _TABLES:
            tell(message_id, digest, taken=False, why="no_table", **line)
        elif len(body) > MAX_FILE_BYTES:
            tell(message_id, digest, taken=False, why="too_large", **line)
        elif unit is None:
            tell(message_id, digest, taken=False, why="several_units", **line)
        else:
            # Landing knows the content, should power go before the journal is written.
            _put(landing / unit / "mail", digest, name, body)
            tell(message_id, digest, taken=True, came_at=came_at, **line | {"unit_codes": [unit]})
    if len(files) > MOST_ATTACHMENTS:
        tell(message_id, "", taken=False, why="too_many", unit_codes=list(codes))


def _fetched(connection, number: str, what: str) -> tuple[bytes, bytes]:
    """What the server says of a message, and the part of it that was asked for."""
    status, found = connection.uid("fetch", number, what)
    parts = [part for part in found if isinstance(part, tuple)]
    if status != "OK" or len(parts) != 1:
        raise imaplib.IMAP4.error(f"message {number} cannot be fetched")
    ((line, content),) = parts
    return b" ".join([line, *(part for part in found if isinstance(part, bytes))]), content


def _text(message: EmailMessage, header: str) -> str:
    """A header as text; what cannot be understood is no reason to stop."""
    try:
        return str(message.get(header) or "")[:200]
    except Exception:  # the email package raises its own faults on broken headers
        return ""


def _sender(message: EmailMessage) -> str:
    """The address of the one author, in lower case; two authors are nobody's contact."""
    lines = message.get_all("From") or []
    return parseaddr(str(lines[0]))[1].lower() if len(lines) == 1 else ""


def _files(message: EmailMessage) -> list[tuple[str, bytes]]:
    """Name and content of the attachments, also those of a forwarded mail; pictures of a signature are none."""
    found = []
    for part in message.walk():
        if part.is_multipart():
            continue
        name = storable_name(part.get_filename() or "")
        if name.startswith((".", "~$")):
            name = f"tep{name}"  # landing passes over hidden files and Excel's locks
        is_table = Path(name).suffix.lower() in _TABLES
        if is_table or (name and part.get_content_disposition() == "attachment"):
            found.append((name, part.get_payload(decode=True) or b""))
    return found


def _put(folder: Path, digest: str, name: str, body: bytes) -> None:
    """The content's hash keeps two files of one name apart."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / name
    if target.exists():
        target = folder / f"{target.stem} ({digest[:8]}){target.suffix}"
    unfinished = folder / f".{digest}.unfinished"
    with unfinished.open("wb") as stream:
        stream.write(body)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(unfinished, target)
