"""The mailbox as a landing place, against a real IMAP server (Debian's dovecot) on loopback."""

import imaplib
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from homes import KNOWN_AT, settings_of
from mail_servers import DOVECOT, NO_DOVECOT, free_port, imap_server

from ingest import journal, mailbox
from ingest.land import ledger_path
from pipeline import doctor, steps
from pipeline.contacts import take_contacts
from pipeline.digest import mailbox_path, make_digest
from pipeline.settings import PROJECT

pytestmark = pytest.mark.skipif(DOVECOT is None, reason=NO_DOVECOT)

WORKBOOK = PROJECT / "samples" / "ocop-587-2024H2.xlsx"
EXCEL = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Port of the server; the password is in the file beside its mailbox."""
    folder = tmp_path_factory.mktemp("imap")
    (folder / "password").write_text("only-for-this-test\n")
    with imap_server("only-for-this-test") as port:
        yield port, folder / "password"


@pytest.fixture
def box(server, tmp_path, monkeypatch):
    """An empty mailbox, known to the settings; call it with messages to put them in."""
    port, password = server
    monkeypatch.setenv("OCOP_IMAP", f"imap://ocop@127.0.0.1:{port}")
    monkeypatch.setenv("OCOP_IMAP_PASSWORD_FILE", str(password))
    client = imaplib.IMAP4("127.0.0.1", port)
    client.login("ocop", password.read_text().strip())
    client.select("INBOX")
    client.store("1:*", "+FLAGS", "\\Deleted") if client.search(None, "ALL")[1][0] else None
    client.expunge()

    def put(*messages, came_at=None):
        date = came_at and imaplib.Time2Internaldate(came_at)
        for message in messages:
            content = message if isinstance(message, bytes) else message.as_bytes(policy=SMTP)
            assert client.append("INBOX", None, date, content)[0] == "OK"

    yield put
    client.logout()


@pytest.fixture
def home(tmp_path):
    settings = settings_of(tmp_path / "home")
    file = tmp_path / "contacts.csv"
    file.write_text(
        "unit_code,name,email\n587,Đào,Dao@ninhphuoc.vn\n585,Sơn,son@ninhson.vn\n584,Hai,hai@tinh.vn\n586,Hai,hai@tinh.vn\n"
    )
    take_contacts(settings, file)
    return settings


def mail(sender, *files, message_id="<1@ninhphuoc.vn>"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "ocop@tinh.vn", "Báo cáo OCOP"
    message["Message-ID"] = message_id
    message.set_content("Kính gửi")
    for name, content in files:
        message.add_attachment(content, maintype=EXCEL[0], subtype=EXCEL[1], filename=name)
    return message


def lying(settings):
    return {
        path.relative_to(settings.landing).as_posix(): path.read_bytes()
        for path in settings.landing.rglob("*")
        if path.is_file()
    }


def fetch(settings, at=KNOWN_AT):
    from pipeline.post_office import fetch_mail
    from pipeline.settings import load_post_settings

    assert fetch_mail(replace(settings, known_at=at), load_post_settings()) == ""
    return lying(settings)


def why(settings):
    return [line.get("why") for line in journal.read(mailbox_path(settings)) if not line["taken"]]


def test_a_workbook_of_a_known_sender_is_landed_once(box, home):
    box(mail("Đào <dao@NinhPhuoc.vn>", ("Báo cáo huyện Ninh Phước.xlsx", WORKBOOK.read_bytes())))

    assert len(steps.land(home).details["new"]) == 1
    (line,) = journal.read(ledger_path(home.archive))
    assert (line["unit_code"], line["landing_folder"]) == ("587", "587/mail")
    assert line["file_name"] == "Báo cáo huyện Ninh Phước.xlsx"

    # The same mail put back into the box, as a provider's restore does, brings nothing again.
    box(mail("dao@ninhphuoc.vn", ("Báo cáo huyện Ninh Phước.xlsx", WORKBOOK.read_bytes())))
    assert fetch(home) == {}


def test_a_mail_taken_by_a_late_night_counts_from_when_it_came_into_the_mailbox(box, home):
    """A night due at 2:00 begins at noon, after a power cut: what came at 8:00 was not there at 2:00, nor came it at noon."""
    due_at = KNOWN_AT - timedelta(hours=10)
    late = replace(home, due_at=due_at)
    for number, hours in enumerate((-12, 6, 24)):
        box(
            mail("dao@ninhphuoc.vn", (f"{number}.csv", b"%d" % number), message_id=f"<{number}@x>"),
            came_at=due_at + timedelta(hours=hours),
        )
    again = mail("dao@ninhphuoc.vn", ("1.csv", b"1"), message_id="<again@x>")
    box(again, came_at=due_at + timedelta(hours=7))  # sent twice, it came the first time

    steps.land(late)

    received = {line["file_name"]: line["received_at"] for line in journal.read(ledger_path(home.archive))}
    expected = (due_at, due_at + timedelta(hours=6), KNOWN_AT)  # and never after it was taken
    assert received == {f"{number}.csv": moment.isoformat() for number, moment in enumerate(expected)}


def test_the_doctor_looks_at_the_mailbox(box, home, monkeypatch, tmp_path):
    code, said = doctor.mailbox(home)
    assert (code, said.endswith("answers")) == (0, True)
    (tmp_path / "wrong").write_text("wrong")
    monkeypatch.setenv("OCOP_IMAP_PASSWORD_FILE", str(tmp_path / "wrong"))
    code, said = doctor.mailbox(home)
    assert (code, said.endswith("cannot be opened (error). What was sent waits there")) == (2, True)
    monkeypatch.delenv("OCOP_IMAP")
    assert doctor.mailbox(home)[0] == 0


def test_the_contact_of_one_unit_never_speaks_for_another(box, home):
    box(mail("son@ninhson.vn", ("ocop-587-2024H2.xlsx", WORKBOOK.read_bytes())))

    steps.land(home)
    assert set(steps.load(home).details["verdicts"].values()) == {"refused"}

    text = make_digest(home).text
    assert "FILE-11" in text
    assert "585" in text


def test_an_unknown_sender_is_named_and_taken_once_the_contacts_know_him(box, home, tmp_path):
    box(mail("moi@ninhphuoc.vn", ("a.xlsx", b"1")))

    assert fetch(home) == {}
    assert fetch(home, KNOWN_AT + timedelta(minutes=5)) == {}
    assert why(home) == ["unknown_sender"]
    text = make_digest(replace(home, known_at=KNOWN_AT + timedelta(hours=1))).text
    assert "Thư “Báo cáo OCOP”: người gửi không có trong danh bạ đơn vị." in text
    assert "moi@" not in text

    file = tmp_path / "contacts.csv"
    file.write_text("unit_code,name,email\n587,Mới,moi@ninhphuoc.vn\n")
    take_contacts(home, file)
    assert set(fetch(home)) == {"587/mail/a.xlsx"}


def test_names_as_mail_programs_write_them(box, home):
    head = "From: dao@ninhphuoc.vn\r\nMessage-ID: <names@x>\r\nMIME-Version: 1.0\r\n"
    head += "Content-Type: multipart/mixed; boundary=B\r\n\r\n"
    parts = [
        # RFC 2231, in pieces
        "Content-Disposition: attachment;\r\n filename*0*=utf-8''B%C3%A1o%20c;\r\n filename*1*=%C3%A1o.xlsx",
        # RFC 2047 in a parameter: forbidden, and what Outlook and Gmail have written for years
        'Content-Type: application/octet-stream; name="=?utf-8?B?QsOhbyBjw6FvIDIueGxzeA==?="',
        'Content-Disposition: attachment; filename="../../etc/x.xlsx"',
        'Content-Disposition: attachment; filename=".xlsx"',
    ]
    body = "".join(f"--B\r\n{part}\r\n\r\ncontent {n}\r\n" for n, part in enumerate(parts)) + "--B--\r\n"
    box((head + body).encode())

    found = fetch(home)

    assert set(found) == {
        f"587/mail/{name}" for name in ("Báo cáo.xlsx", "Báo cáo 2.xlsx", "tep.._.._etc_x.xlsx", "tep.xlsx")
    }


def test_a_forwarded_mail_counts_as_its_senders(box, home):
    inner = mail("son@ninhson.vn", ("trong.xlsx", b"inner"), message_id="<inner@x>")
    outer = mail("dao@ninhphuoc.vn")
    outer.add_attachment(inner)
    box(outer)
    assert fetch(home) == {"587/mail/trong.xlsx": b"inner"}


def test_two_files_of_one_name_both_land(box, home):
    box(mail("dao@ninhphuoc.vn", ("a.xlsx", b"1"), ("a.xlsx", b"2")))
    assert sorted(fetch(home).values()) == [b"1", b"2"]


def test_an_address_of_two_units_needs_the_code_in_the_file_name(box, home):
    box(mail("hai@tinh.vn", ("ocop-586-2024H2.xlsx", b"1"), ("bao-cao.xlsx", b"2")))
    assert fetch(home) == {"586/mail/ocop-586-2024H2.xlsx": b"1"}
    assert why(home) == ["several_units"]


def test_what_is_too_much_is_left_in_the_box_and_named(box, home, monkeypatch):
    monkeypatch.setattr(mailbox, "MAX_FILE_BYTES", 1000)
    monkeypatch.setattr(mailbox, "_MAX_MESSAGE_BYTES", 20_000)
    many = [(f"{number}.xlsx", b"%d" % number) for number in range(mailbox.MOST_ATTACHMENTS + 1)]
    box(
        mail("dao@ninhphuoc.vn", ("to.xlsx", b"x" * 1001), ("ảnh.png", b"png"), message_id="<2@x>"),
        mail("dao@ninhphuoc.vn", ("rất to.xlsx", b"x" * 30_000), message_id="<3@x>"),
        mail("dao@ninhphuoc.vn", *many, message_id="<4@x>"),
    )

    assert len(fetch(home)) == mailbox.MOST_ATTACHMENTS
    assert why(home) == ["too_large", "no_table", "too_large", "too_many"]
    assert "Thư “to.xlsx” của 587: thư hoặc tệp quá lớn" in make_digest(home).text


def test_a_mailbox_that_does_not_answer_stops_no_file_of_a_folder(home, monkeypatch):
    monkeypatch.setenv("OCOP_IMAP", f"imap://ocop@127.0.0.1:{free_port()}")
    home.landing.mkdir(parents=True)
    (home.landing / "ocop-587-2024H2.xlsx").write_bytes(WORKBOOK.read_bytes())

    done = steps.land(home)

    assert len(done.details["new"]) == 1
    assert "not taken: mailbox (The mailbox at imap://127.0.0.1" in done.summary
