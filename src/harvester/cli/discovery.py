"""`harvester discovery`: saved queries that find videos and ads."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from harvester.cli.opening import with_evidence
from harvester.cli.output import AsCsv, AsJson, console, form_of, show
from harvester.store.database import ANALYST, Database
from harvester.store.discovery import (
    DiscoveryListing,
    DiscoverySource,
    add_discovery,
    list_discoveries,
    remove_discovery,
)  # fmt: skip

app = typer.Typer(help="Saved queries that find videos and ads to collect from.", no_args_is_help=True)

_COLUMNS = {
    "name": "name", "source": "source", "query": "asks for", "is_active": "active", "due_at": "due (UTC)",
    "requests": "requests", "videos": "videos", "comments": "comments", "domains": "domains",
}  # fmt: skip
_RESEARCH, _CONTENTS, _ADS = "research_videos", "commercial_contents", "ads"
_MAY_ASK = {
    _RESEARCH: {"keywords", "hashtags", "regions", "usernames"},
    _CONTENTS: {"country", "usernames"},
    _ADS: {"term", "country", "advertiser_ids"},
}
"""What each source is asked by; the names are those of the API's parameters in our clients."""
LONGEST_NAME = 128
_UNITS = {"m": 60, "h": 3600, "d": 86_400}


@app.command("add", epilog='Example: harvester discovery add giveaways --keyword "promo code" --hashtag ad --region DE')
def add(  # noqa: PLR0913, PLR0917 - each is an option of the command.
    name: Annotated[str, typer.Argument(help="What you call it.")],
    source: Annotated[
        DiscoverySource,
        typer.Option(
            help="research_videos finds videos by keyword, hashtag, region and username; commercial_contents finds "
            "promoted videos of Europe by country and username; ads finds ads by term, country and advertiser."
        ),
    ] = "research_videos",
    keyword: Annotated[list[str] | None, typer.Option(help="Words in the caption; any of several.")] = None,
    hashtag: Annotated[list[str] | None, typer.Option(help="With or without #; any of several.")] = None,
    region: Annotated[list[str] | None, typer.Option(help="Where the account was made: DE; any of several.")] = None,
    username: Annotated[list[str] | None, typer.Option(help="Of the creator; any of several.")] = None,
    country: Annotated[str | None, typer.Option(help="Of the creator, or where the ad was shown: DE")] = None,
    term: Annotated[str | None, typer.Option(help="What ads are searched for.")] = None,
    advertiser: Annotated[list[str] | None, typer.Option(help="Business id of an advertiser.")] = None,
    every: Annotated[str, typer.Option(metavar="TIME", help="Ask again so long after its end: 30m, 6h, 1d")] = "1d",
    days_back: Annotated[int, typer.Option(min=1, max=3650, help="Days before today that it looks at.")] = 30,
) -> None:
    """Save a query; a worker asks it at once, and again on its schedule."""
    query = _query(
        source,
        keywords=keyword, hashtags=hashtag, regions=region, usernames=username, country=country, term=term,
        advertiser_ids=advertiser,
    )  # fmt: skip
    seconds = seconds_of(every)
    if not 1 <= len(name.encode()) <= LONGEST_NAME:
        raise typer.BadParameter(f"A name has one character at the least, and {LONGEST_NAME} bytes at the most.")

    async def work(database: Database) -> None:
        await add_discovery(database, name, source, query, every_seconds=seconds, days_back=days_back)

    with_evidence(work)
    console.print(f"saved {name}; it is asked by: harvester collect run, or a running harvester worker", markup=False)


@app.command("list", epilog="Example: harvester discovery list --json")
def list_(as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """List the saved queries, with what they took and brought."""
    form = form_of(as_json=as_json, as_csv=as_csv)

    async def work(database: Database) -> list[DiscoveryListing]:
        async with database.transaction(ANALYST) as connection:
            return await list_discoveries(connection)

    show(
        with_evidence(work), form, row_type=DiscoveryListing, title="Discoveries", columns=_COLUMNS,
        empty="none; add one: harvester discovery add --help",
    )  # fmt: skip


@app.command("remove", epilog="Example: harvester discovery remove giveaways")
def remove(name: Annotated[str, typer.Argument(help="Its name.")]) -> None:
    """Forget a query; what it found stays, and the videos that it found go on being harvested."""

    async def work(database: Database) -> None:
        await remove_discovery(database, name)

    with_evidence(work)
    console.print(f"removed {name}", markup=False)


def seconds_of(time: str) -> int:
    """The seconds of a time like `30m`, `6h` or `1d`; raises BadParameter for any other text, or less than a minute.

    >>> seconds_of("90m"), seconds_of("1d")
    (5400, 86400)
    """
    number, unit = time[:-1], time[-1:].lower()
    if unit not in _UNITS or not number.isdecimal() or not 60 <= int(number) * _UNITS[unit] <= 365 * 86_400:
        raise typer.BadParameter(f"{time!r} is no time from a minute to a year: write 30m, 6h or 1d.")
    return int(number) * _UNITS[unit]


def _query(source: str, **asked: Any) -> dict[str, Any]:
    query = {name: value for name, value in asked.items() if value}
    strange = sorted(query.keys() - _MAY_ASK[source])
    if strange:
        may = ", ".join(sorted(_MAY_ASK[source]))
        raise typer.BadParameter(f"{source} is not asked by {', '.join(strange)}, but by {may}.")
    if source == _RESEARCH and not query:
        raise typer.BadParameter("Say what videos are wanted: --keyword, --hashtag, --region or --username.")
    return query
