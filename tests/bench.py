"""`make bench`: the speed goals, whole processes, median of five, printed as a table. Never a test: machines differ."""

from __future__ import annotations

import importlib.util
import io
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import districts
from bench_build import building
from bench_stack import whole_server
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


def full_workbook(path: Path, number: int, fault: str | None = None) -> Path:
    """A workbook of five tables of 200 rows and the cover; its texts differ from those of every other number."""
    filing = districts.rows("587", "2024H2")
    for name, rows in filing.items():
        varied = {"product_name": "SP {n} của tệp {number}", "note": "Ghi chú dòng {n} tệp {number}"}
        if name == "activity":
            varied = {"note": varied["note"]}
        texts = [{key: text.format(n=n, number=number) for key, text in varied.items()} for n in range(200)]
        filing[name] = [rows[0] | text for text in texts]
        for n, row in enumerate(filing[name]):
            if name == "funding":
                row |= {"content_code": str(1 + n % 7), "planned_amount_vnd_million": Decimal(100 + n)}
            if name in ("rating", "funding"):
                row.pop("note" if name == "rating" else "product_name", None)
    return districts.make(path, filing=filing, fault=fault)


def two_hundred_workbooks(folder: Path) -> list[Path]:
    """Ten different workbooks, twenty times: writing 200 would take longer than reading them."""
    written = [full_workbook(folder / f"{n}.xlsx", n) for n in range(10)]
    return [shutil.copy(path, folder / f"{path.stem}-{copy}.xlsx") for path in written for copy in range(20)]


def reading(folder: Path) -> list[tuple[str, float, float, str]]:
    """200 workbooks judged on every core, against pandas and bare calamine on the same files."""
    import pandas
    from python_calamine import CalamineWorkbook

    from ingest.readers import readers
    from ingest.sender import NO_HINT
    from pipeline.load import judge_in_order

    paths = two_hundred_workbooks(folder)

    def judged() -> None:
        with readers() as pool:
            verdicts = {
                j.verdict
                for _, j in judge_in_order(pool, ((p, (p, NO_HINT)) for p in paths), districts.PROVINCE)
            }
        assert verdicts == {"accepted"}, verdicts

    def calamine() -> None:
        for path in paths:
            book = CalamineWorkbook.from_path(path)
            for name in book.sheet_names:
                book.get_sheet_by_name(name).to_python()

    def plain_pandas() -> None:
        for path in paths:
            pandas.read_excel(path, sheet_name=None, engine="openpyxl")

    def seconds(run: Callable[[], None]) -> float:
        began = time.perf_counter()
        run()
        return time.perf_counter() - began

    rounds = [(seconds(judged), seconds(calamine), seconds(plain_pandas)) for _ in range(3)]
    ours, bare, peer = (statistics.median(column) for column in zip(*rounds, strict=True))
    return [
        ("judge 200 workbooks of 6 sheets", ours, 1e9, "s"),
        ("  in times of bare calamine", ours / bare, 3.0, "×"),
        ("  in times of pandas", ours / peer, 1 / 8, "×"),
    ]


def receipt_of_a_faulty_workbook(folder: Path) -> float:
    """The answer to a full workbook with an error, in this process."""
    from ingest.receipt import write_receipt
    from ingest.validate import judge_file

    path = full_workbook(folder / "faulty.xlsx", 1, fault="ambiguous_number")
    judgement = judge_file(path, districts.PROVINCE)

    def once() -> float:
        began = time.perf_counter()
        write_receipt(folder / "outbox", path, "bench", judgement)
        return time.perf_counter() - began

    return median(once)


def printing_700_products(folder: Path) -> float:
    """The Word report and the workbook of 65 units and 700 products, names of 200 characters, in this process."""
    from reports.freeze import freeze
    from reports.render import render

    path = PROJECT / "tests/unit/reports/report_warehouse.py"
    spec = importlib.util.spec_from_file_location("small_warehouse", path)
    small = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(small)
    published = folder / "printed" / "published"
    published.mkdir(parents=True)
    rest = small.PRODUCTS[1][2:10]
    names = [(f"{row} " + "Nho sấy dẻo vị tự nhiên " * 9)[:200] for row in range(7, 707)]
    units = {str(22000 + number): f"Xã số {number}" for number in range(64)} | {"587": "Huyện Ninh Phước"}
    products = [(name, name, *rest, row) for row, name in enumerate(names, start=7)]
    small.build_warehouse(published / "ocop.duckdb", products, units, dict.fromkeys(units, "received"))
    directory = freeze(published, folder / "printed", small.PERIOD, small.INPUTS).directory
    small.write_verdict(directory)

    def once() -> float:
        began = time.perf_counter()
        render(directory, small.PERIOD)
        return time.perf_counter() - began

    return median(once)


