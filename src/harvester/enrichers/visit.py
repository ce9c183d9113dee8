"""One visit to the web server of a domain: what may be asked is found out first, and then asked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from harvester.enrichers.guard.door import Guard
from harvester.enrichers.guard.fetching import Errand, Fetched, run
from harvester.enrichers.guard.limits import MEBIBYTE
from harvester.enrichers.guard.refusal import Broken, TargetRefused
from harvester.enrichers.guard.target import Target
from harvester.enrichers.politeness import Politeness
from harvester.enrichers.robots import MOST_BYTES, Rules, RulesKept, read

REDIRECTS = 5
NO_LISTENER = frozenset({"connect_refused", "connect_timeout", "unreachable"})
"""Nobody speaks TLS there, nor anything else: only then is plain HTTP tried."""
_NO_HEAD = frozenset({"incomplete", "malformed", "reset"})
"""What comes of HEAD from servers that do not know it."""
_ROBOTS_SECONDS = 4.0
_ALLOWED_AFTER = frozenset({"redirect_loop", "too_many_redirects"})
"""RFC 9309, section 2.3.1.2: who redirects more than five times has no robots.txt."""
_DISALLOWED_STATUS = 500
_TOO_MANY_REQUESTS = 429
_PAGES = ("text/html", "application/xhtml+xml")


@dataclass(slots=True)
class Visit:
    """What a visit brought."""

    head: Fetched
    """The answer to HEAD, or what came instead."""
    page: Fetched | None = None
    """The answer to GET; None where there was no reason to fetch the page."""
    robots: list[Fetched] = field(default_factory=list)
    """What was asked for before that."""
    https: str = "ok"
    """The state of the attempt by https, where the answer came by http."""

    @property
    def last(self) -> Fetched:
        """What was asked for last."""
        return self.page or self.head


class Visitor:
    """Visits one domain within a time; `rules` keeps what robots.txt of each server said, for later visits too."""

    def __init__(
        self, guard: Guard, politeness: Politeness, user_agent: str, *, token: str, rules: RulesKept, seconds: float
    ) -> None:
        self._guard = guard
        self._politeness = politeness
        self._user_agent = user_agent
        self._token = token
        self._rules = rules
        self._clock = asyncio.get_running_loop().time
        self._deadline = self._clock() + seconds
        self._robots: list[Fetched] = []
        self._is_unwelcome = False
        """Whether the last answer was none to HEAD or GET, but to the question whether we may ask."""

    async def visit(self, domain_name: str, ports: tuple[int, int]) -> Visit:
        """HEAD by https; by http where nobody listens for https; then GET where a page is to be expected.

        A certificate that cannot be verified ends the visit: it is not made again without verification, nor over http.
        """
        head = await self._ask("HEAD", f"https://{domain_name}:{ports[0]}/")
        https = head.state
        if https in NO_LISTENER and not head.chain:
            head = await self._ask("HEAD", f"http://{domain_name}:{ports[1]}/")
        page = None
        if _is_page(head) if head.state == "ok" else head.state in _NO_HEAD and not self._is_unwelcome:
            page = await self._ask("GET", head.url, REDIRECTS - len(head.chain))
            page.chain[:0] = head.chain
        return Visit(head, page, self._robots, https)

    async def _ask(self, method: str, url: str, redirects: int = REDIRECTS) -> Fetched:
        errand = Errand(
            self._user_agent,
            method,
            "text/html,application/xhtml+xml,*/*;q=0.1",
            redirects=redirects,
            max_bytes=MEBIBYTE,
            seconds=self._left(),
            before=self._approach,
        )
        return await run(self._guard, url, errand)

    async def _approach(self, target: Target) -> None:
        """Make sure that a request is welcome; raises TargetRefused or Broken."""
        self._is_unwelcome = True
        rules = self._rules.get(target.origin)
        if rules is None:
            rules = await self._ask_robots(target)
            self._rules.keep(target.origin, rules)
        if not rules.allow(target.path):
            raise TargetRefused("robots")
        self._is_unwelcome = False
        await self._politeness.approach(target.host)

    async def _ask_robots(self, target: Target) -> Rules:
        errand = Errand(
            self._user_agent,
            accept="text/plain,*/*;q=0.1",
            max_bytes=MOST_BYTES,
            seconds=min(_ROBOTS_SECONDS, self._left()),
            before=lambda hop: self._politeness.approach(hop.host),
        )
        answer = await run(self._guard, f"{target.origin}/robots.txt", errand)
        if answer.state in _ALLOWED_AFTER:
            return Rules()
        if answer.state.startswith("refused:"):
            raise TargetRefused(answer.state.removeprefix("refused:"))
        if answer.state != "ok":
            # Who gives no answer to this question gives none to any other; RFC 9309, section 2.3.1.4, forbids to try.
            raise Broken(answer.state, answer.tls_error)
        self._robots.append(answer)
        status = answer.status or 0
        if status >= _DISALLOWED_STATUS or status == _TOO_MANY_REQUESTS:
            raise TargetRefused("robots")
        return read(answer.body, self._token) if status < 300 else Rules()

    def _left(self) -> float:
        return max(0.0, self._deadline - self._clock())


def _is_page(head: Fetched) -> bool:
    """Whether a page is to be expected: files are left where they are, and who refuses HEAD may take GET."""
    kind = head.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in _PAGES or not kind or (head.status or 0) >= 400
