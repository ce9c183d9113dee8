"""What a site lets robots fetch: RFC 9309."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

MOST_BYTES = 512 * 1024
"""Of a robots.txt, from its start; RFC 9309, section 2.5, wants at least 500 KiB read."""
_MOST_RULES = 10_000
_LONGEST_PATH = 2_000
_KEPT_SECONDS = 24 * 3600.0
_MOST_SERVERS = 1_000
_MOST_KEPT_BYTES = 16 * 1024 * 1024
"""Of the rules of all servers together: a stranger has as many servers as he has names, each with his longest rules."""
_RULE_BYTES = 200
"""What one rule takes beside its letters."""
_LINE = re.compile(rb"\r\n|\n|\r")
_AGENT = re.compile(r"[a-z_-]+")
"""A product token: RFC 9309, section 2.2.1."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that hold for us, each an allowed or disallowed pattern of paths; none: all is allowed."""

    rules: tuple[tuple[bool, str], ...] = ()

    @property
    def size(self) -> int:
        """About how many bytes they take."""
        return sum(_RULE_BYTES + len(pattern) for _, pattern in self.rules)

    def allow(self, path: str) -> bool:
        """Whether a path, with its query, may be fetched: the longest pattern decides, and `allow` where two are equal.

        >>> read(b"User-agent: *\\nDisallow: /\\nAllow: /open", "us").allow("/open/door")
        True
        """
        path = _comparable(path[:_LONGEST_PATH])
        if path == "/robots.txt":
            return True
        matching = [(len(pattern), is_allowed) for is_allowed, pattern in self.rules if _matches(pattern, path)]
        return max(matching)[1] if matching else True


class RulesKept:
    """The rules of the servers that were asked last, each for a day (RFC 9309, section 2.4)."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._rules: dict[str, tuple[Rules, float]] = {}
        self._size = 0

    def get(self, origin: str) -> Rules | None:
        """The rules of a server; None where it has to be asked again."""
        rules, since = self._rules.get(origin, (None, 0.0))
        return rules if self._now() - since < _KEPT_SECONDS else None

    def keep(self, origin: str, rules: Rules) -> None:
        """Remember what a server said just now; those that were asked longest ago make room."""
        self._forget(origin)
        self._rules[origin] = rules, self._now()
        self._size += rules.size
        while len(self._rules) > _MOST_SERVERS or self._size > _MOST_KEPT_BYTES:
            self._forget(next(iter(self._rules)))

    def _forget(self, origin: str) -> None:
        rules, _ = self._rules.pop(origin, (Rules(), 0.0))
        self._size -= rules.size


def read(content: bytes, token: str) -> Rules:
    """The rules of a robots.txt for a product token in lower case: those of its own groups, else of `*`.

    Lines that are none of `User-agent`, `Allow` and `Disallow` say nothing; a whole page of HTML therefore allows all.

    >>> read(b"user-agent: A\\nuser-agent: b\\ndisallow: /x\\n\\nuser-agent: *\\ndisallow: /", "b").rules
    ((False, '/x'),)
    """
    groups: dict[str, list[tuple[bool, str]]] = {}
    concerned: set[str] = set()
    """Of those that the present group is for, the ones that can be us: a file may name thousands of other robots."""
    is_heading = False
    for line in _LINE.split(content[:MOST_BYTES].removeprefix(b"\xef\xbb\xbf")):
        key, _, value = line.partition(b"#")[0].decode("utf-8", "replace").partition(":")
        key, value = key.strip().lower(), value.strip()
        if key == "user-agent":
            concerned = concerned if is_heading else set()
            is_heading = True
            if (agent := _agent(value)) in {token, "*"}:
                concerned.add(agent)
                groups.setdefault(agent, [])
        elif key in {"allow", "disallow"}:
            is_heading = False
            for agent in concerned:
                if value and len(groups[agent]) < _MOST_RULES:
                    groups[agent].append((key == "allow", _comparable(value)))
    return Rules(tuple(groups.get(token, groups.get("*", ()))))


def _agent(value: str) -> str:
    if value.startswith("*"):
        return "*"
    found = _AGENT.match(value.lower())
    return found[0] if found else ""


def _comparable(path: str) -> str:
    """A path in the one spelling in which it is compared: octets are percent-encoded where they must be alone.

    `%2F`, `%2A` and `%24` stay as they are: they mean the letters, not what robots.txt makes of `/`, `*` and `$`.
    """
    pieces = re.split(r"(%(?:2[fF]|2[aA]|24))", path)
    return "".join(
        piece.upper() if place % 2 else quote(unquote_to_bytes(piece), safe="/*$?=&;:@+,!'()~[]|")
        for place, piece in enumerate(pieces)
    )


def _matches(pattern: str, path: str) -> bool:
    """Whether a pattern fits a path from its start on: `*` stands for anything, `$` at the end for the end.

    >>> _matches("/*.php$", "/a/b.php"), _matches("/*.php$", "/a.php?x"), _matches("/a*b", "/ab/c")
    (True, False, True)
    """
    ends = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if not others:
        return not ends or at == len(path)
    for part in others[:-1]:
        at = path.find(part, at)
        if at < 0:
            return False
        at += len(part)
    last = others[-1]
    if ends:
        return len(path) - len(last) >= at and path.endswith(last)
    return path.find(last, at) >= 0
