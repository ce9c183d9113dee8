"""What can be asked for of verdicts, as programs write it in JSON and forms in their fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Body
from pydantic import AfterValidator, Field

from harvester.store.database import Connection
from harvester.store.review import MOST_ROWS, Review, Verdict, review_domains, review_mentions, undo_reviews
from harvester.web.pages.domain import stored_name
from harvester.web.pages.filters import Given
from harvester.web.pages.query import PageQuery


def _storable(text: str) -> str:
    """PostgreSQL holds no NUL."""
    if "\0" in text:
        raise ValueError("it holds the character NUL")
    return text


Name = Annotated[str, Field(min_length=1, max_length=253), AfterValidator(_storable)]
CommentId = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_storable)]


class _Explained(PageQuery):
    """Why, and what else others should know."""

    reason: Annotated[
        Annotated[str, Field(max_length=200), AfterValidator(_storable)] | None,
        Field(description="Why, in a few words.", examples=["phishing"]),
        Given,
    ] = None
    note: Annotated[
        Annotated[str, Field(max_length=4_000), AfterValidator(_storable)] | None,
        Field(description="What else others should know.", examples=["ticket 4711"]),
        Given,
    ] = None

    @property
    def digest(self) -> str:
        """SHA-256 of what is asked for, in hexadecimal digits."""
        return sha256(self.model_dump_json().encode()).hexdigest()


class DomainVerdict(_Explained):
    """One verdict on domains; all of them or none."""

    verdict: Annotated[Verdict, Field(description="What they are; `ignore` takes them out of every list.")]
    domain_names: Annotated[
        list[Name], Field(min_length=1, max_length=MOST_ROWS, description="Which.", examples=[["casino.com"]])
    ]

    async def give(self, connection: Connection) -> list[Review]:
        """Judge; raises NotFound where one of the domains is not stored."""
        names = [stored_name(name) for name in self.domain_names]
        return await review_domains(connection, names, self.verdict, reason=self.reason, note=self.note)


class MentionVerdict(_Explained):
    """That comments mean no domain there."""

    verdict: Annotated[Literal["not_a_domain"], Field(description="Such mentions are held, and counted nowhere.")]
    domain_name: Annotated[Name, Field(description="What was read there.", examples=["node.js"])]
    comment_ids: Annotated[
        list[CommentId] | None,
        Field(min_length=1, max_length=MOST_ROWS, description="In which comments; null or left out: in all."),
    ] = None

    async def give(self, connection: Connection) -> list[Review]:
        """Judge; raises NotFound where no such mention is stored."""
        name = stored_name(self.domain_name)
        return await review_mentions(connection, name, self.comment_ids, reason=self.reason, note=self.note)


Judgement = Annotated[DomainVerdict | MentionVerdict, Body(discriminator="verdict")]


class Undoing(PageQuery):
    """Verdicts to be taken back."""

    ids: Annotated[
        list[UUID], Field(min_length=1, max_length=MOST_ROWS, description="The `id` of each; what is undone stays so.")
    ]

    @property
    def digest(self) -> str:
        """SHA-256 of what is asked for, in hexadecimal digits."""
        return sha256(self.model_dump_json().encode()).hexdigest()

    async def give(self, connection: Connection) -> list[Review]:
        """Take them back; raises NotFound where none of them is stored."""
        return await undo_reviews(connection, self.ids)


@dataclass(frozen=True, slots=True)
class ReviewsWritten:
    """What a request added to the trail."""

    reviews: Sequence[Review]
