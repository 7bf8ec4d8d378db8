"""Where the data lives and what time it is: the one place that reads the environment."""

from __future__ import annotations

import os
import shlex
import ssl
import subprocess
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

PROJECT = Path(__file__).resolve().parents[1]
TIME_ZONE = "Asia/Ho_Chi_Minh"


@dataclass(frozen=True)
class Settings:
    """The data home and its two clocks.

    ``as_of`` is the day facts are looked at from; ``known_at`` (UTC) the moment up to which submissions and decisions count.
    ``due_at`` is set where a night begins later than it should have: nobody is late because of that.
    """

    home: Path
    as_of: date
    known_at: datetime
    province_code: str = "58"
    landing_place: str = ""
    backup_place: Path | None = None
    backup_key_file: Path | None = None
    due_at: datetime | None = None

    @property
    def landing(self) -> Path:
        """Where files arrive: a folder of the home, or another local folder that is the landing place."""
        is_local = self.landing_place and not self.remote_landing
        return Path(self.landing_place).resolve() if is_local else self.home / "landing"

    @property
    def remote_landing(self) -> str | None:
        """URL of a landing place that is not a folder of this machine, from which files are brought to ``landing``."""
        return self.landing_place if "://" in self.landing_place else None

    @property
    def archive(self) -> Path:
        """Untouched originals, ledger and past verdicts."""
        return self.home / "archive"

    @property
    def raw(self) -> Path:
        """Typed rows of accepted submissions, and all issues."""
        return self.home / "raw"

    @property
    def decisions(self) -> Path:
        """The log of what people decided."""
        return self.home / "decisions" / "decisions.jsonl"

    @property
    def outbox(self) -> Path:
        """Receipts for the senders."""
        return self.home / "outbox"

    @property
    def contacts(self) -> Path:
        """Who answers for a unit: personal, so only the owner of the home may read it."""
        return self.home / "contacts" / "contacts.csv"

    @property
    def post(self) -> Path:
        """Mail that waits to be sent, the log of what was sent, and of what came into the mailbox."""
        return self.home / "post"

    @property
    def build(self) -> Path:
        """The candidate and its verdict."""
        return self.home / "build"

    @property
    def published(self) -> Path:
        """What analysts read."""
        return self.home / "published"

    @property
    def releases(self) -> Path:
        """Frozen copies and reports, one folder per period."""
        return self.home / "releases"

    @property
    def runs(self) -> Path:
        """What became of each night: a row and a page."""
        return self.home / "runs"

    @property
    def backups(self) -> Path:
        """Where backups are written: better another disk than the home's."""
        return self.backup_place or self.home / "backups"


def load_settings(*, as_of: date, known_at: datetime, home: Path | None = None) -> Settings:
    """Settings of a data home; OCOP_HOME and OCOP_PROVINCE speak where nothing is given, ./var and 58 else.

    OCOP_LANDING is the landing place where it is not ``landing/`` of the home: a folder or an fsspec URL.
    OCOP_BACKUPS is the folder of the backups where it is not ``backups/``, OCOP_BACKUP_KEY_FILE the file with their key.
    """
    chosen = home or Path(os.environ.get("OCOP_HOME", "var"))
    province, place = province_served(), os.environ.get("OCOP_LANDING", "")
    backups, key = (_path(os.environ.get(name)) for name in ("OCOP_BACKUPS", "OCOP_BACKUP_KEY_FILE"))
    return Settings(chosen.resolve(), as_of, known_at, province, place, backups, key)


def province_served() -> str:
    """Code of the province this installation serves."""
    return os.environ.get("OCOP_PROVINCE", "58")


def _path(text: str | None) -> Path | None:
    return Path(text).resolve() if text else None


