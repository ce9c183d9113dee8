"""`harvester api-key`: keys with which programs ask the REST API."""

from __future__ import annotations

from typing import Annotated

import typer

from harvester.cli.opening import with_evidence
from harvester.cli.output import AsCsv, AsJson, complaints, console, form_of, show
from harvester.store.api_key import MOST_DAYS, ApiKeyRow, Scope, create_key, list_keys, revoke_key
from harvester.store.database import WORKER, Database

app = typer.Typer(help="Keys with which programs ask the REST API.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="What you call it.")]

_COLUMNS = {
    "name": "name", "beginning": "begins with", "scope": "scope", "created_at": "made (UTC)",
    "last_used_at": "last used (UTC)", "expires_at": "ends (UTC)", "revoked_at": "revoked (UTC)",
}  # fmt: skip
LONGEST_NAME = 100


@app.command("create", epilog="Example: harvester api-key create siem --days 365")
def create(
    name: Name,
    scope: Annotated[Scope, typer.Option(help="read shows, write decides as well, as an analyst may.")] = "read",
    days: Annotated[int | None, typer.Option(min=1, max=MOST_DAYS, help="It ends after so many. Unset: never.")] = None,
) -> None:
    """Make a key and print it, this once: only a digest is kept.

    Programs send it as a header: `Authorization: Bearer tdh_…`.
    """
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise typer.BadParameter(f"A name has 1 to {LONGEST_NAME} characters that can be seen.")

    async def work(database: Database) -> str:
        async with database.transaction(WORKER) as connection:
            return await create_key(connection, name, scope, days=days)

    console.print(with_evidence(work), markup=False, soft_wrap=True)
    complaints.print("Keep it where secrets are kept: it is not shown again.", markup=False)


@app.command("list", epilog="Example: harvester api-key list --json")
def list_(as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """List all keys, the newest first; never the keys themselves."""
    form = form_of(as_json=as_json, as_csv=as_csv)

    async def work(database: Database) -> list[ApiKeyRow]:
        async with database.transaction(WORKER) as connection:
            return await list_keys(connection)

    show(with_evidence(work), form, row_type=ApiKeyRow, title="API keys", columns=_COLUMNS, empty="no key was made")


@app.command("revoke", epilog="Example: harvester api-key revoke siem")
def revoke(name: Name) -> None:
    """Refuse a key from the next request on."""

    async def work(database: Database) -> None:
        async with database.transaction(WORKER) as connection:
            await revoke_key(connection, name)

    with_evidence(work)
    console.print(f"revoked {name}", markup=False)
