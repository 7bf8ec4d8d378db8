"""What a person decides: hold, alias, apart, waiver."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from pipeline.commands.arguments import By, Why, known_period, known_unit
from pipeline.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Write down what a person decided; the next build reads it.")


@app.command()
def hold(context: typer.Context, submission: str, by: By, why: Why) -> None:
    """Leave a submission out of the next build; its unit is shown as held."""
    _decide(context.obj, "hold", by, why, submission_id=submission)


@app.command()
def unhold(context: typer.Context, submission: str, by: By, why: Why) -> None:
    """Take a held submission in again."""
    _decide(context.obj, "unhold", by, why, submission_id=submission)


@app.command()
def alias(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Spelling to be read as another")],
    same_as: Annotated[str, typer.Argument(help="Spelling that is kept")],
    by: By,
    why: Why,
    producer: Annotated[str | None, typer.Option(help="Producer, when the two names are products")] = None,
) -> None:
    """Two spellings are one producer (or, with --producer, one product of it)."""
    entity = "product" if producer else "producer"
    _decide(context.obj, "alias", by, why, entity=entity, name=name, same_as=same_as, producer=producer)


@app.command()
def unalias(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Spelling that was read as another")],
    by: By,
    why: Why,
    producer: Annotated[str | None, typer.Option(help="Producer, when the name is a product")] = None,
) -> None:
    """Take an alias back: the spelling is a producer (or product) of its own again."""
    entity = "product" if producer else "producer"
    _decide(context.obj, "unalias", by, why, entity=entity, name=name, producer=producer)


@app.command()
def apart(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="One spelling")],
    other: Annotated[str, typer.Argument(help="The other spelling")],
    by: By,
    why: Why,
    producer: Annotated[str | None, typer.Option(help="Producer, when the two names are products")] = None,
) -> None:
    """Two spellings are two producers (or products) and are not proposed again."""
    entity = "product" if producer else "producer"
    _decide(context.obj, "apart", by, why, entity=entity, name=name, other=other, producer=producer)


@app.command()
def waiver(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(help="Gate rule, GATE-07")],
    by: By,
    why: Why,
    until: Annotated[str, typer.Option(help="Last day it counts, 2025-01-31")],
    unit: Annotated[str | None, typer.Option(help="Unit code; else every unit", callback=known_unit)] = None,
    period: Annotated[
        str | None, typer.Option(help="Period; else every period", callback=known_period)
    ] = None,
) -> None:
    """Let a failed gate rule pass for a unit and period until a day."""
    from expectations.rulebook import load_rules

    known = {r.id for r in load_rules()}
    if rule not in known:
        raise typer.BadParameter(f"{rule} is not a gate rule; there are {', '.join(sorted(known))}")
    try:
        last_day = date.fromisoformat(until)
    except ValueError as error:
        raise typer.BadParameter(f"--until {until}: {error}") from error
    if last_day < context.obj.as_of:
        raise typer.BadParameter(f"--until {until} is over already; the waiver would never count")
    _decide(context.obj, "waiver", by, why, rule_id=rule, unit_code=unit, period_code=period, until=until)


def _decide(settings: Settings, decision: str, by: str, why: str, **what: str | None) -> None:
    from pipeline import steps

    record = steps.decide(settings, decision, by, why, **what)
    print(f"{decision} written down for {record['by']}; it counts from the next build (ocop nightly).")
