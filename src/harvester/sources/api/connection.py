"""One request over HTTP: no redirect is followed, no cookie kept, no proxy taken from the environment, and neither
the time that an answer takes nor its length is without bounds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp

from harvester import __version__
from harvester.errors import SettingsError

SECONDS = 30.0
"""Within which a whole answer must have come."""
CONNECT_SECONDS = 10.0
MOST_BYTES = 16 * 1024 * 1024
"""Of one answer, unpacked; a full page has about 100 KiB."""
USER_AGENT = f"tiktok-domain-harvester/{__version__}"


class Broken(Exception):
    """No answer came, or not the whole of it; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came over the wire."""

    status: int
    body: bytes = field(repr=False)
    at: datetime
    """When it had come."""
    retry_after: str | None = None
    """The header of that name."""


class Connection:
    """Sends requests to one server; to be kept by `async with`, which closes what is open."""

    def __init__(self, url: str, *, seconds: float = SECONDS) -> None:
        """Raises SettingsError for an address that is not https, unless it is of this machine."""
        self._url = address(url)
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": USER_AGENT},
            timeout=aiohttp.ClientTimeout(total=self._seconds, connect=min(CONNECT_SECONDS, self._seconds)),
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def post(self, path: str, body: bytes, kind: str, *, token: str | None = None) -> Reply:
        """Send a body of a content type; raises Broken where no whole answer comes."""
        assert self._session is not None, "a connection is kept by `async with`"
        headers = {"Content-Type": kind}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            async with self._session.post(
                f"{self._url}{path}", data=body, headers=headers, allow_redirects=False
            ) as response:
                content = await _content(response)
                return Reply(response.status, content, datetime.now(UTC), response.headers.get("Retry-After"))
        except TimeoutError as error:
            raise Broken("timeout") from error
        except (aiohttp.ClientError, OSError) as error:
            # Its words may quote what was sent: its name says enough.
            raise Broken(type(error).__name__) from None


async def _content(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for block in response.content.iter_any():
        content += block
        if len(content) > MOST_BYTES:
            raise Broken("too_large")
    return bytes(content)


def address(url: str) -> str:
    """The address without a slash at its end; raises SettingsError for one to which no secret may be sent.

    >>> address("https://open.tiktokapis.com/"), address("http://127.0.0.1:8001")
    ('https://open.tiktokapis.com', 'http://127.0.0.1:8001')
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"} or parts.query or parts.fragment or "@" in parts.netloc:
        raise SettingsError(
            "HARVESTER_TIKTOK_URL is no address of a server.", hint="It looks like https://open.tiktokapis.com."
        )
    if parts.scheme == "http" and not _is_here(host):
        raise SettingsError(
            f"HARVESTER_TIKTOK_URL is not encrypted: the client secret would be readable on the way to {host}.",
            hint="Write https:// in it. Only a server on this machine, such as the sandbox, is asked over http://.",
        )
    return url.rstrip("/")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
