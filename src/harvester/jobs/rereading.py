"""Reads captions, profiles and ads again after an update of the extractor's rules, as `reextract` reads comments."""

from __future__ import annotations

from harvester.domains import EXTRACTOR_VERSION
from harvester.jobs.preparing import read_texts
from harvester.jobs.reextract import CHANGES, Progress, Stale, changes, stale_of
from harvester.jobs.tally import Tally
from harvester.store.database import Database
from harvester.store.reextraction import BATCH_SIZE
from harvester.store.rereading import RenewedSightings, read_texts_again, records_by_version, stale_texts


async def stale_elsewhere(database: Database, older_than: str | None = None) -> Stale:
    """The videos with captions, profiles and ads that other rules than the present ones read last; as `stale`."""
    return stale_of(await records_by_version(database), older_than)


async def compare_elsewhere(
    database: Database, which: Stale, progress: Progress = lambda _: None, *, batch_size: int = BATCH_SIZE
) -> dict[str, Tally]:
    """What reading them again would change, by the names of CHANGES; nothing is written."""
    tallies = {name: Tally() for name in CHANGES}
    done = 0
    async for batch in stale_texts(database, which.named, batch_size=batch_size):
        found = read_texts(text for record in batch for text in record.texts.items())
        for record in batch:
            for place, text in record.texts.items():
                for change, domain_name, tier in changes(record.sightings.get(place, ()), found.get((place, text), ())):
                    tallies[change].add(domain_name, tier)
        done += len(batch)
        progress(done)
    return tallies


async def reread_elsewhere(
    database: Database, which: Stale, progress: Progress = lambda _: None, *, batch_size: int = BATCH_SIZE
) -> RenewedSightings:
    """Read them again, a transaction a batch, and replace their sightings; what was done in all.

    An interruption leaves the batches before it done; the next call goes on.
    """
    total = RenewedSightings()
    async for renewed in read_texts_again(database, which.named, EXTRACTOR_VERSION, read_texts, batch_size=batch_size):
        total += renewed
        progress(total.records + total.refused)
    return total
