"""`harvester extract`: the extractor alone, without a database."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from typing import Annotated, Any

import typer

from harvester.domains import extract as extract_mentions
from harvester.model import Mention
from harvester.sources.documents import STANDARD_INPUT, Document, Unread, documents


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
) -> None:
    """Find the domains in texts: prints one JSON object for each line read."""
    for document in documents(file):
        if isinstance(document, Unread):
            raise document.error
        _extract(document, everything=everything)


def _extract(document: Document, *, everything: bool) -> None:
    with closing(document.open()) as content:
        for number, line in enumerate(content, start=1):
            key, text = _read(line.decode("utf-8", "replace").rstrip("\r\n"), number)
            mentions = [each for each in extract_mentions(text) if everything or each.tier == "shown"]
            answer = {"id": key, "mentions": [_plain(mention) for mention in mentions]}
            sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")


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