def metadata_url(home: Path) -> str | None:
    """Address of Airflow's metadata database as Airflow is configured; None where there is no Airflow.

    Inside a task Airflow takes the address away, so a command that prints it goes before; `make airflow` keeps its own
    database in the home.
    """
    if command := os.environ.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD"):
        return subprocess.run(shlex.split(command), check=True, capture_output=True, text=True).stdout.strip()
    url = os.environ.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "")
    if url and not url.startswith("airflow-db-not-allowed:"):
        return url
    local = home / "airflow" / "airflow.db"
    return f"sqlite:///{local}" if local.exists() else None


def git_commit() -> str:
    """The commit that runs; an image without git names it in OCOP_COMMIT."""
    if named := os.environ.get("OCOP_COMMIT"):
        return named
    try:
        command = ["git", "-C", str(PROJECT), "rev-parse", "HEAD"]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "unknown"


@dataclass(frozen=True)
class Server:
    """A mail server: ``scheme`` smtp or imap (STARTTLS where it is offered), smtps or imaps (encrypted from the first byte)."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str = ""
    ca_file: str = ""

    @property
    def is_on_this_machine(self) -> bool:
        """Whether nobody can listen on the way, so that encryption is not asked for."""
        return self.host in ("localhost", "127.0.0.1", "::1")

    def tls(self) -> ssl.SSLContext:
        """How to encrypt: only to a server an authority vouches for, that of ``ca_file`` or else one the system knows."""
        return ssl.create_default_context(cafile=self.ca_file or None)

    def __repr__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"  # never the password, also not in a traceback


@dataclass(frozen=True)
class PostSettings:
    """How mail goes out and comes in; what is not set up is None or empty, and then that way is not used."""

    smtp: Server | None = None
    imap: Server | None = None
    sender: str = ""
    desk: tuple[str, ...] = ()
    technicians: tuple[str, ...] = ()
    webhook: str = ""


_PORTS = {"smtp": 587, "smtps": 465, "imap": 143, "imaps": 993}


def load_post_settings() -> PostSettings:
    """The post office as the environment has it: OCOP_SMTP and OCOP_IMAP are URLs, passwords are files named beside them.

    Raises ValueError with a sentence when an address cannot be understood.
    """

    def addresses(name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in os.environ.get(name, "").split(",") if part.strip())

    smtp, imap = _server("OCOP_SMTP", ("smtp", "smtps")), _server("OCOP_IMAP", ("imap", "imaps"))
    sender = os.environ.get("OCOP_MAIL_FROM", "")
    if smtp and not sender:
        raise ValueError("OCOP_SMTP is set, but not OCOP_MAIL_FROM, the address mail is sent from.")
    webhook = os.environ.get("OCOP_WEBHOOK", "")
    if file := os.environ.get("OCOP_WEBHOOK_FILE"):  # its address is often the secret itself
        webhook = _secret(file)
    return PostSettings(smtp, imap, sender, addresses("OCOP_MAIL_DESK"), addresses("OCOP_MAIL_IT"), webhook)


def _server(name: str, schemes: tuple[str, ...]) -> Server | None:
    """The server of a URL, user@host:port; its password is in the file that NAME_PASSWORD_FILE names."""
    if not (text := os.environ.get(name)):
        return None
    parts = urlsplit(text)
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"{name} is no address of a mail server; write {schemes[1]}://user@host")
    if parts.password:
        raise ValueError(
            f"{name} carries a password; put it into a file and name that in {name}_PASSWORD_FILE."
        )
    file, ca_file = os.environ.get(f"{name}_PASSWORD_FILE"), os.environ.get("OCOP_MAIL_CA_FILE", "")
    if ca_file and not _secret(ca_file):
        ca_file = ""  # docker-compose.yml names one always; where it is empty, the authorities the system knows count
    return Server(
        parts.scheme,
        parts.hostname,
        parts.port or _PORTS[parts.scheme],
        unquote(parts.username or ""),
        _secret(file) if file else "",
        parts.path.strip("/") or "INBOX",
        ca_file,
    )


def _secret(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"The secret in {file} cannot be read: {error.strerror}.") from error
