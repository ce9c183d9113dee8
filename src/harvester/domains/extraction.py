"""The way of a text through the room: fold, find, split, judge, and back to the original's code points."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from harvester.domains.addresses import Scheme, ends_in_www, find_schemes, path_at
from harvester.domains.candidates import Candidate, Label, find_candidates
from harvester.domains.dots import Kind
from harvester.domains.evidence import Evidence
from harvester.domains.joining import join_broken
from harvester.domains.normalise import Folded, fold, normalise_host
from harvester.domains.registrable import split
from harvester.domains.signs import has_sign, has_spoken_sign, may_need_folding, places_to_read
from harvester.domains.spaced import find_spaced
from harvester.domains.verdict import HELD_CONFIDENCE, has_mixed_scripts, judge
from harvester.model import Domain, Mention

EXTRACTOR_VERSION = "2026.11.1"
"""Changes whenever the same text may give other mentions."""

_SURROUNDINGS = 80
"""Code points on each side of a host that the verdict may look at."""

_WORD_BEFORE = re.compile(r"([0-9A-Za-z]+) $")
_MOST_COMPARED = 20
"""Mentions of one text that are looked through for a longer form: keeps the time linear."""


def extract(text: str) -> list[Mention]:
    """Find every domain in a text, shown and held, in order of start; a mention for each occurrence.

    Takes any string, never raises, and works in time linear to its length. A mention spans the whole
    address where a scheme is written, else the host alone. Its `url` is None where nothing but a host was
    written; else the address rebuilt: `hxxp` as `http`, the host plain, the path as written.

    >>> [(m.domain.domain_name, m.text, m.method) for m in extract("go to glow (dot) shop/win today")]
    [('glow.shop', 'glow (dot) shop', 'bracketed')]
    >>> extract("this is great.so happy")
    []
    """
    return _extract(text) if may_need_folding(text) or has_spoken_sign(text) else []


def _extract(text: str) -> list[Mention]:
    """The mentions of a text that passed the first look."""
    folded = fold(text)
    if not has_sign(folded.text):
        return []
    mentions: list[Mention] = []
    for evidence, start, end, url in _evidence(folded.text):
        verdict = judge(evidence)
        if verdict.confidence >= HELD_CONFIDENCE:
            first, last = folded.span(start, end)
            written = text[first:last]
            method = _method(evidence, folded, written)
            mentions.append(Mention(evidence.domain, written, first, last, verdict.confidence, method, url))
    mentions.sort(key=lambda mention: (mention.start, mention.end))
    return [_doubted(mention, text, mentions) for mention in mentions]


def extract_all(texts: Sequence[str]) -> list[list[Mention]]:
    """Find every domain in each of many texts: what `extract` gives for it, sooner.

    Most texts have no sign of a domain, and telling so for all of them at once costs least.

    >>> [[mention.text for mention in mentions] for mentions in extract_all(["no", "see glow.shop", "hi."])]
    [[], ['glow.shop'], []]
    """
    found: list[list[Mention]] = [[] for _ in texts]
    for place in places_to_read(texts):
        found[place] = _extract(texts[place])
    return found


def parse_domain(host: str) -> Domain | None:
    """Normalise and split any text that is a host and nothing else; None where it names no domain.

    >>> parse_domain("WWW.Bücher.example.CO.UK").domain_name
    'xn--bcher-kva.example.co.uk'
    >>> parse_domain("no domain") is None
    True
    """
    name = normalise_host(host)
    return split(name) if name else None


def _doubted(mention: Mention, text: str, others: list[Mention]) -> Mention:
    """Hold `produkt.de` after "top " where the same text writes `top-produkt.de`: it is only a piece."""
    word = _WORD_BEFORE.search(text[max(mention.start - 30, 0) : mention.start])
    if word is None or len(others) < 2:
        return mention
    whole = f"{word[1].lower()}-{mention.domain.domain_name}"
    is_piece = any(other.domain.domain_name == whole for other in others[:_MOST_COMPARED])
    return replace(mention, confidence=0.3) if is_piece else mention


Found = tuple[Evidence, int, int, str | None]
"""What is known of a candidate, the span of its mention in the folded text, and its address."""


def _evidence(text: str) -> Iterator[Found]:
    """Gather what is known of each candidate that splits; nothing inside the path of an address before."""
    spaced_out: list[tuple[int, int]] = []
    for found in _spaced_out(text):
        spaced_out.append((found[1], found[2]))
        yield found
    schemes = find_schemes(text)
    claimed = 0
    for whole in _whole(text, schemes):
        if whole.start < claimed or any(start < whole.end and whole.start < end for start, end in spaced_out):
            continue
        domain = parse_domain(whole.host)
        if domain is None:
            continue
        is_torn = not set(whole.kinds) <= {"dot", "bracketed"}
        path, path_end = path_at(text, whole.end, may_be_apart=is_torn)
        scheme = schemes.get(whole.start)
        outer = scheme.start if scheme else whole.start
        before = text[max(outer - _SURROUNDINGS, 0) : outer]
        has_www = whole.labels[0].text.lower() == "www" or ends_in_www(before)
        prefix = "scheme" if scheme else "www" if has_www else ""
        evidence = Evidence(whole, domain, prefix, path, before, text[whole.end : whole.end + _SURROUNDINGS])
        claimed = max(path_end, whole.end)
        yield evidence, outer, path_end if scheme else whole.end, _url(domain, whole, scheme, path)


def _whole(text: str, schemes: dict[int, Scheme]) -> list[Candidate]:
    """Join what was torn apart; a piece that a later host took in is no host of its own."""
    found: list[Candidate] = []
    for candidate in find_candidates(text):
        whole = join_broken(text, candidate, schemes)
        while found and found[-1].start >= whole.start:
            found.pop()
        found.append(whole)
    return found


def _url(domain: Domain, candidate: Candidate, scheme: Scheme | None, path: str) -> str | None:
    if not scheme and not path:
        return None
    www = "www." if candidate.labels[0].text.lower() == "www" else ""
    return f"{scheme.name}://{www}{domain.domain_name}{path}" if scheme else f"{www}{domain.domain_name}{path}"


def _spaced_out(text: str) -> Iterator[Found]:
    for spaced in find_spaced(text):
        domain = parse_domain(spaced.host)
        if domain is None:
            continue
        labels = tuple(Label(name, spaced.start, spaced.end) for name in spaced.host.split("."))
        kinds: tuple[Kind, ...] = tuple("spaced" for _ in labels[1:])
        candidate = Candidate(labels, kinds)
        path, path_end = path_at(text, spaced.end, may_be_apart=True)
        prefix = "scheme" if spaced.has_scheme else "www" if spaced.start > spaced.outer_start else ""
        before = text[max(spaced.outer_start - _SURROUNDINGS, 0) : spaced.outer_start]
        after = text[spaced.end : spaced.end + _SURROUNDINGS]
        evidence = Evidence(candidate, domain, prefix, path, before, after, is_spelled_out=True)
        scheme = Scheme("http", spaced.outer_start) if spaced.has_scheme else None
        end = path_end if scheme else spaced.end
        yield evidence, spaced.outer_start, end, _url(domain, candidate, scheme, path)


def _method(evidence: Evidence, folded: Folded, written: str) -> str:
    """Name the way of writing, the rarest first."""
    kinds = set(evidence.kinds)
    if "word" in kinds:
        return "dot_word"
    if "bracketed" in kinds:
        return "bracketed"
    if evidence.is_spelled_out or kinds & {"spaced", "wrapped", "comma", "double"}:
        return "spaced"
    if has_mixed_scripts(evidence.domain.unicode_name):
        return "homoglyph"
    if "bullet" in kinds or (folded.positions is not None and written != fold(written).text):
        return "unicode"
    return "url" if evidence.prefix == "scheme" else "bare"
