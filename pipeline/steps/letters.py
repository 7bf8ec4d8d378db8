"""Letters out: receipts, reminders, the morning digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.home import require_home
from pipeline.outcome import Outcome, StepError
from pipeline.settings import PostSettings, Settings, load_post_settings
from pipeline.submission_status import submission_status

if TYPE_CHECKING:
    from pipeline.mail import Sent
    from pipeline.post_office import Round


def post(settings: Settings) -> Outcome:
    """Send each receipt to the contacts of its sender, and what else waits to be sent."""
    from pipeline.post_office import send_receipts

    require_home(settings)
    return _posted("post", send_receipts(settings, post_settings()))


def remind(settings: Settings, period: str) -> Outcome:
    """Remind the units that have not sent for a period, or whose file was sent back."""
    from pipeline.post_office import remind_units

    missing = [
        u
        for u in submission_status(settings, period)["units"]
        if u["submission_status_code"] in ("missing", "refused")
    ]
    return _posted("remind", remind_units(settings, post_settings(), period, missing))


def tell(settings: Settings) -> Outcome:
    """Receipts to their senders and the morning digest to the desk; whatever the night before it came to."""
    from pipeline.post_office import send_digest, send_receipts

    office = post_settings()
    receipts = send_receipts(settings, office)
    problems = []
    if receipts.without_contacts:
        problems.append(f"Chưa có người liên hệ của: {', '.join(receipts.without_contacts)}.")
    if receipts.sent.waiting:
        problems.append(f"{receipts.sent.waiting} thư đang chờ gửi.")
    digest, sent, webhook = send_digest(settings, office, tuple(problems))
    count = receipts.sent.sent + sent.sent
    summary = f"{receipts.new} receipts, {len(office.desk)} digests; {count} sent, {sent.waiting} waiting"
    if webhook:
        summary += f"; {webhook}"
    return _sent("tell", summary, sent, {"digest": digest.text, "waiting": sent.waiting})


def _posted(verb: str, done: Round) -> Outcome:
    summary = f"{done.new} new letters, {done.sent.sent} sent, {done.sent.waiting} waiting"
    if done.without_contacts:
        summary += f"; no contact for {', '.join(done.without_contacts)} (ocop contacts FILE)"
    if done.sent.refused:
        summary += f"; refused by the mail server for good: {', '.join(done.sent.refused)}"
    details = {"new": done.new, "sent": done.sent.sent, "waiting": done.sent.waiting}
    return _sent(verb, summary, done.sent, details | {"without_contacts": list(done.without_contacts)})


def _sent(verb: str, summary: str, sent: Sent, details: dict) -> Outcome:
    """A mail server that is down breaks the step, so that it is tried again; the letters wait in the spool."""
    if sent.problem:
        summary += f"; {sent.problem}"
    if sent.is_broken:
        raise StepError(f"{summary}. Nothing is lost; the letters go out with the next: ocop post")
    return Outcome(verb, 0, summary, details)


def post_settings() -> PostSettings:
    """The mail servers and addresses of the environment; StepError where one is not well-formed."""
    try:
        return load_post_settings()
    except ValueError as error:
        raise StepError(str(error)) from error
