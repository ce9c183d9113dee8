"""The way of a text through the room: fold, find, split, judge, and back to the original's code points."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Final

from msgspec.structs import replace

from harvester.domains import traits
from harvester.domains.addresses import PATH_SIGNS, Scheme, ends_in_www, path_at, scheme_before
from harvester.domains.backwards import find_backwards
from harvester.domains.candidates import Candidate, find_candidates, find_plain_candidates
from harvester.domains.dots import Kind
from harvester.domains.evidence import Evidence
from harvester.domains.forms import BACKWARDS, HINTED, SPACED_OUT, forms_of
from harvester.domains.hints import STAR_HINTS, says
from harvester.domains.hosts import Host, host_of
from harvester.domains.joining import join_broken
from harvester.domains.normalise import Folded, fold, leave_out_stars
from harvester.domains.scan import DISGUISED, signs_in, signs_of
from harvester.domains.spaced import find_spaced
from harvester.domains.verdict import HELD_CONFIDENCE, judge
from harvester.domains.vocabulary import is_word
from harvester.model import SHOWN_CONFIDENCE, Mention

EXTRACTOR_VERSION: Final = "2026.11.19"
"""Changes whenever the same text may give other mentions."""

_SURROUNDINGS: Final = 80
"""Code points on each side of a host that the verdict may look at."""

_WORD_BEFORE: Final = re.compile(r"([0-9A-Za-z]+) \Z")
_SHORTEST_SIBLING: Final = 6
"""Letters of a name that is no accident with another ending."""
_MOST_COMPARED: Final = 20
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
    signed = sorted(signs_in(texts), key=itemgetter(1))
    # One step for all of them, then the next: the processor has its code at hand.
    folded = [read_as(texts[place]) for place, _ in signed]
    seen = [
        evidence_in(each, texts[place], is_disguised=signs >= DISGUISED)
        for each, (place, signs) in zip(folded, signed, strict=True)
    ]
    for (place, _), each, evidence in zip(signed, folded, seen, strict=True):
        found[place] = _mentions(texts[place], each, evidence)
    return found


def read(text: str, *, is_disguised: bool) -> list[Mention]:
    """Find the mentions of a text that shows a sign; one without disguises has a shorter way, to the same end."""
    folded = read_as(text)
    return _mentions(text, folded, evidence_in(folded, text, is_disguised=is_disguised))


def _mentions(text: str, folded: Folded, found: Iterable[Found]) -> list[Mention]:
    mentions: list[Mention] = []
    for evidence, start, end, url in found:
        confidence = judge(evidence).confidence
        if confidence >= HELD_CONFIDENCE:
            first, last = folded.span(start, end) if folded.positions else (start, end)
            written = text[first:last]
            meant = folded.text[start:end]
            method = _method(evidence, is_changed=written != meant and written.replace("*", "") != meant)
            mentions.append(Mention(evidence.host.domain, written, first, last, confidence, method, url))
    if len(mentions) < 2:
        return mentions
    mentions.sort(key=lambda mention: (mention.start, mention.end))
    return [_compared(mention, text, mentions) for mention in mentions]


def read_as(text: str) -> Folded:
    """Fold a text; without its stars, where it says that they are to be deleted."""
    folded = fold(text)
    if "*" in text and says(STAR_HINTS, text):
        return leave_out_stars(folded)
    return folded


def _compared(mention: Mention, text: str, others: list[Mention]) -> Mention:
    """Give a mention as the others beside it let it be seen.

    Shown is `velmora.is` where the same text shows `velmora.se`: it is the same name. Held is `produkt.de` after
    "top " where the same text writes `top-produkt.de`: it is only a piece.
    """
    if mention.confidence < SHOWN_CONFIDENCE:
        return replace(mention, confidence=0.6) if _has_sibling(mention, others) else mention
    word = _WORD_BEFORE.search(text[max(mention.start - 30, 0) : mention.start])
    if word is None:
        return mention
    whole = f"{word[1].lower()}-{mention.domain.domain_name}"
    is_piece = any(other.domain.domain_name == whole for other in others[:_MOST_COMPARED])
    return replace(mention, confidence=0.3) if is_piece else mention


def _has_sibling(mention: Mention, others: list[Mention]) -> bool:
    name = _name_of(mention)
    if len(name) < _SHORTEST_SIBLING or is_word(name):
        return False
    return any(other.confidence >= SHOWN_CONFIDENCE and _name_of(other) == name for other in others[:_MOST_COMPARED])


def _name_of(mention: Mention) -> str:
    return mention.domain.registrable_domain.partition(".")[0]


Found = tuple[Evidence, int, int, str | None]
"""What is known of a candidate, the span of its mention in the folded text, and its address."""


def evidence_in(folded: Folded, original: str, *, is_disguised: bool) -> list[Found]:
    """Gather what is known of each candidate that splits; nothing inside the path of an address before."""
    text = folded.text
    seen: list[Found] = []
    hints = traits.MAY_BE_HINTED
    if is_disguised:
        forms = forms_of(text)
        if forms & (SPACED_OUT | BACKWARDS):
            seen += _in_other_order(text, forms)
        hints = traits.MAY_BE_HINTED if forms & HINTED else 0
        candidates = find_candidates(text, forms)
    else:
        candidates = find_plain_candidates(text)
    if not candidates:
        return seen
    spaced_out = [(start, end) for _, start, end, _ in seen] if seen else []
    claimed = 0
    has_slash = "/" in text or "\\" in text
    for whole in _whole(text, candidates, may_be_hinted=hints != 0):
        start, end = whole.start, whole.end
        if start < claimed or (spaced_out and _overlaps(whole, spaced_out)):
            continue
        host = whole.known_host or host_of(whole.labels)
        if host is None:
            continue
        after = text[end : end + _SURROUNDINGS]
        path, claimed = "", end
        may_be_apart = is_disguised and _is_torn(whole)
        if may_be_apart or after[:1] in PATH_SIGNS:
            path, claimed = path_at(text, end, may_be_apart=may_be_apart)
        scheme = scheme_before(text, start) if has_slash else None
        outer = scheme.start if scheme else start
        before = text[outer - _SURROUNDINGS if outer > _SURROUNDINGS else 0 : outer]
        is_www = whole.labels[0].lower() == "www" or ends_in_www(before)
        prefix = "scheme" if scheme else "www" if is_www else ""
        manner = hints
        if folded.positions is not None and folded.is_restyled(original, start, end):
            manner |= traits.RESTYLED
        evidence = Evidence(whole, host, prefix, path, before, after, manner)
        url = _url(host, scheme, path) if scheme or path else None
        seen.append((evidence, outer, claimed if scheme else end, url))
    return seen


def _in_other_order(text: str, forms: int) -> Iterator[Found]:
    """Yield hosts whose letters do not stand side by side, from left to right."""
    if forms & SPACED_OUT:
        yield from _spaced_out(text)
    if forms & BACKWARDS:
        yield from _backwards(text)


def _overlaps(candidate: Candidate, spans: list[tuple[int, int]]) -> bool:
    return any(start < candidate.end and candidate.start < end for start, end in spans)


def _is_torn(candidate: Candidate) -> bool:
    return traits.of_kinds(candidate.kinds) & ~traits.BRACKETED != 0


def _whole(text: str, candidates: list[Candidate], *, may_be_hinted: bool) -> list[Candidate]:
    """Join what was torn apart; a piece that a later host took in is no host of its own."""
    if len(candidates) == 1:
        return [join_broken(text, candidates[0], len(text) if may_be_hinted else 0)]
    found: list[Candidate] = []
    for place, candidate in enumerate(candidates, 1):
        upcoming = candidates[place].start if place < len(candidates) else len(text)
        whole = join_broken(text, candidate, upcoming if may_be_hinted else 0)
        while found and found[-1].start >= whole.start:
            found.pop()
        found.append(whole)
    return found


def _url(host: Host, scheme: Scheme | None, path: str) -> str:
    www = "www." if host.labels[0].lower() == "www" else ""
    address = f"{www}{host.domain.domain_name}{path}"
    return f"{scheme.name}://{address}" if scheme else address


def _spaced_out(text: str) -> Iterator[Found]:
    for spaced in find_spaced(text):
        labels = tuple(spaced.host.split("."))
        host = host_of(labels)
        if host is None:
            continue
        kinds: tuple[Kind, ...] = tuple("spaced" for _ in labels[1:])
        candidate = Candidate(labels, spaced.start, spaced.end, kinds)
        path, path_end = path_at(text, spaced.end, may_be_apart=True)
        prefix = "scheme" if spaced.has_scheme else "www" if spaced.start > spaced.outer_start else ""
        before = text[max(spaced.outer_start - _SURROUNDINGS, 0) : spaced.outer_start]
        after = text[spaced.end : spaced.end + _SURROUNDINGS]
        evidence = Evidence(candidate, host, prefix, path, before, after, traits.MAY_BE_HINTED | traits.SPELLED_OUT)
        scheme = Scheme("http", spaced.outer_start) if spaced.has_scheme else None
        end = path_end if scheme else spaced.end
        yield evidence, spaced.outer_start, end, _url(host, scheme, path) if scheme or path else None


def _backwards(text: str) -> Iterator[Found]:
    for candidate in find_backwards(text):
        host = host_of(candidate.labels)
        if host is not None:
            start, end = candidate.start, candidate.end
            before = text[max(start - _SURROUNDINGS, 0) : start]
            after = text[end : end + _SURROUNDINGS]
            yield Evidence(candidate, host, "", "", before, after, traits.MAY_BE_HINTED), start, end, None


_ODD_WAYS: Final = traits.REVERSED | traits.OTHER_SIGNS | traits.MIXED


def _method(evidence: Evidence, *, is_changed: bool) -> str:
    """Name the way of writing, the rarest first."""
    way: str | None = ""
    if evidence.traits & _ODD_WAYS:
        if evidence.candidate.is_reversed:
            return "reversed"
        way = "" if evidence.has_only_dots else _way_of_dots(evidence)
        if way:
            return way
        if evidence.traits & traits.MIXED:
            return "homoglyph"
    if way is None or is_changed:
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


_SPACED: Final = frozenset({"spaced", "wrapped", "comma", "double"})
