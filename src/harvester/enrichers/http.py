"""What the web server of a domain says: whether it answers, where it leads, what its page is called."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from harvester.enrichers.guard.door import Guard
from harvester.enrichers.guard.fetching import Fetched
from harvester.enrichers.guard.limits import Limits
from harvester.enrichers.guard.plain import plain
from harvester.enrichers.guard.target import PORTS, parse
from harvester.enrichers.introduction import PRODUCT, user_agent
from harvester.enrichers.parked import parked
from harvester.enrichers.politeness import Politeness
from harvester.enrichers.robots import RulesKept
from harvester.enrichers.times import utc_now, written
from harvester.enrichers.title import title
from harvester.enrichers.visit import Visit, Visitor
from harvester.enrichers.waiting import seconds_to_wait
from harvester.model import Enrichment, LookUp

TOKEN = PRODUCT
"""The product token by which robots.txt may speak of us (RFC 9309, section 2.2.1)."""
SECONDS = Limits().total
"""For a whole look-up, from its first packet to its last."""
_LONGEST_WORD = 200


class HttpEnricher:
    """Asks a domain's web server for its first page, once robots.txt allows that.

    The state is that of the last request, in the words of `Fetched`; `refused:robots` where the site does not want it.
    The block has a key for what was learnt alone. `reachable` and `status` speak of the last complete answer, be it
    a redirect or that to robots.txt; `url` was asked first, `final_url` is where it led. `https` is the state of the
    attempt by https: not `ok` where plain HTTP had to do. `tls_error` says what was wrong with a certificate.
    `parked` says why the page is taken for nobody's own, or is null. Nothing of a page is kept but its title and hash.
    """

    kind: LookUp = "http"

    def __init__(
        self,
        guard: Guard,
        contact: str,
        *,
        politeness: Politeness | None = None,
        now: Callable[[], datetime] = utc_now,
        ports: tuple[int, int] = (PORTS["https"], PORTS["http"]),
        seconds: float = SECONDS,
    ) -> None:
        """`contact` stands in each request; raises SettingsError for one that cannot stand in a header."""
        self._guard = guard
        self._user_agent = user_agent(contact)
        self._politeness = politeness or Politeness(per_minute=30)
        self._rules = RulesKept()
        self._now = now
        self._ports = ports
        self._seconds = seconds

    async def look_up(self, domain_name: str) -> Enrichment:
        """Visit the server; once its turn has come, this takes eleven seconds at the longest."""
        await self._politeness.turn()
        visitor = Visitor(
            self._guard, self._politeness, self._user_agent, token=TOKEN, rules=self._rules, seconds=self._seconds
        )
        visit = await visitor.visit(domain_name, self._ports)
        checked_at = self._now()
        block = _block(domain_name, visit)
        waits = [seconds_to_wait(answer.status, answer.headers, checked_at) for answer in (*visit.robots, visit.last)]
        return Enrichment(
            domain_name=domain_name,
            kind=self.kind,
            state=visit.last.state,
            result={**block, "checked_at": written(checked_at)},
            checked_at=checked_at,
            is_alive=block["reachable"],
            retry_after=max((wait for wait in waits if wait is not None), default=None),
        )


def _block(domain_name: str, visit: Visit) -> dict[str, Any]:
    last = visit.last
    answer, method = _answered(visit)
    block: dict[str, Any] = {
        "reachable": answer is not None,
        "state": last.state,
        "https": visit.https,
        "final_url": last.url,
        "redirects": [{"url": hop.url, "status": hop.status} for hop in last.chain],
        "tls_error": last.tls_error,
        "elapsed_ms": last.elapsed_ms,
    }
    if answer is not None:
        block |= {"status": answer.status, "method": method, "url": (answer.chain[0] if answer.chain else answer).url}
        block |= _said(answer.headers)
    if visit.page is not None and visit.page.state == "ok":
        block |= _read(domain_name, visit.page)
    return block


def _answered(visit: Visit) -> tuple[Fetched | None, str]:
    """The last complete answer of the domain's own server or of one that it led to, and what it answered."""
    for answer, method in ((visit.page, "GET"), (visit.head, "HEAD")):
        if answer is not None and answer.state == "ok":
            return answer, method
    last = visit.last
    if last.chain:
        # What it leads to gave no answer, but it did itself.
        return Fetched(last.url, chain=last.chain, status=last.chain[-1].status), "GET" if visit.page else "HEAD"
    return (visit.robots[-1] if visit.robots else None), "GET"


def _said(headers: Mapping[str, str]) -> dict[str, Any]:
    words = {"server": headers.get("server"), "content_type": headers.get("content-type")}
    return {key: plain(value, _LONGEST_WORD) for key, value in words.items() if value}


def _read(domain_name: str, page: Fetched) -> dict[str, Any]:
    """What the page itself says; of one whose encoding we do not undo, its hash alone."""
    facts: dict[str, Any] = {
        "sha256": hashlib.sha256(page.body).hexdigest(),
        "bytes": len(page.body),
        "cut": page.is_cut,
    }
    if page.is_decoded:
        facts["title"] = title(page.body, page.headers.get("content-type", ""))
        facts["parked"] = parked(domain_name, parse(page.url).host, facts["title"], page.headers, page.body)
    return facts
