"""Keys of programs: kept as digests, accepted until they end or are revoked."""

from __future__ import annotations

import re

import psycopg
import pytest

from harvester.errors import NameTaken, NotFound
from harvester.store.api_key import KEY_PATTERN, create_key, identify_key, is_key, list_keys, new_key, revoke_key
from harvester.store.database import WORKER, Database


def test_keys_are_never_alike_and_a_mistyped_one_is_noticed() -> None:
    keys = {new_key() for _ in range(200)}
    assert len(keys) == 200
    for key in keys:
        assert is_key(key)
        assert re.findall(KEY_PATTERN, f"token={key};") == [key], "a scanner finds it in a text"
        changed = key[:10] + ("a" if key[10] != "a" else "b") + key[11:]
        assert not is_key(changed)
        assert not any(is_key(other) for other in (key[:-1], key + "0", key.upper() + "!", key.replace("tdh_", "xyz_")))


@pytest.mark.anyio
async def test_a_key_is_accepted_until_it_ends_or_is_revoked(conninfo: str) -> None:
    async with Database(conninfo) as database:
        async with database.transaction(WORKER) as connection:
            keys = {
                "forever": await create_key(connection, "forever", "read"),
                "for a day": await create_key(connection, "for a day", "write", days=1),
            }
            with pytest.raises(NameTaken):
                await create_key(connection, "forever", "write")
        found = await identify_key(database, keys["for a day"])
        assert found is not None
        assert (found.name, found.scope) == ("for a day", "write")
        assert await identify_key(database, new_key()) is None
        assert await identify_key(database, "") is None

        with psycopg.connect(conninfo) as owner:
            owner.execute("update private.api_key set expires_at = now() where name = 'for a day'")
        assert await identify_key(database, keys["for a day"]) is None

        async with database.transaction(WORKER) as connection:
            await revoke_key(connection, "forever")
            first = (await list_keys(connection))[-1].revoked_at
            await revoke_key(connection, "forever")
            assert (await list_keys(connection))[-1].revoked_at == first
            with pytest.raises(NotFound):
                await revoke_key(connection, "nobody's")
        assert await identify_key(database, keys["forever"]) is None


@pytest.mark.anyio
async def test_the_last_use_is_noted_once_a_minute_and_nobody_waits_for_it(conninfo: str) -> None:
    async with Database(conninfo) as database:
        async with database.transaction(WORKER) as connection:
            key = await create_key(connection, "siem", "read")
        with psycopg.connect(conninfo) as owner, psycopg.connect(conninfo) as reader:
            owner.execute("select from private.api_key for update")
            assert await identify_key(database, key) is not None
            assert _version(reader) == (None, 0)
            owner.rollback()
            await identify_key(database, key)
            used, _ = _version(reader)
            await identify_key(database, key)
            assert _version(reader)[0] == used is not None
            owner.execute("update private.api_key set last_used_at = last_used_at - interval '2 minutes'")
            owner.commit()
            await identify_key(database, key)
            assert _version(reader)[0] > used  # type: ignore[operator]


def _version(connection: psycopg.Connection) -> tuple[object, ...]:
    """When the only key was used, and whether it was written to."""
    row = connection.execute("select last_used_at, (last_used_at is not null)::integer from private.api_key").fetchone()
    connection.rollback()
    assert row is not None
    return row


@pytest.mark.anyio
async def test_a_text_with_a_null_character_is_no_key(conninfo: str) -> None:
    async with Database(conninfo) as database:
        for text in ("tdh_" + "\0" * 46, "tdh_" + "é" * 46, "tdh_" + "\ud800" * 46):
            assert await identify_key(database, text) is None
