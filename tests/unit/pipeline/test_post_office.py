"""The post office against a real SMTP server on loopback: nothing is lost, nothing is sent twice, each to its own unit."""

import json
import stat
from dataclasses import replace
from datetime import date, timedelta

import pytest
from homes import KNOWN_AT, settings_of
from mail_servers import free_port, smtp_server

from ingest import journal
from ingest.land import ledger_path
from pipeline import steps
from pipeline.contacts import take_contacts
from pipeline.digest import make_digest

REFUSED, ACCEPTED = "2024H2-587-aaaaaaaaaaaa", "2024H2-585-bbbbbbbbbbbb"


def judged(settings, name, unit, file_name, verdict, folder=""):
    """A filing as land and load leave it."""
    at = (KNOWN_AT - timedelta(hours=1)).isoformat()
    line = {"event": "landed", "submission_id": name, "unit_code": unit, "period_code": "2024H2"}
    journal.append(
        ledger_path(settings.archive),
        line | {"file_name": file_name, "landing_folder": folder, "received_at": at},
    )
    verdict_line = {"event": "judged", "submission_id": name, "verdict_code": verdict, "judged_at": at}
    journal.append(ledger_path(settings.archive), verdict_line)
    answer = settings.outbox / name / f"phan-hoi-{file_name}"
    answer.parent.mkdir(parents=True)
    answer.write_bytes(b"PK\x03\x04 workbook")
    issue = {"rule_id": "CELL-02", "severity": "error", "message": "Ô ghi “ba sao”, không phải số."}
    phone = {"rule_id": "CELL-03", "severity": "error", "message": "“0912345678” không hợp lệ."}
    phone |= {"field_name": "representative_phone", "column_title": "Điện thoại"}
    answer.with_suffix(".json").write_text(json.dumps({"issues": [issue, phone]}), encoding="utf-8")


@pytest.fixture
def home(tmp_path):
    settings = settings_of(tmp_path / "home")
    judged(settings, REFUSED, "587", "Báo cáo Ninh Phước đợt 2.xlsx", "refused")
    judged(settings, ACCEPTED, "585", "ocop-585.xlsx", "accepted")
    file = tmp_path / "contacts.csv"
    file.write_text(
        "unit_code,name,email\n587,Đào,dao@ninhphuoc.vn\n587,Bé,be@ninhphuoc.vn\n585,Sơn,son@ninhson.vn\n"
    )
    take_contacts(settings, file)
    return settings


@pytest.fixture
def port(monkeypatch):
    number = free_port()
    monkeypatch.setenv("OCOP_SMTP", f"smtp://127.0.0.1:{number}")
    monkeypatch.setenv("OCOP_MAIL_FROM", "Tổng hợp OCOP <ocop@tinh.vn>")
    monkeypatch.setenv("OCOP_MAIL_DESK", "desk@tinh.vn")
    return number


def test_each_receipt_goes_to_the_contacts_of_its_sender_and_once(home, port):
    with smtp_server(port) as letters:
        first = steps.post(home)
        again = steps.post(replace(home, known_at=KNOWN_AT + timedelta(days=1)))

    assert (first.details["new"], first.details["sent"]) == (3, 3)
    assert (again.details["new"], again.details["sent"]) == (0, 0)
    by_address = {letter["To"]: letter for letter in letters.received}
    assert set(by_address) == {"dao@ninhphuoc.vn", "be@ninhphuoc.vn", "son@ninhson.vn"}
    letter = by_address["dao@ninhphuoc.vn"]
    assert letter["Subject"] == "OCOP – phản hồi báo cáo kỳ 2024H2: Báo cáo Ninh Phước đợt 2.xlsx"
    assert letter["From"] == "Tổng hợp OCOP <ocop@tinh.vn>"
    assert "Kính đề nghị quý đơn vị sửa các ô được đánh dấu" in letter.get_body().get_content()
    (workbook,) = letter.iter_attachments()
    assert workbook.get_filename() == "phan-hoi-Báo cáo Ninh Phước đợt 2.xlsx"
    assert workbook.get_content() == b"PK\x03\x04 workbook"


def test_a_file_in_the_folder_of_a_unit_is_answered_to_that_unit(home, port):
    judged(home, "2024H2-585-cccccccccccc", "585", "la.xlsx", "refused", folder="587/mail")
    with smtp_server(port) as letters:
        steps.post(home)
    strange = [letter["To"] for letter in letters.received if "la.xlsx" in letter["Subject"]]
    assert sorted(strange) == ["be@ninhphuoc.vn", "dao@ninhphuoc.vn"]


def test_mail_server_down_the_letters_wait_and_go_out_later(home, port):
    with pytest.raises(
        steps.StepError, match=f"smtp://127.0.0.1:{port} does not take mail .ConnectionRefused"
    ):
        steps.tell(home)
    spooled = sorted((home.post / "spool").iterdir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in spooled} == {0o600}

    with smtp_server(port) as letters:
        steps.tell(home)
        steps.tell(home)

    assert len(letters.received) == 4  # three receipts, one digest
    (digest,) = [letter for letter in letters.received if letter["To"] == "desk@tinh.vn"]
    assert "3 thư đang chờ gửi." in digest.get_body(("plain",)).get_content()
    assert len({letter["Message-ID"] for letter in letters.received}) == 4
    assert not list((home.post / "spool").iterdir())


