"""The filters of lists as addresses carry them; a field that a form leaves empty asks for nothing."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from harvester.store.domain_filter import DomainFilter, Kind, Method, State
from harvester.web.pages.query import PlatformsQuery

MOST_MENTIONS = 1_000_000_000_000


def _given(value: Any) -> Any:
    return None if value == "" else value


def _day(value: Any) -> Any:
    if isinstance(value, str) and value:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            raise ValueError("a day is written as 2025-09-06")
        return date.fromisoformat(value)
    return _given(value)


# Beside them stand no limits, to which they would hand a None: those belong to the type within.
Given = BeforeValidator(_given)
Day = BeforeValidator(_day)


class DomainFilterQuery(PlatformsQuery):
    """Which domains: all that fulfil everything that is given."""

    tld: Annotated[
        Annotated[str, Field(max_length=253)] | None,
        Field(description="Last label or public suffix.", examples=["com", "co.uk"]),
        Given,
    ] = None
    first_seen_from: Annotated[
        date | None, Field(description="First mentioned on this day (UTC) or later.", examples=["2025-09-01"]), Day
    ] = None
    first_seen_to: Annotated[
        date | None, Field(description="First mentioned on this day (UTC) or before.", examples=["2025-09-30"]), Day
    ] = None
    least_mentions: Annotated[
        Annotated[int, Field(ge=1, le=MOST_MENTIONS)] | None,
        Field(description="Mentioned at least so often.", examples=[10]),
        Given,
    ] = None
    state: Annotated[State | None, Field(description="What a person made of it."), Given] = None
    kind: Annotated[Kind | None, Field(description="Sort of host that many share."), Given] = None
    method: Annotated[Method | None, Field(description="Written so at least once."), Given] = None
    promoted: Annotated[bool, Field(description="Only domains that are mentioned under a promoted video.")] = False

    def wanted(self) -> DomainFilter:
        """The filter that the store takes."""
        return DomainFilter(**{name: getattr(self, name) for name in DomainFilterQuery.model_fields})
