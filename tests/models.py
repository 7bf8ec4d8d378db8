"""The SQL of a model or data test with the macros of the project, for tests that run it on tables of their own."""

from pathlib import Path

import jinja2

PROJECT = Path(__file__).resolve().parents[1] / "dbt_project"


def sql_of(name: str) -> str:
    """SQL in which every ref is the table of that name."""
    (path,) = [*(PROJECT / "models").rglob(f"{name}.sql"), *(PROJECT / "tests").glob(f"{name}.sql")]
    macros = [
        macro.read_text(encoding="utf-8")
        for macro in sorted((PROJECT / "macros").glob("*.sql"))
        if "macro generate_schema_name" not in macro.read_text(encoding="utf-8")
    ]
    template = jinja2.Environment(autoescape=False).from_string(
        "".join([*macros, path.read_text(encoding="utf-8")])
    )
    return template.render(ref=lambda table: table)


def seed(name: str) -> str:
    """A code list as SQL to select from."""
    return f"read_csv('{PROJECT / 'seeds' / name}.csv', all_varchar = true)"
