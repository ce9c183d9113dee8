"""The command `harvester`: every verb, and how an error ends it."""

from __future__ import annotations

import logging
import os
import sys
from typing import Annotated

import typer

from harvester import __version__
from harvester.cli import (
    api_key,
    collect,
    db,
    demo,
    discovery,
    domain,
    enrich,
    enrichment,
    export,
    extract,
    import_,
    job,
    quarantine,
    reextract,
    reference_list,
    review,
    sandbox,
    serve,
    statistics,
    up,
    worker,
)
from harvester.errors import HarvesterError

app = typer.Typer(
    name="harvester",
    help="Find every domain meant in TikTok comments, and keep it with its evidence in PostgreSQL.",
    epilog="Example: harvester import comments.csv && harvester serve",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
import_.add_to(app)
extract.add_to(app)
reextract.add_to(app)
statistics.add_to(app)
serve.add_to(app)
up.add_to(app)
demo.add_to(app)
sandbox.add_to(app)
worker.add_to(app)
enrich.add_to(app)
app.add_typer(discovery.app, name="discovery")
app.add_typer(collect.app, name="collect")
app.add_typer(domain.app, name="domain")
app.add_typer(review.app, name="review")
app.add_typer(export.app, name="export")
app.add_typer(enrichment.app, name="enrichment")
app.add_typer(reference_list.app, name="list")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(job.app, name="job")
app.add_typer(api_key.app, name="api-key")
app.add_typer(db.app, name="db")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"harvester {__version__}")
        raise typer.Exit


@app.callback()
def harvester(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Take options that stand before the verb."""


def run() -> None:
    """Run the command line. Errors of ours end in one sentence and their own exit code, never in a traceback."""
    # A lost connection is made again; where it cannot be, an error of ours says so.
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)
    try:
        app()
    except HarvesterError as error:
        typer.echo(f"harvester: {error.message}", err=True)
        if error.hint:
            typer.echo(f"  {error.hint}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): that is no failure. What is left must not be
        # flushed into the closed pipe when Python exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
