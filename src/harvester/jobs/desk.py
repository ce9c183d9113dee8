"""What collecting from the APIs takes: the database, the clients, and how a page becomes a batch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from harvester.domains import EXTRACTOR_VERSION
from harvester.jobs.gathering import Gathered, Gathering
from harvester.jobs.outage import Outage
from harvester.jobs.preparing import Unprepared
from harvester.model import Record
from harvester.sources.api.commercial import CommercialApi
from harvester.sources.api.gate import Api
from harvester.sources.api.research import ResearchApi
from harvester.store.database import Database
from harvester.store.ingest import Also, RunWriter
from harvester.store.quota import Limits
from harvester.store.staging import Batch

VERSION = EXTRACTOR_VERSION
SOURCES = ("research_videos", "research_comments", "research_creators", "commercial_contents", "ads")
"""Of the runs that collecting opens."""
EMPTY_PAGES = 3
"""Pages in a row without a row after which a list is over, whatever it says: they would go on for ever."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that a job of collecting works with."""

    database: Database
    research: ResearchApi
    commercial: CommercialApi
    limits: Limits
    outage: Outage = field(default_factory=Outage)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when this process is to end: what is in hand stops after its page, and is gone on with elsewhere."""
    refused: dict[Api, str] = field(default_factory=dict)
    """Why an API is not asked by this process: the application is not approved for it."""


class Taken(Exception):
    """Another worker has gone on with what this one had in hand."""


class Held(Protocol):
    """A row of the books that one worker at a time has in hand."""

    @property
    def cursor(self) -> Mapping[str, Any] | None:
        """Where it stands, with the `mark` of the worker that has it."""


async def run_of(database: Database, source: str, request: Mapping[str, Any], run_id: UUID | None) -> RunWriter:
    """The run that is under way, or a new one where there is none or it was closed."""
    writer = await RunWriter.resume(database, run_id, VERSION) if run_id is not None else None
    return writer or await RunWriter.start(database, source, request, VERSION)


async def write_page(
    writer: RunWriter, records: Sequence[Record], also: Also, look_up: Callable[[], Awaitable[Held | None]], mark: str
) -> Mapping[str, Any] | None:
    """Write a page with what belongs to it; None where this call did.

    Else it was written already: by us, and only the answer of the database was lost. Then the place is returned as it
    stands. Raises Taken where another worker's mark stands there.
    """
    if await writer.write(await asyncio.to_thread(batch_of, records), also=also):
        return None
    row = await look_up()
    if row is None or row.cursor is None or row.cursor["mark"] != mark:
        raise Taken
    return row.cursor


def batch_of(records: Sequence[Record]) -> Batch:
    """One page of an API as a batch, with its domains found; takes a few milliseconds of the processor."""
    gathering, gathered = Gathering(iter(records), None, {}), Gathered()
    # Long texts fill more than one; a page is written as a whole all the same.
    while (part := gathering.next()) is not None:
        gathered += part
    return Unprepared.all_of(gathered).batch()[0]
