"""Which of many texts may name a domain at all: one linear pass over all of them, joined, decided on bytes.

Most comments have nothing like a dot before an ending. Two patterns tell the others: `PLAIN` finds a full stop
right before an ending, `DISGUISED` whatever else may stand for one. They may say yes too often; where they say
no there is no host. Both are patterns of UTF-8 bytes, so that RE2 (github.com/google/re2), where it is
installed, and `re` find the same by construction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from typing import Any, Final

import idna

from harvester.domains.endings import BACKWARDS, FREE, KNOWN_HOSTS, SAFE
from harvester.domains.letters import (
    BULLETS,
    EMOJI,
    FULL_STOPS,
    INVISIBLE,
    JOINERS,
    LOOKALIKES,
    MARKS,
    SPACE,
    STROKES,
    STYLED,
    ranges,
)
from harvester.domains.registrable import top_level_domains
from harvester.domains.words import COM_SPELLINGS, DOT_WORDS, UNSPACED_DOT_WORDS

try:
    import re2
except ImportError:
    re2 = None
HAS_RE2: Final = re2 is not None

PLAIN, DISGUISED = 1, 2
"""What a text may hold: a host written with full stops alone, or one written in any other way."""

_SPELLED: Final = (
    rb"c_{1,4}[o0]_{0,4}m|c_{0,4}[o0]_{1,4}m|n_{1,4}e_{0,4}t|n_{0,4}e_{1,4}t|o_{1,4}r_{0,4}g|o_{0,4}r_{1,4}g"
)
"""Endings with spaces inside; `_` stands for one space."""

_BOUNDARY: Final = rb"(?:[^0-9A-Za-z_\xc3-\xc9\xe1]|\xc3[\x97\xb7])"
"""What may follow an ending: no letter of a script that has small and capital Latin letters."""

_MEMORY: Final = 128 << 20
"""Bytes that RE2 may use for its automaton: a quarter does not hold the endings, and is ten times as slow."""


def signs_in(texts: Sequence[str]) -> Iterable[tuple[int, int]]:
    """Give the place of each text that may name a domain, in order, with `PLAIN`, `DISGUISED` or their sum.

    >>> list(signs_in(["nothing here", "name dot com", "well. So", "glow.shop", "a.com b[.]com"]))
    [(1, 2), (3, 1), (4, 3)]
    """
    data = "\0".join(["", *texts, ""]).encode("utf-8", "surrogatepass")
    plain, disguised = finders()
    # Each end with its sign as one number, which are sorted sooner than pairs.
    ends = [end << 2 | PLAIN for end in ends_of(data, plain)]
    ends += [end << 2 | DISGUISED for end in ends_of(data, disguised)]
    ends.sort()
    found: dict[int, int] = {}
    place, counted = -1, 0
    for signed in ends:
        end = signed >> 2
        place += data.count(0, counted, end)
        counted = end
        found[place] = found.get(place, 0) | (signed & 3)
    if place + data.count(0, counted) != len(texts):
        return signs_in([text.replace("\0", " ") for text in texts])
    return found.items()


Finder = Callable[[bytes, int, int], Sequence[tuple[int, int]]]
"""Gives the span of the next match in some bytes, between two places, as the first of a list; -1 and -1 for none."""


def ends_of(data: bytes, find: Finder) -> list[int]:
    """Give the last byte of the first match of each text; it may be the byte between that and the next text."""
    ends: list[int] = []
    place, size = 0, len(data)
    while (end := find(data, place, size)[0][1]) > 0:
        ends.append(end - 1)
        place = data.find(0, end - 1)
        if place < 0:
            break
    return ends


def signs_of(text: str) -> int:
    """Give `PLAIN`, `DISGUISED`, their sum, or 0: what `signs_in` says of one text, sooner.

    >>> signs_of("a.com b[.]com"), signs_of("nothing here")
    (3, 0)
    """
    plain_text = text.replace("\0", " ")
    data = f"\0{plain_text}\0".encode("utf-8", "surrogatepass")
    if not HAS_RE2:
        plain, disguised = patterns()
        return (PLAIN if plain.search(data) else 0) | (DISGUISED if disguised.search(data) else 0)
    return sum([1 << number for number in _both()(data)])


@cache
def _both() -> Callable[[bytes], Iterable[int]]:
    return together([_plain(), _disguised()])


def together(expressions: Iterable[bytes]) -> Callable[[bytes], Iterable[int]]:
    """Build one automaton of RE2 that tells by their numbers which of some expressions match some bytes."""
    automaton = re2.Set.SearchSet(_options())
    for expression in expressions:
        automaton.Add(expression)
    automaton.Compile()
    try:
        # Below google-re2's wrapper, as `_finder` does.
        match: Callable[[bytes], Iterable[int]] = automaton._set.Match  # noqa: SLF001
    except AttributeError:
        return lambda data: automaton.Match(data) or ()
    return match


@cache
def patterns(*, with_re2: bool = HAS_RE2) -> tuple[Any, Any]:
    """Build both patterns, for RE2 or for `re`: the same expressions, the same matches."""
    if not with_re2:
        return re.compile(_plain()), re.compile(_disguised())
    return re2.compile(_plain(), _options()), re2.compile(_disguised(), _options())


@cache
def finders(*, with_re2: bool = HAS_RE2) -> tuple[Finder, Finder]:
    """Give what finds the matches of both patterns."""
    plain, disguised = patterns(with_re2=with_re2)
    return _finder(plain), _finder(disguised)


def _finder(pattern: Any) -> Finder:
    """Take RE2's own search, where it is found: what google-re2 wraps around it costs three times as much."""
    try:
        return partial(pattern._regexp.Match, re2._Anchor.UNANCHORED)  # noqa: SLF001
    except AttributeError:
        return partial(next_span, pattern)


