"""Domains to look up, and answers about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from harvester.model import Enrichment, LookUp
from harvester.store.database import WORKER, Database
from harvester.store.look_up import Answer, TakenLookUp, enrol

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
LEASE = timedelta(minutes=2)
DAY = timedelta(days=1)


def put_domains(conninfo: str, *names: str, seen: timedelta = timedelta(), shown: bool = True) -> None:
    """Domains that a comment mentioned so long ago; what is not shown was mentioned by nobody for sure."""
    with psycopg.connect(conninfo, prepare_threshold=None) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into domain (domain_name, unicode_name, tld, public_suffix, registrable_domain, mention_count,"
            " video_count, commenter_count, first_seen_at, last_seen_at)"
            " select n, n, 'com', 'com', n, c, c, 0, at, at"
            " from (select %s as n, %s::int as c, case when %s then now() - %s::interval end as at) one",
            [(name, int(shown), shown, seen) for name in names],
        )


async def enrolled(database: Database, *kinds: LookUp) -> int:
    async with database.transaction(WORKER) as connection:
        return await enrol(connection, kinds or ("dns",))


def answer(taken: TakenLookUp, state: str = "ok", *, at: datetime = NOW, wait: timedelta = DAY, **facts: Any) -> Answer:
    """What a look-up of it told at that time; `alive` among the facts is none of them."""
    alive = bool(facts.pop("alive", False))
    result = {**facts, "state": state, "checked_at": at.isoformat().replace("+00:00", "Z")}
    told = Enrichment(taken.domain_name, taken.kind, state, result, at, is_alive=alive)
    return Answer(taken.id, told, wait, is_failure=state == "timeout")


def rows(conninfo: str, statement: str) -> Sequence[dict[str, Any]]:
    with psycopg.connect(conninfo, prepare_threshold=None, row_factory=psycopg.rows.dict_row) as connection:
        return connection.execute(statement).fetchall()


def do(conninfo: str, statement: str) -> None:
    """Do something behind everybody's back."""
    with psycopg.connect(conninfo, prepare_threshold=None, autocommit=True) as connection:
        connection.execute(statement)
