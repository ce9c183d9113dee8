"""Names that were torn apart before their first dot: by a line break, a hyphen, or by being several words."""

from __future__ import annotations

import re
from typing import Final

from harvester.domains.addresses import scheme_before
from harvester.domains.candidates import Candidate
from harvester.domains.dots import Kind
from harvester.domains.endings import KNOWN_HOSTS, PLAIN
from harvester.domains.hints import END_HINTS, says
from harvester.domains.letters import NAME
from harvester.domains.several import (
    INTRODUCTIONS,
    LATIN,
    LONGEST_PIECE,
    MOST_WORDS,
    NOUNS,
    with_first,
    with_words,
    word_before,
)
from harvester.domains.space_hints import SPACE_WORDS, tells_to_join
from harvester.domains.spaced import may_be_word
from harvester.domains.vocabulary import is_word
from harvester.domains.words import PLATFORMS, TELLING_WORDS

_LETTERS_BEFORE: Final = re.compile(rf"(?<![{NAME}])(?:[{NAME}]\s{{1,2}}){{2,40}}\Z")
_PIECE_BEFORE: Final = re.compile(r"(?<![^\W_])[^\W\d_]{2}\s\Z")
_LABELS_BEFORE: Final = re.compile(rf"(?<![{NAME}.])((?:[{NAME}]+\.)+)([{NAME}]+)\s\Z")
_ENDS_IN_NAME: Final = re.compile(r"[^\W_]\s?\Z")
_HYPHEN_AT_END: Final = re.compile(
    rf"(?<![{NAME}.@/])(?P<word>[0-9A-Za-z]{{2,}})"
    r"(?P<hyphen>\s-\s?|-\n|-\s|\s?[(\[{](?:dash|hyphen|minus|guion|tiret|strich|-)[)\]}]\s?)\Z",
    re.IGNORECASE,
)
_SEPARATOR: Final = re.compile(r":\s+|\n|\s{2,}|\s(?:-|–|—|>+|→|=>|👉|➡\ufe0f?)\s")
"""What may stand between a hint and the name that it is about."""
_CLOSING: Final = frozenset("\"'”’»“")
_OPENING: Final = {"”": "“", "’": "‘", "»": "«", "“": "„"}
_WORDS_TO_THE_END: Final = re.compile(r"(?:[0-9A-Za-z]+\s){1,5}\Z")
_BRACKETS: Final = frozenset(")]}")
_PARTS: Final = re.compile(r"[:()\n]")
_LONGEST_SAID: Final = 40
"""Code points of what is said before a name and stands apart from it."""
_LOOSE_DOT: Final = re.compile(rf"[{NAME}]\s\.\s\Z")
_LEADING_ALONE: Final = INTRODUCTIONS - NOUNS
_PLAIN_KINDS: Final = frozenset({"dot", "bullet", "comma"})
_SHORTEST_HINT: Final = min(map(len, SPACE_WORDS))
_LONGEST_LAST_PIECE: Final = 2
"""Letters that may stand together at the end of a name that is spelled out."""
_LONGEST_TOLD: Final = 20
"""Code points behind an ending that is told apart, which say so."""
_REACH: Final = 120
"""Code points to look back, and ahead for a hint."""


def join_broken(text: str, candidate: Candidate, upcoming: int) -> Candidate:
    """Give the candidate with the pieces of its first label that were torn off, if any.

    `upcoming` is where the next candidate starts, or 0 where the text does not say that spaces are to be taken out:
    what is said behind the next candidate is said of that one, unless this one has loose dots too.
    """
    first, start = candidate.labels[0], candidate.start
    is_apart = text[start - 1 : start].isspace()
    if (not is_apart and first[0] != "-") or first.lower() == "www":
        return candidate
    offset = start - _REACH if start > _REACH else 0
    before = text[offset:start]
    # The word, and one or two spaces behind it.
    may_be_torn = first[0] == "-" or "-" in before[-3:] or "\n" in before[-2:] or before[-3:].rstrip()[-1:] in _BRACKETS
    whole = None
    if may_be_torn:
        whole = _with_torn_start(text, candidate, before, offset) or _with_hyphen(candidate, before, offset)
    if whole is None and first.lower() in _PLATFORM_TAILS:
        whole = _with_platform(candidate, before, offset)
    if whole:
        return whole
    if first[0] == "-" and (not _ENDS_IN_NAME.search(before) or _stands_alone(before)):
        name = first.lstrip("-")
        return with_first(candidate, name, start + len(first) - len(name)) if name else candidate
    if not is_apart:
        return candidate
    whole = _with_pieces(text, candidate, before, upcoming)
    # `velmora . pen cil . shop`: the pieces have a label before them, of which nothing was read.
    is_rest = whole.start < start and _LOOSE_DOT.search(text[max(whole.start - _REACH, 0) : whole.start]) is not None
    return whole.in_doubt() if is_rest else whole