def next_span(pattern: Any, data: bytes, start: int, end: int) -> Sequence[tuple[int, int]]:
    """Find by what both engines have: a `Finder`, once it has its pattern."""
    match = pattern.search(data, start, end)
    return [match.span() if match else (-1, -1)]


def _options() -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.never_capture = True
    options.max_mem = _MEMORY
    return options


def _plain() -> bytes:
    return rb"\.(?:%b)" % _ending(top_level_domains())


def _disguised() -> bytes:
    parts = _parts()
    return b"|".join(form % parts for form in _FORMS)


def _parts() -> dict[bytes, bytes]:
    """What the forms are made of, by letter."""
    space, endings = any_of(SPACE), top_level_domains()
    words = [form for word in DOT_WORDS for form in (word, word.upper(), word.title())]
    known = [host.rpartition(".") for host in sorted(KNOWN_HOSTS)]
    wordy = [(name, ending) for name, _, ending in known if ending not in SAFE | FREE]
    return {
        b"s": space,
        b"b": _BOUNDARY,
        b"e": _ending(endings),
        b"n": "|".join(sorted(endings)).encode(),
        b"f": _ending(name for name in endings if name in SAFE or name in FREE or name.startswith("xn--")),
        b"l": rb"(?i:%b)%b" % (_SPELLED.replace(b"_", space), _BOUNDARY),
        b"k": b"|".join(rb"%b\.%b{1,4}%b" % (_literal(name), space, _literal(ending)) for name, ending in wordy),
        b"w": _either(words),
        b"u": _either(UNSPACED_DOT_WORDS),
        b"m": any_of(BULLETS + FULL_STOPS),
        b"r": "|".join(ending[::-1] for ending in BACKWARDS).encode(),
        b"j": any_of(EMOJI),
        b"x": any_of("".join(map(chr, LOOKALIKES))),
        b"o": any_of("[({<«【「『〔《（［｛"),
        b"c": any_of("])}>»】」』〕》）］｝"),
        b"q": any_of("\"'“”‘’*~|`"),
        b"t": any_of(STYLED),
        b"i": any_of(INVISIBLE + JOINERS + STROKES),
        b"a": any_of(MARKS),
    }


