"""No answer of a registry, whatever it holds and wherever, puts a person into what is kept."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harvester.enrichers.rdap_answer import AnswerUnreadable, read
from harvester.sandbox.outside.registry import Registration, card, described

PERSON = "Jane Q. Registrant"
PERSONAL = (PERSON, "jane@private.example", "tel:+44.2079460000", "12 Private Lane", "P-12345-PRIVATE")
ROLES = st.lists(
    st.sampled_from(["registrant", "administrative", "technical", "billing", "reseller", "sponsor", "noc", "proxy"]),
    min_size=1,
    max_size=3,
)
TEXT = st.sampled_from(PERSONAL)
DETAIL = st.sampled_from(["fn", "org", "email", "tel", "adr", "note", "kind", "title", "nickname"])


@st.composite
def people(draw: st.DrawFn, depth: int = 2) -> dict[str, Any]:
    """A contact that is a person's, with contacts of its own; some are their own registrar."""
    roles = draw(ROLES)
    if draw(st.booleans()):
        roles = [*roles, "registrar", "registrant"]
    person: dict[str, Any] = {
        "objectClassName": "entity",
        "handle": draw(TEXT),
        "roles": roles,
        "vcardArray": card(**{name: draw(TEXT) for name in draw(st.lists(DETAIL, unique=True))}),
        "publicIds": [{"type": "IANA Registrar ID", "identifier": draw(TEXT)}],
        "remarks": [{"title": draw(TEXT), "description": [draw(TEXT)]}],
        "events": [{"eventAction": "registration", "eventActor": draw(TEXT), "eventDate": draw(TEXT)}],
        "asEventActor": [{"eventAction": "last changed", "eventDate": draw(TEXT)}],
    }
    if depth:
        person["entities"] = draw(st.lists(people(depth - 1), max_size=2))
    return person


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """A good answer with a person in every other place of it."""
    answer = described("shop.example", Registration())
    [registrar] = answer["entities"]
    registrar["entities"] += draw(st.lists(people(), max_size=2))
    registrar["vcardArray"][1] += [["adr", {"label": draw(TEXT)}, "text", draw(TEXT)], ["note", {}, "text", draw(TEXT)]]
    registrar["remarks"] = [{"description": [draw(TEXT)]}]
    answer["entities"] = draw(st.permutations([registrar, *draw(st.lists(people(), max_size=3))]))
    answer["status"] += draw(st.lists(TEXT, max_size=2))
    answer["events"] += [
        {"eventAction": draw(TEXT), "eventDate": draw(TEXT), "eventActor": draw(TEXT)},
        {"eventAction": "expiration", "eventDate": "2027-01-02T03:04:05Z", "eventActor": draw(TEXT)},
    ]
    answer["nameservers"] += [{"ldhName": draw(TEXT), "entities": [draw(people(0))]}]
    answer["redacted"] = [
        {"name": {"type": draw(TEXT)}, "reason": {"description": draw(TEXT)}, "prePath": draw(TEXT)},
        {"name": {"description": f"Registrant {draw(TEXT)}"}, "postPath": draw(TEXT)},
        draw(TEXT),
    ]
    for place in ("handle", "port43", "lang", "unicodeName", draw(TEXT)):
        answer[place] = draw(TEXT)
    for place in ("remarks", "notices", "variants", "publicIds"):
        answer[place] = [{"title": draw(TEXT), "description": [draw(TEXT)], draw(TEXT): draw(TEXT)}]
    answer["secureDNS"]["dsData"] = [{"events": [{"eventActor": draw(TEXT)}], "digest": draw(TEXT)}]
    return answer


@given(answers())
def test_no_person_is_kept_from_any_place_of_an_answer(answer: dict[str, Any]) -> None:
    found = read(json.dumps(answer).encode(), "shop.example")
    kept = json.dumps([found.facts, found.withheld])
    assert not [text for text in PERSONAL if text.removeprefix("tel:") in kept]
    # What is nobody's person is still there.
    assert found.facts["registrar"] == "Name Sellers, Inc."
    assert found.facts["abuse_email"] == "abuse@registrar.example"
    assert found.facts["created_at"] == "2026-01-02T03:04:05Z"


def test_a_registrar_that_says_that_it_is_a_person_has_no_name() -> None:
    answer = described("shop.example", Registration())
    answer["entities"][0]["vcardArray"] = card(kind="individual", fn=PERSON)
    facts = read(json.dumps(answer).encode(), "shop.example").facts
    assert "registrar" not in facts
    assert facts["registrar_id"] == "9999"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=6), children, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(sorted(described("shop.example", Registration(referral="x")))), JSON)
def test_whatever_stands_in_a_member_is_read_or_refused(member: str, value: Any) -> None:
    answer = described("shop.example", Registration(referral="x")) | {member: value}
    try:
        facts = read(json.dumps(answer).encode(), "shop.example").facts
    except AnswerUnreadable:
        return
    assert all(isinstance(fact, str | bool | list) for fact in facts.values())


@given(st.binary(max_size=200))
def test_whatever_bytes_come_are_read_or_refused(content: bytes) -> None:
    with suppress(AnswerUnreadable):
        read(content, "shop.example")
