"""Reads a registry's answer about a domain (RFC 9083), and takes from it what concerns nobody's person.

Of all contacts only the registrar is read, with its own contact for abuse: its name, number and addresses. Whatever
else may hold a person – registrants, administrative and technical contacts, remarks, notices, handles – is never
decoded into anything that we keep, and what is withheld is told in words of our own, not of the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from harvester.enrichers.guard.plain import plain
from harvester.enrichers.rdap_words import RDAP_STATUS, withheld
from harvester.enrichers.times import written

MOST_NAMESERVERS = 20
_MOST_ENTITIES = 100
_LONGEST_NAME = 200
_EARLIEST, _LATEST = datetime(1985, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""The first domain is of March 1985; a time outside is a mistake, such as year 0 for `unknown`."""
_TIMES = {"registration": "created_at", "expiration": "expires_at", "last changed": "updated_at"}
_NEEDED = frozenset({*_TIMES.values(), "registrar", "status", "nameservers"})
"""Of these facts it matters whether they were withheld or are missing."""
_PERSONAL = frozenset({"registrant", "administrative", "technical", "billing"})
_HOST = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}")
_PHONE = re.compile(r"\+?[0-9][0-9 .()/-]{2,30}[0-9](?:;ext=[0-9]{1,8}|x[0-9]{1,8})?")
_NUMBER = re.compile(r"[0-9]{1,8}")


class AnswerUnreadable(Exception):
    """The answer is none about that domain in the form of RFC 9083."""


class _Event(msgspec.Struct):
    action: str | None = msgspec.field(name="eventAction", default=None)
    date: str | None = msgspec.field(name="eventDate", default=None)


class _PublicId(msgspec.Struct):
    type: str | None = None
    identifier: str | None = None


class _Entity(msgspec.Struct):
    roles: list[str] | None = None
    card: list[Any] | None = msgspec.field(name="vcardArray", default=None)
    public_ids: list[_PublicId] | None = msgspec.field(name="publicIds", default=None)
    entities: list[_Entity] | None = None


class _Nameserver(msgspec.Struct):
    name: str | None = msgspec.field(name="ldhName", default=None)


class _SecureDns(msgspec.Struct):
    is_signed: bool | None = msgspec.field(name="delegationSigned", default=None)


class _Link(msgspec.Struct):
    rel: str | None = None
    href: str | None = None
    type: str | None = None


class _Domain(msgspec.Struct):
    class_name: str = msgspec.field(name="objectClassName")
    name: str = msgspec.field(name="ldhName")
    status: list[str] | None = None
    events: list[_Event] | None = None
    entities: list[_Entity] | None = None
    nameservers: list[_Nameserver] | None = None
    secure_dns: _SecureDns | None = msgspec.field(name="secureDNS", default=None)
    links: list[_Link] | None = None
    redacted: list[Any] | None = None


class Answer(msgspec.Struct, frozen=True):
    """What an answer says."""

    facts: dict[str, Any]
    """Keys of `domain.metadata.whois`; what the answer does not say has no key."""
    withheld: tuple[str, ...]
    """What RFC 9537 marks as kept back: names of facts, `registrant`, `admin`, `tech`, `billing`, `other`."""
    referral: str | None
    """Where the registrar answers about the same domain, if the answer says so; nobody has checked this address."""

    @property
    def is_redacted(self) -> bool:
        """Whether a fact that we would keep was kept back."""
        return any(word in _NEEDED and word not in self.facts for word in self.withheld)


def read(content: bytes, domain_name: str) -> Answer:
    """Read the answer to a question about a domain, named by its A-label; raises AnswerUnreadable.

    A member with a wrong type makes the whole answer unreadable: whoever errs there errs elsewhere too. A value of
    the right type that cannot be, such as a date in year 0, is left out.
    """
    try:
        domain = msgspec.json.decode(content, type=_Domain)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise AnswerUnreadable from None
    if domain.class_name != "domain" or domain.name.rstrip(".").lower() != domain_name:
        raise AnswerUnreadable
    facts = {
        **_times(domain.events or ()),
        **_registrar(domain.entities or ()),
        **_delegation(domain),
    }
    return Answer(facts, withheld(domain.redacted or ()), _referral(domain.links or ()))


