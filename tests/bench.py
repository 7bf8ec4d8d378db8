"""`make bench`: the speed goals, whole processes, median of five, printed as a table. Never a test: machines differ."""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import districts
from rich.console import Console
from rich.table import Table

from pipeline.settings import PROJECT

RUNS = 5
OCOP = [sys.executable, "-c", "from pipeline.cli import main; main()"]


def timed(command: list[str], environment: dict[str, str]) -> float:
    """Seconds of one whole process; the bench stops when it fails."""
    began = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return seconds


def median(run: Callable[[], float]) -> float:
    """Median of RUNS runs."""
    return statistics.median(run() for _ in range(RUNS))


def check_of_200_rows(folder: Path) -> float:
    """`ocop check` of a workbook with 200 product rows."""
    filing = districts.rows("587", "2024H2")
    filing["product"] = [{**filing["product"][0], "product_name": f"Nho sấy {n}"} for n in range(200)]
    path = districts.make(folder / "200.xlsx", filing=filing)
    return median(lambda: timed([*OCOP, "check", str(path)], dict(os.environ)))


def nightly_on_samples(folder: Path) -> float:
    """`ocop nightly` on every sample, each time in a new home."""

    def once() -> float:
        home = folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        (home / "landing").mkdir(parents=True)
        for path in (PROJECT / "samples").glob("**/*.xlsx"):
            shutil.copy(path, home / "landing")
        return timed([*OCOP, "--home", str(home), "nightly"], dict(os.environ))

    return median(once)


def dag_import(folder: Path, name: str) -> float:
    """Seconds a DAG file adds to importing what it needs of Airflow."""
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONPATH": os.pathsep.join([str(PROJECT), str(PROJECT / "plugins")]),
    }
    airflow = "from airflow.sdk import Asset, dag, task; from airflow.providers.standard.operators.hitl import ApprovalOperator"
    base = median(lambda: timed([sys.executable, "-c", airflow], environment))
    path = PROJECT / "dags" / name
    load = f"{airflow}; import runpy; runpy.run_path({str(path)!r})"
    return median(lambda: timed([sys.executable, "-c", load], environment)) - base


def duplicates_growth() -> float:
    """What finding repeated rows and running every rule costs for 100 000 products against 10 000, as a ratio."""
    from ingest.read import read_workbook
    from ingest.reference import periods
    from ingest.rules import run_rules
    from ingest.validate import _duplicates, judge_file

    with tempfile.TemporaryDirectory() as name:
        path = districts.make(Path(name))
        workbook, tables = read_workbook(path), judge_file(path, districts.PROVINCE).tables
    data = workbook.sheets["product"]
    pattern = tables["product"][0]

    def once(count: int) -> float:
        rows = [
            {
                **pattern,
                "_row_number": n,
                "product_name": f"Nho sấy {n}",
                "producer_name": f"HTX {n % (count // 5)}",
            }
            for n in range(count)
        ]
        began = time.process_time()
        found = _duplicates(data, rows, [])
        run_rules({**tables, "product": rows}, tables["cover"][0], periods()["2024H2"], workbook, found)
        return time.process_time() - began

    once(1000)  # imports
    return once(100_000) / once(10_000)


def main() -> None:
    """Measure and print."""
    table = Table("measure", "median of five", "goal", "")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [
            ("ocop check, 200 rows", check_of_200_rows(folder), 1.0, "s"),
            ("ocop nightly, all samples", nightly_on_samples(folder), 20.0, "s"),
            ("rules on 100 000 rows against 10 000", duplicates_growth(), 12.0, "times"),
        ]
        # Largest resident size of any child so far; the nightly run is the largest of them.
        rows.append(("  its memory", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6, 1.0, "GB"))
        for dag in ("nightly_load.py", "ministry_report.py", "submission_watch.py"):
            rows.append((f"import {dag} beyond Airflow", dag_import(folder, dag), 1.0, "s"))
    for label, value, goal, unit in rows:
        table.add_row(
            label, f"{value:.2f} {unit}", f"≤ {goal:g} {unit}", "met" if value <= goal else "MISSED"
        )
    Console().print(table)


if __name__ == "__main__":
    main()
