"""Mail goes encrypted, and only to servers a known authority vouches for: real servers, an authority of the test's own."""

import imaplib

import pytest
from homes import settings_of
from mail_servers import DOVECOT, NO_DOVECOT, free_port, imap_server, make_authority, smtp_server

from pipeline import doctor
from pipeline.mail import Letter, put, send_waiting
from pipeline.post_office import fetch_mail
from pipeline.settings import load_post_settings

PASSWORD = "only-for-this-test"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """The authority, and the certificate and key of the server."""
    authority, *server = make_authority(tmp_path_factory.mktemp("tls"))
    return authority, tuple(server)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home with one letter to send."""
    monkeypatch.setenv("OCOP_MAIL_FROM", "ocop@tinh.vn")
    (tmp_path / "password").write_text(PASSWORD + "\n")
    monkeypatch.setenv("OCOP_IMAP_PASSWORD_FILE", str(tmp_path / "password"))
    return settings_of(tmp_path / "home")


@pytest.fixture(params=["smtp", "smtps"])
def server(request, home, certificates, monkeypatch):
    """The letters of a server that takes none unencrypted: by STARTTLS and from the first byte."""
    port = free_port()
    monkeypatch.setenv("OCOP_SMTP", f"{request.param}://127.0.0.1:{port}")
    with smtp_server(port, certificates[1], is_implicit=request.param == "smtps") as letters:
        yield letters


def write(home):
    put(home, load_post_settings(), Letter("one", "Thư thử", "Nội dung"), ["desk@tinh.vn"])
    return send_waiting(home, load_post_settings())


def test_a_letter_goes_to_a_server_the_authority_of_the_province_vouches_for(
    home, server, certificates, monkeypatch
):
    monkeypatch.setenv("OCOP_MAIL_CA_FILE", str(certificates[0]))
    assert (write(home).sent, len(server.received)) == (1, 1)
    assert doctor.mail(home)[0] == 0


def test_a_server_with_an_unknown_certificate_gets_no_letter(home, server, tmp_path, monkeypatch):
    (tmp_path / "ca.pem").touch()  # as docker-compose.yml has it where no authority was given
    monkeypatch.setenv("OCOP_MAIL_CA_FILE", str(tmp_path / "ca.pem"))
    done = write(home)
    assert (done.sent, done.waiting, done.is_broken, server.received) == (0, 1, True, [])
    assert (
        "its certificate is not trusted: unable to get local issuer certificate; see docs/runbook.md#setting-up-mail"
        in done.problem
    )
    code, said = doctor.mail(home)
    assert (code, "its certificate is not trusted" in said) == (2, True)


def test_a_certificate_of_another_server_is_refused(home, tmp_path, monkeypatch):
    authority, *certificate = make_authority(tmp_path, name="127.0.0.2")
    port = free_port()
    monkeypatch.setenv("OCOP_SMTP", f"smtps://127.0.0.1:{port}")
    monkeypatch.setenv("OCOP_MAIL_CA_FILE", str(authority))
    with smtp_server(port, tuple(certificate), is_implicit=True) as letters:
        assert "IP address mismatch, certificate is not valid for '127.0.0.1'" in write(home).problem
    assert letters.received == []


def test_an_authority_that_is_not_there_is_named(home, monkeypatch):
    monkeypatch.setenv("OCOP_SMTP", "smtps://mail.tinh.vn")
    monkeypatch.setenv("OCOP_MAIL_CA_FILE", "/nowhere/ca.pem")
    with pytest.raises(ValueError, match="/nowhere/ca.pem cannot be read: No such file"):
        load_post_settings()


@pytest.mark.parametrize("scheme", ["smtp", "imap"])
def test_no_password_goes_out_in_the_clear(home, monkeypatch, scheme):
    """To another machine, that is: the servers of this test are taken for one."""
    monkeypatch.setattr("pipeline.settings.Server.is_on_this_machine", False)
    name = f"OCOP_{scheme.upper()}"
    monkeypatch.setenv(f"{name}_PASSWORD_FILE", str(home.home.parent / "password"))
    port = free_port()
    monkeypatch.setenv(name, f"{scheme}://ocop@127.0.0.1:{port}")
    if scheme == "smtp":
        with smtp_server(port) as letters:
            assert "it offers no encryption, so the password was not sent" in write(home).problem
        assert letters.received == []
    elif DOVECOT is None:
        pytest.skip(NO_DOVECOT)
    else:
        with imap_server(PASSWORD) as port:
            monkeypatch.setenv(name, f"imap://ocop@127.0.0.1:{port}")
            assert "offers no encryption, so the password was not sent" in fetch_mail(
                home, load_post_settings()
            )


@pytest.mark.skipif(DOVECOT is None, reason=NO_DOVECOT)
def test_a_mailbox_is_read_over_tls_and_one_with_an_unknown_certificate_is_not(
    home, certificates, monkeypatch
):
    authority, certificate = certificates
    with imap_server(PASSWORD, certificate) as port:
        monkeypatch.setenv("OCOP_IMAP", f"imaps://ocop@127.0.0.1:{port}")
        said = fetch_mail(home, load_post_settings())
        assert (
            "its certificate is not trusted: unable to get local issuer certificate; see docs/runbook.md#setting-up-mail"
            in said
        )

        monkeypatch.setenv("OCOP_MAIL_CA_FILE", str(authority))
        with imaplib.IMAP4_SSL("127.0.0.1", port, ssl_context=load_post_settings().imap.tls()) as client:
            client.login("ocop", PASSWORD)
            client.append("INBOX", None, None, b"From: la@nguoi.vn\r\nSubject: x\r\n\r\n")
        assert fetch_mail(home, load_post_settings()) == ""
    lines = (home.post / "mailbox.jsonl").read_text(encoding="utf-8")
    assert "unknown_sender" in lines
