"""The build step of `make bench`: against a bare dbt build, and on made-up provinces written straight into raw."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import duckdb
from homes import settings_of

from ingest.land import ledger_path
from ingest.spec import TABLE_FORM_NAMES
from ingest.store import raw_types
from pipeline.settings import PROJECT, Settings
from pipeline.warehouse import DBT_PROJECT, dbt_variables

PRODUCTS = 700  # of a province, shared by its communes
_BUILD = (
    "import resource, sys; from pathlib import Path; sys.path.insert(0, 'tests'); from homes import settings_of\n"
    "from pipeline.warehouse import build_warehouse\n"
    "build_warehouse(settings_of(Path(sys.argv[1])))\n"
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)
# A filing of each of 65 communes a province in each of twelve half-years.
_FILING = """
create table filing as
with
    province as (select row_number() over (order by unit_code) as province_no, unit_code as province_code from unit
        where unit_level_code = 'province' and valid_to is not null),
    district as (select unit_code as district_code, parent_unit_code as province_code from unit
        where unit_level_code = 'district'),
    commune as (
        select province_no, unit_code, row_number() over (partition by province_no order by unit_code) as unit_no
        from unit
        inner join district on unit.parent_unit_code = district.district_code
        inner join province using (province_code)
        where unit_level_code = 'commune' and unit.valid_to = '2025-06-30' and unit.valid_from < '2019-01-01'
        qualify unit_no <= 65
    )
select
    province_no, unit_no, unit_code, period_code, starts_on, cut_off_on, period_no,
    period_code || '-' || unit_code || '-bench' as submission_id,
    row_number() over (order by period_code, unit_code) as arrival_no
from commune
cross join (select *, row_number() over (order by cut_off_on) as period_no from period
    where period_kind <> 'Y' and period_year between 2019 and 2024)
