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

from pipeline.commands import care, decide, looks, units, verbs
from pipeline.commands.arguments import talk
from pipeline.outcome import StepError, UsageError
from pipeline.settings import TIME_ZONE, load_settings

EXIT_BROKE = 2
_USAGE_ERROR = typer.BadParameter.__base__  # typer carries its own click and names only this subclass
EXIT_USAGE = 64

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
)
for area in (verbs, units, looks, care):
    app.add_typer(area.app)
app.add_typer(verbs.gate_app, name="gate")
app.add_typer(decide.app, name="decide")


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


def main() -> None:
    """Entry point: known faults end in a sentence, unforeseen ones in a traceback and a sentence; 1 stays a verdict."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a service manager gets the same orderly end
    try:
        code = app(standalone_mode=False)
    except _USAGE_ERROR as error:
        error.show()
        code = EXIT_USAGE
    except UsageError as error:
        talk(f"ocop: {error}")
        code = EXIT_USAGE
    except (StepError, LookupError) as error:
        talk(f"ocop: {error}")
        code = EXIT_BROKE
    except KeyboardInterrupt:
        talk("ocop: stopped")
        code = 130
    except Exception as error:
        traceback.print_exc()
        talk(f"ocop: unforeseen, {type(error).__name__}: {error}; send the lines above to the developers.")
        code = EXIT_BROKE
    sys.exit(code or 0)
