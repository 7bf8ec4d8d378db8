"""The care of a home and of the installation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.arguments import AsJson, finish, talk

app = typer.Typer()


@app.command()
def verify(context: typer.Context) -> None:
    """Check that ledger, decisions, verdicts, archive and releases are as they were written."""
    from pipeline import steps

    outcome = steps.verify(context.obj)
    print("\n".join(outcome.details["faults"]) or outcome.summary)
    if outcome.exit_code:
        raise typer.Exit(outcome.exit_code)


@app.command()
def backup(
    context: typer.Context,
    to: Annotated[
        Path | None, typer.Option(help="Folder (else OCOP_BACKUPS, else backups/ of the home)")
    ] = None,
) -> None:
    """Write one backup of what the home cannot make again, read it back, remove those that are too old."""
    from pipeline import steps

    finish([steps.backup(context.obj, to)])


@app.command()
def restore(
    context: typer.Context,
    backup: Annotated[Path, typer.Argument(help="ocop-….tar.gz or ocop-….tar.gz.enc")],
    into: Annotated[Path, typer.Option(help="An empty data home")],
) -> None:
    """Fill an empty home from a backup; all of it or nothing."""
    from pipeline import steps

    if not backup.is_file():
        raise typer.BadParameter(f"there is no file {backup}")
    finish([steps.restore(context.obj, backup, into.resolve())])


@app.command()
def tidy(context: typer.Context) -> None:
    """Remove old build files, old logs and what a broken step left behind."""
    from pipeline import steps

    finish([steps.tidy(context.obj)])


@app.command()
def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """The health of the installation, a line each; 0 well, 1 something to look at, 2 something is broken."""
    from pipeline import steps
    from pipeline.doctor import show

    outcome = steps.doctor(context.obj)
    show(outcome, as_json)
    if outcome.exit_code:
        raise typer.Exit(outcome.exit_code)


@app.command()
def generate(
    check_only: Annotated[bool, typer.Option("--check", help="Change nothing; 1 when stale")] = False,
) -> None:
    """Write the files that are generated from the forms, the marts and the rules of the gate."""
    from pipeline.generated import stale_files, write_generated

    stale = stale_files() if check_only else write_generated()
    for path in stale:
        print(f"{'stale' if check_only else 'written'}: {path.name}")
    if check_only and stale:
        talk("Generated files are not fresh; run: make fix")
        raise typer.Exit(1)