where province_no <= $provinces
"""
# Each product is decided in one of six half-years in turn, which is its term of 36 months.
_ROWS = {
    "cover": "select unit_code, period_code, '1.1' as form_version, submission_id as _submission_id from filing",
    "product": """
        select
            'Sản phẩm ' || n || ' xã ' || unit_code as product_name,
            'HTX ' || n % 200 || ' xã ' || unit_code as producer_name,
            unit_code as commune_code, 'HTX' as producer_type_code, (1 + n % 6)::varchar as product_group_code,
            3 + (n % 10 = 0)::integer as star, n || '/QĐ-UBND' as decision_number,
            starts_on + 30 - ((period_no + n) % 6 * 183)::integer as decision_date,
            'UBND huyện' as issuing_authority, 'recognised' as status_code,
            submission_id as _submission_id, 'Sản phẩm' as _sheet, n + 4 as _row_number
        from filing cross join range($products) as r(n)
        where n % 65 + 1 = unit_no
    """,
    "rating": """
        select
            'Sản phẩm ' || n || ' xã ' || unit_code as product_name,
            'HTX ' || n % 200 || ' xã ' || unit_code as producer_name, 'first' as cycle_code,
            'province' as council_level_code, starts_on + 20 as council_date, starts_on + 30 as decision_date,
            n || '/QĐ-UBND' as decision_number, 65.25 as score_point, 3 as star, 'recognised' as outcome_code,
            submission_id as _submission_id, 'Đánh giá' as _sheet, n + 4 as _row_number
        from filing cross join range($products) as r(n)
        where n % 65 + 1 = unit_no and (period_no + n) % 6 = 0
    """,
    "funding": """
        select
            year(cut_off_on) as funding_year, 'NSTW' as source_code, 'SN' as capital_nature_code,
            (1 + n % 7)::varchar as content_code,
            100 + n as planned_amount_vnd_million, 90 + n as disbursed_amount_vnd_million,
            submission_id as _submission_id, 'Kinh phí' as _sheet, n + 4 as _row_number
        from filing cross join range(20) as r(n)
    """,
    "activity": """
        select
            'training' as activity_type_code, 'done' as state_code, year(cut_off_on) as from_year, year(cut_off_on) as to_year,
            n as activity_count, submission_id as _submission_id, 'Hoạt động' as _sheet, n + 4 as _row_number
        from filing cross join range(20) as r(n)
    """,
    "target": """
        select
            'new_product' as indicator_code, year(cut_off_on) as target_from_year, year(cut_off_on) as target_to_year,
            1 as target_min, 2 as target_max, submission_id as _submission_id, 'Chỉ tiêu' as _sheet, 4 as _row_number
        from filing
    """,
}


def write_provinces(home: Path, provinces: int) -> Settings:
    """Raw files and ledger of so many provinces of 65 communes, twelve half-years, 700 products a province."""
    settings = settings_of(home)
    seeds = DBT_PROJECT / "seeds"
    ledger = ledger_path(settings.archive)
    ledger.parent.mkdir(parents=True)
    with duckdb.connect() as connection:
        for name in ("unit", "period"):
            connection.execute(f"create table {name} as from read_csv('{seeds / f'ref_{name}.csv'}')")
        connection.execute(_FILING, {"provinces": provinces})
        for name, sql in _ROWS.items():
            empty = ", ".join(f"null::{type_} as {column}" for column, type_ in raw_types(name).items())
            connection.execute(f"create table {name} as select {empty} limit 0")
            given = {"products": PRODUCTS} if "$products" in sql else {}
            connection.execute(f"insert into {name} by name {sql}", given)
            (settings.raw / name).mkdir(parents=True)
            connection.execute(f"copy {name} to '{settings.raw / name / 'bench.parquet'}' (format parquet)")
        counts = ", ".join(
            f"(select count(*) from {name} where _submission_id = submission_id) as {name}_row_count"
            for name in TABLE_FORM_NAMES
        )
        filings = connection.execute(f"select filing.*, {counts} from filing order by arrival_no").fetch_df()
    moment = settings.known_at.isoformat()
    with ledger.open("w", encoding="utf-8") as handle:
        for filing in filings.itertuples():
            same = {"submission_id": filing.submission_id}
            landed = {
                "unit_code": filing.unit_code,
                "period_code": filing.period_code,
                "arrival_no": filing.arrival_no,
            }
            rows = {f"{name}_row_count": getattr(filing, f"{name}_row_count") for name in TABLE_FORM_NAMES}
            judged = {
                "verdict_code": "accepted",
                "judged_at": moment,
                "error_count": 0,
                "warning_count": 0,
                **rows,
            }
            for event in (
                {"event": "landed", "received_at": moment, "file_name": "bench.xlsx", **landed},
                {"event": "judged", **judged},
            ):
                handle.write(json.dumps(same | event, ensure_ascii=False) + "\n")
    return settings


def build_once(home: Path) -> tuple[float, float]:
    """Seconds and largest resident size in GB of one build of a home, in a process of its own."""
    began = time.perf_counter()
    command = [sys.executable, "-c", _BUILD, str(home)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"The build of {home} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - began, int(done.stdout) / 1e6


def bare_dbt(settings: Settings) -> float:
    """Seconds of dbt alone on the same project and home."""
    variables = json.dumps(dbt_variables(settings, settings.build / "bare.duckdb"))
    where = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
    where += ["--target-path", str(settings.build / "bare"), "--log-path", str(settings.build / "bare_logs")]
    clocks = f"{settings.as_of!r}, {settings.known_at!r}"
    command = [
        sys.executable,
        "-c",
        "import datetime; from dbt.cli.main import cli; from pipeline.dbt_clocks import set_clocks\n"
        f"set_clocks({clocks}); cli()",
        "build",
        *where,
        "--vars",
        variables,
        "--quiet",
    ]
    began = time.perf_counter()
    subprocess.run([*command, "--exclude-resource-type", "unit_test"], check=True, cwd=settings.home)
    seconds = time.perf_counter() - began
    (settings.build / "bare.duckdb").unlink()
    return seconds


def building(folder: Path, runs: int) -> list[tuple[str, float, float, str]]:
    """Rows of the bench table about the build step; ``folder/home`` has lived through a night on the samples."""
    settings = settings_of(folder / "home")
    pairs = [(build_once(settings.home)[0], bare_dbt(settings)) for _ in range(runs)]
    ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    measured = {}
    for provinces in (1, 10):
        home = folder / f"provinces-{provinces}"
        write_provinces(home, provinces)
        measured[provinces] = build_once(home)
        shutil.rmtree(home)
    (one, memory), (ten, most) = measured[1], measured[10]
    return [
        ("build step on the samples", ours, 1e9, "s"),
        ("  in times of a bare dbt build", ours / bare, 1.3, "×"),
        ("a province beyond the samples' build", one - ours, 15.0, "s"),
        ("  its memory", memory, 1.0, "GB"),
        ("ten provinces against one", ten / one, 8.0, "×"),
        ("  their memory", most, 1e9, "GB"),
    ]
