"""What a domain's registry says about its registration, by RDAP (RFC 7480 to 7484, 9082, 9083)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from harvester.enrichers.guard import Guard
from harvester.enrichers.guard.fetching import Errand, Fetched, run
from harvester.enrichers.guard.refusal import TargetRefused
from harvester.enrichers.guard.target import Target
from harvester.enrichers.introduction import user_agent
from harvester.enrichers.rdap_answer import AnswerUnreadable, read
from harvester.enrichers.rdap_bootstrap import Bootstrap, shipped
from harvester.enrichers.rdap_pace import Pace
from harvester.enrichers.times import utc_now, written
from harvester.enrichers.waiting import seconds_to_wait
from harvester.model import Enrichment, LookUp

MOST_BYTES = 256 * 1024
"""Of an answer; those of registries have some ten thousand."""
USUAL_REST = 60.0
"""Seconds for which a registry is left alone that says "too many requests" and no more."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of one question."""

    state: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    retry_after: float | None = None
    referral: str | None = None
    reason: str | None = None


class RdapEnricher:
    """Asks the registry of a domain's ending about the registrable domain, not about the host.

    `registrable` gives the name that a registry knows, by the ICANN section of the Public Suffix List alone: no
    registry knows `name.github.io`. States: `ok`; `redacted`, where a fact that we keep was withheld; `not_found`;
    `rate_limited`, by the registry or by our own pace; `unsupported`, where no registry is known; `unavailable`;
    `malformed`; `refused:<reason>`, where the guard let nothing through. Only `ok` and `redacted` have facts;
    `unavailable` has a `reason`: what became of the connection, or `status_500`.

    The registry's word counts. With `follows_referrals` the registrar is asked as well, where the registry says that
    it answers, and fills in what the registry leaves out.
    """

    kind: LookUp = "rdap"

    def __init__(
        self,
        guard: Guard,
        registrable: Callable[[str], str | None],
        *,
        bootstrap: Bootstrap | None = None,
        pace: Pace | None = None,
        contact: str | None = None,
        follows_referrals: bool = False,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """`contact` stands in each request; raises SettingsError for one that cannot."""
        self._guard = guard
        self._registrable = registrable
        self._bootstrap = bootstrap or shipped()
        self._pace = pace or Pace()
        self._user_agent = user_agent(contact)
        self._follows_referrals = follows_referrals
        self._now = now

    async def look_up(self, domain_name: str) -> Enrichment:
        """Ask once; this waits for the registry's turn, a minute at the longest, and for its answer, ten seconds."""
        asked = self._registrable(domain_name)
        server = self._bootstrap.server(asked) if asked else None
        if asked is None or server is None:
            return self._enrichment(domain_name, _Outcome("unsupported"), {})
        block: dict[str, Any] = {"asked": asked, "registry": server}
        errand = self._errand(server)
        outcome = await self._ask(f"{server}domain/{quote(asked, safe='')}", asked, errand)
        block |= outcome.facts
        if outcome.reason:
            block["reason"] = outcome.reason
        if outcome.referral and self._follows_referrals:
            second = await self._ask(outcome.referral, asked, errand)
            block = {**second.facts, **block, "referral": second.state}
        return self._enrichment(domain_name, outcome, block)

    def _enrichment(self, domain_name: str, outcome: _Outcome, block: Mapping[str, Any]) -> Enrichment:
        checked_at = self._now()
        return Enrichment(
            domain_name=domain_name,
            kind=self.kind,
            state=outcome.state,
            result={**block, "state": outcome.state, "checked_at": written(checked_at)},
            checked_at=checked_at,
            retry_after=outcome.retry_after,
        )

    def _errand(self, registry: str) -> Errand:
        """How a registry is asked, and its registrars: where it speaks TLS, nobody on the way speaks without."""

        async def check(target: Target) -> None:
            if registry.startswith("https:") and target.scheme != "https":
                raise TargetRefused("not_https")

        return Errand(self._user_agent, accept="application/rdap+json", max_bytes=MOST_BYTES, before=check)

    async def _ask(self, url: str, asked: str, errand: Errand) -> _Outcome:
        try:
            host = self._guard.read(url).host
        except TargetRefused as error:
            return _Outcome(f"refused:{error.reason}")
        wait = await self._pace.turn(host)
        if wait:
            return _Outcome("rate_limited", retry_after=wait)
        return self._outcome(await run(self._guard, url, errand), host, asked)

    def _outcome(self, fetched: Fetched, host: str, asked: str) -> _Outcome:
        if fetched.state.startswith("refused:"):
            return _Outcome(fetched.state)
        if fetched.state != "ok":
            return _Outcome("unavailable", reason=fetched.state)
        if fetched.status == 200:
            return _facts(fetched, asked)
        if fetched.status == 404:
            return _Outcome("not_found")
        rest = seconds_to_wait(fetched.status, fetched.headers, self._now())
        if fetched.status == 429:
            return _Outcome("rate_limited", retry_after=self._pace.rest(host, USUAL_REST if rest is None else rest))
        wait = None if rest is None else self._pace.rest(host, rest)
        return _Outcome("unavailable", retry_after=wait, reason=f"status_{fetched.status}")


def _facts(fetched: Fetched, asked: str) -> _Outcome:
    try:
        # A body that was cut, or that we could not decode, is no JSON any more.
        answer = read(fetched.body, asked)
    except AnswerUnreadable:
        return _Outcome("malformed")
    facts = {**answer.facts, "withheld": list(answer.withheld)}
    return _Outcome("redacted" if answer.is_redacted else "ok", facts, referral=answer.referral)