_FORMS: Final = (
    # A full stop with spaces: `name .com`, `name . com`, `name. com`; the last only before an ending that is no
    # word, or a path.
    rb"%(s)b\.(?:%(e)b)",
    rb"%(s)b\.%(s)b{1,4}(?:%(e)b)",
    rb"\.%(s)b{1,4}(?:%(f)b)",
    rb"\.%(s)b{1,4}(?i:%(n)b)[/\\]",
    rb"(?i:co|blogspot)\.%(s)b{1,4}(?:%(e)b)",
    rb"[^0-9A-Za-z_-](?:%(k)b)%(b)b",
    rb"\.%(s)b{0,4}(?:%(l)b)",
    rb"\.%(s)b{1,3}[A-Za-z]%(s)b[A-Za-z]%(b)b",
    rb"[0-9A-Za-z_\x80-\xff-]%(s)b{0,4}(?:\.\.|\.,|,\.)%(s)b{0,4}(?:%(e)b)",
    # A Latin name before an ending in letters that look like Latin ones, or in another dress.
    rb"[A-Za-z0-9]\.[A-Za-z]{0,5}(?:%(x)b|%(t)b)",
    # Brackets, quotation marks and hyphens around a dot or its word.
    rb"%(o)b%(s)b{0,2}(?:[.,]|%(m)b|%(w)b|%(u)b)",
    rb"\.%(o)b%(s)b?%(c)b|\.%(o)b%(s)b?(?i:com|net|org)%(s)b?%(c)b",
    rb"%(o)b%(s)b?%(c)b\.",
    rb"%(o)b%(s)b?%(c)b(?i:com|net|org)%(b)b",
    rb"(?i:%%2e|&\#0{0,4}46;|&\#x0{0,4}2e;|&period;)",
    rb"[-_=~/|*+:]%(s)b?(?:%(w)b)%(s)b?[-_=~/|*+:]",
    rb"%(q)b%(s)b?(?:\.|%(w)b)%(s)b?%(q)b|/\./",
    # The word, with spaces, glued to the ending, or of a script that puts no spaces.
    rb"%(s)b(?:%(w)b)%(s)b{1,4}(?:%(e)b|%(l)b)",
    rb"%(s)b(?:%(w)b|\.)%(s)b{0,4}[0-9A-Za-z-]+\.(?:%(e)b)",
    rb"(?i:dot[a-z]{2}|(?:punto|ponto|point|punkt|nokta)com%(b)b)",
    rb"(?:%(u)b)%(s)b{0,4}(?:%(e)b)",
    rb"(?:%(u)b)[0-9A-Za-z_\x80-\xff-]*\.(?:%(e)b)",
    # Marks in place of the dot.
    rb"%(m)b%(s)b{0,4}(?:%(e)b|%(l)b)",
    rb"%(m)b%(s)b{1,3}[A-Za-z]%(s)b[A-Za-z]%(b)b",
    rb"%(m)b\.|\.%(m)b",
    rb"%(j)b%(s)b?(?:%(f)b)",
    rb",%(s)b?(?i:com|net|c0m)%(b)b",
    rb"[0-9A-Za-z\x80-\xff],(?:%(f)b)",
    rb"[0-9A-Za-z\x80-\xff](?:[;:!']|\xe2\x80\x99|\xc2\xa6)(?i:com|net|org)%(b)b",
    # From the end to the start.
    rb"[^0-9A-Za-z.-](?i:%(r)b)\.[0-9A-Za-z]",
    # Letters in another dress, and what is not seen.
    rb"\.%(t)b",
    rb"%(t)b%(i)b{0,3}%(t)b|%(t)b %(t)b",
    rb"[0-9A-Za-z.\])} ]%(i)b",
    rb"[0-9A-Za-z.\x80-\xbf]%(a)b%(a)b|[\x80-\xbf]%(a)b",
    rb"%(i)b\.",
    rb"\xe2\x80\xae",
    rb"\xf0\x9f\x87[\xa6-\xbf](?: |%(i)b)%(s)b?\xf0\x9f\x87[\xa6-\xbf]",
    # A beginning that is spaced out.
    rb"(?i:w%(s)b{1,2}w%(s)b{0,2}w|w%(s)b{0,2}w%(s)b{1,2}w|www[ ,]|3x%(s)b{0,2}w)",
    rb"(?i:www)\.%(s)b{0,3}[0-9A-Za-z\x80-\xff-]+%(s)b{1,2}(?:%(f)b)",
    rb"(?i:h%(s)b{1,3}t%(s)b{0,3}t%(s)b{0,3}p|h%(s)b{0,3}t%(s)b{1,3}t%(s)b{0,3}p|h%(s)b{0,3}t%(s)b{0,3}t%(s)b{1,3}p)",
    rb"(?i:https?)%(s)b{0,3}[:;]?%(s)b{0,3}/%(s)b{1,3}/",
)
"""The disguises, as expressions of bytes: `%(s)b` is a space, `%(e)b` any ending, `%(f)b` one that is no word,
`%(l)b` one with spaces inside, `%(w)b` a word for the dot; `_parts` has the others.

A form begins with a mark or at the start of a word where it can: what may begin inside any word makes ordinary text
visit more states of the automaton than the processor's first cache holds, which costs up to a third of the time."""


