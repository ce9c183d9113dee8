"""Jobs of every kind, and the queue that they are put into, for the tests of the queue."""

from __future__ import annotations

from typing import Any

import psycopg
from procrastinate import App, RetryStrategy

from harvester.store.database import WORKER, Database
from harvester.store.queue import QueueConnector


class Errands:
    """An app with one task of each kind, and what they did."""

    def __init__(self, database: Database) -> None:
        self.app = App(connector=QueueConnector(database))
        self.done: list[Any] = []

        @self.app.task(name="note")
        async def note(what: Any) -> None:
            self.done.append(what)

        @self.app.task(name="fail_twice", retry=RetryStrategy(max_attempts=5, wait=0))
        async def fail_twice() -> None:
            self.done.append("tried")
            if len(self.done) < 3:
                raise ValueError("not yet")

        @self.app.task(name="fail")
        async def fail() -> None:
            raise ValueError("never")

        self.note, self.fail_twice, self.fail = note, fail_twice, fail

    async def work(self) -> None:
        """Do all that waits."""
        await self.app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)


async def counts(database: Database) -> dict[str, int]:
    """How many jobs there are by task and state, those that are done included."""
    asked = (
        "select task_name || ' ' || status as kind, count(*) as jobs from jobs.procrastinate_jobs group by 1 order by 1"
    )
    async with database.transaction(WORKER) as connection:
        return {row["kind"]: row["jobs"] for row in await (await connection.execute(asked)).fetchall()}


async def put(conninfo: str, statement: str, *values: Any) -> None:
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True, prepare_threshold=None) as connection:
        await connection.execute(statement.encode(), values or None)
