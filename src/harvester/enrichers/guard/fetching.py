"""Fetches what a stranger's address leads to; whatever the outside does is a value, never an exception."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import aiohttp
from aiohttp import http_exceptions
from yarl import URL

from harvester.enrichers.guard.connection import Connection
from harvester.enrichers.guard.decoding import Undecodable, decoder
from harvester.enrichers.guard.door import Guard
from harvester.enrichers.guard.limits import MEBIBYTE
from harvester.enrichers.guard.plain import plain
from harvester.enrichers.guard.refusal import Broken, TargetRefused
from harvester.enrichers.guard.target import Target

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST_FIELD = 8190
"""Bytes of a header field, as most servers have it for what they are sent."""
LONGEST_SHOWN = 2_000
"""Characters of an address that was refused, which are kept."""
_BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Errand:
    """How something is fetched."""

    user_agent: str
    method: str = "GET"
    accept: str = "*/*"
    max_bytes: int = MEBIBYTE
    """Of the content, decoded; a body that is longer is cut there."""
    redirects: int = 5
    seconds: float | None = None
    """For all of it; None for the guard's own limit."""
    before: Callable[[Target], Awaitable[None]] | None = None
    """Awaited before each request, those of redirects included; it may raise TargetRefused or Broken."""


class Hop(NamedTuple):
    """An answer that sent us elsewhere."""

    url: str
    status: int


@dataclass(slots=True)
class Fetched:
    """What became of it."""

    url: str
    """The last one that was asked for, or would have been."""
    state: str = "ok"
    """`ok`: a complete answer came, of any status. Otherwise one word: `refused:<reason>` (nothing was sent there),
    `unresolved:<state of the name>`, `connect_refused`, `connect_timeout`, `unreachable`, `tls_failed`, `tls_timeout`,
    `timeout`, `reset`, `incomplete`, `malformed`, `headers_too_large`, `too_long`, `redirect_loop`,
    `too_many_redirects`."""
    chain: list[Hop] = field(default_factory=list)
    """The redirects that were followed, in order; `url` is where the last one led."""
    status: int | None = None
    """That of the last answer, whose headers came whole."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """By their names in lower case; the first of several fields of a name, but all of `content-encoding`."""
    body: bytes = b""
    is_cut: bool = False
    """Whether the body was longer than we read."""
    is_decoded: bool = True
    """False where the body is kept as it came, since we do not undo its content encoding."""
    tls_error: str | None = None
    """What was wrong with the certificate or the handshake."""
    elapsed_ms: int = 0


async def fetch(
    guard: Guard,
    url: str,
    *,
    user_agent: str,
    method: str = "GET",
    accept: str = "*/*",
    max_bytes: int = MEBIBYTE,
    redirects: int = 5,
) -> Fetched:
    """Fetch an address, and what it redirects to, within the guard's limits."""
    return await run(guard, url, Errand(user_agent, method, accept, max_bytes, redirects))


async def run(guard: Guard, url: str, errand: Errand) -> Fetched:
    """Fetch an address as an errand says."""
    fetched = Fetched(plain(url, LONGEST_SHOWN))
    clock = asyncio.get_running_loop().time
    start = clock()
    try:
        async with asyncio.timeout(guard.limits.total if errand.seconds is None else errand.seconds):
            await _follow(guard, guard.read(url), errand, fetched)
    except TargetRefused as error:
        fetched.state = f"refused:{error.reason}"
    except Broken as error:
        fetched.state, fetched.tls_error = error.state, error.tls_error
    except TimeoutError:
        fetched.state = "timeout"
    except aiohttp.ClientPayloadError:
        fetched.state = "incomplete"
    except aiohttp.ClientResponseError as error:
        fetched.state = "headers_too_large" if _is_too_large(error) else "malformed"
    except (aiohttp.ClientError, OSError):
        fetched.state = "reset"
    fetched.elapsed_ms = round((clock() - start) * 1000)
    return fetched


async def _follow(guard: Guard, target: Target, errand: Errand, fetched: Fetched) -> None:
    seen = set()
    while True:
        fetched.url = target.url
        seen.add(target)
        if errand.before is not None:
            await errand.before(target)
        addresses = await guard.addresses(target)
        fetched.status, fetched.headers = None, {}
        connection = Connection(guard, target, addresses, errand.max_bytes)
        try:
            location = await _request(guard, target, connection, errand, fetched)
        except aiohttp.ClientError:
            if connection.is_too_long:
                raise Broken("too_long") from None
            raise
        if location is None:
            return
        if len(fetched.chain) == errand.redirects:
            raise Broken("too_many_redirects")
        fetched.chain.append(Hop(target.url, fetched.status or 0))
        fetched.url = plain(location, LONGEST_SHOWN)
        target = guard.follow(target, location)
        if target in seen:
            fetched.url = target.url
            raise Broken("redirect_loop")


async def _request(
    guard: Guard, target: Target, connection: Connection, errand: Errand, fetched: Fetched
) -> str | None:
    """Make one request; where its answer leads to, or None where it is the last."""
    async with (
        _session(guard, connection, errand) as session,
        session.request(errand.method, URL(target.url, encoded=True), allow_redirects=False) as response,
    ):
        fetched.status, fetched.headers = response.status, _headers(response, guard.limits.header_bytes)
        location = fetched.headers.get("location") if response.status in REDIRECTS else None
        if location is None:
            await _read(response, errand, fetched)
        return location


def _session(guard: Guard, connection: Connection, errand: Errand) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connection,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=None, sock_read=guard.limits.first_byte),
        max_line_size=_LONGEST_FIELD,
        max_field_size=_LONGEST_FIELD,
        max_headers=guard.limits.header_fields,
        read_bufsize=_BLOCK,
        headers={"User-Agent": errand.user_agent, "Accept": errand.accept, "Accept-Encoding": "gzip, deflate"},
    )


def _headers(response: aiohttp.ClientResponse, most: int) -> Mapping[str, str]:
    if sum(len(name) + len(value) for name, value in response.raw_headers) > most:
        raise Broken("headers_too_large")
    headers: dict[str, str] = {}
    for name, value in response.headers.items():
        headers.setdefault(name.lower(), value)
    # A second coding may hide in a second field.
    headers["content-encoding"] = ",".join(response.headers.getall("Content-Encoding", ()))
    return headers


async def _read(response: aiohttp.ClientResponse, errand: Errand, fetched: Fetched) -> None:
    coding, fetched.is_decoded = decoder(fetched.headers["content-encoding"])
    content = bytearray()
    received = 0
    try:
        async for block in response.content.iter_chunked(_BLOCK):
            received += len(block)
            # One byte more than wanted tells a body that is cut from one that ends there.
            content += coding.feed(block, errand.max_bytes + 1 - len(content))
            if len(content) > errand.max_bytes or received > errand.max_bytes:
                fetched.is_cut = True
                break
    except Undecodable:
        fetched.is_decoded = False
    finally:
        # A list of others may be long: it is copied once.
        fetched.body = bytes(memoryview(content)[: errand.max_bytes])


def _is_too_large(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, http_exceptions.LineTooLong):
        if "Too many headers" in str(error):
            return True
        error = error.__cause__
    return error is not None
