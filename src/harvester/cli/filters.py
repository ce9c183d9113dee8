"""The filters of listings and exports as options of commands."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, get_args

import typer

from harvester.store.domain_filter import DomainFilter, Kind, Method, State

_DAY = ["%Y-%m-%d"]

# The command line knows choices as enumerations; their values are those of the store. The type checker takes only words
# that are written out for an enumeration, and these are written once, in the store.
StateChoice = StrEnum("StateChoice", {word: word for word in get_args(State)})  # type: ignore[misc]
KindChoice = StrEnum("KindChoice", {word: word for word in get_args(Kind)})  # type: ignore[misc]
MethodChoice = StrEnum("MethodChoice", {word: word for word in get_args(Method)})  # type: ignore[misc]

Text = Annotated[str | None, typer.Option(help="Only names that hold this text.")]
Tld = Annotated[str | None, typer.Option(help="Only names that end in this: com, co.uk")]
SeenFrom = Annotated[
    datetime | None, typer.Option(formats=_DAY, metavar="DAY", help="First seen on this day (UTC) or later.")
]
SeenTo = Annotated[
    datetime | None, typer.Option(formats=_DAY, metavar="DAY", help="First seen on this day (UTC) or before.")
]
FirstSeenFrom = Annotated[
    datetime | None, typer.Option(formats=_DAY, metavar="DAY", help="First mentioned on this day (UTC) or later.")
]
FirstSeenTo = Annotated[
    datetime | None, typer.Option(formats=_DAY, metavar="DAY", help="First mentioned on this day (UTC) or before.")
]
LeastMentions = Annotated[int | None, typer.Option(min=1, help="Mentioned at least so often.")]
OfState = Annotated[StateChoice | None, typer.Option(help="What a person made of it.")]
OfKind = Annotated[KindChoice | None, typer.Option(help="Sort of host that many share.")]
WrittenAs = Annotated[MethodChoice | None, typer.Option(help="Written so at least once.")]
Promoted = Annotated[bool, typer.Option("--promoted", help="Only under promoted videos.")]


def domain_filter(  # noqa: PLR0913, PLR0917 - each is a field of the filter, in their order.
    tld: str | None,
    first_seen_from: datetime | None,
    first_seen_to: datetime | None,
    least_mentions: int | None,
    state: StrEnum | None,
    kind: StrEnum | None,
    method: StrEnum | None,
    promoted: bool,
) -> DomainFilter:
    """The filter that the options ask for."""
    return DomainFilter(
        tld, day(first_seen_from), day(first_seen_to), least_mentions,
        word(state), word(kind), word(method), promoted,
    )  # fmt: skip


def word(choice: StrEnum | None) -> Any:
    """The word of a choice, which is one of those that the store knows."""
    return choice and choice.value


def day(moment: datetime | None) -> date | None:
    """The day of an option: it has no time."""
    return moment and moment.date()
