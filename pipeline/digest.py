"""The morning digest: what came, what was refused and why, what is held, what expires, and what stands published."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from ingest import journal
from ingest.land import is_litter, ledger_path, storable_name
from ingest.reference import deadlines, units_of_all_eras
from ingest.spec import load_forms
from ingest.vietnamese import format_value
from pipeline.expiring import expiring_certificates
from pipeline.mail import sent_path
from pipeline.outcome import StepError
from pipeline.settings import TIME_ZONE, Settings
from pipeline.submission_status import due_words, half_due, submission_status
from pipeline.warehouse import DATABASE

EXPIRING_DAYS = 90
# A mail is read, not searched: what is more stands in the receipt and in `ocop expiring`.
_MOST_SENTENCES, _MOST_CERTIFICATES = 5, 20
_BELOW = "\t"  # begins a line that belongs to the one above it
_WHY_NOT_TAKEN = {
    "unknown_sender": "người gửi không có trong danh bạ đơn vị",
    "too_large": "thư hoặc tệp quá lớn đối với một biểu mẫu báo cáo",
    "too_many": "thư có quá nhiều tệp đính kèm; chỉ những tệp đầu được nhận",
    "no_table": "tệp không phải bảng tính",
    "several_units": "người gửi phụ trách nhiều đơn vị mà tên tệp không ghi mã đơn vị",
}
_VERDICTS = {"accepted": "tiếp nhận", "refused": "trả lại", "unreadable": "không đọc được"}


_ADVICE = "Cách xử lý từng mục: sổ tay vận hành, docs/runbook.md#digest"


@dataclass(frozen=True)
class Digest:
    """One digest; ``sections`` are titles with their lines, in the order of the mail."""

    subject: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def text(self) -> str:
        """As plain text."""
        paragraphs = (
            "\n".join(
                [title, *(f"  + {line[1:]}" if line.startswith(_BELOW) else f"- {line}" for line in lines)]
            )
            for title, lines in self.sections
        )
        return "\n\n".join([*paragraphs, _ADVICE]) + "\n"

    @property
    def html(self) -> str:
        """As a page that a mail program shows without loading anything."""
        body = "".join(
            f'<h2 style="font-size:16px;margin:18px 0 4px;color:#7a1f1f">{escape(title)}</h2>'
            + f'<ul style="margin:0;padding-left:20px">{"".join(map(_item, lines))}</ul>'
            for title, lines in self.sections
        )
        return (
            f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{escape(self.subject)}</title></head>'
            '<body style="font-family:Arial,sans-serif;font-size:14px;line-height:1.5;max-width:760px;margin:16px">'
            f'<h1 style="font-size:20px">{escape(self.subject)}</h1>{body}<p>{escape(_ADVICE)}</p></body></html>\n'
        )


def _item(line: str) -> str:
    if line.startswith(_BELOW):
        return f'<li style="list-style:none;margin-left:14px;color:#444">{escape(line[1:])}</li>'
    return f"<li>{escape(line)}</li>"


def make_digest(settings: Settings, problems: tuple[str, ...] = ()) -> Digest:
    """What happened in the 24 hours before ``known_at``; ``problems`` are sentences about the post itself."""
    until = settings.known_at
    lines = [
        line
        for line in journal.read(ledger_path(settings.archive))
        if _moment(line.get("received_at") or line["judged_at"]) <= until
    ]
    landed = {line["submission_id"]: line for line in lines if line["event"] == "landed"}
    judged = [line for line in lines if line["event"] == "judged" and _is_new(line["judged_at"], until)]
    sections = (
        ("Kỳ báo cáo và thời hạn", _due(settings)),
        ("Hồ sơ mới nhận", _arrived(landed, judged, until)),
        ("Hồ sơ bị trả lại và lý do", _refused(settings, landed, judged)),
        ("Chưa nhận được vào kho", _left(settings)),
        ("Hồ sơ đang tạm giữ", _held(settings, landed)),
        (f"Giấy chứng nhận hết hạn trong {EXPIRING_DAYS} ngày tới", _expiring(settings)),
        ("Kiểm tra chất lượng và công bố số liệu", _gate(settings)),
        ("Thư điện tử", _post(settings, problems)),
    )
    day = until.astimezone(ZoneInfo(TIME_ZONE))
    subject = f"OCOP – bản tin số liệu ngày {day:%d/%m/%Y}"
    return Digest(subject, tuple((title, tuple(found) or ("Không có.",)) for title, found in sections))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _is_new(text: str, until: datetime) -> bool:
    return until - timedelta(days=1) < _moment(text) <= until


def _local(text: str) -> str:
    return f"{_moment(text).astimezone(ZoneInfo(TIME_ZONE)):%H:%M ngày %d/%m/%Y}"


def _who(settings: Settings, line: dict) -> str:
    """The unit of a landed line, by the name it bore last."""
    code = line["unit_code"]
    names = {unit.code: unit.name for unit in units_of_all_eras(settings.province_code)}
    return f"{code} {names.get(code, '')}".strip() if code else "Đơn vị chưa rõ"


def _what(settings: Settings, line: dict) -> str:
    return f"{_who(settings, line)}, kỳ {line['period_code'] or 'chưa rõ'}, tệp “{line['file_name']}”"


def _due(settings: Settings) -> list[str]:
    """The next report the province owes, and once it is due who has sent for it."""
    day, half = settings.as_of, half_due(settings.as_of, settings.province_code)
    due = deadlines(half, settings.province_code)
    found = [
        f"Kỳ {half.code}, số liệu đến hết ngày {half.cut_off_on:%d/%m/%Y}: hạn gửi của đơn vị {due.unit_on:%d/%m/%Y} "
        f"({due_words(due.unit_on, day)}), của tỉnh {due.ministry_on:%d/%m/%Y} ({due_words(due.ministry_on, day)})."
    ]
    try:
        status = submission_status(settings, half.code)
    except StepError:  # nothing is published, or not of this period yet
        return found
    names = ("expected_count", "received_count", "received_pct", "on_time_count", "on_time_pct")
    expected, received, received_pct, on_time, on_time_pct = (format_value(status[name]) for name in names)
    return [
        *found,
        f"Phải gửi: {expected} đơn vị; đã nhận: {received} ({received_pct} %); đúng hạn: {on_time} ({on_time_pct} %).",
    ]


def _arrived(landed: dict, judged: list[dict], until: datetime) -> list[str]:
    new = [
        line for line in landed.values() if _is_new(line["received_at"], until) and not line.get("list_id")
    ]
    if not new:
        return []
    verdicts = [line["verdict_code"] for line in judged if not landed[line["submission_id"]].get("list_id")]
    counts = ", ".join(
        f"{format_value(verdicts.count(code))} {word}" for code, word in _VERDICTS.items() if code in verdicts
    )
    return [f"{format_value(len(new))} tệp mới; đã xét: {counts or 'chưa có tệp nào'}."]


def _refused(settings: Settings, landed: dict, judged: list[dict]) -> list[str]:
    found = []
    for line in judged:
        origin = landed[line["submission_id"]]
        if line["verdict_code"] == "accepted" or origin.get("list_id"):
            continue
        found.append(f"{_what(settings, origin)}: {_VERDICTS[line['verdict_code']]}.")
        sentences = _sentences(settings, line["submission_id"])
        found += [_BELOW + sentence for sentence in sentences[:_MOST_SENTENCES]]
        if len(sentences) > _MOST_SENTENCES:
            found.append(
                f"{_BELOW}… và {len(sentences) - _MOST_SENTENCES} lỗi khác, xem phản hồi gửi đơn vị."
            )
    return found


def _sentences(settings: Settings, submission_id: str) -> list[str]:
    """Why a submission was refused, as its receipt says it; each sentence once."""
    for path in (settings.outbox / submission_id).glob("phan-hoi-*.json"):
        issues = json.loads(path.read_text(encoding="utf-8"))["issues"]
        return list(dict.fromkeys(_reason(issue) for issue in issues if issue["severity"] == "error"))
    return []


def _reason(issue: dict) -> str:
    """The sentence of a finding; of a personal cell only its title, because a digest also goes to a chat room."""
    personal = {known.name for form in load_forms().values() for known in form.fields if known.personal}
    if issue.get("field_name") in personal:
        return f"{issue['rule_id']}: lỗi ở cột “{issue['column_title']}” (thông tin cá nhân, xem phản hồi)."
    return f"{issue['rule_id']}: {issue['message']}"


def _left(settings: Settings) -> list[str]:
    """What the mailbox did not give, and what still lies in the landing folder."""
    found = []
    for line in journal.read(mailbox_path(settings)):
        if not line["taken"] and _is_new(line["at"], settings.known_at):
            what = line.get("file_name") or line.get("subject") or "không tiêu đề"
            codes = ", ".join(line.get("unit_codes", ()))
            found.append(f"Thư “{what}”{' của ' + codes if codes else ''}: {_WHY_NOT_TAKEN[line['why']]}.")
    if settings.landing.is_dir():
        lying = (path for path in sorted(settings.landing.rglob("*")) if path.is_file())
        names = [storable_name(path.name) for path in lying if not is_litter(path.name)]
        found += [f"Tệp “{name}” còn nằm trong thư mục nhận." for name in names]
    return found


def mailbox_path(settings: Settings) -> Path:
    """The journal of what came into the mailbox."""
    return settings.post / "mailbox.jsonl"


def _held(settings: Settings, landed: dict) -> list[str]:
    held: dict[str, dict] = {}
    for line in journal.read(settings.decisions):
        if line["decision"] in ("hold", "unhold") and _moment(line["decided_at"]) <= settings.known_at:
            held[line["submission_id"]] = line
    return [
        f"{_what(settings, landed[name])}: {line['why']} ({line['by']})."
        for name, line in held.items()
        if line["decision"] == "hold" and name in landed
    ]


def _expiring(settings: Settings) -> list[str]:
    if not (settings.published / DATABASE).exists():
        return []
    certificates = expiring_certificates(settings, settings.as_of, EXPIRING_DAYS)["certificates"]
    found = [
        f"{certificate['unit_name']}: {certificate['product_name']} ({certificate['producer_name']}), "
        f"hết hạn {certificate['expires_on']:%d/%m/%Y}."
        for certificate in sorted(certificates, key=lambda c: c["expires_on"])
    ]
    if len(found) > _MOST_CERTIFICATES:
        more = len(found) - _MOST_CERTIFICATES
        found = [*found[:_MOST_CERTIFICATES], f"… và {more} giấy chứng nhận khác: ocop expiring."]
    return found


def _gate(settings: Settings) -> list[str]:
    found = []
    # Publishing takes the candidate away and leaves its verdict: the newer of the two is the last night's.
    verdicts = [_verdict(folder / "gate.json") for folder in (settings.build, settings.published)]
    if last := max((v for v in verdicts if v), key=lambda v: v["checked_at"], default=None):
        if last["verdict"] == "passed":
            found.append(f"Số liệu đạt yêu cầu kiểm tra lúc {_local(last['checked_at'])}.")
        else:
            found.append(
                f"Số liệu bị giữ lại khi kiểm tra lúc {_local(last['checked_at'])}; xem build/gate.html."
            )
            for result in last["results"]:
                if not result["success"] and result["is_blocking"]:
                    found += [
                        f"{_BELOW}{result['rule_id']}: {sentence}"
                        for sentence in result["sentences"][:_MOST_SENTENCES]
                    ]
        if not _is_new(last["checked_at"], settings.known_at):
            found.append("Đêm qua không có lượt kiểm tra nào; đề nghị bộ phận kỹ thuật xem nhật ký.")
    published = verdicts[1]
    if published and (settings.published / DATABASE).exists():
        found.append(f"Số liệu đang công bố là bản kiểm tra lúc {_local(published['checked_at'])}.")
    else:
        found.append("Chưa có số liệu nào được công bố.")
    return found


def _verdict(path: Path) -> dict | None:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _post(settings: Settings, problems: tuple[str, ...]) -> list[str]:
    found = list(problems)
    for line in journal.read(sent_path(settings)):
        if line["verdict"] == "refused" and _is_new(line["at"], settings.known_at):
            found.append(
                f"Máy chủ thư từ chối “{line['mail_id'].rsplit('.', 1)[0]}”; đề nghị kiểm tra địa chỉ trong danh bạ."
            )
    return found
