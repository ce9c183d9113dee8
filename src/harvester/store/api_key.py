"""Keys with which programs ask the REST API: shown once, kept as digests, revocable."""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from harvester.errors import NameTaken, NotFound
from harvester.store.database import WORKER, Connection, Database
from harvester.store.statements import statements

Scope = Literal["read", "write"]
KEY_PREFIX = "tdh_"
"""By which a key is known for one, to us and to programs that look for secrets where none should be."""
KEY_PATTERN = re.compile(r"tdh_[0-9A-Za-z]{46}")
"""Forty random characters, more than 238 bits, and six that check them: what a scanner may look for."""
MOST_DAYS = 3650

_SQL = statements("api_key")
_LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that was accepted."""

    id: str
    name: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class ApiKeyRow:
    """A key in a listing."""

    name: str
    beginning: str
    scope: Scope
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


def new_key() -> str:
    """A key that nobody can guess.

    >>> key = new_key()
    >>> bool(KEY_PATTERN.fullmatch(key)), is_key(key), is_key(key[:-1] + "?")
    (True, True, False)
    """
    chance = "".join(secrets.choice(_LETTERS) for _ in range(40))
    return f"{KEY_PREFIX}{chance}{_check(chance)}"


def is_key(text: str) -> bool:
    """Whether a text was made by `new_key`, as far as its check tells: a mistyped key is refused without a look."""
    return bool(KEY_PATTERN.fullmatch(text)) and _check(text[4:44]) == text[44:]


def _check(chance: str) -> str:
    """CRC-32 in six characters, as GitHub's tokens have it: it guards against false alarms, not against forgers."""
    number, check = zlib.crc32(chance.encode()), ""
    for _ in range(6):
        number, place = divmod(number, len(_LETTERS))
        check = _LETTERS[place] + check
    return check


async def create_key(connection: Connection, name: str, scope: Scope, *, days: int | None = None) -> str:
    """A new key, which nobody can read again; it ends after `days`. Raises NameTaken."""
    key = new_key()
    given = {"name": name, "beginning": key[:_SHOWN], "digest": _digest(key), "scope": scope, "days": days}
    if await (await connection.execute(_SQL["add_key"], given)).fetchone() is None:
        raise NameTaken(f"There is an API key {name} already.", hint="Take another name; revoked keys keep theirs.")
    return key


async def list_keys(connection: Connection) -> list[ApiKeyRow]:
    """All keys, revoked ones as well, the newest first."""
    rows = await (await connection.execute(_SQL["list_keys"])).fetchall()
    return [ApiKeyRow(**row) for row in rows]


async def revoke_key(connection: Connection, name: str) -> None:
    """Refuse a key from now on. Raises NotFound."""
    if await (await connection.execute(_SQL["revoke_key"], {"name": name})).fetchone() is None:
        raise NotFound(f"There is no API key {name}.", hint="See them all: harvester api-key list")


async def identify_key(database: Database, key: str) -> ApiKey | None:
    """The key of this text, if it is accepted; its use is noted, once a minute at the most."""
    if not is_key(key):
        return None
    async with database.transaction(WORKER) as connection:
        row = await (await connection.execute(_SQL["find_key"], {"digest": _digest(key)})).fetchone()
        if row is None:
            return None
        if row["is_due"]:
            await connection.execute(_SQL["note_use"], {"id": row["id"]})
    return ApiKey(row["id"], row["name"], row["scope"])


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
