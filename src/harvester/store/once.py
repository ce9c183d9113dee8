"""Transactions that must not be committed twice: repeated for as long as it is certain that they were not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from harvester.store.attempts import PASSING, attempted
from harvester.store.database import WORKER, Connection, Database

T = TypeVar("T")


class CommitUnknown(Exception):
    """The connection was lost while the transaction was being committed: it may have been, or not."""


async def once(database: Database, work: Callable[[Connection], Awaitable[T]], failure: str) -> T:
    """What `work` gives, run in one transaction of the worker that is committed at most once.

    Until its COMMIT is sent a transaction has done nothing, so what passes is tried again. After that it is not:
    raises CommitUnknown. What does not pass in time becomes a StoreError that begins with `failure`.
    """

    async def attempt() -> T:
        is_done = False
        try:
            async with database.transaction(WORKER) as connection:
                result = await work(connection)
                is_done = True
        except PASSING as error:
            if is_done:
                raise CommitUnknown(failure) from error
            raise
        return result

    return await attempted(attempt, failure)
