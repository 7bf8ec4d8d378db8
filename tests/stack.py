"""The services of docker-compose.yml as processes on loopback: the same commands and environment, other paths and ports."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import psutil
import yaml

from pipeline.settings import PROJECT

POLL_SECONDS = 0.3
STOP_SECONDS = 5
# Ways that are not set up: the runbook makes these files empty.
MAY_BE_EMPTY = {"smtp_password", "imap_password", "mail_ca", "webhook"}
AIRFLOW_SERVICES = ("api-server", "scheduler", "dag-processor", "triggerer")


def postgres_programs() -> Path | None:
    """Folder of the newest PostgreSQL installed; Debian keeps initdb off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def free_ports(count: int) -> list[int]:
    """Ports nobody uses, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


class Stack:
    """All services of the compose file; what runs is ended by the ids it was started with."""

    def __init__(
        self, folder: Path, dags: Path = PROJECT / "dags", dotenv: dict[str, str] | None = None
    ) -> None:
        """``dotenv`` is what the file .env beside docker-compose.yml would say."""
        self._dotenv = dotenv or {}
        self.folder = folder
        self.home = folder / "home"
        self.landing = self.home / "landing"
        self.services = yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))[
            "services"
        ]
        self.processes: dict[str, subprocess.Popen] = {}
        self.port, self.postgres_port, *log_ports = free_ports(4)
        self.url = f"http://127.0.0.1:{self.port}"
        for each in (
            self.landing,
            folder / "logs",
            folder / "secrets",
            folder / "airflow",
            folder / "backups",
        ):
            each.mkdir(parents=True)
        for name in yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))["secrets"]:
            made = "" if name in MAY_BE_EMPTY else _fernet_key() if name == "fernet_key" else token_hex(32)
            (folder / "secrets" / name).write_text(made)
        self._places = {
            "/run/secrets": str(folder / "secrets"),
            "/opt/airflow": str(folder / "airflow"),
            "/opt/ocop/dags": str(dags),
            "/opt/ocop": str(PROJECT),
            "/srv/ocop": str(self.home),
            "/srv/backups": str(folder / "backups"),
            "api-server:8080": f"127.0.0.1:{self.port}",
            "@postgres/": f"@127.0.0.1:{self.postgres_port}/",
            "$$": "$",
        }
        # What containers have for themselves and one machine must share out.
        self._apart = {
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.port),
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(log_ports[0]),
            "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(log_ports[1]),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(PROJECT),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
        }

    def secret(self, name: str) -> str:
        """One secret, as the service reads it."""
        return (self.folder / "secrets" / name).read_text(encoding="utf-8")

    def log(self, name: str) -> str:
        """What a service has printed so far."""
        return (self.folder / "logs" / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start everything in the order the compose file gives: each waits for what it depends on."""
        self.start_postgres()
        self.run_once("init")
        self.start_service("api-server")
        self.wait_healthy("api-server")
        for name in AIRFLOW_SERVICES[1:]:
            self.start_service(name)
        for name in AIRFLOW_SERVICES[1:]:
            self.wait_healthy(name)

    # PostgreSQL: the image's own entry point is not here, so its four variables are given to initdb.

    def start_postgres(self) -> None:
        """Make the database cluster as an unprivileged user (it refuses root) and start it."""
        environment = self._environment("postgres")
        data = self.folder / "postgres"
        data.mkdir()
        password = data.parent / "postgres_password"
        password.write_text(Path(environment["POSTGRES_PASSWORD_FILE"]).read_text(encoding="utf-8"))
        for each in (data, password):
            shutil.chown(each, "postgres")
        password.chmod(0o600)
        user = environment["POSTGRES_USER"]
        self._as_postgres(
            *("initdb", "-D", data, "-U", user, "--auth=scram-sha-256", "--no-sync"),
            *(f"--pwfile={password}", "-E", "UTF8", "--locale=C.UTF-8"),
        )
        self._run_postgres()
        sql = f"create database {environment['POSTGRES_DB']}"
        if environment["POSTGRES_DB"] != "postgres":
            self._as_postgres("psql", "-U", user, "-d", "postgres", "-c", sql)
        self.wait_healthy("postgres")

    def restart_postgres(self) -> None:
        """End every connection as a restart of the container does."""
        self._as_postgres("pg_ctl", "-D", self.folder / "postgres", "-m", "fast", "-w", "stop")
        self.processes.pop("postgres").wait()
        self._run_postgres()

    def _run_postgres(self) -> None:
        options = {"port": self.postgres_port, "listen_addresses": "127.0.0.1", "fsync": "off"}
        options["unix_socket_directories"] = self.folder / "postgres"
        settings = [f"--{name}={value}" for name, value in options.items()]
        self._spawn("postgres", [*self._unprivileged("postgres"), "-D", self.folder / "postgres", *settings])
        self._wait("pg_isready", lambda: self.is_healthy("postgres"), 30)

    def _unprivileged(self, program: str) -> list[str]:
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        return [*(user if os.getuid() == 0 else []), str(postgres_programs() / program)]

    def _as_postgres(self, program: str, *arguments: object) -> None:
        command = [*self._unprivileged(program), *map(str, arguments)]
        environment = self._environment("postgres")
        done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    # Every other service: its command, its environment, its health check, word for word.

    def start_service(self, name: str) -> None:
        """Start one service."""
        self._spawn(name, self._command(name))

    def run_once(self, name: str, command: list[str] | None = None) -> str:
        """Run a service that ends by itself; return what it printed."""
        command = [self._placed(word) for word in command] if command else self._command(name)
        done = subprocess.run(
            command, env=self._environment(name), cwd=PROJECT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        if command == self._command(name):
            (self.folder / "logs" / f"{name}.log").write_text(done.stdout + done.stderr, encoding="utf-8")
        return done.stdout

    def is_healthy(self, name: str) -> bool:
        """Whether the health check of a service passes now."""
        kind, *command = self.services[name]["healthcheck"]["test"]
        assert kind == "CMD"
        if name == "postgres":
            command[0] = str(postgres_programs() / command[0])
        done = subprocess.run(
            [self._placed(word) for word in command],
            env=self._environment(name), cwd=PROJECT, capture_output=True, check=False,
        )  # fmt: skip
        return done.returncode == 0

    def wait_healthy(self, name: str, seconds: int = 180) -> None:
        """Wait until the health check of a service passes."""
        self._wait(f"{name} to be healthy", lambda: self.is_healthy(name), seconds)

    def _wait(self, what: str, condition: Callable[[], object], seconds: int) -> None:
        wait_for(what, condition, seconds, on_poll=self.start_ended_again)

    def start_ended_again(self) -> None:
        """What Compose does for `restart: unless-stopped`."""
        for name, process in list(self.processes.items()):
            if process.poll() is not None and name in AIRFLOW_SERVICES:
                self.start_service(name)

    def memory(self) -> float:
        """GB of all processes, shared pages counted once."""
        return sum(each.memory_full_info().pss for each in self._members()) / 1e9

    def kill(self, name: str) -> None:
        """End a service and its children at once, as a power cut does."""
        for member in _family(self.processes.pop(name).pid):
            member.kill()

    def stop(self) -> None:
        """End everything that was started, and nothing else."""
        members = self._members()
        for name, process in reversed(self.processes.items()):
            # SIGINT is PostgreSQL's "fast" shutdown; it would wait for its clients on SIGTERM.
            process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
        _, alive = psutil.wait_procs(members, timeout=STOP_SECONDS)
        for member in alive:
            member.kill()
        for process in self.processes.values():
            process.wait()

    def _members(self) -> list[psutil.Process]:
        return [member for process in self.processes.values() for member in _family(process.pid)]

    def _spawn(self, name: str, command: list) -> None:
        with (self.folder / "logs" / f"{name}.log").open("a") as log:
            self.processes[name] = subprocess.Popen(
                [str(word) for word in command],
                env=self._environment(name), cwd=PROJECT if name != "postgres" else "/",
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def _command(self, name: str) -> list[str]:
        return [self._placed(word) for word in self.services[name]["command"]]

    def _environment(self, name: str) -> dict[str, str]:
        given = {key: self._placed(value) for key, value in self.services[name]["environment"].items()}
        network = {"PGHOST": "127.0.0.1", "PGPORT": str(self.postgres_port)} if name == "postgres" else {}
        if name == "postgres":
            network["PGPASSWORD"] = self.secret("postgres_password")
        return self._apart | given | network

    def _placed(self, text: str) -> str:
        text = re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: self._dotenv.get(found[1], found[2]), text)
        for there, here in self._places.items():
            text = text.replace(there, here)
        return text


def wait_for(
    what: str, condition: Callable[[], object], seconds: float, on_poll: Callable[[], None] = lambda: None
):
    """Return the first true answer of a condition; fail when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        on_poll()
        time.sleep(POLL_SECONDS)
    return answer


def _family(pid: int) -> list[psutil.Process]:
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _fernet_key() -> str:
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()
