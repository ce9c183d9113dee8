"""One connection to one target, for aiohttp to speak HTTP/1.1 over."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.tracing import Trace

from harvester.enrichers.guard.addresses import Address
from harvester.enrichers.guard.door import Guard
from harvester.enrichers.guard.refusal import Broken
from harvester.enrichers.guard.target import Target

_SHUTDOWN_SECONDS = 0.5
"""How long a server may take to agree that a TLS connection ends."""

TLS_WORDS = {
    9: "not_yet_valid",
    10: "expired",
    18: "self_signed",
    19: "unknown_issuer",
    20: "unknown_issuer",
    21: "unknown_issuer",
    23: "revoked",
    62: "wrong_name",
}
"""Words for what is wrong with a certificate, by OpenSSL's codes (x509_vfy.h)."""


class _Bounded(ResponseHandler):
    """Receives so many bytes and no more, whatever they are: content, headers, or the frames around them."""

    def __init__(self, connection: Connection, loop: asyncio.AbstractEventLoop, most: int) -> None:
        super().__init__(loop=loop)
        self._connection = connection
        self._left = most

    def data_received(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left >= 0:
            super().data_received(data)
        elif self.transport is not None:
            self._connection.is_too_long = True
            self.transport.abort()


class Connection(aiohttp.BaseConnector):
    """Opens one connection, to addresses that the guard has judged, and verifies the name of the target.

    aiohttp resolves and dials nothing itself: were its hook to change its name, nothing would be dialled at all.
    """

    def __init__(self, guard: Guard, target: Target, addresses: Sequence[Address], content_bytes: int) -> None:
        super().__init__(force_close=True, limit=1)
        self._guard = guard
        self._target = target
        self._addresses = addresses
        self._most_bytes = content_bytes + guard.limits.frame_bytes
        self._is_opened = False
        self.is_too_long = False
        """Whether it was cut by us, as more came than any answer may have."""

    async def _create_connection(
        self,
        req: aiohttp.ClientRequest,  # noqa: ARG002 - the target was read before there was a request
        traces: list[Trace],  # noqa: ARG002
        timeout: aiohttp.ClientTimeout,  # noqa: ARG002, ASYNC109 - the guard has limits of its own
    ) -> ResponseHandler:
        if self._is_opened:
            # aiohttp repeats a request whose connection was cut; one attempt is one attempt.
            raise Broken("too_long" if self.is_too_long else "reset")
        self._is_opened = True
        dialled = await self._guard.connect(self._target, self._addresses)
        secure = self._target.scheme == "https"
        try:
            _, protocol = await self._loop.create_connection(
                lambda: _Bounded(self, self._loop, self._most_bytes),
                sock=dialled,
                ssl=self._guard.tls if secure else None,
                server_hostname=self._target.host if secure else None,
                ssl_handshake_timeout=self._guard.limits.tls if secure else None,
                ssl_shutdown_timeout=_SHUTDOWN_SECONDS if secure else None,
            )
        except ssl.SSLCertVerificationError as error:
            raise Broken("tls_failed", TLS_WORDS.get(error.verify_code, "bad_certificate")) from None
        except ssl.SSLError as error:
            raise Broken("tls_failed", (error.reason or "handshake").lower()) from None
        except ConnectionAbortedError:
            # This is how asyncio says that the handshake took too long.
            raise Broken("tls_timeout", "timeout") from None
        except OSError as error:
            raise Broken("tls_failed", "reset" if isinstance(error, ConnectionError) else "handshake") from None
        return protocol
