"""`harvester export`: all domains, mentions, comments or videos as one file, however many there are."""

from __future__ import annotations

import stat
import sys
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Annotated, Any

import typer

from harvester.cli.filters import (
    FirstSeenFrom,
    FirstSeenTo,
    LeastMentions,
    MethodChoice,
    OfKind,
    OfState,
    Promoted,
    SeenFrom,
    SeenTo,
    Text,
    Tld,
    WrittenAs,
    day,
    domain_filter,
    word,
)
from harvester.cli.opening import with_evidence
from harvester.errors import HarvesterError
from harvester.exports.writing import Form, Origin, first_rows, write
from harvester.store.comment import CommentRow
from harvester.store.database import Connection, Database
from harvester.store.domain import SORTS
from harvester.store.exported import (
    ExportedDomain,
    ExportedMention,
    MentionFilter,
    all_comments,
    all_domains,
    all_mentions,
    all_videos,
)
from harvester.store.reading import MOST_SECONDS_IN_A_BATCH, reading
from harvester.store.video import SORTS as VIDEO_SORTS
from harvester.store.video import VideoFilter, VideoRow

app = typer.Typer(
    help="Write everything of a kind into one file, however much there is.",
    epilog="Example: harvester export domains --tld shop --output shops.csv",
    no_args_is_help=True,
)

InForm = Annotated[Form, typer.Option("--format", help="The form of the file.")]
Raw = Annotated[
    bool, typer.Option("--raw", help="CSV: leave texts as they are stored; a spreadsheet may take one for a formula.")
]
Header = Annotated[
    bool,
    typer.Option("--header", help="Say above the rows what was exported, when, by which filter; JSON does anyway."),
]
Output = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Where to; it appears when it is whole. Else standard output.")
]
Limit = Annotated[int | None, typer.Option(min=1, help="How many rows at the most.")]
Rows = Callable[[Connection], AsyncGenerator[Sequence[Any], None]]


@app.command(epilog="Example: harvester export domains --least-mentions 10 --promoted --output promoted.csv")
def domains(  # noqa: PLR0913, PLR0917 - each is an option of the command.
    form: InForm = Form.CSV,
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
    limit: Limit = None,
    raw: Raw = False,
    header: Header = False,
    output: Output = None,
) -> None:
    """Export domains with their counts and latest look-ups."""
    wanted = domain_filter(tld, first_seen_from, first_seen_to, least_mentions, state, kind, method, promoted)
    _export(
        "domains", ExportedDomain, lambda connection: all_domains(connection, wanted, text=text, sort=sort),
        {"text": text, **wanted.parameters(), "sort": sort, "limit": limit}, _Written(form, raw, header, output),
    )  # fmt: skip


@app.command(epilog="Example: harvester export mentions --domain casino.com --format ndjson --output casino.ndjson")
def mentions(  # noqa: PLR0913, PLR0917 - each is an option of the command.
    form: InForm = Form.CSV,
    domain: Annotated[str | None, typer.Option(metavar="NAME", help="Only of this domain, in any spelling.")] = None,
    method: Annotated[MethodChoice | None, typer.Option(help="Only mentions written so.")] = None,
    promoted: Promoted = False,
    seen_from: SeenFrom = None,
    seen_to: SeenTo = None,
    limit: Limit = None,
    raw: Raw = False,
    header: Header = False,
    output: Output = None,
) -> None:
    """Export mentions: one line for a domain in a comment, with the comment and its video."""
    from harvester.domains import parse_domain

    parsed = parse_domain(domain) if domain else None
    name = parsed.domain_name if parsed else domain
    wanted = MentionFilter(name, word(method), promoted, day(seen_from), day(seen_to))
    _export(
        "mentions", ExportedMention, lambda connection: all_mentions(connection, wanted),
        {**wanted.parameters(), "limit": limit}, _Written(form, raw, header, output),
    )  # fmt: skip


@app.command(epilog='Example: harvester export comments --words "casino bonus" --format json')
def comments(
    form: InForm = Form.CSV,
    words: Annotated[str | None, typer.Option(help="Only comments that hold all these words, whole ones.")] = None,
    limit: Limit = None,
    raw: Raw = False,
    header: Header = False,
    output: Output = None,
) -> None:
    """Export comments that hold some words; without words, all that mention a domain."""
    _export(
        "comments", CommentRow, lambda connection: all_comments(connection, words=words),
        {"words": words, "limit": limit}, _Written(form, raw, header, output),
    )  # fmt: skip


@app.command(epilog="Example: harvester export videos --promoted --sort views --output videos.csv")
def videos(  # noqa: PLR0913, PLR0917 - each is an option of the command.
    form: InForm = Form.CSV,
    username: Annotated[str | None, typer.Option(help="Only videos of this creator: the whole handle.")] = None,
    promoted: Annotated[bool, typer.Option("--promoted", help="Only promoted videos.")] = False,
    sort: Annotated[str, typer.Option(help=f"One of: {', '.join(VIDEO_SORTS)}.")] = "discovered",
    limit: Limit = None,
    raw: Raw = False,
    header: Header = False,
    output: Output = None,
) -> None:
    """Export the videos under which a domain is mentioned."""
    wanted = VideoFilter(username, promoted)
    _export(
        "videos", VideoRow, lambda connection: all_videos(connection, wanted, sort=sort),
        {"username": username, "promoted": promoted, "sort": sort, "limit": limit},
        _Written(form, raw, header, output),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Written:
    """How the file is to be written, and where to."""

    form: Form
    raw: bool
    header: bool
    output: Path | None


def _export(noun: str, row_type: type[Any], rows: Rows, asked: Mapping[str, Any], how: _Written) -> None:
    given = {name: value for name, value in asked.items() if value not in (None, False)}
    origin = Origin(noun, given, datetime.now(UTC))

    async def work(database: Database) -> None:
        async with reading(database, {}, seconds=MOST_SECONDS_IN_A_BATCH) as connection:
            batches = first_rows(rows(connection), given.get("limit"))
            async with aclosing(
                write(how.form, row_type, batches, origin, raw=how.raw, header=how.header)
            ) as pieces:  # fmt: skip
                with _opened(how.output) as file:
                    async for piece in pieces:
                        file.write(piece.encode())

    with_evidence(work, in_bulk=True)


@contextmanager
def _opened(output: Path | None) -> Iterator[IO[bytes]]:
    """The file to write to; one with a name gets it at the end, so that half a file is never taken for a whole one."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    half: Path | None = None
    try:
        if output.exists() and not output.is_file():
            # A pipe or device is written to, never replaced; a folder refuses.
            with output.open("wb") as file:
                yield file
            return
        # Under a name that nobody knows beforehand: no file of yours bears it, and nobody has put a link there.
        with NamedTemporaryFile(dir=output.parent, prefix=f"{output.name}.", suffix=".part", delete=False) as file:
            half = Path(file.name)
            yield file
        half.chmod(_mode(output))
        half.replace(output)
    except OSError as error:
        raise HarvesterError(f"{output} cannot be written: {error.strerror}.", hint="Choose another file.") from error
    finally:
        if half is not None:
            half.unlink(missing_ok=True)


def _mode(output: Path) -> int:
    """Who may read the file: whoever may read the one it replaces, else its owner alone, as comments are of people."""
    return stat.S_IMODE(output.stat().st_mode) if output.exists() else 0o600
