"""Rows of `make bench` about the whole server: memory while nothing runs, and what Airflow adds to a night."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import httpx
from stack import Stack, postgres_programs, wait_for

from pipeline import demo

OCOP = [sys.executable, "-c", "from pipeline.cli import main; main()"]


def whole_server(folder: Path) -> list[tuple[str, float, float, str]]:
    """Start the services of docker-compose.yml on loopback and run one night on the samples; none without PostgreSQL."""
    if postgres_programs() is None:
        return []
    for parent in (folder, *folder.parents[:1]):
        parent.chmod(0o755)  # PostgreSQL is another user and has to reach its own folder
    server = Stack(folder / "server")
    demo.lay_out_samples(server.home)
    try:
        server.start()
        idle = server.memory()
        in_airflow = night_through_the_api(server)
    finally:
        server.stop()
    bare = folder / "bare"
    demo.lay_out_samples(bare)
    began = time.perf_counter()
    subprocess.run(
        [*OCOP, "--home", str(bare), "nightly"], env=dict(os.environ), capture_output=True, check=True
    )
    by_hand = time.perf_counter() - began
    return [
        ("idle server, all processes", idle, 1.5, "GB"),
        ("a night in Airflow beyond `ocop nightly`", in_airflow - by_hand, 30.0, "s"),
    ]


def night_through_the_api(server: Stack) -> float:
    """Seconds of a night from its first task to its end."""
    login = {"username": "admin", "password": server.secret("admin_password")}
    with httpx.Client(base_url=server.url, timeout=60) as client:
        token = client.post("/auth/token", json=login).raise_for_status().json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        runs = "/api/v2/dags/nightly_load/dagRuns"
        wait_for("nightly_load", lambda: client.get(runs).is_success, 60)
        run_id = client.post(runs, json={"logical_date": None}).raise_for_status().json()["dag_run_id"]

        def ended() -> dict | None:
            run = client.get(f"{runs}/{run_id}").json()
            return run if run["state"] in ("success", "failed") else None

        run = wait_for("the night to end", ended, 300)
    assert run["state"] == "success", server.log("scheduler")[-3000:]
    began, ends = (datetime.fromisoformat(run[name]) for name in ("start_date", "end_date"))
    return (ends - began).total_seconds()
