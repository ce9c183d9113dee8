"""What DNS says about a domain: its addresses, its alias, who takes its mail, who answers for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, get_args

from harvester.enrichers.names import Answer, Names, NameUnresolved, RecordType, Unresolved, worst
from harvester.enrichers.times import utc_now, written
from harvester.model import Enrichment, LookUp

MOST = 50
"""How many values of one type are kept, the first in their order: an answer may hold four thousand addresses."""
LONGEST = 253
"""Characters of a name (RFC 1035); one with bytes that are no letters is written longer, as `\\255`, and cut."""
_TYPES: tuple[RecordType, ...] = get_args(RecordType)
_LISTS: Mapping[str, RecordType] = MappingProxyType({"a": "A", "aaaa": "AAAA", "mx_hosts": "MX", "ns": "NS"})
_NO_RECORD = frozenset({"no_data", "nxdomain"})
"""Only these words say that there is no such record; all others say that nobody knows."""


class DnsEnricher:
    """Asks for A, AAAA, CNAME, MX and NS at once.

    The state speaks of addresses: `ok` where there is one, else `no_data`, `nxdomain`, `servfail`, `timeout`,
    `refused`, or `refused:bad_name` for what fits into no question. The block has a key for what was learnt alone: an
    empty list, `cname` null and `mx` false say that there is none; where the question failed the key is missing.
    Whatever addresses are answered stand there as they are, private ones and those of sinkholes too: nothing is sent
    to them. `ttl` is the shorter of A's and AAAA's, in seconds.
    """

    kind: LookUp = "dns"

    def __init__(self, names: Names, *, now: Callable[[], datetime] = utc_now) -> None:
        self._names = names
        self._now = now

    async def look_up(self, domain_name: str) -> Enrichment:
        """Ask all five questions; this takes six seconds at the longest."""
        said = await asyncio.gather(*(self._ask(domain_name, record_type) for record_type in _TYPES))
        answers = dict(zip(_TYPES, said, strict=True))
        checked_at = self._now()
        state = _state(answers)
        return Enrichment(
            domain_name=domain_name,
            kind=self.kind,
            state=state,
            result={**_block(answers), "state": state, "checked_at": written(checked_at)},
            checked_at=checked_at,
            is_alive=state == "ok",
        )

    async def _ask(self, domain_name: str, record_type: RecordType) -> Answer | Unresolved:
        try:
            return await self._names.ask(domain_name, record_type)
        except NameUnresolved as unresolved:
            return unresolved.state


def _state(answers: Mapping[RecordType, Answer | Unresolved]) -> str:
    states = [answer for answer in (answers["A"], answers["AAAA"]) if not isinstance(answer, Answer)]
    if len(states) < 2:
        return "ok"
    word = worst(states)
    return "refused:bad_name" if word == "bad_name" else word


def _block(answers: Mapping[RecordType, Answer | Unresolved]) -> dict[str, Any]:
    block: dict[str, Any] = {}
    for key, record_type in _LISTS.items():
        answer = answers[record_type]
        if isinstance(answer, Answer):
            # The null MX (RFC 7505) is an empty name: whoever publishes it takes no mail.
            block[key] = [value[:LONGEST] for value in answer.values if value][:MOST]
        elif answer in _NO_RECORD:
            block[key] = []
    if "mx_hosts" in block:
        block["mx"] = bool(block["mx_hosts"])
    alias = answers["CNAME"]
    if isinstance(alias, Answer):
        block["cname"] = alias.values[0][:LONGEST]
    elif alias in _NO_RECORD:
        block["cname"] = None
    lifetimes = [answer.ttl for answer in (answers["A"], answers["AAAA"]) if isinstance(answer, Answer)]
    if lifetimes:
        block["ttl"] = min(lifetimes)
    return block
