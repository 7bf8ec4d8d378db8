"""Looking into the warehouse: proposals, figures back to their cells, queries, files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.arguments import AsJson, known_period

app = typer.Typer()


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
            callback=known_period,
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
    from pipeline.outcome import StepError
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
