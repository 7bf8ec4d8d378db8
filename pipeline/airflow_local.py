"""Airflow on this machine: the environment of one Airflow home, and `make airflow`, which starts it all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from pipeline.settings import PROJECT, TIME_ZONE

# Standalone needs up to half a minute to end its five components.
STOP_SECONDS = 60


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
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{airflow_home / 'airflow.db'}",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }


def main() -> int:
    """Run `airflow standalone` until Ctrl-C, and leave no process behind."""
    home = Path(os.environ.get("OCOP_HOME", PROJECT / "var")).resolve()
    airflow_home = home / "airflow"
    airflow_home.mkdir(parents=True, exist_ok=True)
    # Standalone finds its components through PATH, and the environment need not have been activated.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | airflow_environment(airflow_home) | {"OCOP_HOME": str(home), "PATH": path}
    port = environment.setdefault("AIRFLOW__API__PORT", "8080")
    # Its user management is for one machine only, so no other machine may reach it.
    environment["AIRFLOW__API__HOST"] = "127.0.0.1"
    environment["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] = f"http://127.0.0.1:{port}/execution/"
    # Enough for one desk, and half the memory.
    environment |= {"AIRFLOW__API__WORKERS": "1", "AIRFLOW__CORE__PARALLELISM": "2"}

    print(f"Airflow starts at http://127.0.0.1:{port} (ready in about half a minute; Ctrl-C stops it)")
    print(f"User admin; the password is in {airflow_home / 'simple_auth_manager_passwords.json.generated'}")
    print(f"Data home {home}", flush=True)
    # A session of its own: Ctrl-C then reaches only this process, which stops the others in order.
    standalone = subprocess.Popen(["airflow", "standalone"], env=environment, start_new_session=True)
    # A service manager or a closed terminal gets the same orderly end.
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupt)
    try:
        return standalone.wait()
    except KeyboardInterrupt:
        print("Stopping Airflow …", flush=True)
        return 0
    finally:
        _stop(standalone)


def _interrupt(_number, _frame) -> None:
    raise KeyboardInterrupt


def _stop(standalone: subprocess.Popen) -> None:
    """End standalone and then what is left of its process group.

    Standalone ends its components on SIGINT only; SIGTERM would leave them running as orphans.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if standalone.poll() is None:
        standalone.send_signal(signal.SIGINT)
        try:
            standalone.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"Airflow did not stop within {STOP_SECONDS} seconds; it is ended now", flush=True)
    try:
        os.killpg(standalone.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    standalone.wait()


if __name__ == "__main__":
    sys.exit(main())
