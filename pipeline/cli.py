"""The ocop command. Results go to stdout, talk goes to stderr; 0 done, 1 held or refused, 2 broke, 64 wrong usage."""

from __future__ import annotations

import signal
import sys
import traceback
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from pipeline.settings import TIME_ZONE, Settings, load_settings

EXIT_BROKE = 2
_USAGE_ERROR = typer.BadParameter.__base__  # typer carries its own click and names only this subclass
EXIT_USAGE = 64

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
)
gate_app = typer.Typer(
    no_args_is_help=True, help="Judge the candidate or a frozen copy with a suite of rules."
)
decide_app = typer.Typer(
    no_args_is_help=True, help="Write down what a person decided; the next build reads it."
)
app.add_typer(gate_app, name="gate")
app.add_typer(decide_app, name="decide")


def _known_period(code: str | None) -> str | None:
    from ingest.reference import periods

    if code is not None and code not in periods():
        raise typer.BadParameter(f"period {code} is not known; write it like 2024H1, 2024H2 or 2024Y")
    return code


def _known_unit(code: str | None) -> str | None:
    from ingest.reference import units

    if code is not None and not any(unit.code == code for unit in units()):
        raise typer.BadParameter(f"unit {code} is not in ref_unit.csv; write its code, for example 587")
    return code


def _half_year(code: str | None) -> str | None:
    if _known_period(code) is not None and code.endswith("Y"):
        raise typer.BadParameter(
            f"{code} is a whole year; a list is the stock of a half-year, {code[:4]}H1 or {code[:4]}H2"
        )
    return code


def _known_list(name: str) -> str:
    from ingest.spec import list_names

    if name not in list_names():
        raise typer.BadParameter(f"there is no layout {name}; there is {', '.join(list_names())}")
    return name


Period = Annotated[str, typer.Argument(help="2024H1, 2024H2 or 2024Y", callback=_known_period)]
By = Annotated[str, typer.Option("--by", help="Name of the person who decides")]
Why = Annotated[str, typer.Option("--why", help="Reason, kept with the decision")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout")]


@app.callback()
def clock_and_home(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option(help="Data home (else OCOP_HOME, else ./var)")] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Day facts are looked at from, 2024-12-20 (else the day of --known-at)")
    ] = None,
    known_at: Annotated[
        str | None,
        typer.Option(
            help="Moment up to which submissions and decisions count, 2024-12-20T22:00+07:00 (else now)"
        ),
    ] = None,
) -> None:
    """Reporting warehouse of the OCOP programme."""
    zone = ZoneInfo(TIME_ZONE)
    now = datetime.now(UTC)  # the only clock; everything below gets it as an argument
    try:
        moment = datetime.fromisoformat(known_at) if known_at else now
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        known_day = moment.astimezone(zone).date()
        day = date.fromisoformat(as_of) if as_of else known_day
    except ValueError as error:
        raise typer.BadParameter(f"{error}; write 2024-12-20 and 2024-12-20T22:00+07:00") from error
    if day > known_day:
        raise typer.BadParameter(
            f"--as-of {day} lies after {known_day}, the day of --known-at; nothing is known of it yet. "
            "Give a later --known-at, or ask: ocop expiring --as-of"
        )
    context.obj = load_settings(home=home, as_of=day, known_at=moment.astimezone(UTC))


def _talk(text: str) -> None:
    print(text, file=sys.stderr)


def _finish(outcomes: list) -> None:
    """One line per step on stdout; leave with the worst code."""
    for outcome in outcomes:
        print(f"{outcome.verb:8} {outcome.summary}")
    code = max(outcome.exit_code for outcome in outcomes)
    if code:
        raise typer.Exit(code)


@app.command()
def nightly(context: typer.Context) -> None:
    """land, load, build, gate, publish."""
    from pipeline import steps

    _finish(steps.nightly(context.obj, lambda verb: _talk(f"{verb} …")))


@app.command()
def land(context: typer.Context) -> None:
    """Take the files of landing/ into the archive."""
    from pipeline import steps

    _finish([steps.land(context.obj)])


