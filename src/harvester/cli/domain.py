"""`harvester domain`: the domains found, one by one or in a list."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import partial
from typing import Annotated

import typer

from harvester.cli.filters import (
    FirstSeenFrom,
    FirstSeenTo,
    LeastMentions,
    OfKind,
    OfState,
    Promoted,
    Text,
    Tld,
    WrittenAs,
    domain_filter,
)
from harvester.cli.opening import with_evidence
from harvester.cli.output import AsCsv, AsJson, DryRun, Form, console, form_of, print_json, printable, show
from harvester.cli.paging import first_rows
from harvester.model import Page
from harvester.store.database import ANALYST, Database
from harvester.store.domain import (
    SORTS,
    DomainFacts,
    DomainRow,
    Evidence,
    count_platforms,
    domain_by_name,
    evidence,
    list_domains,
)
from harvester.store.domain_filter import DomainFilter
from harvester.store.reference_list import Membership, memberships
from harvester.store.sighting import Sighting, list_sightings

app = typer.Typer(help="The domains found.", no_args_is_help=True)

_COLUMNS = {
    "domain_name": "domain",
    "mention_count": "mentions",
    "video_count": "videos",
    "comment_count": "comments",
    "unique_commenters": "commenters",
    "first_seen_at": "first seen (UTC)",
    "last_seen_at": "last seen (UTC)",
    "is_suspicious": "suspicious",
}


@app.command("list", epilog="Example: harvester domain list --text casino --sort last_seen --csv > casino.csv")
def list_(  # noqa: PLR0913, PLR0917 - each is an option of the command.
    text: Text = None,
    tld: Tld = None,
    first_seen_from: FirstSeenFrom = None,
    first_seen_to: FirstSeenTo = None,
    least_mentions: LeastMentions = None,
    state: OfState = None,
    kind: OfKind = None,
    method: WrittenAs = None,
    promoted: Promoted = False,
    sort: Annotated[str, typer.Option(help=f"One of: {', '.join(SORTS)}.")] = "mentions",
    platforms: Annotated[
        bool, typer.Option("--platforms", help="With the big platforms, which are left out else.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at the most.")] = 50,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List domains with their counts, most mentioned first; each filter narrows the list further."""
    wanted = domain_filter(tld, first_seen_from, first_seen_to, least_mentions, state, kind, method, promoted)
    wanted = wanted if platforms else replace(wanted, platforms="hide")
    form = form_of(as_json=as_json, as_csv=as_csv)

    async def work(database: Database) -> tuple[list[DomainRow], int]:
        async with database.transaction(ANALYST) as connection:
            hidden = await count_platforms(connection, text, wanted) if wanted.hides_platforms else 0
        return await first_rows(database, partial(list_domains, text=text, wanted=wanted, sort=sort), limit), hidden

    rows, hidden = with_evidence(work)
    show(
        rows, form, row_type=DomainRow, title="Domains", columns=_COLUMNS,
        empty=_empty(text, wanted),
    )  # fmt: skip
    if hidden:
        # Programs that read the rows find them alone in the output.
        typer.echo(f"{hidden:,} big platforms are left out; --platforms shows them", err=True)


def _empty(text: str | None, wanted: DomainFilter) -> str:
    if wanted.parameters():
        return "none fulfils all that is asked for"
    return "none are stored" if text is None else f"none holds {printable(text)!r}"


@app.command("show", epilog="Example: harvester domain show bit.ly --limit 5")
def show_(
    name: Annotated[str, typer.Argument(help="The domain, in any spelling.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many pieces of evidence at the most.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Show one domain, the comments that mention it, and the captions, profiles and ads in which it stands."""
    from harvester.domains import parse_domain

    parsed = parse_domain(name)

    async def work(database: Database) -> tuple[DomainFacts, Page[Evidence], Page[Sighting], list[Membership]]:
        async with database.transaction(ANALYST) as connection:
            facts = await domain_by_name(connection, parsed.domain_name if parsed else name)
            comments = await evidence(connection, facts.id, limit=limit)
            on_lists = await memberships(connection, facts.domain_name)
            return facts, comments, await list_sightings(connection, facts.id, limit=limit), on_lists

    facts, page, seen, on_lists = with_evidence(work)
    if as_json:
        print_json({**asdict(facts), "evidence": page.rows, "sightings": seen.rows, "on_lists": on_lists})
        return
    console.print(
        f"{facts.domain_name}"
        + (f" ({printable(facts.unicode_name)})" if facts.unicode_name != facts.domain_name else "")
        + f": {facts.mention_count:,} mentions in {facts.video_count:,} videos"
        + _seen(facts),
        markup=False,
        soft_wrap=True,
    )
    show(
        page.rows, Form.TABLE, row_type=Evidence, title="Evidence, newest first",
        columns={
            "discovered_at": "seen (UTC)", "video_id": "video", "username": "author", "method": "method",
            "confidence": "confidence", "mention_text": "as written", "text": "comment",
        },
        empty="none",
    )  # fmt: skip
    if seen.rows:
        show(
            seen.rows, Form.TABLE, row_type=Sighting, title="Seen elsewhere, newest first",
            columns={
                "discovered_at": "seen (UTC)", "place": "place", "video_id": "video", "creator_username": "creator",
                "ad_id": "ad", "method": "method", "confidence": "confidence", "mention_text": "as written",
                "context": "context",
            },
            empty="none",
        )  # fmt: skip
    if on_lists:
        show(
            on_lists, Form.TABLE, row_type=Membership, title="On other people's lists",
            columns={
                "list_name": "list", "purpose": "purpose", "entry": "entry", "flag": "flag", "origin": "from",
                "licence": "licence", "refreshed_at": "as of (UTC)",
            },
            empty="none",
        )  # fmt: skip


def _seen(facts: DomainFacts) -> str:
    if facts.first_seen_at is None or facts.last_seen_at is None:
        return ", seen in no comment"
    return f", first seen {facts.first_seen_at:%Y-%m-%d %H:%M}, last seen {facts.last_seen_at:%Y-%m-%d %H:%M} (UTC)"


@app.command("reclassify", epilog="Example: harvester domain reclassify --dry-run")
def reclassify_(dry_run: DryRun = False, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """Split every stored domain again and say its kind anew, as after an update, and set what differs.

    Names are split by the Public Suffix List; kinds (platform, shortener, link_in_bio, messenger) are said by lists
    of ours. A domain that no longer splits is named and left alone.
    """
    from harvester.domains import KIND_LISTS_VERSION
    from harvester.jobs.reclassify import Reclassified, reclassify

    form = form_of(as_json=as_json, as_csv=as_csv)

    async def work(database: Database) -> list[Reclassified]:
        return await reclassify(database, writing=not dry_run)

    differing = with_evidence(work, in_bulk=True)
    show(
        differing, form, row_type=Reclassified, title="To be set otherwise" if dry_run else "Set otherwise",
        columns={
            "domain_name": "domain", "registrable_domain_before": "registrable before",
            "registrable_domain": "registrable now", "public_suffix_before": "suffix before",
            "public_suffix": "suffix now", "kind_before": "kind before", "kind": "kind now",
        },
        empty="none; every domain is as the lists say",
    )  # fmt: skip
    if form is Form.TABLE and (left := sum(not each.is_split for each in differing)):
        console.print(f"left alone, since they no longer split: {left:,} (–)", markup=False)
    if form is Form.TABLE:
        console.print(f"lists of kinds as of {KIND_LISTS_VERSION}", markup=False)
