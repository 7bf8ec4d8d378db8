"""Airflow on this machine: the environment of one Airflow home, and `make airflow`, which starts it all.

With arguments it makes an account instead: `python -m pipeline.airflow_local user "Nguyễn Thị Lan" reporting-desk`.
"""

from __future__ import annotations

import os
import secrets
import shlex
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from pipeline.airflow_access import ADMINISTRATOR
from pipeline.settings import PROJECT, TIME_ZONE

FAB_AUTH_MANAGER = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer")
# A task that runs gets this long to end.
STOP_SECONDS = 20


def airflow_environment(airflow_home: Path) -> dict[str, str]:
    """Return the variables that make Airflow read this project's DAGs and keep its metadata in one folder.

    They must be set before anything of Airflow is imported: its configuration is read at import.
    """
    return {
        "AIRFLOW_HOME": str(airflow_home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": TIME_ZONE,
        # As a command, because Airflow takes the plain variable out of a task's environment and housekeeping needs it.
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD": shlex.join(
            ["printf", "%s", f"sqlite:///{airflow_home / 'airflow.db'}"]
        ),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }


def main(arguments: list[str]) -> int:
    """Run `airflow standalone` until Ctrl-C, and leave no process behind; with arguments, `pipeline.airflow_access` on it."""
    home = Path(os.environ.get("OCOP_HOME", PROJECT / "var")).resolve()
    airflow_home = home / "airflow"
    airflow_home.mkdir(parents=True, exist_ok=True)
    # Airflow finds itself through PATH, and the environment need not have been activated.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | airflow_environment(airflow_home) | {"OCOP_HOME": str(home), "PATH": path}
    # The same roles and accounts as on a server.
    environment["AIRFLOW__CORE__AUTH_MANAGER"] = FAB_AUTH_MANAGER
    environment["AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"] = "False"
    access = [sys.executable, "-m", "pipeline.airflow_access"]
    if arguments:
        return subprocess.run([*access, *arguments], env=environment, check=False).returncode
    port = environment.setdefault("AIRFLOW__API__PORT", "8080")
    # Its pages are not encrypted, so no other machine may reach them.
    environment["AIRFLOW__API__HOST"] = "127.0.0.1"
    environment["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] = f"http://127.0.0.1:{port}/execution/"
    # Enough for one desk, and half the memory.
    environment |= {"AIRFLOW__API__WORKERS": "1", "AIRFLOW__CORE__PARALLELISM": "2"}

    password = _administrator_password(airflow_home)
    for command in (["airflow", "db", "migrate"], [*access, "prepare", str(password)]):
        subprocess.run(command, env=environment, check=True)
    print(f"Airflow starts at http://127.0.0.1:{port} (ready in about half a minute; Ctrl-C stops it)")
    print(f"User {ADMINISTRATOR}; the password is in {password}")
    print(f"Data home {home}", flush=True)
    # Not `airflow standalone`, which knows one user and no roles. A session for each: Ctrl-C then reaches only this
    # process, which stops the others in order.
    running = [
        subprocess.Popen(["airflow", name], env=environment, start_new_session=True) for name in COMPONENTS
    ]
    # A service manager or a closed terminal gets the same orderly end.
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupt)
    try:
        ended, status = os.wait()
        name = next(each.args[1] for each in running if each.pid == ended)
        print(f"{name} has ended by itself; its last lines above say why.", flush=True)
        return os.waitstatus_to_exitcode(status) or 1
    except KeyboardInterrupt:
        print("Stopping Airflow …", flush=True)
        return 0
    finally:
        _stop(running)


def _administrator_password(airflow_home: Path) -> Path:
    """Return the file with the first password of the administrator, made here the first time."""
    path = airflow_home / "admin_password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(16), encoding="utf-8")
    return path


def _interrupt(_number, _frame) -> None:
    raise KeyboardInterrupt


def _stop(running: list[subprocess.Popen]) -> None:
    """End the components and then what is left of their process groups."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for process in running:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in running:
        try:
            process.wait(timeout=max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            print(
                f"{process.args[1]} did not stop within {STOP_SECONDS} seconds; it is ended now", flush=True
            )
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