@app.command()
def load(context: typer.Context) -> None:
    """Accept or refuse each landed workbook and answer its sender."""
    from pipeline import steps

    _finish([steps.load(context.obj)])


@app.command()
def build(context: typer.Context) -> None:
    """Build the candidate warehouse."""
    from pipeline import steps

    _finish([steps.build(context.obj)])


@gate_app.command("nightly")
def gate_nightly(context: typer.Context) -> None:
    """Judge the candidate before it is published."""
    from pipeline import steps

    _finish([steps.gate(context.obj, "nightly")])


@gate_app.command("ministry")
def gate_ministry(
    context: typer.Context, period: Annotated[str, typer.Option(help="Report period", callback=_known_period)]
) -> None:
    """Judge the frozen copy of a period before it is printed."""
    from pipeline import steps

    _finish([steps.gate(context.obj, "ministry", period)])


@app.command()
def publish(context: typer.Context) -> None:
    """Put the judged candidate in the place of the published warehouse."""
    from pipeline import steps

    _finish([steps.publish(context.obj)])


@app.command()
def freeze(context: typer.Context, period: Period) -> None:
    """Copy the published warehouse for the report of a period."""
    from pipeline import steps

    _finish([steps.freeze(context.obj, period)])


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
        _talk("reading the originals again and building the warehouse as it was known then …")
        _finish([steps.report_again(context.obj, period, out or Path(f"in-lai-{period}"))])
    else:
        _finish([steps.report(context.obj, period)])


@app.command()
def release(context: typer.Context, period: Period, by: By, why: Why = "") -> None:
    """Seal the report of a period under the name of the person who signs it off."""
    from pipeline import steps

    _finish([steps.release(context.obj, period, by, why)])


@decide_app.command()
def hold(context: typer.Context, submission: str, by: By, why: Why) -> None:
    """Leave a submission out of the next build; its unit is shown as held."""
    _decide(context.obj, "hold", by, why, submission_id=submission)


@decide_app.command()
def unhold(context: typer.Context, submission: str, by: By, why: Why) -> None:
    """Take a held submission in again."""
    _decide(context.obj, "unhold", by, why, submission_id=submission)


@decide_app.command()
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


@decide_app.command()
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


@decide_app.command()
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


@decide_app.command()
def waiver(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(help="Gate rule, GATE-07")],
    by: By,
    why: Why,
    until: Annotated[str, typer.Option(help="Last day it counts, 2025-01-31")],
    unit: Annotated[str | None, typer.Option(help="Unit code; else every unit", callback=_known_unit)] = None,
    period: Annotated[
        str | None, typer.Option(help="Period; else every period", callback=_known_period)
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


@app.command()
def template(
    context: typer.Context,
    period: Annotated[str, typer.Option(help="2024H2", callback=_known_period)],
    unit: Annotated[str | None, typer.Option(help="Unit code, 587", callback=_known_unit)] = None,
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
        str, typer.Option(help="Half-year whose stock the list shows, 2024H2", callback=_half_year)
    ],
    layout: Annotated[
        str, typer.Option(help="Layout entry of forms/layouts/", callback=_known_list)
    ] = "register",
) -> None:
    """Take a list an office kept so far, as the first figures of its units; the next nightly builds with it."""
    from pipeline import steps

    if not file.is_file():
        raise typer.BadParameter(f"there is no file {file}")
    _finish([steps.import_list(context.obj, file, layout, period), steps.load(context.obj)])


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
        str | None, typer.Option(help="Else the last one closed", callback=_known_period)
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

    _finish([steps.post(context.obj)])


@app.command()
def tell(context: typer.Context) -> None:
    """Send the receipts and the morning digest."""
    from pipeline import steps

    _finish([steps.tell(context.obj)])


@app.command()
def remind(context: typer.Context, period: Period) -> None:
    """Remind by mail the units that have not sent for a period; at most once a week each."""
    from pipeline import steps

    _finish([steps.remind(context.obj, period)])


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


