"""A real SMTP server (aiosmtpd) and a real IMAP server (Debian's dovecot-imapd) on loopback, for the tests of the post."""

import getpass
import grp
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

DOVECOT = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
NO_DOVECOT = "dovecot-imapd is not installed; run: apt-get install dovecot-imapd"


def free_port() -> int:
    """A port of loopback nobody uses."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Letters:
    """What the SMTP server took: ``received`` as messages; ``replies`` are answers to addresses instead of taking."""

    def __init__(self):
        self.received, self.replies = [], {}

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.received.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


def make_authority(folder: Path, name: str = "127.0.0.1") -> tuple[Path, Path, Path]:
    """A certificate authority of a province and a server's certificate by it: authority, certificate and key as PEM files."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    now = datetime.now(UTC)
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "CA của tỉnh")])
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]

    def certificate(subject: x509.Name, key: ec.EllipticCurvePrivateKey, extension, is_critical: bool):
        builder = x509.CertificateBuilder(
            issuer,
            subject,
            key.public_key(),
            x509.random_serial_number(),
            now - timedelta(days=1),
            now + timedelta(days=1),
        )
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(keys[0].public_key())
        builder = builder.add_extension(extension, is_critical).add_extension(identifier, False)
        return builder.sign(keys[0], hashes.SHA256()).public_bytes(Encoding.PEM)

    authority = certificate(issuer, keys[0], x509.BasicConstraints(ca=True, path_length=0), True)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))])
    server = certificate(x509.Name([]), keys[1], names, True)
    key = keys[1].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    paths = tuple(folder / f"{each}.pem" for each in ("authority", "server", "key"))
    for path, content in zip(paths, (authority, server, key), strict=True):
        path.write_bytes(content)
    return paths


@contextmanager
def smtp_server(port: int, certificate: tuple[Path, Path] | None = None, is_implicit: bool = False):
    """Yields the letters that a server on that port takes; with certificate and key, after STARTTLS or from the first byte."""
    from aiosmtpd.controller import Controller

    letters, options = Letters(), {}
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate)
        encrypted = {"tls_context": context, "require_starttls": True}
        options = {"ssl_context": context} if is_implicit else encrypted
    controller = Controller(letters, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield letters
    finally:
        controller.stop()


@contextmanager
def imap_server(password: str, certificate: tuple[Path, Path] | None = None):
    """Yields the port of a server with the one user ``ocop`` and an empty mailbox; with certificate and key it is imaps."""
    # Not below pytest's folder, which is closed to the account that dovecot reads mail as when it is started by root.
    with TemporaryDirectory(prefix="imap-") as name:
        Path(name).chmod(0o755)
        yield from _imap_server(Path(name), password, certificate)


def _imap_server(folder: Path, password: str, certificate: tuple[Path, Path] | None):
    port, user = free_port(), getpass.getuser()
    for name in ("run", "state", "mail"):
        (folder / name).mkdir(parents=True)
    owner = pwd.getpwnam("nobody" if user == "root" else user)  # dovecot serves no mail of root's
    os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
    (folder / "users").write_text(f"ocop:{{PLAIN}}{password}\n")
    group = grp.getgrgid(os.getgid()).gr_name
    ports = {"imap": 0, "imaps": port} if certificate else {"imap": port, "imaps": 0}
    ssl_lines = "ssl = no\ndisable_plaintext_auth = no"
    if certificate:
        ssl_lines = f"ssl = required\nssl_cert = <{certificate[0]}\nssl_key = <{certificate[1]}"
    # Dovecot wants accounts of its own that must exist; the mail belongs to whoever runs the tests.
    nobody = ("dovenull", "dovecot") if user == "root" else (user, user)
    (folder / "dovecot.conf").write_text(f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_login_user = {nobody[0]}
default_internal_user = {nobody[1]}
default_internal_group = {"dovecot" if user == "root" else group}
protocols = imap
listen = 127.0.0.1
{ssl_lines}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{folder}/mail
service imap-login {{
    chroot =
    inet_listener imap {{
        port = {ports["imap"]}
    }}
    inet_listener imaps {{
        port = {ports["imaps"]}
        ssl = yes
    }}
}}
service auth {{
    user = {user}
}}
service anvil {{
    chroot =
}}
passdb {{
    driver = passwd-file
    args = {folder}/users
}}
userdb {{
    driver = static
    args = uid={owner.pw_uid} gid={owner.pw_gid} home={folder}
}}
""")
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(folder / "dovecot.conf")])
    try:
        _wait_until_open(port, process, folder / "log")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_open(port: int, process: subprocess.Popen, log: Path) -> None:
    ends = time.monotonic() + 20
    while time.monotonic() < ends and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(f"dovecot did not start: {log.read_text() if log.exists() else process.returncode}")
