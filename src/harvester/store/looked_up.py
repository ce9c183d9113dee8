"""Remembers whose own page was asked for, so that what TikTok does not give is not asked for every day."""

from __future__ import annotations

from typing import Literal

from harvester.store.database import Connection
from harvester.store.statements import statements

_SQL = statements("looked_up")


async def mark_looked_up(connection: Connection, kind: Literal["creator", "ad"], name: str) -> None:
    """Note that a creator, by handle, or an ad, by TikTok's id, was asked for just now, whatever the answer was.

    A creator who has no row gets one with nothing but the handle; an ad without a row has been deleted meanwhile.
    """
    await connection.execute(_SQL[f"mark_{kind}"], {"name": name})