def gate_of_a_night(folder: Path) -> float:
    """`ocop gate nightly` on the candidate of the samples, the import of Great Expectations with it."""
    home = folder / "home"  # as the nightly run left it
    run = [*OCOP, "--home", str(home)]
    timed([*run, "build"], dict(os.environ))
    return median(lambda: timed([*run, "gate", "nightly"], dict(os.environ)))


def parent_of_a_long_night(folder: Path) -> float:
    """Largest resident size, in GB, of the process that lands and loads 2,000 small workbooks."""
    home = folder / "long"
    (home / "landing").mkdir(parents=True)
    content = districts.make(folder / "small.xlsx").read_bytes()
    for number in range(2000):
        with zipfile.ZipFile(home / "landing" / f"{number}.xlsx", "w", zipfile.ZIP_DEFLATED) as target:
            with zipfile.ZipFile(io.BytesIO(content)) as source:
                for name in source.namelist():
                    target.writestr(name, source.read(name))
            target.writestr("docProps/number.txt", str(number))
    program = (
        "import resource; from datetime import UTC, date, datetime; from pathlib import Path; import sys\n"
        "from pipeline import steps; from pipeline.settings import Settings\n"
        "s = Settings(Path(sys.argv[1]), date(2024, 12, 16), datetime(2024, 12, 16, 15, tzinfo=UTC))\n"
        "steps.land(s); loaded = steps.load(s); assert len(loaded.details['verdicts']) == 2000\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    command = [sys.executable, "-c", program, str(home)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1e6


def dag_import(folder: Path, name: str) -> float:
    """Seconds a DAG file adds to importing what it needs of Airflow."""
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONPATH": os.pathsep.join([str(PROJECT), str(PROJECT / "plugins")]),
    }
    airflow = (
        "from airflow.sdk import Asset, dag, task; from airflow.providers.standard.operators.bash import BashOperator; "
        "from airflow.providers.standard.operators.hitl import ApprovalOperator"
    )
    base = median(lambda: timed([sys.executable, "-c", airflow], environment))
    path = PROJECT / "dags" / name
    load = f"{airflow}; import runpy; runpy.run_path({str(path)!r})"
    return median(lambda: timed([sys.executable, "-c", load], environment)) - base


def duplicates_growth() -> float:
    """What finding repeated rows and running every rule costs for 100 000 products against 10 000, as a ratio."""
    from ingest.read import read_workbook
    from ingest.reference import periods
    from ingest.rules import run_rules
    from ingest.sheet_checks import duplicates
    from ingest.validate import judge_file

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
        found = duplicates(data, rows, [])
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
            ("ocop nightly, all samples", nightly_on_samples(folder), 35.0, "s"),
            ("rules on 100 000 rows against 10 000", duplicates_growth(), 12.0, "times"),
        ]
        # Largest resident size of any child so far; the nightly run is the largest of them.
        rows.append(("  its memory", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6, 1.0, "GB"))
        rows.append(("ocop gate, all rules", gate_of_a_night(folder), 6.0, "s"))
        rows.extend(building(folder, RUNS))
        rows.extend(reading(folder))
        rows.append(("receipt, 6 × 200 rows", receipt_of_a_faulty_workbook(folder), 0.5, "s"))
        rows.append(("docx and xlsx, 65 units, 700 products", printing_700_products(folder), 10.0, "s"))
        rows.append(("parent of 2,000 workbooks", parent_of_a_long_night(folder), 1.0, "GB"))
        rows.extend(whole_server(folder))
        for dag in sorted(path.name for path in (PROJECT / "dags").glob("*.py")):
            rows.append((f"import {dag} beyond Airflow", dag_import(folder, dag), 1.0, "s"))
    for label, value, goal, unit in rows:
        table.add_row(
            label, f"{value:.2f} {unit}", f"≤ {goal:g} {unit}", "met" if value <= goal else "MISSED"
        )
    Console().print(table)


if __name__ == "__main__":
    main()
