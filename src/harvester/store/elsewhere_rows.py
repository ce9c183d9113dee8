"""Creators, ads, and what was found elsewhere than in comments, as rows of their staging tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from harvester.model import Ad, Creator, Mention, Video, texts_of
from harvester.store.copy_text import Row, copy_text
from harvester.store.evidence_rows import evidence_rows
from harvester.store.ids import uuid7s
from harvester.store.json_text import as_json

Found = Mapping[tuple[str, str], Sequence[Mention]]
"""What was found, by place and text; texts without anything may be missing."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Creators, ads and sightings of a batch as blocks for COPY."""

    creators: bytes = b""
    ads: bytes = b""
    sightings: bytes = b""
    creator_waves: int = 0
    """How often one creator comes at most; each wave holds it once."""
    ad_waves: int = 0
    read: frozenset[str] = frozenset()
    """The tables whose texts were read: `video`, `creator`, `ad`."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What one row has to be read, by place."""

    owner_row: str
    """The key of the row."""
    seen_at: datetime
    texts: Mapping[str, str]
    table: str = ""


@dataclass(frozen=True, slots=True)
class Observed:
    """The time of records that carry none, and the rules that read their texts."""

    now: datetime
    extractor_version: str


def elsewhere(
    videos: Sequence[tuple[str, Video]],
    creators: Sequence[Creator],
    ads: Sequence[Ad],
    found: Found | None,
    observed: Observed,
) -> Elsewhere:
    """The rows of a batch; `videos` come with the keys of their rows. Without `found` the texts are unread."""
    creator_rows = _creator_rows(creators, observed.now)
    ad_rows = _ad_rows(ads, observed.now)
    owners: list[tuple[str, Video | Creator | Ad]] = [
        *videos,
        *((row[0], creator) for row, creator in zip(creator_rows, creators, strict=True)),
        *((row[0], ad) for row, ad in zip(ad_rows, ads, strict=True)),
    ]
    with_texts = [
        Texts(key, owner.observed_at or observed.now, dict(texts_of(owner)), type(owner).__name__.lower())
        for key, owner in owners
        if found is not None and any(texts_of(owner))
    ]
    return Elsewhere(
        copy_text(creator_rows),
        copy_text(ad_rows),
        copy_text(sighting_rows(with_texts, found or {}, observed.extractor_version)),
        1 + max((row[1] for row in creator_rows), default=-1),
        1 + max((row[1] for row in ad_rows), default=-1),
        frozenset(texts.table for texts in with_texts),
    )


def _creator_rows(creators: Sequence[Creator], now: datetime) -> list[Row]:
    wave = _waves()
    return [
        (
            key, wave(each.username), each.observed_at is not None, each.username, each.display_name, each.bio,
            each.bio_url, each.is_verified, each.follower_count, each.following_count, each.like_count,
            each.video_count, each.observed_at or now, as_json(each.metadata),
        )
        for key, each in zip(uuid7s(len(creators)), creators, strict=True)
    ]  # fmt: skip


def _ad_rows(ads: Sequence[Ad], now: datetime) -> list[Row]:
    wave = _waves()
    return [
        (
            key, wave(each.ad_id), each.observed_at is not None, each.ad_id, each.title, each.landing_url,
            each.advertiser_id, each.advertiser_name, each.paid_for_by, each.advertiser_username, each.state,
            each.first_shown_on, each.last_shown_on, each.reach, each.observed_at or now, as_json(each.metadata),
        )
        for key, each in zip(uuid7s(len(ads)), ads, strict=True)
    ]  # fmt: skip


def _waves() -> Callable[[str], int]:
    """Numbers the records of each key from 0 on."""
    met: Counter[str] = Counter()

    def wave(key: str) -> int:
        met[key] += 1
        return met[key] - 1

    return wave


def sighting_rows(owners: Iterable[Texts], found: Found, extractor_version: str) -> Iterator[Row]:
    """Rows of `staged_sighting`: what was found in the texts of these owners."""
    domain_rows: dict[str, str] = {}
    for owner in owners:
        for place, text in owner.texts.items():
            mentions = found.get((place, text), ())
            for key, evidence in evidence_rows(text, mentions, domain_rows, extractor_version):
                yield (key, owner.owner_row, place, owner.seen_at, *evidence)
