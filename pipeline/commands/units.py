"""What goes to the reporting units and comes from them: workbooks, lists, letters, deadlines."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.arguments import (
    AsJson,
    Period,
    finish,
    half_year,
    known_list,
    known_period,
    known_unit,
)

app = typer.Typer()


@app.command()
def template(
    context: typer.Context,
    period: Annotated[str, typer.Option(help="2024H2", callback=known_period)],
    unit: Annotated[str | None, typer.Option(help="Unit code, 587", callback=known_unit)] = None,
    everyone: Annotated[
        bool, typer.Option("--all", help="One for every unit that reports for the period")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="File to write; with --all a folder")] = None,
) -> None:
    """Write the workbook of a unit and period, prefilled with the products, producers and targets the warehouse knows."""
    from pipeline.prefill import write_all_templates, write_prefilled_template

    if everyone == (unit is not None):
        raise typer.BadParameter("give either --unit CODE or --all")
    if unit:
        print(write_prefilled_template(context.obj, unit, period, out or Path(f"ocop-{unit}-{period}.xlsx")))
        return
    folder = out or Path(f"bieu-mau-{period}")
    count = write_all_templates(context.obj, period, folder)
    print(f"{count} workbooks written to {folder}/<unit>/")


@app.command(name="import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Workbook of a list of many units")],
    period: Annotated[
        str, typer.Option(help="Half-year whose stock the list shows, 2024H2", callback=half_year)
    ],
    layout: Annotated[
        str, typer.Option(help="Layout entry of forms/layouts/", callback=known_list)
    ] = "register",
) -> None:
    """Take a list an office kept so far, as the first figures of its units; the next nightly builds with it."""
    from pipeline import steps

    if not file.is_file():
        raise typer.BadParameter(f"there is no file {file}")
    finish([steps.import_list(context.obj, file, layout, period), steps.load(context.obj)])


@app.command()
def check(context: typer.Context, files: list[Path], as_json: AsJson = False) -> None:
    """Judge workbooks without storing anything; 0 accepted, 1 refused, 2 unreadable, the worst of all files."""
    from pipeline.look import check_files

    code = check_files(files, context.obj.province_code, as_json)
    if code:
        raise typer.Exit(code)


@app.command()
def status(
    context: typer.Context,
    period: Annotated[
        str | None, typer.Option(help="Else the last one closed", callback=known_period)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Who is expected, who has sent, on time or late."""
    from pipeline import steps
    from pipeline.look import show_status

    show_status(steps.status(context.obj, period), as_json)


@app.command()
def expiring(
    context: typer.Context,
    within: Annotated[str, typer.Option(help="How far ahead, 90d")] = "90d",
    as_of: Annotated[str | None, typer.Option(help="Day to look from, 2024-12-20 (else today)")] = None,
    as_json: AsJson = False,
) -> None:
    """Certificates that end soon, by unit, with the window of their re-rating dossier."""
    from pipeline.expiring import expiring_certificates, show_expiring

    try:
        days = int(within.removesuffix("d"))
        day = date.fromisoformat(as_of) if as_of else context.obj.as_of
    except ValueError as error:
        raise typer.BadParameter(f"{error}; write --within 90d and --as-of 2024-12-20") from error
    if days < 1:
        raise typer.BadParameter(f"--within {within} is no time; write for example 90d")
    show_expiring(expiring_certificates(context.obj, day, days), as_json)


@app.command()
def contacts(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="CSV with unit_code,name,email that takes the place of the table")
    ] = None,
) -> None:
    """Check the table of contacts, or put a CSV in its place."""
    from pipeline.contacts import read_contacts, take_contacts

    found = take_contacts(context.obj, file) if file else read_contacts(context.obj)
    print(f"{len(found)} contacts of {len({contact.unit_code for contact in found})} units")


@app.command()
def post(context: typer.Context) -> None:
    """Send each receipt to the contacts of its sender, and what else waits to be sent."""
    from pipeline import steps

    finish([steps.post(context.obj)])


@app.command()
def tell(context: typer.Context) -> None:
    """Send the receipts and the morning digest."""
    from pipeline import steps

    finish([steps.tell(context.obj)])


@app.command()
def remind(context: typer.Context, period: Period) -> None:
    """Remind by mail the units that have not sent for a period; at most once a week each."""
    from pipeline import steps

    finish([steps.remind(context.obj, period)])


@app.command()
def digest(
    context: typer.Context,
    as_html: Annotated[bool, typer.Option("--html", help="As the mail shows it")] = False,
) -> None:
    """Print the morning digest: what came, was refused, is held, expires, and what stands published. Sends nothing."""
    from pipeline.digest import make_digest
    from pipeline.home import require_home

    require_home(context.obj)
    found = make_digest(context.obj)
    print(found.html if as_html else found.text, end="")