def _times(events: Sequence[_Event]) -> dict[str, str]:
    facts: dict[str, str] = {}
    for event in events:
        key = _TIMES.get((event.action or "").lower())
        time = _time(event.date or "")
        if key is not None and time is not None:
            facts.setdefault(key, written(time))
    return facts


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo is not None and _EARLIEST <= time < _LATEST else None


def _delegation(domain: _Domain) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if domain.status is not None:
        words = (re.sub(r"[^a-z]+", "", status.lower()) for status in domain.status)
        facts["status"] = list(dict.fromkeys(RDAP_STATUS[word] for word in words if word in RDAP_STATUS))
    if domain.nameservers is not None:
        names = {(nameserver.name or "").rstrip(".").lower() for nameserver in domain.nameservers}
        facts["nameservers"] = sorted(name for name in names if _HOST.fullmatch(name))[:MOST_NAMESERVERS]
    for key, said in (("status", domain.status), ("nameservers", domain.nameservers)):
        if said and not facts[key]:
            # There is something, but nothing that we know: an empty list would say that there is nothing.
            del facts[key]
    if domain.secure_dns is not None and domain.secure_dns.is_signed is not None:
        facts["is_signed"] = domain.secure_dns.is_signed
    return facts


def _with_role(role: str, entities: Sequence[_Entity] | None) -> _Entity | None:
    """The first contact in a role; a registrar that is its own registrant is passed over: it may be a person."""
    for entity in (entities or ())[:_MOST_ENTITIES]:
        roles = {word.lower() for word in entity.roles or ()}
        if role in roles and not roles & _PERSONAL:
            return entity
    return None


def _registrar(entities: Sequence[_Entity]) -> dict[str, str]:
    registrar = _with_role("registrar", entities)
    if registrar is None:
        return {}
    abuse = _with_role("abuse", registrar.entities)
    facts = {
        "registrar": _organisation(registrar.card),
        "registrar_id": next(filter(_NUMBER.fullmatch, _iana_ids(registrar)), None),
        "abuse_email": abuse and _first(abuse.card, "email", _MAILBOX),
        "abuse_phone": abuse and _first(abuse.card, "tel", _PHONE),
    }
    return {key: value for key, value in facts.items() if value}


def _iana_ids(registrar: _Entity) -> Iterator[str]:
    for public in registrar.public_ids or ():
        if public.type == "IANA Registrar ID" and public.identifier:
            yield public.identifier


def _properties(card: list[Any] | None, name: str) -> Iterator[str]:
    """The texts of one property of a jCard (RFC 7095): `["vcard", [[name, parameters, type, value], …]]`."""
    properties = card[1] if card and len(card) > 1 and isinstance(card[1], list) else []
    for one in properties:
        if isinstance(one, list) and len(one) >= 4 and one[0] == name:
            value = one[3][0] if isinstance(one[3], list) and one[3] else one[3]
            if isinstance(value, str):
                yield value


def _organisation(card: list[Any] | None) -> str | None:
    """The name of an organisation; None for a card that says that it is a person's."""
    if "individual" in (kind.lower() for kind in _properties(card, "kind")):
        return None
    names = (*_properties(card, "fn"), *_properties(card, "org"))
    return next(filter(None, (plain(name, _LONGEST_NAME) for name in names)), None)


def _first(card: list[Any] | None, name: str, form: re.Pattern[str]) -> str | None:
    texts = (text.strip().removeprefix("mailto:").removeprefix("tel:") for text in _properties(card, name))
    return next((text for text in texts if form.fullmatch(text)), None)


def _referral(links: Sequence[_Link]) -> str | None:
    for link in links:
        if link.rel == "related" and link.type == "application/rdap+json" and link.href:
            return link.href
    return None
