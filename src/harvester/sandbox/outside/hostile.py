"""A web server on loopback that means harm: each fault is one way to keep, fill or mislead whoever asks it."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from types import MappingProxyType, TracebackType
from typing import Self

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
_MEBIBYTE = 1024 * 1024
Fault = Callable[[asyncio.StreamWriter, bytes], Awaitable[None]]
"""Answers one request, whose first line it is given."""


def bomb(layers: int, size: int) -> bytes:
    """Zeros, packed by gzip so many times; the innermost layer has a member (RFC 1952) for each mebibyte."""
    data = gzip.compress(bytes(_MEBIBYTE)) * (size // _MEBIBYTE)
    for _ in range(layers - 1):
        data = gzip.compress(data)
    return data


async def _single_bomb(writer: asyncio.StreamWriter, _: bytes) -> None:
    data = bomb(1, 1_024 * _MEBIBYTE)
    writer.write(_OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(data) + data)


async def _double_bomb(writer: asyncio.StreamWriter, _: bytes) -> None:
    data = bomb(2, 1_024 * _MEBIBYTE)
    writer.write(_OK + b"Content-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n" % len(data) + data)


async def _false_gzip(writer: asyncio.StreamWriter, _: bytes) -> None:
    writer.write(_OK + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nno gzip..")


async def _empty_gzip(writer: asyncio.StreamWriter, _: bytes) -> None:
    await _forever(writer, _OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"") * 1_000)


async def _endless_body(writer: asyncio.StreamWriter, _: bytes) -> None:
    await _forever(writer, _OK + b"\r\n", b"x" * 65_536)


async def _endless_chunks(writer: asyncio.StreamWriter, _: bytes) -> None:
    await _forever(writer, _OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 1_000)


async def _endless_chunk_extension(writer: asyncio.StreamWriter, _: bytes) -> None:
    await _forever(writer, _OK + b"Transfer-Encoding: chunked\r\n\r\n1;", b"x" * 65_536)


async def _endless_trailers(writer: asyncio.StreamWriter, _: bytes) -> None:
    await _forever(writer, _OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Trailer: x\r\n" * 1_000)


async def _slow_body(writer: asyncio.StreamWriter, _: bytes) -> None:
    await _forever(writer, _OK + b"Content-Length: 100000\r\n\r\n", b"x", pause=0.05)


async def _slow_headers(writer: asyncio.StreamWriter, _: bytes) -> None:
    await _forever(writer, _OK + b"X-Slow: ", b"x", pause=0.05)


async def _endless_header(writer: asyncio.StreamWriter, _: bytes) -> None:
    await _forever(writer, _OK + b"X-Long: ", b"x" * 65_536)


async def _endless_headers(writer: asyncio.StreamWriter, _: bytes) -> None:
    await _forever(writer, _OK, b"X-More: " + b"x" * 4_000 + b"\r\n")


async def _large_headers(writer: asyncio.StreamWriter, _: bytes) -> None:
    writer.write(_OK + (b"X-More: " + b"x" * 4_000 + b"\r\n") * 20 + b"Content-Length: 0\r\n\r\n")


async def _endless_status(writer: asyncio.StreamWriter, _: bytes) -> None:
    await _forever(writer, b"HTTP/1.1 200 ", b"x" * 65_536)


async def _endless_continues(writer: asyncio.StreamWriter, _: bytes) -> None:
    await _forever(writer, b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000)


async def _other_protocol(writer: asyncio.StreamWriter, _: bytes) -> None:
    start = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    await _forever(writer, start, b"x" * 65_536)


async def _redirect_loop(writer: asyncio.StreamWriter, line: bytes) -> None:
    location = b"/b" if b" /a " in line else b"/a"
    writer.write(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: %s\r\n\r\n" % location)


async def _endless_redirects(writer: asyncio.StreamWriter, line: bytes) -> None:
    path = line.split()[1].rstrip(b"/")
    writer.write(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: %s/more/\r\n\r\n" % path)


async def _hostile_redirect(writer: asyncio.StreamWriter, _: bytes) -> None:
    words = b"ftp://x\xff\xe2\x80\xae\x1b[2J<script>" + b"y" * 5_000
    writer.write(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + words + b"\r\n\r\n")


async def _short_of_its_length(writer: asyncio.StreamWriter, _: bytes) -> None:
    writer.write(_OK + b"Content-Length: 5000\r\n\r\n<title>part")


async def _long_of_its_length(writer: asyncio.StreamWriter, _: bytes) -> None:
    writer.write(_OK + b"Content-Length: 4\r\n\r\npart and more that was not announced")


async def _reset_in_mid_body(writer: asyncio.StreamWriter, _: bytes) -> None:
    writer.write(_OK + b"Content-Length: 5000\r\n\r\n<title>part")
    await writer.drain()
    await asyncio.sleep(0.05)
    _reset(writer)


async def _reset_at_once(writer: asyncio.StreamWriter, _: bytes) -> None:
    _reset(writer)


async def _no_answer(writer: asyncio.StreamWriter, _: bytes) -> None:
    await asyncio.sleep(3_600)
    writer.close()


async def _empty(writer: asyncio.StreamWriter, _: bytes) -> None:
    writer.close()


async def _garbage(writer: asyncio.StreamWriter, _: bytes) -> None:
    writer.write(b"\x00\xff\xfe SSH-2.0-no http at all\r\n\r\n")


async def _hostile_words(writer: asyncio.StreamWriter, _: bytes) -> None:
    body = b"<title>\x00\x1b[31m&#0;&#xd800;&#" + b"9" * 5_000 + b";\xff</title>" + b"<!--" * 100_000
    writer.write(_OK + b"Server: a\xff\xfe\x1b[2J\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        name.removeprefix("_"): fault
        for name, fault in list(globals().items())
        if name.startswith("_") and asyncio.iscoroutinefunction(fault)
    }
)
"""Every fault by its name."""


async def _forever(writer: asyncio.StreamWriter, start: bytes, more: bytes, *, pause: float = 0.0) -> None:
    writer.write(start)
    while True:
        writer.write(more)
        await writer.drain()
        await asyncio.sleep(pause)


def _reset(writer: asyncio.StreamWriter) -> None:
    connection: socket.socket = writer.get_extra_info("socket")
    # Closing with unsent data thrown away sends RST (socket(7), SO_LINGER).
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class HostileServer:
    """Answers every request on a free port by one fault for the length of a block.

    `decent` are paths that are answered by 404 and nothing else: a fault that waits behind them strikes later.
    """

    def __init__(
        self,
        fault: str,
        *,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        decent: frozenset[str] = frozenset(),
    ) -> None:
        self.fault = FAULTS[fault]
        self.host = host
        self.port = 0
        self.connections = 0
        """How many were accepted so far."""
        self._decent = decent
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return self.host, self.port

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._converse, self.host, 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError):
                request = await reader.readuntil(b"\r\n\r\n")
                line = request.partition(b"\r\n")[0]
                if line.split()[1].decode() in self._decent:
                    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                else:
                    await self.fault(writer, line)
                await writer.drain()
        except asyncio.CancelledError:  # The block ended; asyncio would report a task of its own that was cancelled.
            pass
        finally:
            self._tasks.discard(task)
            writer.close()
