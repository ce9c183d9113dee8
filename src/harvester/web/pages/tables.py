"""What whole tables are asked for: the filters of their pages, without pages."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from harvester.store.domain_filter import Method
from harvester.store.exported import MentionFilter
from harvester.web.pages.comments import WordsQuery
from harvester.web.pages.domain import stored_name
from harvester.web.pages.domains import DomainColumnsQuery, Sort
from harvester.web.pages.filters import Day, DomainFilterQuery, Given
from harvester.web.pages.query import PageQuery
from harvester.web.pages.videos import VideoColumnsQuery, VideoFilterQuery


class TableQuery(PageQuery):
    """How much of a table, and how its texts are written."""

    limit: Annotated[
        Annotated[int, Field(ge=1, le=1_000_000_000)] | None,
        Given,
        Field(description="Rows at the most; else all.", examples=[10]),
    ] = None
    raw: Annotated[
        bool,
        Field(description="CSV: leave texts as they are stored, though a spreadsheet may take one for a formula."),
    ] = False


class DomainsTableQuery(DomainFilterQuery, TableQuery):
    """Which domains."""

    q: Annotated[
        str, Field(max_length=253, description="Only names that hold this text, in ASCII or Unicode.", examples=["win"])
    ] = ""
    sort: Annotated[Sort, Field(description="Order; all but `name` begin with the greatest.")] = "mentions"


class DomainsCsvQuery(DomainsTableQuery, DomainColumnsQuery):
    """Which domains, and which of their columns: JSON lines have them all."""


class MentionsTableQuery(TableQuery):
    """Which mentions."""

    domain_name: Annotated[
        Annotated[str, Field(max_length=1000)] | None,
        Field(description="Only of this domain.", examples=["velmora.com"]),
        Given,
    ] = None
    method: Annotated[Method | None, Field(description="Only mentions written so."), Given] = None
    promoted: Annotated[bool, Field(description="Only mentions under promoted videos.")] = False
    seen_from: Annotated[
        date | None, Field(description="First seen on this day (UTC) or later.", examples=["2025-09-01"]), Day
    ] = None
    seen_to: Annotated[
        date | None, Field(description="First seen on this day (UTC) or before.", examples=["2025-09-30"]), Day
    ] = None

    def wanted(self) -> MentionFilter:
        """The filter that the store takes; raises NotFound for what is no host name."""
        name = stored_name(self.domain_name) if self.domain_name else None
        return MentionFilter(name, self.method, self.promoted, self.seen_from, self.seen_to)


class CommentsTableQuery(WordsQuery, TableQuery):
    """Which comments."""


class VideosTableQuery(VideoFilterQuery, TableQuery):
    """Which videos."""


class VideosCsvQuery(VideosTableQuery, VideoColumnsQuery):
    """Which videos, and which of their columns."""
