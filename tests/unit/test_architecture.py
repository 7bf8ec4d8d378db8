"""Imports and models go downhill only; an arrow that climbs is named."""

import ast
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
# package -> what of ours it may import
MAY_IMPORT = {
    "ingest": set(),
    "expectations": set(),
    "reports": set(),
    "pipeline": {"ingest", "expectations", "reports"},
    "dags": {"pipeline"},
    "plugins": {"ingest", "pipeline"},
}
HEAVY = {"airflow", "great_expectations", "dbt", "pandas", "openpyxl", "docx", "docxtpl"}
LAYERS = {"seeds": 0, "staging": 1, "core": 2, "marts": 3, "reports": 3}


def imports(path: Path, top_level_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else ast.walk(tree)
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_packages_import_downhill_only():
    climbing = [
        f"{path.relative_to(PROJECT)} imports {other}"
        for package, allowed in MAY_IMPORT.items()
        for path in (PROJECT / package).rglob("*.py")
        for other in imports(path) & set(MAY_IMPORT)
        if other != package and other not in allowed
    ]
    assert climbing == []


def test_only_steps_and_the_looking_commands_read_settings():
    readers = {
        path.stem
        for package in ("ingest", "expectations", "reports")
        for path in (PROJECT / package).rglob("*.py")
        if "OCOP_" in path.read_text(encoding="utf-8")
    }
    assert readers == set()


def test_heavy_packages_are_imported_where_they_are_needed():
    heavy = [
        f"{path.relative_to(PROJECT)}: {sorted(found)}"
        for package in ("ingest", "pipeline", "expectations")
        for path in (PROJECT / package).rglob("*.py")
        if path.stem != "dbt_clocks"  # a plugin, which dbt itself loads
        and (found := imports(path, top_level_only=True) & HEAVY)
    ]
    assert heavy == []


def test_no_clock_is_read_below_the_command_line():
    pattern = re.compile(
        r"datetime\.now\(|date\.today\(|\bnow\(\)|current_date|current_timestamp|time\.time\(", re.I
    )
    allowed = {"pipeline/cli.py", "pipeline/demo.py"}  # where a person starts something
    readers = [
        str(path.relative_to(PROJECT))
        for folder in (
            "ingest",
            "expectations",
            "reports",
            "pipeline",
            "dbt_project/models",
            "dbt_project/macros",
        )
        for path in (PROJECT / folder).rglob("*")
        if path.suffix in (".py", ".sql")
        and str(path.relative_to(PROJECT)) not in allowed
        and pattern.search(
            "\n".join(line.split("#")[0] for line in path.read_text(encoding="utf-8").splitlines())
        )
    ]
    assert readers == []


def test_models_refer_downhill_only():
    layer = {
        path.stem: LAYERS[folder]
        for folder in LAYERS
        for path in (PROJECT / "dbt_project" / ("seeds" if folder == "seeds" else f"models/{folder}")).glob(
            "*.csv" if folder == "seeds" else "*.sql"
        )
    }
    climbing = []
    for path in (PROJECT / "dbt_project/models").rglob("*.sql"):
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"ref\(\s*[\"'](\w+)[\"']\s*\)", text):
            if layer[name] > layer[path.stem]:
                climbing.append(f"{path.stem} → {name}")
        if re.search(r"source\(", text) and layer[path.stem] != LAYERS["staging"]:
            climbing.append(f"{path.stem} reads a source")
    assert climbing == []


@pytest.fixture(scope="module")
def described() -> dict[str, dict]:
    """What the models' YAML says, by model."""
    import yaml

    return {
        model["name"]: model
        for path in (PROJECT / "dbt_project/models").rglob("_*.yml")
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
    }


def test_every_model_says_its_grain_first(described):
    models = {path.stem for path in (PROJECT / "dbt_project/models").rglob("*.sql")}
    assert set(described) == models
    unsaid = [
        name for name, model in described.items() if not model["description"].startswith("One row per ")
    ]
    assert unsaid == []


PUBLIC = ("dim_", "fct_", "bridge_", "mart_")


def test_what_others_query_has_a_contract_and_a_tested_grain(described):
    public = {name: model for name, model in described.items() if name.startswith(PUBLIC)}
    assert len(public) > 50
    without = []
    for name, model in public.items():
        config = model.get("config", {})
        grain = config.get("meta", {}).get("grain")
        tested = [
            test["unique_combination"]["arguments"]["columns"]
            for test in model.get("data_tests", [])
            if "unique_combination" in test and "config" not in test["unique_combination"]
        ]
        tested += [[c["name"]] for c in model["columns"] if "unique" in c.get("data_tests", [])]
        if not config.get("contract", {}).get("enforced") or grain not in tested:
            without.append(name)
    assert without == []


def test_the_lock_names_no_address_and_has_a_hash_for_every_package():
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    packages = re.findall(r"^[a-z0-9][\w.\[\]-]*==", text, re.M)
    assert len(packages) > 100
    assert len(re.findall(r"^[a-z0-9][\w.\[\]-]*==.*\\\n\s+--hash=sha256:", text, re.M)) == len(packages)


def test_generated_files_are_fresh():
    from pipeline.generated import stale_files

    assert stale_files() == []
