"""`harvester review`: verdicts on domains and mentions, and what they say of the extractor."""

from __future__ import annotations

import os
import pwd
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from harvester.cli.opening import with_evidence
from harvester.cli.output import AsCsv, AsJson, console, form_of, show
from harvester.store.database import ANALYST, WORKER, Connection, Database
from harvester.store.review import (
    Precision,
    Review,
    Verdict,
    list_reviews,
    precision,
    review_by_part,
    review_domains,
    review_mentions,
    undo_reviews,
)

app = typer.Typer(help="Verdicts of people on domains and mentions.", no_args_is_help=True)

_COLUMNS = {
    "short_id": "id", "reviewed_at": "when (UTC)", "reviewer": "who", "domain_name": "domain",
    "comment_id": "in comment", "verdict": "verdict", "short_undoes": "takes back", "is_undone": "taken back",
    "reason": "reason", "note": "note",
}  # fmt: skip
_PRECISION_COLUMNS = {
    "dimension": "by", "value": "value", "judged_mentions": "judged", "right_mentions": "right",
    "precision": "precision",
}  # fmt: skip
Reason = Annotated[str | None, typer.Option(help="Why, in a few words.")]
Note = Annotated[str | None, typer.Option(help="What else others should know.")]
As = Annotated[str | None, typer.Option("--as", help="Who judges; unset: your login name.")]


@app.command("domain", epilog="Example: harvester review domain fake-shop.top --verdict malicious --reason phishing")
def domain_(
    domain_names: Annotated[
        list[str], typer.Argument(metavar="DOMAIN...", help="Their names, as domain list shows them.")
    ],
    verdict: Annotated[Verdict, typer.Option(help="What they are; ignore takes them out of every list.")],
    reason: Reason = None,
    note: Note = None,
    reviewer: As = None,
) -> None:
    """Give one verdict on domains, all of them or none.

    malicious and suspicious mark a domain as suspicious; any verdict keeps its evidence from retention.
    """
    wanted = [name.strip().lower() for name in domain_names]
    _told(reviewer, lambda connection: review_domains(connection, wanted, verdict, reason=reason, note=note))


@app.command(
    "mention", epilog="Example: harvester review mention node.js --comment 7300000000000000001 --reason 'a product'"
)
def mention(
    domain_name: Annotated[str, typer.Argument(help="The domain that was read there.")],
    comment: Annotated[list[str] | None, typer.Option(help="Ids of comments; unset: all that mention it.")] = None,
    reason: Reason = None,
    note: Note = None,
    reviewer: As = None,
) -> None:
    """Say that comments mean no domain there: such mentions are held, and counted nowhere."""
    name = domain_name.strip().lower()
    _told(reviewer, lambda connection: review_mentions(connection, name, comment, reason=reason, note=note))


@app.command("undo", epilog="Example: harvester review undo 5f2c71d0a94e")
def undo(
    ids: Annotated[
        list[str],
        typer.Argument(
            metavar="ID...",
            help="As the list shows them, or whole; the beginning or the end of one is enough where no other has it.",
        ),
    ],
    reviewer: As = None,
) -> None:
    """Take verdicts back; the trail keeps both."""

    async def work(connection: Connection) -> list[Review]:
        return await undo_reviews(connection, [await review_by_part(connection, each) for each in ids])

    _told(reviewer, work)


@app.command("list", epilog="Example: harvester review list --domain fake-shop.top")
def list_(
    domain: Annotated[str | None, typer.Option(help="Only of this domain.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at the most.")] = 50,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List the trail of verdicts, newest first."""
    form = form_of(as_json=as_json, as_csv=as_csv)

    async def work(database: Database) -> list[Review]:
        async with database.transaction(ANALYST) as connection:
            return (await list_reviews(connection, domain_name=domain and domain.strip().lower(), limit=limit)).rows

    show(with_evidence(work), form, row_type=Review, title="Reviews", columns=_COLUMNS, empty="none")


@app.command("precision", epilog="Example: harvester review precision --csv")
def precision_(as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """Show how many of the judged mentions were right, by method, top-level domain and source.

    A mention is right where its domain has a verdict and nobody rejected it. It counts under every source that brought
    its comment; under `unknown` where the comment was stored before sources were kept.
    """
    form = form_of(as_json=as_json, as_csv=as_csv)

    async def work(database: Database) -> list[Precision]:
        async with database.transaction(ANALYST) as connection:
            return await precision(connection)

    show(
        with_evidence(work), form, row_type=Precision, title="Precision by reviews", columns=_PRECISION_COLUMNS,
        empty="nothing has been judged yet: harvester review domain NAME --verdict benign",
    )  # fmt: skip


def _told(reviewer: str | None, judge: Callable[[Connection], Awaitable[list[Review]]]) -> None:
    """Judge as the worker, under a person's name, and say what was written."""
    who = reviewer or pwd.getpwuid(os.getuid()).pw_name

    async def work(database: Database) -> list[Review]:
        async with database.transaction(WORKER, claims={"email": who}) as connection:
            return await judge(connection)

    written = with_evidence(work)
    for each in written:
        where = f" in comment {each.comment_id}" if each.comment_id else ""
        said = f"takes back {each.undoes}" if each.verdict is None else each.verdict
        console.print(f"{each.id}  {each.domain_name}{where}: {said}", markup=False, soft_wrap=True)
    if not written:
        console.print("nothing to take back", markup=False)
