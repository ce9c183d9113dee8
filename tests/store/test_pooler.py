"""Behind a transaction pooler, where each transaction may meet another session of the server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from tests.pooler import pooler, through

from harvester.jobs.collect import collect
from harvester.sandbox.generate import Scale, generate
from harvester.store.database import Database
from harvester.store.domain import list_domains
from harvester.store.embedded import EmbeddedServer
from harvester.store.health import read_health
from harvester.store.migrations import migrate, require_current, rollback
from harvester.store.reading import reading
from harvester.store.retention import Deleted, clean_up
from harvester.store.verification import differences

pytestmark = pytest.mark.anyio


@pytest.fixture
def behind(direct_conninfo: str, server: EmbeddedServer, tmp_path: Path) -> Iterator[str]:
    with pooler(server, tmp_path) as port:
        yield through(port, direct_conninfo)


async def test_an_import_is_read_verified_and_cleaned_up_behind_the_pooler(behind: str) -> None:
    records = list(generate(Scale(videos=20, comments=400), datetime.now(UTC), seed=5))
    async with Database(behind, connections=8) as database:
        # Six at once share three sessions of the server. A video whose comment came first is an update of its stub.
        outcomes = await asyncio.gather(*(collect(database, "sandbox", {}, records[at::6]) for at in range(6)))
        assert sum(each.counts.stored + each.counts.updated for each in outcomes) == len(records)

        async def listed() -> int:
            async with reading(database, {}) as connection:
                return len((await list_domains(connection)).rows)

        counts = await asyncio.gather(*(listed() for _ in range(6)))
        assert len(set(counts)) == 1
        assert counts[0] > 0
        assert await differences(database) == []
        assert await clean_up(database, 3650) == Deleted()


async def test_migrations_go_down_and_up_behind_the_pooler(behind: str) -> None:
    undone = [state.version async for state in rollback(behind, to="20250906000002")]
    assert [migration.version async for migration in migrate(behind)] == sorted(undone)
    await require_current(behind)
    assert (await read_health(behind)).tables


async def test_what_a_session_keeps_is_met_by_others_behind_the_pooler(behind: str) -> None:
    # So the tests above could fail: a role that is set for the session is that of whoever comes next.
    with psycopg.connect(behind, autocommit=True) as one, psycopg.connect(behind, autocommit=True) as other:
        one.execute("set role anon")
        with pytest.raises(errors.InsufficientPrivilege):
            other.execute("select from video")
        one.execute("reset role")