def _with_pieces(text: str, candidate: Candidate, before: str, upcoming: int) -> Candidate:
    """Give the candidate with the letters and words before it that are of its name."""
    is_plain = candidate.kinds[0] in _PLAIN_KINDS
    if is_plain and (not upcoming or len(text) - candidate.end < _SHORTEST_HINT or _stands_alone(before)):
        return candidate
    reach = candidate.end + _REACH
    is_hinted = upcoming > 0 and tells_to_join(text[candidate.end : min(reach, upcoming) if is_plain else reach])
    if is_plain and not is_hinted:
        return candidate
    is_hinted = is_hinted or (upcoming > 0 and _is_announced(before)) or _is_quoted(text, candidate, before)
    offset = candidate.start - len(before)
    whole = _with_letters(candidate, before, offset)
    if whole:
        return whole
    if candidate.host.lower() in KNOWN_HOSTS:
        # "hits factory x (dot) com": a letter may be the last word of a name.
        is_doubtful = len(candidate.labels[0]) == 1 and not is_plain and not _stands_alone(before)
        return candidate.in_doubt() if is_doubtful and is_word(before.rsplit(None, 1)[-1]) else candidate
    whole = _with_told(text, candidate, before, offset)
    if whole:
        return whole
    is_loose = text[candidate.start + len(candidate.labels[0])].isspace()
    return with_words(candidate, before, offset, is_hinted=is_hinted, is_loose=is_loose)


def _is_quoted(text: str, candidate: Candidate, before: str) -> bool:
    """`"quick pay . com"`: quotation marks say how far a name goes."""
    closing = text[candidate.end : candidate.end + 1]
    opened = before.rfind(_OPENING.get(closing, closing)) if closing in _CLOSING else -1
    return opened >= 0 and _WORDS_TO_THE_END.match(before, opened + 1) is not None


def _is_announced(before: str) -> bool:
    """`no spaces: quick pay loop . com`: the hint may stand before the name as well."""
    separators = list(_SEPARATOR.finditer(before))
    last = separators[-1] if separators else None
    if last is None or not _WORDS_TO_THE_END.match(before, last.end()):
        return False
    said = before[max(last.start() - _LONGEST_SAID, 0) : last.start()]
    return tells_to_join(_PARTS.split(said)[-1])


def _stands_alone(before: str) -> bool:
    """No word stands before a name, or one that leads to it: whatever a hint says, it takes nothing in."""
    found = word_before(before)
    return found is None or found[0].lower() in _LEADING_ALONE


def _with_torn_start(text: str, candidate: Candidate, before: str, offset: int) -> Candidate | None:
    """`https://vel-` and `mora.com` on the next line: what stands behind a scheme or `www.` belongs to the address."""
    first = candidate.labels[0]
    has_start = "/" in before or "\\" in before or "www." in before.lower()
    torn = word_before(before) if has_start else None
    if torn is None:
        return None
    word, start, spaces = torn
    if not (word.endswith("-") or first[0] == "-" or "\n" in spaces):
        return None
    if not scheme_before(text, offset + start) and not before[:start].lower().endswith("www."):
        return None
    return with_first(candidate, word + first, offset + start)


def _with_hyphen(candidate: Candidate, before: str, offset: int) -> Candidate | None:
    """`velmora-` and `shop.com` on the next line; `at velmora -shop . com`, `на velmora - shop точка ru`."""
    first = candidate.labels[0]
    found = _HYPHEN_AT_END.search(before + "-" if first[0] == "-" else before)
    if found is None:
        return None
    word, hyphen = found["word"], found["hyphen"]
    is_wrapped, is_dash = hyphen == "-\n", hyphen[0].isspace() and hyphen[-1].isspace()
    if word.lower() in INTRODUCTIONS or (is_dash and word.isdigit()):
        return None
    if hyphen.strip()[0] in "([{":
        return with_first(candidate, f"{word}-{first.lstrip('-')}", offset + found.start())
    introduction = word_before(before[: found.start()])
    is_introduced = introduction is not None and introduction[0].lower() in INTRODUCTIONS
    if is_wrapped:
        is_part = is_introduced or not is_word(word)
    else:
        is_part = is_introduced and candidate.kinds[0] != "dot" and not (is_dash and is_word(word))
    if not is_part:
        return None
    if is_dash and introduction is not None and introduction[0].isascii():
        # "on velmora - tellura dot com": a hyphen of the name, or a dash.
        return candidate.in_doubt()
    return with_first(candidate, f"{word}-{first.lstrip('-')}", offset + found.start())


