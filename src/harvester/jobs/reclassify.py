"""Splits stored domains again, and says their kind anew, after an update of the lists behind both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from harvester.domains import parse_domain
from harvester.store.classification import BATCH_SIZE, Split, split_anew, stored_splits
from harvester.store.database import Database


@dataclass(frozen=True, slots=True)
class Reclassified:
    """One domain that the lists describe otherwise now, or no longer split at all: then the parts after are None."""

    domain_name: str
    tld_before: str
    tld: str | None
    public_suffix_before: str
    public_suffix: str | None
    registrable_domain_before: str
    registrable_domain: str | None
    subdomain_before: str
    subdomain: str | None
    kind_before: str | None = None
    kind: str | None = None

    @property
    def is_split(self) -> bool:
        """Whether the Public Suffix List still knows how to split it."""
        return self.public_suffix is not None


async def reclassify(
    database: Database,
    *,
    writing: bool = True,
    progress: Callable[[int], None] = lambda _: None,
    batch_size: int = BATCH_SIZE,
) -> list[Reclassified]:
    """Split every stored domain, and set parts and kinds that differ, a transaction a batch; what differed.

    A domain that no longer parses is named and left alone, its kind as well. Nothing is written unless `writing`.
    """
    differing: list[Reclassified] = []
    done = 0
    async for batch in stored_splits(database, batch_size=batch_size):
        pairs = [(before, after) for before in batch if (after := _now(before)) != before]
        differing += [_reclassified(before, after) for before, after in pairs]
        changed = [after for _, after in pairs if after is not None]
        if changed and writing:
            await split_anew(database, changed)
        done += len(batch)
        progress(done)
    return differing


def _now(stored: Split) -> Split | None:
    """The domain with the parts it has now; None where it no longer parses to itself."""
    domain = parse_domain(stored.domain_name)
    if domain is None or domain.domain_name != stored.domain_name:
        return None
    return replace(
        stored,
        tld=domain.tld,
        public_suffix=domain.public_suffix,
        registrable_domain=domain.registrable_domain,
        subdomain=domain.subdomain,
        kind=domain.kind,
    )


def _reclassified(before: Split, after: Split | None) -> Reclassified:
    return Reclassified(
        before.domain_name,
        before.tld, after.tld if after else None,
        before.public_suffix, after.public_suffix if after else None,
        before.registrable_domain, after.registrable_domain if after else None,
        before.subdomain, after.subdomain if after else None,
        before.kind, after.kind if after else before.kind,
    )  # fmt: skip
