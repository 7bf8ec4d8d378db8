"""Arguments that several commands share, checked before anything is done, and how a command ends."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def known_period(code: str | None) -> str | None:
    """A period of ref_period, or nothing."""
    from ingest.reference import periods

    if code is not None and code not in periods():
        raise typer.BadParameter(f"period {code} is not known; write it like 2024H1, 2024H2 or 2024Y")
    return code


def known_unit(code: str | None) -> str | None:
    """A unit of ref_unit, of whichever map, or nothing."""
    from ingest.reference import units

    if code is not None and not any(unit.code == code for unit in units()):
        raise typer.BadParameter(f"unit {code} is not in ref_unit.csv; write its code, for example 587")
    return code


def half_year(code: str | None) -> str | None:
    """A period that is no whole year."""
    if known_period(code) is not None and code.endswith("Y"):
        raise typer.BadParameter(
            f"{code} is a whole year; a list is the stock of a half-year, {code[:4]}H1 or {code[:4]}H2"
        )
    return code


def known_list(name: str) -> str:
    """A layout of a list of many units."""
    from ingest.spec import list_names

    if name not in list_names():
        raise typer.BadParameter(f"there is no layout {name}; there is {', '.join(list_names())}")
    return name


Period = Annotated[str, typer.Argument(help="2024H1, 2024H2 or 2024Y", callback=known_period)]
By = Annotated[str, typer.Option("--by", help="Name of the person who decides")]
Why = Annotated[str, typer.Option("--why", help="Reason, kept with the decision")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout")]


def talk(text: str) -> None:
    """Say something that is no result: on stderr."""
    print(text, file=sys.stderr)


def finish(outcomes: list) -> None:
    """One line per step on stdout; leave with the worst code."""
    for outcome in outcomes:
        print(f"{outcome.verb:8} {outcome.summary}")
    code = max(outcome.exit_code for outcome in outcomes)
    if code:
        raise typer.Exit(code)