def _with_platform(candidate: Candidate, before: str, offset: int) -> Candidate | None:
    """`shop.blog spot.com`, `tiny url.com`: the service's name was written in two words."""
    name, rest = candidate.labels[0], before
    while name.lower() not in PLATFORMS:
        found = word_before(rest)
        if found is None or (found[0] + name).lower() not in _PLATFORMS_AND_TAILS:
            return None
        name = found[0] + name
        rest = rest[: found[1]]
    labels = _LABELS_BEFORE.search(before)
    names = labels[1].rstrip(".").split(".") if labels else []
    kinds: tuple[Kind, ...] = tuple("dot" for _ in names)
    labels_read = (*names, name, *candidate.labels[1:])
    start = offset + (labels.start() if labels else len(rest))
    return candidate.with_labels(labels_read, start, kinds + candidate.kinds)


_PLATFORM_TAILS: Final = frozenset(name[cut:] for name in PLATFORMS for cut in range(1, len(name)))
_PLATFORMS_AND_TAILS: Final = PLATFORMS | _PLATFORM_TAILS


def _with_told(text: str, candidate: Candidate, before: str, offset: int) -> Candidate | None:
    """`velmora and add .com`: `add` is no name; where another one is found it may have words before it."""
    if candidate.labels[0].lower() not in TELLING_WORDS or candidate.kinds[0] not in {"word", "spaced"}:
        return None
    told = _told_apart(text, candidate, before, offset)
    if told is None:
        return candidate.in_doubt()
    return with_words(told, before[: told.start - offset], offset, is_hinted=False, is_loose=True)


def _told_apart(text: str, candidate: Candidate, before: str, offset: int) -> Candidate | None:
    """`velmora and add .com`, `velmora with dot net at the end`: the name is the word before those that tell."""
    after = text[candidate.end : candidate.end + _LONGEST_TOLD]
    is_end = not after.lstrip(" .!)\"'”’")[:1].isalnum() or says(END_HINTS, after)
    is_told = is_end and (candidate.kinds[0] == "word" or candidate.clings_right)
    if len(candidate.labels) > 2 or candidate.labels[1].lower() not in PLAIN or not is_told:
        return None
    for _ in range(MOST_WORDS):
        found = word_before(before)
        if found is None:
            return None
        word, start, _ = found
        if word.lower() not in TELLING_WORDS:
            # At the edge of what is looked at a word may be cut.
            is_apart = before[start - 1 : start] in {" ", "\n", '"', "'", "“", "("} or offset + start == 0
            is_name = is_apart and len(word) > LONGEST_PIECE and not is_word(word) and LATIN.fullmatch(word)
            return with_first(candidate, word, offset + start) if is_name else None
        before = before[:start]
    return None


def _with_letters(candidate: Candidate, before: str, offset: int) -> Candidate | None:
    """`g l o w (.) net`: single letters before the last of them."""
    first = candidate.labels[0]
    if len(first) > _LONGEST_LAST_PIECE or candidate.kinds[0] == "dot":
        return None
    letters = _LETTERS_BEFORE.search(before)
    if letters is None:
        is_piece = len(first) == 1 and candidate.kinds[0] == "spaced" and _PIECE_BEFORE.search(before)
        return candidate.in_doubt() if is_piece and not _stands_alone(before) else None
    # A dash before them is none of them.
    spelled = letters[0].lstrip("- ")
    if not spelled[0].isascii() and spelled[1:].isascii():
        spelled = spelled[1:].lstrip()
    start = letters.end() - len(spelled)
    whole = with_first(candidate, "".join(spelled.split()) + first, offset + start)
    return whole.in_doubt() if may_be_word(whole.labels[0], before[:start]) else whole
