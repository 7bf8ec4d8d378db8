"""The post office: receipts to their senders, reminders to units, the digest to the desk, alerts to the technicians."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest import journal
from ingest.land import ledger_path
from ingest.mailbox import MailboxError, collect_mail
from ingest.reference import Period, deadlines, periods
from ingest.sender import hint_of
from pipeline.contacts import read_contacts
from pipeline.digest import Digest, mailbox_path, make_digest
from pipeline.mail import MAX_ATTACHED_BYTES, Letter, Sent, put, send_waiting, sent_path
from pipeline.settings import PostSettings, Settings
from pipeline.submission_status import due_words

# When mail is set up in an old home, nobody wants the answers of past years.
_RECEIPT_DAYS = 14
_SIGNED = "\n\nTrân trọng,\nBộ phận tổng hợp số liệu OCOP\n(Thư này do hệ thống gửi tự động.)\n"
_VERDICTS = {
    "accepted": "đã được tiếp nhận. Báo cáo của quý đơn vị đạt yêu cầu.",
    "refused": "chưa được tiếp nhận vì còn lỗi. Kính đề nghị quý đơn vị sửa các ô được đánh dấu trong tệp đính kèm rồi gửi lại.",
    "unreadable": "không đọc được. Kính đề nghị quý đơn vị xem hướng dẫn trong tệp đính kèm rồi gửi lại.",
}


@dataclass(frozen=True)
class Round:
    """What one round of the post office did: new letters, units without contacts, and what became of the spool."""

    new: int
    without_contacts: tuple[str, ...]
    sent: Sent


def addresses_of(settings: Settings) -> dict[str, list[str]]:
    """Unit code -> addresses of its contacts."""
    found: dict[str, list[str]] = {}
    for contact in read_contacts(settings):
        found.setdefault(contact.unit_code, []).append(contact.email)
    return found


def fetch_mail(settings: Settings, post: PostSettings) -> str:
    """Bring the mailbox's attachments into the landing folder; returns what went wrong, if something did."""
    units: dict[str, tuple[str, ...]] = {}
    for contact in read_contacts(settings):
        units[contact.email.lower()] = (*units.get(contact.email.lower(), ()), contact.unit_code)
    settings.post.mkdir(mode=0o700, parents=True, exist_ok=True)
    at = settings.known_at.isoformat()
    try:
        with journal.exclusive(settings.post):
            collect_mail(
                post.imap, settings.landing, mailbox_path(settings), units, settings.province_code, at
            )
    except MailboxError as error:
        return str(error)
    return ""


def send_receipts(settings: Settings, post: PostSettings) -> Round:
    """Put the receipts of the last days into the spool, each once per contact of its sender, and send what waits."""
    known, new, without = addresses_of(settings), 0, set()
    lines = journal.read(ledger_path(settings.archive))
    landed = {line["submission_id"]: line for line in lines if line["event"] == "landed"}
    earliest = settings.known_at - timedelta(days=_RECEIPT_DAYS)
    for line in lines:
        if (
            line["event"] != "judged"
            or not earliest < datetime.fromisoformat(line["judged_at"]) <= settings.known_at
        ):
            continue
        origin = landed[line["submission_id"]]
        if "list_name" in origin:
            continue  # a list came from the desk itself
        # Whose folder a file came in is who sent it, whatever unit its cover names.
        folder = hint_of(origin.get("landing_folder", ""), "", settings.province_code).folder_unit
        unit = folder or origin["unit_code"]
        if not known.get(unit):
            without.add(unit or "unknown")
            continue
        new += put(settings, post, _receipt(settings, origin, line["verdict_code"]), known[unit])
    return Round(new, tuple(sorted(without)), send_waiting(settings, post))


def _receipt(settings: Settings, origin: dict, verdict: str) -> Letter:
    name = origin["submission_id"]
    files = [path for path in sorted((settings.outbox / name).glob("phan-hoi-*")) if path.suffix != ".json"]
    fits = sum(path.stat().st_size for path in files) <= MAX_ATTACHED_BYTES
    note = (
        "" if fits else "\n\nTệp phản hồi quá lớn để gửi qua thư; xin nhận tại thư mục dùng chung của đơn vị."
    )
    period = f" kỳ {origin['period_code']}" if origin["period_code"] else ""
    text = f"Kính gửi quý đơn vị,\n\nTệp “{origin['file_name']}”{period} {_VERDICTS[verdict]}{note}\n\nMã hồ sơ: {name}"
    subject = f"OCOP – phản hồi báo cáo{period}: {origin['file_name']}"
    return Letter(f"receipt-{name}", subject, text + _SIGNED, attachments=tuple(files) if fits else ())


