"""`harvester domain`: the domains found, one by one or in a list."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from harvester.cli.opening import with_evidence
from harvester.cli.output import AsCsv, AsJson, Form, console, form_of, print_json, printable, show
from harvester.domains import parse_domain
from harvester.model import Page
from harvester.store.database import ANALYST, Database
from harvester.store.domain import SORTS, DomainFacts, DomainRow, Evidence, domain_by_name, evidence, list_domains

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
def list_(
    text: Annotated[str | None, typer.Option(help="Only names that hold this text.")] = None,
    sort: Annotated[str, typer.Option(help=f"One of: {', '.join(SORTS)}.")] = "mentions",
    limit: Annotated[int, typer.Option(min=1, help="How many at the most.")] = 50,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List domains with their counts, most mentioned first."""
    form = form_of(as_json=as_json, as_csv=as_csv)

    async def work(database: Database) -> list[DomainRow]:
        rows: list[DomainRow] = []
        after = None
        async with database.transaction(ANALYST) as connection:
            while len(rows) < limit:
                page: Page[DomainRow] = await list_domains(
                    connection, text=text, sort=sort, limit=limit - len(rows), after=after
                )
                rows += page.rows
                after = page.next
                if after is None:
                    break
        return rows

    show(
        with_evidence(work), form, row_type=DomainRow, title="Domains", columns=_COLUMNS,
        empty="none are stored" if text is None else f"none holds {printable(text)!r}",
    )  # fmt: skip


@app.command("show", epilog="Example: harvester domain show bit.ly --limit 5")
def show_(
    name: Annotated[str, typer.Argument(help="The domain, in any spelling.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many pieces of evidence at the most.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Show one domain and the comments that mention it, newest first."""
    parsed = parse_domain(name)

    async def work(database: Database) -> tuple[DomainFacts, Page[Evidence]]:
        async with database.transaction(ANALYST) as connection:
            facts = await domain_by_name(connection, parsed.domain_name if parsed else name)
            return facts, await evidence(connection, facts.id, limit=limit)

    facts, page = with_evidence(work)
    if as_json:
        print_json({**asdict(facts), "evidence": [asdict(each) for each in page.rows]})
        return
    console.print(
        f"{facts.domain_name}"
        + (f" ({printable(facts.unicode_name)})" if facts.unicode_name != facts.domain_name else "")
        + f": {facts.mention_count:,} mentions in {facts.video_count:,} videos,"
        f" first seen {facts.first_seen_at:%Y-%m-%d %H:%M}, last seen {facts.last_seen_at:%Y-%m-%d %H:%M} (UTC)",
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
