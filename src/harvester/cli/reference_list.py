"""`harvester list`: block and allow lists that others keep."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from harvester.cli.opening import with_evidence
from harvester.cli.output import AsCsv, AsJson, Form, console, form_of, print_json, printable, show
from harvester.errors import SourceError
from harvester.settings import load_settings
from harvester.sources.reference_list.base import Format, Purpose
from harvester.store.database import ANALYST, Database
from harvester.store.reference_list import (
    NewList,
    ReferenceList,
    flagged_entries,
    list_by_name,
    reference_lists,
    remove_list,
)  # fmt: skip

if TYPE_CHECKING:
    from harvester.jobs.reference_lists import Fetch

app = typer.Typer(help="Block and allow lists that others keep, shown beside our data.", no_args_is_help=True)

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_SHOWN_FLAGGED = 20
_COLUMNS = {
    "name": "name", "purpose": "purpose", "format": "format", "entry_count": "names", "licence": "licence",
    "origin": "from", "refreshed_at": "read (UTC)", "refresh_days": "every days", "failure": "failed",
}  # fmt: skip


@app.command(
    "add",
    epilog="Example: harvester list add malware https://lists.example/hosts.txt --purpose block --licence MIT"
    " --refresh-days 1",
)
def add_(
    name: Annotated[str, typer.Argument(help="What you call it: small letters, digits, and . _ -")],
    origin: Annotated[str, typer.Argument(metavar="FILE-OR-URL", help="Where it lies.")],
    purpose: Annotated[Purpose, typer.Option(help="Whether its makers warn of its names, or vouch for them.")],
    licence: Annotated[str, typer.Option(metavar="TEXT", help="Under which terms they give it away: CC-BY-4.0")],
    form: Annotated[
        Literal["auto", "plain", "hosts", "adblock", "csv"],
        typer.Option("--format", help="How it is written; auto tells it by the first lines."),
    ] = "auto",
    refresh_days: Annotated[
        int | None, typer.Option(min=1, max=365, help="Fetch it again after so many days, while a worker runs.")
    ] = None,
) -> None:
    """Load a list: from a file, or from an address unless HARVESTER_PAP is red.

    Lines that name no host are left out and counted. Entries that name a public suffix or a big platform are loaded
    and flagged. Nothing of ours is judged by any list.
    """
    if not _NAME.fullmatch(name):
        raise typer.BadParameter("A name has small letters, digits, and . _ - inside; at most 100.", param_hint="NAME")
    if not 1 <= len(licence) <= 500:
        raise typer.BadParameter("Say it in 1 to 500 characters.", param_hint="--licence")
    is_address = _ADDRESS.match(origin) is not None
    if refresh_days is not None and not is_address:
        raise typer.BadParameter("Only a list at an address is fetched again.", param_hint="--refresh-days")
    wanted: Format | None = None if form == "auto" else form

    async def work(database: Database) -> ReferenceList:
        from harvester.jobs.reference_lists import add, add_fetched

        shown = origin if is_address else Path(origin).name
        new = NewList(name, purpose, shown, licence, refresh_days)
        if not is_address:
            return await add(database, new, wanted, Path(origin))
        async with _fetching() as fetch:
            return await add_fetched(database, new, wanted, fetch)

    _tell(with_evidence(work))


@app.command("refresh", epilog="Example: harvester list refresh malware")
def refresh_(
    name: Annotated[str | None, typer.Argument(help="Only this one; else all that lie at an address.")] = None,
    file: Annotated[Path | None, typer.Argument(help="Read it from this file: one that was a file before.")] = None,
) -> None:
    """Read lists again and replace their entries; where one cannot be read its entries stay."""

    async def work(database: Database) -> bool:
        from harvester.jobs.reference_lists import refresh, refresh_from

        if name is not None and file is not None:
            await list_by_name(database, name)
            _tell(await refresh_from(database, name, file, origin=file.name))
            return True
        async with database.transaction(ANALYST) as connection:
            known = await reference_lists(connection)
        if name is not None:
            known = [await list_by_name(database, name)]
            if not known[0].is_fetched:
                raise typer.BadParameter(f"{name} was read from a file: name the new one.", param_hint="FILE")
        async with _fetching() as fetch:
            read = [await _tried(database, each, fetch, refresh) for each in known if each.is_fetched]
        return all(read)

    if not with_evidence(work):
        raise typer.Exit(SourceError.exit_code)


@app.command("show", epilog="Example: harvester list show malware")
def show_(
    name: Annotated[str | None, typer.Argument(help="One of them, with what was left out and flagged.")] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show the lists, or one of them."""
    form = form_of(as_json=as_json, as_csv=as_csv)

    async def work(database: Database) -> tuple[list[ReferenceList], list[tuple[str, str]]]:
        if name is not None:
            await list_by_name(database, name)
        async with database.transaction(ANALYST) as connection:
            flagged = await flagged_entries(connection, name, limit=_SHOWN_FLAGGED) if name is not None else []
            return await reference_lists(connection, name), flagged

    lists, flagged = with_evidence(work)
    if name is None or form is Form.CSV:
        show(
            lists, form, row_type=ReferenceList, title="Lists of others", columns=_COLUMNS,
            empty="none; add one: harvester list add --help",
        )  # fmt: skip
    elif form is Form.JSON:
        print_json(
            {**asdict(lists[0]), "flagged_entries": [{"domain_name": each, "flag": flag} for each, flag in flagged]}
        )
    else:
        _tell(lists[0])
        for each, flag in flagged:
            console.print(f"  flagged {flag}: {each}", markup=False, soft_wrap=True)


