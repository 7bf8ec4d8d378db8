"""The verbs of a night and of a report, one command each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.arguments import By, Period, Why, finish, known_period, talk

app = typer.Typer()
gate_app = typer.Typer(
    no_args_is_help=True, help="Judge the candidate or a frozen copy with a suite of rules."
)


@app.command()
def nightly(context: typer.Context) -> None:
    """land, load, build, gate, publish."""
    from pipeline import steps

    finish(steps.nightly(context.obj, lambda verb: talk(f"{verb} …")))


@app.command()
def land(context: typer.Context) -> None:
    """Take the files of landing/ into the archive."""
    from pipeline import steps

    finish([steps.land(context.obj)])


@app.command()
def load(context: typer.Context) -> None:
    """Accept or refuse each landed workbook and answer its sender."""
    from pipeline import steps

    finish([steps.load(context.obj)])


@app.command()
def build(context: typer.Context) -> None:
    """Build the candidate warehouse."""
    from pipeline import steps

    finish([steps.build(context.obj)])


@gate_app.command("nightly")
def gate_nightly(context: typer.Context) -> None:
    """Judge the candidate before it is published."""
    from pipeline import steps

    finish([steps.gate(context.obj, "nightly")])


@gate_app.command("ministry")
def gate_ministry(
    context: typer.Context, period: Annotated[str, typer.Option(help="Report period", callback=known_period)]
) -> None:
    """Judge the frozen copy of a period before it is printed."""
    from pipeline import steps

    finish([steps.gate(context.obj, "ministry", period)])


@app.command()
def publish(context: typer.Context) -> None:
    """Put the judged candidate in the place of the published warehouse."""
    from pipeline import steps

    finish([steps.publish(context.obj)])


@app.command()
def freeze(context: typer.Context, period: Period) -> None:
    """Copy the published warehouse for the report of a period."""
    from pipeline import steps

    finish([steps.freeze(context.obj, period)])


@app.command()
def report(
    context: typer.Context,
    period: Period,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help="Print the report that stood released at --known-at, from the archive alone"
        ),
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for --again (else in-lai-PERIOD)")] = None,
) -> None:
    """Print docx, xlsx and pdf from the frozen copy; with --again a released one, to be byte for byte the sealed one."""
    from pipeline import steps

    if out and not again:
        raise typer.BadParameter("--out goes with --again; a report is printed beside its frozen copy")
    if again:
        talk("reading the originals again and building the warehouse as it was known then …")
        finish([steps.report_again(context.obj, period, out or Path(f"in-lai-{period}"))])
    else:
        finish([steps.report(context.obj, period)])


@app.command()
def release(context: typer.Context, period: Period, by: By, why: Why = "") -> None:
    """Seal the report of a period under the name of the person who signs it off."""
    from pipeline import steps

    finish([steps.release(context.obj, period, by, why)])
