"""The way of a text through the room: fold, find, split, judge, and back to the original's code points."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec.structs import replace

from harvester.domains.addresses import Scheme, ends_in_www, path_at, scheme_before
from harvester.domains.backwards import find_backwards
from harvester.domains.candidates import Candidate, find_candidates, find_plain_candidates
from harvester.domains.dots import Kind
from harvester.domains.evidence import Evidence, Manner, gather
from harvester.domains.hints import STAR_HINTS, says
from harvester.domains.joining import join_broken
from harvester.domains.normalise import Folded, fold, leave_out_stars, normalise_host
from harvester.domains.registrable import split
from harvester.domains.scan import DISGUISED, signs_in, signs_of
from harvester.domains.spaced import find_spaced
from harvester.domains.verdict import HELD_CONFIDENCE, has_mixed_scripts, judge
from harvester.model import Domain, Mention

EXTRACTOR_VERSION = "2026.11.7"
"""Changes whenever the same text may give other mentions."""

_SURROUNDINGS = 80
"""Code points on each side of a host that the verdict may look at."""

_WORD_BEFORE = re.compile(r"([0-9A-Za-z]+) \Z")
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
    signs = signs_of(text)
    return read(text, is_disguised=signs >= DISGUISED) if signs else []


def extract_batch(texts: Sequence[str]) -> list[Sequence[Mention]]:
    """Find every domain in each of many texts: what `extract` gives for it, sooner.

    Most texts have no sign of a domain, and telling so for all of them at once costs least; about a thousand
    at a time is best.

    >>> [[mention.text for mention in mentions] for mentions in extract_batch(["no", "see glow.shop", "hi."])]
    [[], ['glow.shop'], []]
    """
    # A list for each text that names nothing would keep the garbage collector busy.
    found: list[Sequence[Mention]] = [()] * len(texts)
    for place, signs in signs_in(texts):
        found[place] = read(texts[place], is_disguised=signs >= DISGUISED)
    return found


def read(text: str, *, is_disguised: bool) -> list[Mention]:
    """Find the mentions of a text that shows a sign; one without disguises has a shorter way, to the same end."""
    folded = read_as(text)
    mentions: list[Mention] = []
    for evidence, start, end, url in evidence_in(folded, text, is_disguised=is_disguised):
        verdict = judge(evidence)
        if verdict.confidence >= HELD_CONFIDENCE:
            first, last = folded.span(start, end)
            written = text[first:last]
            method = _method(evidence, folded, written)
            mentions.append(Mention(evidence.domain, written, first, last, verdict.confidence, method, url))
    if len(mentions) < 2:
        return mentions
    mentions.sort(key=lambda mention: (mention.start, mention.end))
    return [_doubted(mention, text, mentions) for mention in mentions]


def read_as(text: str) -> Folded:
    """Fold a text; without its stars, where it says that they are to be deleted."""
    folded = fold(text)
    if "*" in text and says(STAR_HINTS, text):
        return leave_out_stars(folded)
    return folded


@lru_cache(maxsize=16_384)
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
    if word is None:
        return mention
    whole = f"{word[1].lower()}-{mention.domain.domain_name}"
    is_piece = any(other.domain.domain_name == whole for other in others[:_MOST_COMPARED])
    return replace(mention, confidence=0.3) if is_piece else mention


Found = tuple[Evidence, int, int, str | None]
"""What is known of a candidate, the span of its mention in the folded text, and its address."""


def evidence_in(folded: Folded, original: str, *, is_disguised: bool) -> Iterator[Found]:
    """Gather what is known of each candidate that splits; nothing inside the path of an address before."""
    text = folded.text
    spaced_out: list[tuple[int, int]] = []
    if is_disguised:
        for found in (*_spaced_out(text), *_backwards(text)):
            spaced_out.append((found[1], found[2]))
            yield found
    claimed = 0
    for whole in _whole(text, find_candidates(text) if is_disguised else find_plain_candidates(text)):
        if whole.start < claimed or (spaced_out and _overlaps(whole, spaced_out)):
            continue
        domain = parse_domain(".".join(whole.labels))
        if domain is None:
            continue
        end = whole.end
        path, path_end = path_at(text, end, may_be_apart=is_disguised and _is_torn(whole))
        scheme = scheme_before(text, whole.start)
        outer = scheme.start if scheme else whole.start
        before = text[outer - _SURROUNDINGS if outer > _SURROUNDINGS else 0 : outer]
        has_www = whole.labels[0].lower() == "www" or ends_in_www(before)
        prefix = "scheme" if scheme else "www" if has_www else ""
        after = text[end : end + _SURROUNDINGS]
        manner: Manner = "restyled" if folded.is_restyled(original, whole.start, end) else ""
        evidence = gather(whole, domain, prefix, path, before, after, manner)
        claimed = max(end, path_end)
        yield evidence, outer, path_end if scheme else whole.end, _url(domain, whole, scheme, path)


def _overlaps(candidate: Candidate, spans: list[tuple[int, int]]) -> bool:
    return any(start < candidate.end and candidate.start < end for start, end in spans)


def _is_torn(candidate: Candidate) -> bool:
    return not set(candidate.kinds) <= {"dot", "bracketed"}


def _whole(text: str, candidates: Iterator[Candidate]) -> list[Candidate]:
    """Join what was torn apart; a piece that a later host took in is no host of its own."""
    found: list[Candidate] = []
    for candidate in candidates:
        whole = join_broken(text, candidate)
        while found and found[-1].start >= whole.start:
            found.pop()
        found.append(whole)
    return found


def _url(domain: Domain, candidate: Candidate, scheme: Scheme | None, path: str) -> str | None:
    if not scheme and not path:
        return None
    www = "www." if candidate.labels[0].lower() == "www" else ""
    return f"{scheme.name}://{www}{domain.domain_name}{path}" if scheme else f"{www}{domain.domain_name}{path}"


def _spaced_out(text: str) -> Iterator[Found]:
    for spaced in find_spaced(text):
        domain = parse_domain(spaced.host)
        if domain is None:
            continue
        labels = tuple(spaced.host.split("."))
        kinds: tuple[Kind, ...] = tuple("spaced" for _ in labels[1:])
        candidate = Candidate(labels, spaced.start, spaced.end, kinds)
        path, path_end = path_at(text, spaced.end, may_be_apart=True)
        prefix = "scheme" if spaced.has_scheme else "www" if spaced.start > spaced.outer_start else ""
        before = text[max(spaced.outer_start - _SURROUNDINGS, 0) : spaced.outer_start]
        after = text[spaced.end : spaced.end + _SURROUNDINGS]
        evidence = gather(candidate, domain, prefix, path, before, after, "spelled_out")
        scheme = Scheme("http", spaced.outer_start) if spaced.has_scheme else None
        end = path_end if scheme else spaced.end
        yield evidence, spaced.outer_start, end, _url(domain, candidate, scheme, path)


def _backwards(text: str) -> Iterator[Found]:
    for candidate in find_backwards(text):
        domain = parse_domain(candidate.host)
        if domain is not None:
            start, end = candidate.start, candidate.end
            before = text[max(start - _SURROUNDINGS, 0) : start]
            yield gather(candidate, domain, "", "", before, text[end : end + _SURROUNDINGS]), start, end, None


def _method(evidence: Evidence, folded: Folded, written: str) -> str:
    """Name the way of writing, the rarest first."""
    if evidence.candidate.is_reversed:
        return "reversed"
    way = "" if evidence.has_only_dots else _way_of_dots(evidence)
    if way:
        return way
    if not evidence.domain.unicode_name.isascii() and has_mixed_scripts(evidence.domain.unicode_name):
        return "homoglyph"
    if way is None or (folded.positions is not None and written != fold(written).text):
        return "unicode"
    return "url" if evidence.prefix == "scheme" else "bare"


def _way_of_dots(evidence: Evidence) -> str | None:
    """Name the way in which a dot is written; None where it is but another mark."""
    kinds = evidence.kinds
    if "word" in kinds:
        return "dot_word"
    if "bracketed" in kinds:
        return "bracketed"
    return "spaced" if evidence.is_spelled_out or not _SPACED.isdisjoint(kinds) else None


_SPACED = frozenset({"spaced", "wrapped", "comma", "double"})