@app.command()
def review(context: typer.Context, as_json: AsJson = False) -> None:
    """Spellings that may be one producer or product, with the command that decides each pair."""
    from pipeline.review import open_proposals, show_proposals

    show_proposals(open_proposals(context.obj), as_json)


@app.command()
def trace(
    context: typer.Context,
    figure: Annotated[str, typer.Argument(help="TABLE/ROW/COLUMN, star_by_unit/587/star_3_count")],
    period: Annotated[
        str | None,
        typer.Option(
            help="Trace in the release of this period that stood at --known-at, else in what is published",
            callback=_known_period,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """A printed figure back to the cells it comes from."""
    from pipeline.look import show_trace

    show_trace(context.obj, figure, period, as_json)


@app.command()
def sql(context: typer.Context, query: str, as_json: AsJson = False) -> None:
    """A read-only look into the published warehouse."""
    from pipeline.look import show_sql

    show_sql(context.obj, query, as_json)


@app.command()
def export(
    context: typer.Context,
    mart: Annotated[str, typer.Argument(help="mart_product or product; ptnt-ocop, the ministry's table")],
    format_: Annotated[str, typer.Option("--format", help="xlsx, csv or parquet")] = "xlsx",
    out: Annotated[Path | None, typer.Option(help="File to write")] = None,
) -> None:
    """Write a mart to a file; xlsx with its definitions."""
    from pipeline.export import EXPORT_FORMATS, export_mart

    if format_ not in EXPORT_FORMATS:
        raise typer.BadParameter(f"--format {format_}: choose one of {', '.join(EXPORT_FORMATS)}")
    print(export_mart(context.obj, mart, format_, out or Path(f"{mart}.{format_}")))


@app.command()
def docs(context: typer.Context) -> None:
    """Write the documentation of every model as one page beside the published warehouse."""
    from pipeline.home import require_home
    from pipeline.steps import StepError
    from pipeline.warehouse import BuildError, write_docs

    require_home(context.obj)
    try:
        print(write_docs(context.obj))
    except BuildError as error:
        raise StepError(f"{error}; see build/dbt_logs/dbt.log.") from error


@app.command()
def checksum(
    context: typer.Context,
    database: Annotated[Path | None, typer.Argument(help="Another warehouse than the published one")] = None,
) -> None:
    """One sum per table over its rows; two warehouses with the same sums hold the same rows."""
    from pipeline.home import published_database
    from pipeline.warehouse import table_checksums

    if database is not None and not database.is_file():
        raise typer.BadParameter(f"there is no file {database}")
    for table, total in table_checksums(database or published_database(context.obj)).items():
        print(f"{table:40} {total}")


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

    _finish([steps.backup(context.obj, to)])


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
    _finish([steps.restore(context.obj, backup, into.resolve())])


@app.command()
def tidy(context: typer.Context) -> None:
    """Remove old build files, old logs and what a broken step left behind."""
    from pipeline import steps

    _finish([steps.tidy(context.obj)])


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
        _talk("Generated files are not fresh; run: make fix")
        raise typer.Exit(1)


def main() -> None:
    """Entry point: known faults end in a sentence, unforeseen ones in a traceback and a sentence; 1 stays a verdict."""
    from pipeline.look import UsageError
    from pipeline.steps import StepError

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a service manager gets the same orderly end
    try:
        code = app(standalone_mode=False)
    except _USAGE_ERROR as error:
        error.show()
        code = EXIT_USAGE
    except UsageError as error:
        _talk(f"ocop: {error}")
        code = EXIT_USAGE
    except (StepError, LookupError) as error:
        _talk(f"ocop: {error}")
        code = EXIT_BROKE
    except KeyboardInterrupt:
        _talk("ocop: stopped")
        code = 130
    except Exception as error:
        traceback.print_exc()
        _talk(f"ocop: unforeseen, {type(error).__name__}: {error}; send the lines above to the developers.")
        code = EXIT_BROKE
    sys.exit(code or 0)
