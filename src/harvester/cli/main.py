"""The command `harvester`: every verb, and how an error ends it."""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module
from typing import Annotated

import typer

from harvester import __version__
from harvester.errors import HarvesterError

VERBS = {
    "import": "import_",
    "extract": "extract",
    "reextract": "reextract",
    "stats": "statistics",
    "trending": "statistics",
    "serve": "serve",
    "up": "up",
    "demo": "demo",
    "sandbox": "sandbox",
    "worker": "worker",
    "enrich": "enrich",
}
"""The module of each verb, in the order in which the help lists them."""
NOUNS = {
    "discovery": "discovery",
    "collect": "collect",
    "domain": "domain",
    "review": "review",
    "export": "export",
    "enrichment": "enrichment",
    "list": "reference_list",
    "quarantine": "quarantine",
    "job": "job",
    "api-key": "api_key",
    "db": "db",
}
"""The module of each noun that has verbs of its own."""


def command_line(first: str | None = None) -> typer.Typer:
    """The whole command line; where its first word is known, only what that word calls.

    Every verb brings libraries of its own, and to import them all takes longer than most verbs work.
    """
    app = typer.Typer(
        name="harvester",
        help="Find every domain meant in TikTok comments, and keep it with its evidence in PostgreSQL.",
        epilog="Example: harvester import comments.csv && harvester serve",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(harvester)
    if first == "--version":
        return app
    whole = first not in VERBS and first not in NOUNS
    # Two verbs may share a module, which adds both.
    for module in dict.fromkeys(module for verb, module in VERBS.items() if whole or verb == first):
        import_module(f"harvester.cli.{module}").add_to(app)
    for noun, module in NOUNS.items():
        if whole or noun == first:
            app.add_typer(import_module(f"harvester.cli.{module}").app, name=noun)
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"harvester {__version__}")
        raise typer.Exit


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
        command_line(*sys.argv[1:2])()
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
