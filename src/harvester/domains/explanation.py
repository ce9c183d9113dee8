"""What the extractor saw in one text, step by step: for whoever asks why a name was shown, held or dropped."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from harvester.domains.candidates import Candidate, find_candidates, is_of_person
from harvester.domains.dots import find_dots
from harvester.domains.evidence import Evidence
from harvester.domains.extraction import evidence_in, extract, read_as
from harvester.domains.hosts import parse_domain
from harvester.domains.normalise import Folded
from harvester.domains.scan import DISGUISED, signs_of
from harvester.domains.verdict import HELD_CONFIDENCE, RULES, judge
from harvester.domains.words import SENTENCE_WORDS
from harvester.model import SHOWN_CONFIDENCE, Mention


class Opinion(Struct, frozen=True):
    """What one rule said of a candidate; a rule that has nothing to say has no confidence."""

    rule: str
    confidence: float | None
    reason: str


class Account(Struct, frozen=True):
    """One candidate, what was made of it, and why."""

    text: str
    """As it stands in the text, folded."""
    host: str
    domain_name: str | None
    """None where the host is none that can be registered."""
    dots: tuple[str, ...]
    """What stands between its labels."""
    opinions: list[Opinion]
    """Of each rule that was asked, in order; the last of them decided."""
    confidence: float
    outcome: str
    """`shown`, `held` or `dropped`."""


class Explanation(Struct, frozen=True):
    """The way of one text through the extractor."""

    text: str
    folded: str
    """The text as it was read: without disguise of its letters."""
    signs: str
    """`none`, `plain`, `disguised`, or `plain and disguised`."""
    dots: list[str]
    """What may stand for a dot, with its kind."""
    candidates: list[Account]


def explain(text: str) -> Explanation:
    """Tell how a text was read, candidate by candidate and rule by rule.

    >>> [account.outcome for account in explain("see glow.shop, great.so happy").candidates]
    ['shown', 'dropped']
    """
    signs = signs_of(text)
    folded = read_as(text)
    read = folded.text
    accounts = list(_accounts(folded, text, is_disguised=signs >= DISGUISED)) if signs else []
    mentions = extract(text)
    accounts = [_beside_others(account, mentions) for account in accounts]
    dots = [f"{read[dot.start : dot.end]!r} {dot.kind}" for dot in find_dots(read)]
    return Explanation(text, read, _SIGNS[signs], dots, accounts)


_SIGNS = ("none", "plain", "disguised", "plain and disguised")


def _accounts(folded: Folded, original: str, *, is_disguised: bool) -> Iterator[Account]:
    text = folded.text
    seen: list[tuple[int, int]] = []
    for evidence, start, end, _ in evidence_in(folded, original, is_disguised=is_disguised):
        seen.append((start, end))
        yield _account(evidence, text[start:end])
    for candidate in find_candidates(text):
        is_seen = any(start < candidate.end and candidate.start < end for start, end in seen)
        if not is_seen:
            yield _passed_over(candidate, text)


def _account(evidence: Evidence, written: str) -> Account:
    opinions: list[Opinion] = []
    for rule in RULES:
        verdict = rule(evidence)
        name = rule.__name__.strip("_").replace("_", " ")
        opinions.append(Opinion(name, verdict.confidence if verdict else None, verdict.reason if verdict else ""))
        if verdict is not None:
            break
    confidence = judge(evidence).confidence
    candidate, domain = evidence.candidate, evidence.host.domain
    return Account(
        written, candidate.host, domain.domain_name, candidate.kinds, opinions, confidence, _outcome(confidence)
    )


def _beside_others(account: Account, mentions: list[Mention]) -> Account:
    """Tell what the others of the same text change: a longer form hides a piece, another ending shows a name."""
    said = [mention.confidence for mention in mentions if mention.domain.domain_name == account.domain_name]
    if not said or account.outcome == "dropped" or account.confidence in said:
        return account
    confidence = said[0]
    opinion = (
        Opinion("piece", confidence, "the text writes a longer form of it, too")
        if confidence < account.confidence
        else Opinion("sibling", confidence, "the text names it with another ending, too")
    )
    return replace(account, opinions=[*account.opinions, opinion], confidence=confidence, outcome=_outcome(confidence))


def _passed_over(candidate: Candidate, text: str) -> Account:
    domain = parse_domain(candidate.host)
    if domain and is_of_person(text, candidate.start, candidate.end):
        opinion = Opinion("address of a person", 0, "part of an e-mail address or a handle")
    elif domain and candidate.labels[0].lower() in SENTENCE_WORDS:
        opinion = Opinion("sentences", 0, "a word of every day, a full stop, another word")
    elif domain:
        opinion = Opinion("part", 0, "part of the address before it, or of a host that was put together")
    else:
        opinion = Opinion("host name", 0, "no host name, or a suffix under which nobody can register this name")
    written = text[candidate.start : candidate.end]
    name = domain.domain_name if domain else None
    return Account(written, candidate.host, name, candidate.kinds, [opinion], 0, "dropped")


def _outcome(confidence: float) -> str:
    return "shown" if confidence >= SHOWN_CONFIDENCE else "held" if confidence >= HELD_CONFIDENCE else "dropped"
