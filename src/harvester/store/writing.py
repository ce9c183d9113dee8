"""Writes the rows of one batch, in one transaction: inserted where they are new, merged where they are not."""

from __future__ import annotations

from uuid import UUID

from harvester.store.comment_lines import TO_STAGING
from harvester.store.database import Connection
from harvester.store.elsewhere import (
    insert_domains_seen,
    insert_elsewhere,
    merge_elsewhere,
    stage_elsewhere,
    version_read,
    write_sightings,
)
from harvester.store.merge import COMMENT, VIDEO, merge_wave
from harvester.store.run import BatchCounts
from harvester.store.staging import Staged
from harvester.store.statements import copied, counted, statements

_SQL = statements("ingest")


async def write_rows(connection: Connection, staged: Staged, run_id: UUID) -> BatchCounts:
    """Write all of a batch but the run's own row; what became of its records."""
    if staged.is_empty:
        return BatchCounts(fetched=staged.fetched, duplicate=staged.fetched)
    await connection.execute(_SQL["stage"])
    await copied(connection, "copy pg_temp.staged_video from stdin", staged.videos)
    await copied(connection, "copy pg_temp.staged_mention from stdin", staged.mentions)
    await copied(connection, "copy pg_temp.staged_quarantine from stdin", staged.quarantine)
    await connection.execute(_SQL["hold_off_cleanup"])
    await connection.execute(_SQL["clamp_to_now"])
    await stage_elsewhere(connection, staged)

    stored = await insert_elsewhere(connection, staged)
    for wave in range(staged.video_waves):
        stored += await counted(connection, _SQL["insert_videos"], {"wave": wave, **version_read(staged)})
    comments_stored, updated = await _merge_comments(connection, staged, run_id)

    domains = await _insert_domains(connection, staged)
    mentions = await counted(connection, _SQL["insert_mentions"]) if staged.mentions else 0
    # Last, because it locks rows that other writers want: a video with many comments is in all their batches.
    for wave in range(staged.video_waves):
        updated += sum(not row["is_stub"] for row in await merge_wave(connection, VIDEO, wave))
    updated += await merge_elsewhere(connection, staged)
    stored += comments_stored
    sightings = await write_sightings(connection, staged)
    if staged.released:
        await connection.execute(_SQL["release_quarantine"], {"released": list(staged.released)})
    # After that, because what is refused again is the same record, and stays.
    if staged.quarantined:
        await connection.execute(_SQL["insert_quarantine"], {"run": run_id})
    return BatchCounts(
        fetched=staged.fetched,
        stored=stored,
        updated=updated,
        duplicate=staged.fetched - staged.quarantined - stored - updated,
        quarantined=staged.quarantined,
        mentions=mentions,
        domains=domains,
        sightings=sightings,
    )


async def _insert_domains(connection: Connection, staged: Staged) -> int:
    """Insert the domains that are new; how many they are."""
    if staged.elsewhere.sightings:
        return await insert_domains_seen(connection)
    return await counted(connection, _SQL["insert_domains"]) if staged.mentions else 0


async def _merge_comments(connection: Connection, staged: Staged, run_id: UUID) -> tuple[int, int]:
    """Insert the comments that are new and merge the others; how many were stored and updated."""
    await copied(connection, TO_STAGING, staged.comments.block)
    await connection.execute(_SQL["clamp_comments_to_now"])
    stored = updated = 0
    rewritten: dict[str, UUID] = {}
    for wave in range(len(staged.comments.in_wave)):
        of_wave = {"wave": wave, "run": run_id}
        inserted = (await connection.execute(_SQL["insert_comments"], of_wave)).rowcount
        stored += inserted
        if inserted == staged.comments.in_wave[wave]:
            # Nothing of this wave was there before.
            continue
        changed = await merge_wave(connection, COMMENT, wave)
        moved = await (await connection.execute(_SQL["move_comments"], {"wave": wave})).fetchall()
        gathered = await (await connection.execute(_SQL["gather_sources"], of_wave)).fetchall()
        touched = {row["key"] for row in [*changed, *moved, *gathered]}
        updated += len(touched)
        if touched:
            keys = {"changed": list(touched), "moved": [row["key"] for row in moved]}
            await connection.execute(_SQL["unlink_replies"], keys)
        rewritten |= {row["key"]: row["staged_id"] for row in changed if row["text_changed"]}
    if staged.comments.keys:
        await connection.execute(_SQL["link_waiting_replies"])
    if staged.mentions:
        await connection.execute(
            _SQL["keep_new_mentions"], {"rewritten": list(rewritten), "rewriting": list(rewritten.values())}
        )
    return stored, updated
