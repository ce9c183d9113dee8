"""One connection to the dashboard, with an end to how long its client may keep it waiting.

Uvicorn bounds only the pause between two requests: a client that sends a byte a minute, or reads none of its answer,
would hold a connection, and what answers it, for ever.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_SECONDS = 30.0
"""For one request, head and body, from the opening of a connection on; nothing longer than a form comes."""
UNREAD_SECONDS = 120.0
"""For which an answer may wait for a client that takes nothing of it."""


class Connection(H11Protocol):
    """Uvicorn's HTTP/1.1, closed where a request does not come to its end, or an answer is not read, in time."""

    _request_end: asyncio.TimerHandle | None = None
    _answer_end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_request_clock()
        self._stop_answer_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # What has come begins a request, or goes on with one, until h11 has seen its last byte.
        if self.conn.their_state in (h11.IDLE, h11.SEND_BODY) and not self.transport.is_closing():
            if self.timeout_keep_alive_task is None:
                self._wait_for_request()
        else:
            self._stop_request_clock()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._answer_end is None:
            self._answer_end = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        self._stop_answer_clock()
        super().resume_writing()

    def _wait_for_request(self) -> None:
        if self._request_end is None:
            self._request_end = self.loop.call_later(REQUEST_SECONDS, self.transport.close)

    def _stop_request_clock(self) -> None:
        if self._request_end is not None:
            self._request_end.cancel()
            self._request_end = None

    def _stop_answer_clock(self) -> None:
        if self._answer_end is not None:
            self._answer_end.cancel()
            self._answer_end = None