def _ending(names: Iterable[str]) -> bytes:
    """Any of some top-level domains, and the disguises of them that `words` knows, at the end of a word."""
    latin = [name for name in names if not name.startswith("xn--")]
    national = [idna.decode(name) for name in top_level_domains() if name.startswith("xn--")]
    ascii_names = sorted([*latin, *(name for name in COM_SPELLINGS if name.isascii()), r"xn--[0-9a-z-]+"])
    others = [name for name in [*national, *COM_SPELLINGS] if not name.isascii()]
    others += [name.upper() for name in others]
    return rb"(?i:%b)%b|%b" % ("|".join(ascii_names).encode(), _BOUNDARY, _either(others))


def _either(words: Iterable[str]) -> bytes:
    """Any of some words; letters of ASCII in either case."""
    return b"|".join(sorted({_literal(word) for word in words}))


def _literal(word: str) -> bytes:
    return b"".join(
        rb"[%c%c]" % (letter.upper().encode(), letter.lower().encode()) if letter.isascii() and letter.isalpha()
        else literal(letter.encode())
        for letter in word
    )  # fmt: skip


def literal(data: bytes) -> bytes:
    """Write bytes as an expression that matches them alone."""
    return b"".join(b"\\x%02x" % byte for byte in data)


@cache
def any_of(characters: str) -> bytes:
    """Any of the characters in the inside of a character class, ranges included, as a group of byte sequences."""
    sequences = [sequence for first, last in ranges(characters) for sequence in _sequences(first, last)]
    return b"(?:%b)" % b"|".join(sequences)


def _sequences(first: int, last: int) -> list[bytes]:
    """Byte sequences that make up a range of code points in UTF-8 (RFC 3629), each a row of byte ranges."""
    for limit in (0x7F, 0x7FF, 0xFFFF):
        if first <= limit < last:
            return _sequences(first, limit) + _sequences(limit + 1, last)
    for shift in (6, 12, 18):
        mask = (1 << shift) - 1
        if (first >> shift) != (last >> shift) and last > 0x7F:
            if first & mask:
                return _sequences(first, first | mask) + _sequences((first | mask) + 1, last)
            if last & mask != mask:
                return _sequences(first, (last & ~mask) - 1) + _sequences(last & ~mask, last)
    low, high = (chr(code_point).encode("utf-8", "surrogatepass") for code_point in (first, last))
    return [
        b"".join(literal(bytes([a])) if a == b else rb"[%b-%b]" % (literal(bytes([a])), literal(bytes([b])))
                 for a, b in zip(low, high, strict=True))
    ]  # fmt: skip
