"""Mail that goes out: each message waits in the home until the server has taken it, and is sent once."""

from __future__ import annotations

import errno
import hashlib
import mimetypes
import os
import smtplib
import ssl
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from zoneinfo import ZoneInfo

from ingest import journal
from ingest.mailbox import untrusted
from pipeline.settings import TIME_ZONE, PostSettings, Server, Settings

_TIMEOUT_SECONDS = 30
# Servers of offices take 20 to 25 MB, and base64 adds a third.
MAX_ATTACHED_BYTES = 15_000_000


@dataclass(frozen=True)
class Letter:
    """What is written to one address. ``letter_id`` is its name for ever: the same one is never sent twice."""

    letter_id: str
    subject: str
    text: str
    html: str = ""
    attachments: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Sent:
    """What became of the spool; ``refused`` and ``problem`` name no address. ``is_broken``: a server did not take mail."""

    sent: int = 0
    waiting: int = 0
    refused: tuple[str, ...] = ()
    problem: str = ""
    is_broken: bool = False


def sent_path(settings: Settings) -> Path:
    """The log of what the server took or refused for good; addresses only as a hash."""
    return settings.post / "sent.jsonl"


def put(
    settings: Settings, post: PostSettings, letter: Letter, addresses: list[str] | tuple[str, ...]
) -> int:
    """Put one message per address into the spool, unless it is there or was sent; returns how many are new."""
    with journal.exclusive(settings.post):
        settings.post.chmod(0o700)
        spool = settings.post / "spool"
        spool.mkdir(mode=0o700, exist_ok=True)
        done = {line["mail_id"] for line in journal.read(sent_path(settings))}
        new = 0
        for address in addresses:
            # Per address, so that one that is wrong keeps nobody else from the mail.
            mail_id = f"{letter.letter_id}.{hashlib.sha256(address.lower().encode()).hexdigest()[:12]}"
            target = spool / f"{mail_id}.eml"
            if mail_id in done or target.exists():
                continue
            _write(target, _message(settings, post, letter, address, mail_id))
            new += 1
    return new


def send_waiting(settings: Settings, post: PostSettings) -> Sent:
    """Send what waits, oldest name first; what the server does not take now stays for the next time."""
    with journal.exclusive(settings.post):
        waiting = sorted((settings.post / "spool").glob("*.eml"))
        if not waiting:
            return Sent()
        if post.smtp is None:
            return Sent(
                waiting=len(waiting),
                problem="no mail server is set; see OCOP_SMTP, docs/runbook.md#setting-up-mail",
            )
        sent, refused, problem = 0, [], ""
        try:
            with connected(post.smtp) as server:
                for path in waiting:
                    verdict = _send(server, path)
                    if verdict == "later":
                        continue
                    journal.append(
                        sent_path(settings),
                        {"mail_id": path.stem, "verdict": verdict, "at": settings.known_at.isoformat()},
                    )
                    path.unlink()
                    sent += verdict == "sent"
                    if verdict == "refused":
                        refused.append(path.stem.rsplit(".", 1)[0])
        except (OSError, smtplib.SMTPException) as error:
            problem = f"{post.smtp!r} does not take mail ({reason_of(error)})"
        left = len(list((settings.post / "spool").glob("*.eml")))
    return Sent(sent, left, tuple(refused), problem, is_broken=bool(problem))


def reason_of(error: Exception) -> str:
    """Why a server does not take mail. Of a reply only the code: its text may repeat an address."""
    kind = type(error).__name__
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{kind} {error.smtp_code}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return untrusted(error)
    return f"{kind}: {error.strerror}" if isinstance(error, OSError) and error.strerror else kind


def _send(server: smtplib.SMTP, path: Path) -> str:
    """sent; refused where trying again cannot help; later where it can."""
    message = message_from_bytes(path.read_bytes(), policy=SMTP)
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        ((code, _),) = error.recipients.values()
        return "refused" if code >= 500 else "later"
    except smtplib.SMTPDataError as error:
        return "refused" if error.smtp_code >= 500 else "later"
    return "sent"


def connected(server: Server, seconds: int = _TIMEOUT_SECONDS) -> smtplib.SMTP:
    """A connection to a mail server, encrypted and signed in as its settings say. OSError or SMTPException when there is none."""
    if server.scheme == "smtps":
        connection = smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=server.tls())
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=seconds)
    try:
        connection.ehlo()
        if server.scheme == "smtp" and connection.has_extn("starttls"):
            connection.starttls(context=server.tls())
            connection.ehlo()
        elif server.scheme == "smtp" and server.password and not server.is_on_this_machine:
            raise OSError(errno.EPROTO, "it offers no encryption, so the password was not sent")
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _message(
    settings: Settings, post: PostSettings, letter: Letter, address: str, mail_id: str
) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = post.sender, address
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(settings.known_at.astimezone(ZoneInfo(TIME_ZONE)))
    # Always the same for one letter: should power go between the server's answer and our log, the second copy is known.
    message["Message-ID"] = f"<{mail_id}@{parseaddr(post.sender)[1].partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answer to this
    # Every server takes base64; one without 8BITMIME refuses letters with diacritics as they are.
    message.set_content(letter.text, cte="base64")
    if letter.html:
        message.add_alternative(letter.html, subtype="html", cte="base64")
    for path in letter.attachments:
        kind, _, subtype = (mimetypes.guess_type(path.name)[0] or "application/octet-stream").partition("/")
        message.add_attachment(path.read_bytes(), maintype=kind, subtype=subtype, filename=path.name)
    return message


def _write(target: Path, message: EmailMessage) -> None:
    unfinished = target.with_suffix(".unfinished")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(message.as_bytes())
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(unfinished, target)
