"""The gate as the worker keeps it: each request is booked in the database before it is sent, and ends when all must."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import structlog

from harvester.errors import CollectionPaused
from harvester.sources.api.gate import Api, Passage
from harvester.store.attempts import attempted
from harvester.store.database import WORKER, Database
from harvester.store.pause import PauseState, is_paused, pause_state
from harvester.store.quota import Limits, book, settle

_log = structlog.get_logger()
WATCH_SECONDS = 1.0


@dataclass(eq=False, slots=True)
class _Inside:
    """A task with a request on its way."""

    task: asyncio.Task[object]
    is_called_back: bool = False


class Gatekeeper:
    """A `Gate` over the books of the database; to be kept by `async with`, which watches for a pause meanwhile."""

    def __init__(self, database: Database, limits: Limits, *, watch_seconds: float = WATCH_SECONDS) -> None:
        self._database = database
        self._limits = limits
        self._watch_seconds = watch_seconds
        self._inside: set[_Inside] = set()
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._watching = asyncio.create_task(self._watch())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching

    @asynccontextmanager
    async def passage(self, api: Api, most: int) -> AsyncIterator[Passage]:
        """One request, as the contract of `Gate` says; what was booked too much is given back however it ends."""
        booking = await book(self._database, api, most, self._limits)
        passage = Passage(booking.most)
        try:
            async with self._watched():
                yield passage
        finally:
            came = booking.most if passage.records is None else passage.records
            # What was sent is counted although nobody waits for it any more.
            await asyncio.shield(settle(self._database, booking, came, is_spent=passage.is_spent))

    @asynccontextmanager
    async def unbooked(self) -> AsyncIterator[None]:
        """A request that counts against no quota; it passes, and is called back, as the others."""
        stopped = await attempted(self._pause_state, "Whether requests are stopped could not be read")
        if stopped.is_paused:
            reason = f": {stopped.reason}" if stopped.reason else ""
            raise CollectionPaused(
                f"All requests are stopped{reason}.", hint="Let them go on: harvester collect resume"
            )
        async with self._watched():
            yield

    async def _pause_state(self) -> PauseState:
        async with self._database.transaction(WORKER) as connection:
            return await pause_state(connection)

    @asynccontextmanager
    async def _watched(self) -> AsyncIterator[None]:
        """Have the request called back where all are stopped while it is on its way."""
        task = asyncio.current_task()
        assert task is not None, "a coroutine runs in a task"
        inside = _Inside(task)
        self._inside.add(inside)
        try:
            yield
        except asyncio.CancelledError:
            if inside.is_called_back and task.uncancel() == 0:
                raise CollectionPaused("All requests were stopped while one was on its way.") from None
            raise
        finally:
            self._inside.discard(inside)

    async def _watch(self) -> None:
        """Call back every request on its way once an operator has stopped them."""
        while True:
            await asyncio.sleep(self._watch_seconds)
            if not self._inside:
                continue
            try:
                paused = await is_paused(self._database)
            except Exception as error:  # noqa: BLE001  Nobody would miss a watcher that has ended.
                # Nothing new passes while the database is away; what is on its way may end.
                _log.warning("pause_unknown", reason=str(error))
                continue
            for each in list(self._inside) if paused else ():
                if not each.is_called_back:
                    each.is_called_back = True
                    each.task.cancel()
