"""Writes what a batch brings beside comments: creators, ads, and the domains found in captions, profiles and ads."""

from __future__ import annotations

from typing import Any, LiteralString

from harvester.store.database import Connection
from harvester.store.merge import AD, CREATOR, merge_wave
from harvester.store.sighted import ALL, Sighted, statement_for
from harvester.store.staging import Staged
from harvester.store.statements import copied, counted, statements

_SQL = statements("elsewhere")
_CREATORS: LiteralString = (
    "copy pg_temp.staged_creator (id, wave, is_dated, username, display_name, bio, bio_url, is_verified,"
    " follower_count, following_count, like_count, video_count, observed_at, metadata) from stdin"
)
_ADS: LiteralString = (
    "copy pg_temp.staged_ad (id, wave, is_dated, ad_id, title, landing_url, advertiser_id, advertiser_name,"
    " paid_for_by, advertiser_username, state, first_shown_on, last_shown_on, reach, observed_at, metadata) from stdin"
)
SIGHTINGS: LiteralString = (
    "copy pg_temp.staged_sighting (id, owner_row, place, discovered_at, domain_row, domain_name, unicode_name, tld,"
    " public_suffix, registrable_domain, subdomain, kind, mention_text, position_start, position_end, context, url,"
    " occurrences, confidence_score, extraction_method, extractor_version) from stdin"
)


async def stage_elsewhere(connection: Connection, staged: Staged) -> None:
    """Bring the rows to the server, and see what of them is known; nothing where the batch has none of it."""
    there = staged.elsewhere
    if there.creators:
        await connection.execute(_SQL["stage_creators"])
        await copied(connection, _CREATORS, there.creators)
        await connection.execute(_SQL["clamp_creators_to_now"])
    if there.ads:
        await connection.execute(_SQL["stage_ads"])
        await copied(connection, _ADS, there.ads)
        await connection.execute(_SQL["clamp_ads_to_now"])
    if there.read:
        await connection.execute(_SQL["stage_sightings"])
    if there.sightings:
        await copied(connection, SIGHTINGS, there.sightings)
        await connection.execute(_SQL["clamp_sightings_to_now"])
        for sighted in _read(staged):
            await connection.execute(statement_for(sighted, "sighted", "know"))


async def insert_elsewhere(connection: Connection, staged: Staged) -> int:
    """Insert the creators and ads that are new; how many they are."""
    version = version_read(staged)
    stored = 0
    for wave in range(staged.elsewhere.creator_waves):
        stored += await counted(connection, _SQL["insert_creators"], {"wave": wave, **version})
    for wave in range(staged.elsewhere.ad_waves):
        stored += await counted(connection, _SQL["insert_ads"], {"wave": wave, **version})
    return stored


async def insert_domains_seen(connection: Connection) -> int:
    """Insert the domains of mentions and sightings that are new; how many they are."""
    return await counted(connection, _SQL["insert_domains_seen"])


async def merge_elsewhere(connection: Connection, staged: Staged) -> int:
    """Merge the creators and ads that were there before; how many changed."""
    updated = 0
    for wave in range(staged.elsewhere.creator_waves):
        updated += len(await merge_wave(connection, CREATOR, wave))
    for wave in range(staged.elsewhere.ad_waves):
        updated += len(await merge_wave(connection, AD, wave))
    return updated


async def write_sightings(connection: Connection, staged: Staged) -> int:
    """Write what was found, once all rows are merged; how many sightings are new."""
    version = version_read(staged)
    written = 0
    for sighted in _read(staged):
        if staged.elsewhere.sightings:
            written += await counted(connection, statement_for(sighted, "sighted", "write"))
        await connection.execute(statement_for(sighted, "sighted", "drop"), version)
        await connection.execute(statement_for(sighted, "sighted", "note"), version)
    return written


def version_read(staged: Staged) -> dict[str, Any]:
    """The version of the rules that read the texts of the batch beside its comments; None where none did."""
    return {"version": staged.extractor_version if staged.elsewhere.read else None}


def _read(staged: Staged) -> list[Sighted]:
    return [sighted for sighted in ALL if sighted.table in staged.elsewhere.read]
