"""Reads stored comments again after an update of the extractor's rules: what would change, and the change itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harvester.domains import EXTRACTOR_VERSION, extract_batch
from harvester.errors import SettingsError
from harvester.jobs.tally import Tally
from harvester.model import SHOWN_CONFIDENCE, Mention
from harvester.store.database import Database
from harvester.store.reextraction import (
    BATCH_SIZE,
    Renewed,
    Rules,
    StoredMention,
    comments_by_version,
    read_again,
    stale_comments,
)  # fmt: skip

APPEARED, VANISHED, RAISED, LOWERED, KEPT = "appeared", "vanished", "raised", "lowered", "kept"
CHANGES: Mapping[str, str] = {
    APPEARED: "found now, not before",
    VANISHED: "found before, not now",
    RAISED: "held before, shown now",
    LOWERED: "shown before, held now",
    KEPT: "judged by a person: stays as it is, though the rules would drop it or move its tier",
}
"""What may become of a mention, apart from its being found again in its tier."""

Progress = Callable[[int], None]
"""Told how many comments are done so far."""
Change = tuple[str, str, str]
"""One of CHANGES, the domain, and its tier: the new one, or that of a mention that vanished or is kept."""

_VERSION = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stale:
    """The comments, or other records with texts, that are to be read again."""

    versions: Mapping[str | None, int]
    """How many of them each version read last; under None, those that none has read."""

    @property
    def records(self) -> int:
        """How many they are."""
        return sum(self.versions.values())

    @property
    def comments(self) -> int:
        """The same, where they are comments."""
        return self.records

    @property
    def named(self) -> list[str]:
        """The versions that have a name."""
        return [version for version in self.versions if version is not None]


async def stale(database: Database, older_than: str | None = None) -> Stale:
    """The comments that other rules than the present ones read last; with `older_than`, rules before that version.

    Versions are compared number by number; a text that is no version comes before all. Raises SettingsError where
    `older_than` is none.
    """
    return stale_of(await comments_by_version(database), older_than)


def stale_of(stored: Mapping[str | None, int], older_than: str | None) -> Stale:
    """Those of the stored ones, counted by version, that are to be read again; raises as `stale` does."""
    if older_than is not None and not _VERSION.fullmatch(older_than):
        raise SettingsError(f"--older-than {older_than} is no version.", hint=f"Write it as {EXTRACTOR_VERSION}.")
    return Stale({
        version: records
        for version, records in sorted(stored.items(), key=lambda item: (_numbers(item[0]), item[0] or ""))
        if version != EXTRACTOR_VERSION and (older_than is None or _numbers(version) < _numbers(older_than))
    })  # fmt: skip


async def compare(
    database: Database, which: Stale, progress: Progress = lambda _: None, *, batch_size: int = BATCH_SIZE
) -> dict[str, Tally]:
    """What reading these comments again would change, by the names of CHANGES; nothing is written."""
    tallies = {name: Tally() for name in CHANGES}
    done = 0
    async for batch in stale_comments(database, which.named, batch_size=batch_size):
        found = extract_batch([comment.text for comment in batch])
        for comment, mentions in zip(batch, found, strict=True):
            for change, domain_name, tier in changes(comment.mentions, mentions):
                tallies[change].add(domain_name, tier)
        done += len(batch)
        progress(done)
    return tallies


async def reextract(
    database: Database, which: Stale, progress: Progress = lambda _: None, *, batch_size: int = BATCH_SIZE
) -> Renewed:
    """Read these comments again, a transaction a batch, and replace their mentions; what was done in all.

    An interruption leaves the batches before it done; the next call goes on. What a person judged stays.
    A comment stays as it is where the database refuses what is found in it: it is counted, and tried by each call.
    """
    rules = Rules(EXTRACTOR_VERSION, extract_batch)
    total = Renewed()
    async for renewed in read_again(database, which.named, rules, batch_size=batch_size):
        total += renewed
        progress(total.comments + total.refused)
    return total


def changes(stored: Sequence[StoredMention], found: Sequence[Mention]) -> Iterator[Change]:
    """What becomes of the mentions of one comment; those found again in their tier are passed over."""
    tiers = _tiers(found) if found else {}
    for mention in stored:
        name, before = mention.domain_name, mention.tier
        now = tiers.pop(name, None)
        if now == before:
            continue
        if mention.is_judged:
            yield KEPT, name, before
        elif now is None:
            yield VANISHED, name, before
        else:
            yield (RAISED if now == "shown" else LOWERED), name, now
    for name, tier in tiers.items():
        yield APPEARED, name, tier


def _tiers(found: Sequence[Mention]) -> dict[str, str]:
    """The tier of each domain: its best, by the confidence as it is stored, in hundredths."""
    tiers: dict[str, str] = {}
    for mention in found:
        name = mention.domain.domain_name
        shown = round(mention.confidence, 2) >= SHOWN_CONFIDENCE or tiers.get(name) == "shown"
        tiers[name] = "shown" if shown else "held"
    return tiers


def _numbers(version: str | None) -> tuple[int, ...]:
    """The numbers of a version, in which versions are compared; none where it is no version."""
    return tuple(map(int, version.split("."))) if version and _VERSION.fullmatch(version) else ()
