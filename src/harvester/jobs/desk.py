"""What collecting from the APIs takes: the database, the clients, and how a page becomes a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harvester.domains import EXTRACTOR_VERSION
from harvester.jobs.gathering import Gathered, Gathering
from harvester.jobs.outage import Outage
from harvester.jobs.preparing import Unprepared
from harvester.model import Record
from harvester.sources.api.commercial import CommercialApi
from harvester.sources.api.research import ResearchApi
from harvester.store.database import Database
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


def batch_of(records: Sequence[Record]) -> Batch:
    """One page of an API as a batch, with its domains found; takes a few milliseconds of the processor."""
    gathering, gathered = Gathering(iter(records), None, {}), Gathered()
    # Long texts fill more than one; a page is written as a whole all the same.
    while (part := gathering.next()) is not None:
        gathered += part
    return Unprepared.all_of(gathered).batch()[0]