def remind_units(settings: Settings, post: PostSettings, period_code: str, missing: Iterable[dict]) -> Round:
    """Remind the contacts of units that have not sent, or whose file was returned; at most once a week each.

    ``missing`` are rows of `ocop status`.
    """
    known, period, new, without = addresses_of(settings), periods()[period_code], 0, []
    for unit in missing:
        if not known.get(unit["unit_code"]):
            without.append(unit["unit_code"])
            continue
        new += put(settings, post, _reminder(settings, unit, period), known[unit["unit_code"]])
    return Round(new, tuple(without), send_waiting(settings, post))


def _reminder(settings: Settings, unit: dict, period: Period) -> Letter:
    due_on = deadlines(period, settings.province_code).unit_on
    left = (due_on - settings.as_of).days
    refused = unit["submission_status_code"] == "refused"
    fact = "đã bị trả lại và chưa được gửi lại" if refused else "chưa được nhận"
    text = (
        f"Kính gửi {unit['unit_name']},\n\nBáo cáo OCOP kỳ {period.code} (số liệu đến ngày {period.cut_off_on:%d/%m/%Y}) "
        f"của quý đơn vị {fact}. Thời hạn gửi là ngày {due_on:%d/%m/%Y}, {due_words(due_on, settings.as_of)}.\n\n"
        "Nếu quý đơn vị vừa gửi, xin bỏ qua thư này."
    )
    # Weeks before and after the deadline: a new letter each week, and one on the other side of it.
    week = f"before-{(left + 6) // 7}" if left >= 0 else f"after-{(-left + 6) // 7}"
    return Letter(
        f"reminder-{period.code}-{unit['unit_code']}-{week}",
        f"OCOP – nhắc gửi báo cáo kỳ {period.code}",
        text + _SIGNED,
    )


def send_digest(
    settings: Settings, post: PostSettings, problems: tuple[str, ...] = ()
) -> tuple[Digest, Sent, str]:
    """Make the digest of a moment, put it into the spool for the desk and send; the last is what the webhook said."""
    digest = make_digest(settings, problems)
    letter = Letter(f"digest-{settings.known_at:%Y%m%dT%H%M%S}", digest.subject, digest.text, digest.html)
    put(settings, post, letter, post.desk)
    said, key = "", f"webhook-{letter.letter_id}"
    if not any(line["mail_id"] == key for line in journal.read(sent_path(settings))):
        said = _call(post, f"{digest.subject}\n\n{digest.text}")
        if post.webhook and not said:
            done = {"mail_id": key, "verdict": "sent", "at": settings.known_at.isoformat()}
            journal.append(sent_path(settings), done)
    return digest, send_waiting(settings, post), said


@dataclass(frozen=True)
class Alert:
    """What happened to a try of a task, and the heading of the runbook that says what to do."""

    task: str
    run: str
    what: str
    reason: str
    heading: str
    log_tail: str


def send_alert(settings: Settings, post: PostSettings, alert: Alert) -> Sent:
    """Tell the technicians what happened to a task, once for each try: why, its log's last lines, and what to do."""
    text = (
        f"Task {alert.task} {alert.what} (run {alert.run}).\n\n{alert.reason}\n\n"
        f"What to do: docs/runbook.md#{alert.heading}\n\nLast lines of its log:\n{alert.log_tail}\n"
    )
    key = hashlib.sha256(f"{alert.task} {alert.run} {alert.what}".encode()).hexdigest()[:16]
    put(settings, post, Letter(f"alert-{key}", f"OCOP: {alert.task} {alert.what}", text), post.technicians)
    _call(post, text)
    return send_waiting(settings, post)


def _call(post: PostSettings, text: str) -> str:
    """Post a text to the webhook as chat rooms take it; a room that does not answer stops nothing."""
    if not post.webhook:
        return ""
    import httpx

    try:
        httpx.post(post.webhook, json={"text": text}, timeout=20).raise_for_status()
    except httpx.HTTPStatusError as error:
        return f"the webhook answers {error.response.status_code}"
    except httpx.HTTPError as error:
        return f"the webhook does not answer ({type(error).__name__})"
    return ""
