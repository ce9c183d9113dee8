"""`harvester extract`: the extractor alone, without a database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import Annotated, Any

import typer

from harvester.cli.output import printable
from harvester.domains import extract_batch
from harvester.domains.explanation import Explanation, explain
from harvester.model import Mention
from harvester.sources.documents import STANDARD_INPUT, Document, Unread, documents

_BATCH = 1_000
"""Lines of a file that are read at a time."""


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog='Example: echo "try earn-x2 (dot) com" | harvester extract')(extract)


def extract(
    file: Annotated[
        str, typer.Argument(help='Plain text, a comment a line, or NDJSON {"id", "text"}; - is standard input.')
    ] = STANDARD_INPUT,
    everything: Annotated[
        bool, typer.Option("--all", help="Also print held mentions: those with a confidence below 0.50.")
    ] = False,
    explained: Annotated[
        bool, typer.Option("--explain", help="Tell for each text what was seen in it and what each rule said.")
    ] = False,
) -> None:
    """Find the domains in texts: prints one JSON object for each line read."""
    for document in documents(file):
        if isinstance(document, Unread):
            raise document.error
        if explained:
            _explain(document)
        else:
            _extract(document, everything=everything)


def _extract(document: Document, *, everything: bool) -> None:
    texts = _texts(document)
    # Whoever types or pipes lines one by one gets each answer at once.
    size = 1 if document.name == STANDARD_INPUT else _BATCH
    while batch := list(islice(texts, size)):
        for (key, _), found in zip(batch, extract_batch([text for _, text in batch]), strict=True):
            mentions = [_plain(each) for each in found if everything or each.tier == "shown"]
            sys.stdout.write(json.dumps({"id": key, "mentions": mentions}, ensure_ascii=False) + "\n")


def _explain(document: Document) -> None:
    for _, text in _texts(document):
        for line in _told(explain(text)):
            sys.stdout.write(printable(line) + "\n")


def _told(explanation: Explanation) -> Iterator[str]:
    yield f"text        {explanation.text}"
    if explanation.folded != explanation.text:
        yield f"read as     {explanation.folded}"
    yield f"signs       {explanation.signs}"
    if explanation.dots:
        yield f"dots        {', '.join(explanation.dots)}"
    for account in explanation.candidates:
        yield f"candidate   {account.text}  ->  {account.domain_name or account.host}  ({', '.join(account.dots)})"
        for opinion in account.opinions:
            said = "nothing to say" if opinion.confidence is None else f"{opinion.confidence:.2f}  {opinion.reason}"
            yield f"  {opinion.rule:<24}{said}"
        yield f"  {account.outcome:<24}{account.confidence:.2f}"
    if not explanation.candidates:
        yield "candidate   none"
    yield ""


def _texts(document: Document) -> Iterator[tuple[Any, str]]:
    """Each line's id and text."""
    with closing(document.open()) as content:
        for number, line in enumerate(content, start=1):
            yield _read(line.decode("utf-8", "replace").rstrip("\r\n"), number)


def _read(line: str, number: int) -> tuple[Any, str]:
    """The id and the text of a line; a plain line has its number for an id."""
    if line.lstrip().startswith("{"):
        try:
            document = json.loads(line)
        except ValueError:
            return number, line
        if isinstance(document, dict) and isinstance(document.get("text"), str):
            return document.get("id", number), document["text"]
    return number, line


def _plain(mention: Mention) -> dict[str, Any]:
    return {
        "domain_name": mention.domain.domain_name,
        "registrable_domain": mention.domain.registrable_domain,
        "public_suffix": mention.domain.public_suffix,
        "tld": mention.domain.tld,
        "subdomain": mention.domain.subdomain,
        "text": mention.text,
        "start": mention.start,
        "end": mention.end,
        "confidence": mention.confidence,
        "method": mention.method,
        "url": mention.url,
    }