def test_a_wrong_address_keeps_nobody_else_waiting_and_is_named_without_the_address(home, port):
    with smtp_server(port) as letters:
        letters.replies = {"be@ninhphuoc.vn": "550 no such user", "son@ninhson.vn": "451 try again later"}
        done = steps.post(home)
        assert (done.details["sent"], done.details["waiting"]) == (1, 1)
        assert f"refused by the mail server for good: receipt-{REFUSED}" in done.summary
        assert "be@" not in done.summary
        letters.replies = {}
        steps.post(home)

    assert [letter["To"] for letter in letters.received] == ["dao@ninhphuoc.vn", "son@ninhson.vn"]
    assert f"Máy chủ thư từ chối “receipt-{REFUSED}”" in make_digest(home).text


def test_a_unit_without_contacts_is_named(home, port):
    judged(home, "2024H2-586-dddddddddddd", "586", "ocop-586.xlsx", "accepted")
    with smtp_server(port):
        assert "no contact for 586" in steps.post(home).summary


def test_the_digest_says_what_came_what_was_refused_and_what_is_held(home, port):
    hold = {"decision": "hold", "submission_id": ACCEPTED, "by": "Chị Hạnh", "why": "đang hỏi lại số chủ thể"}
    journal.append(home.decisions, hold | {"decided_at": KNOWN_AT.isoformat()})
    with smtp_server(port) as letters:
        steps.tell(home)

    (digest,) = [letter for letter in letters.received if letter["To"] == "desk@tinh.vn"]
    assert digest["Subject"] == "OCOP – bản tin số liệu ngày 16/12/2024"
    for kind in ("plain", "html"):
        text = digest.get_body((kind,)).get_content()
        assert (
            "Kỳ 2024H2, số liệu đến hết ngày 14/12/2024: hạn gửi của đơn vị 17/12/2024 (còn 1 ngày), "
            "của tỉnh 25/12/2024 (còn 9 ngày)."
        ) in text
        assert "2 tệp mới; đã xét: 1 tiếp nhận, 1 trả lại." in text
        assert "587 Huyện Ninh Phước, kỳ 2024H2, tệp “Báo cáo Ninh Phước đợt 2.xlsx”: trả lại." in text
        assert "CELL-02: Ô ghi “ba sao”, không phải số." in text
        assert "CELL-03: lỗi ở cột “Điện thoại”" in text
        assert "0912345678" not in text
        assert "đang hỏi lại số chủ thể (Chị Hạnh)" in text
        assert "Chưa có số liệu nào được công bố." in text


def test_yesterdays_refusal_is_not_news(home):
    tomorrow = replace(home, known_at=KNOWN_AT + timedelta(days=2))
    assert "trả lại." not in make_digest(tomorrow).text


def test_reminders_come_once_a_week_and_again_after_the_deadline(home, port, monkeypatch):
    units = [
        {"unit_code": "587", "unit_name": "Huyện Ninh Phước", "submission_status_code": "refused"},
        {"unit_code": "585", "unit_name": "Huyện Ninh Sơn", "submission_status_code": "received"},
    ]
    monkeypatch.setattr("pipeline.steps.letters.submission_status", lambda *_: {"units": units})
    with smtp_server(port) as letters:
        counts = [
            steps.remind(replace(home, as_of=date(2024, 12, day)), "2024H2").details["new"]
            for day in (6, 7, 10, 18, 21, 23)
        ]
    texts = [letter.get_body().get_content() for letter in letters.received]
    assert {letter["To"] for letter in letters.received} == {"dao@ninhphuoc.vn", "be@ninhphuoc.vn"}
    assert "đã bị trả lại và chưa được gửi lại" in texts[0]
    assert counts[0] == 2
    assert sum(counts) == len(texts) < 12
    assert "Thời hạn gửi là ngày 17/12/2024, còn 11 ngày." in texts[0]
    assert any("đã quá 1 ngày." in text for text in texts)


def test_a_password_in_the_address_is_refused_without_repeating_it(home, monkeypatch):
    monkeypatch.setenv("OCOP_SMTP", "smtps://ocop:geheim@mail.tinh.vn")
    monkeypatch.setenv("OCOP_MAIL_FROM", "ocop@tinh.vn")
    with pytest.raises(steps.StepError, match="OCOP_SMTP carries a password") as told:
        steps.post(home)
    assert "geheim" not in str(told.value)


def test_the_webhook_gets_the_digest_once_and_its_silence_stops_nothing(home, port, monkeypatch):
    import http.server
    import threading

    bodies = []

    class Room(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(503 if len(bodies) == 1 else 200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    room = http.server.HTTPServer(("127.0.0.1", 0), Room)
    threading.Thread(target=room.serve_forever, daemon=True).start()
    monkeypatch.setenv("OCOP_WEBHOOK", f"http://127.0.0.1:{room.server_port}/")
    with smtp_server(port):
        assert "the webhook answers 503" in steps.tell(home).summary
        steps.tell(home)
        steps.tell(home)
    room.shutdown()
    assert len(bodies) == 2  # tried again, and then never again
    assert "2 tệp mới" in bodies[1]["text"]