@app.command("remove", epilog="Example: harvester list remove malware")
def remove_(name: Annotated[str, typer.Argument(help="Its name.")]) -> None:
    """Forget a list and all its entries."""

    async def work(database: Database) -> None:
        await remove_list(database, name)

    with_evidence(work)
    console.print(f"removed {name}", markup=False)


async def _tried(
    database: Database,
    known: ReferenceList,
    fetch: Fetch,
    refresh: Callable[[Database, str, Fetch], Awaitable[ReferenceList]],
) -> bool:
    """Refresh one of several lists: what is wrong with one is said, and keeps no other from being read."""
    try:
        _tell(await refresh(database, known.name, fetch))
    except SourceError as error:
        typer.echo(f"harvester: {known.name}: {error}", err=True)
        return False
    return True


@asynccontextmanager
async def _fetching() -> AsyncIterator[Fetch]:
    from harvester.enrichers.catalog import resolvers_of
    from harvester.jobs.list_fetching import list_fetching

    settings = load_settings()
    async with list_fetching(settings.pap, resolvers_of(settings.dns_resolvers), settings.contact) as fetch:
        yield fetch


def _tell(found: ReferenceList) -> None:
    """Say in a few lines what a list is, and what was read of it."""
    terms = f"from {printable(found.origin)}, licence {printable(found.licence)}"
    lines = [
        f"{found.name}: a {found.purpose} list of {found.entry_count:,} names ({found.format})",
        f"  {terms}, read {found.refreshed_at:%Y-%m-%d %H:%M} (UTC)",
    ]
    if found.refresh_days is not None:
        lines.append(f"  fetched again every {found.refresh_days} days")
    if found.failure is not None:
        lines.append(f"  could not be read at {found.tried_at:%Y-%m-%d %H:%M} (UTC): {printable(found.failure)}")
    for words, counts in (("left out", found.refused), ("flagged", found.flagged)):
        if counts:
            lines.append(f"  {words}: " + ", ".join(f"{reason} {count:,}" for reason, count in sorted(counts.items())))
    if found.is_overbroad:
        lines.append("  careful: it names a public suffix, or half of the big platforms; it may be damaged")
    console.print("\n".join(lines), markup=False, soft_wrap=True)
