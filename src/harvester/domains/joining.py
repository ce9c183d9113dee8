"""Names that were torn apart before their first dot: by a line break, a hyphen, or by being several words."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from harvester.domains.addresses import scheme_before
from harvester.domains.candidates import Candidate
from harvester.domains.dots import Kind
from harvester.domains.endings import KNOWN_HOSTS, PLAIN
from harvester.domains.hints import END_HINTS, SPACE_HINTS, says
from harvester.domains.letters import NAME
from harvester.domains.vocabulary import is_compound, is_word
from harvester.domains.words import (
    ARTICLES,
    DOT_WORDS,
    ENGLISH_DOT_WORDS,
    FUNCTION_WORDS,
    HYPHEN_WORDS,
    LEADING_WORDS,
    NAME_PARTICLES,
    PLATFORMS,
    PREPOSITIONS,
    SENTENCE_WORDS,
    SITE_VERBS,
    TELLING_WORDS,
)

_WORD_AT_END: Final = re.compile(rf"(?<![{NAME}])(?:[{NAME}]*[^\W_][{NAME}]*|-)\Z")
_LETTERS_BEFORE: Final = re.compile(rf"(?<![{NAME}])(?:[{NAME}]\s{{1,2}}){{2,40}}\Z")
_LABELS_BEFORE: Final = re.compile(rf"(?<![{NAME}.])((?:[{NAME}]+\.)+)([{NAME}]+)\s\Z")
_ENDS_IN_NAME: Final = re.compile(rf"[{NAME}]\s?\Z")
_LATIN: Final = re.compile("[0-9A-Za-z\u00c0-\u024f\u1e00-\u1eff_-]+")
_TITLE_PARTICLES: Final = frozenset({"and", "of"})
"""Small words inside a name of capitalised ones (`Oak And Ember`)."""
_MOST_SPACES: Final = 2
_MOST_WORDS: Final = 5
_FEW_WORDS: Final = 2
"""Words that open a clause and stand right before a name may belong to it, even if it is no word."""
_SHORT_NAME: Final = 9
_LONGEST_PIECE: Final = 4
"""Letters of a piece that no name consists of."""
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
    if not is_apart and first[0] != "-":
        return candidate
    offset = start - _REACH if start > _REACH else 0
    before = text[offset:start]
    # The word, and one or two spaces behind it.
    may_be_torn = first[0] == "-" or "-" in before[-3:] or "\n" in before[-2:]
    whole = _with_torn_start(text, candidate, before, offset) if may_be_torn else None
    if whole is None and first.lower() in _PLATFORM_TAILS:
        whole = _with_platform(candidate, before, offset)
    if whole:
        return whole
    if first[0] == "-" and not _ENDS_IN_NAME.search(before):
        name = first.lstrip("-")
        return _with_first(candidate, name, start + len(first) - len(name)) if name else candidate
    return _with_pieces(text, candidate, before, upcoming) if is_apart else candidate


def _with_pieces(text: str, candidate: Candidate, before: str, upcoming: int) -> Candidate:
    """Give the candidate with the letters and words before it that are of its name."""
    is_plain = candidate.kinds[0] in {"dot", "bullet"}
    if is_plain and (not upcoming or _stands_alone(before)):
        return candidate
    reach = candidate.end + _REACH
    is_hinted = upcoming > 0 and says(SPACE_HINTS, text[candidate.end : min(reach, upcoming) if is_plain else reach])
    if (is_plain and not is_hinted) or candidate.host.lower() in KNOWN_HOSTS:
        return candidate
    offset = candidate.start - len(before)
    whole = _with_letters(candidate, before, offset) or _with_told(text, candidate, before, offset)
    if whole:
        return whole
    is_loose = text[candidate.start + len(candidate.labels[0])].isspace()
    return _with_words(candidate, before, offset, is_hinted=is_hinted, is_loose=is_loose)


def _stands_alone(before: str) -> bool:
    """No word stands before a name, or one that leads to it: whatever a hint says, it takes nothing in."""
    found = _word_before(before)
    return found is None or found[0].lower() in _INTRODUCTIONS


def _with_torn_start(text: str, candidate: Candidate, before: str, offset: int) -> Candidate | None:
    """`https://vel-` and `mora.com` on the next line: what stands behind a scheme or `www.` belongs to the address."""
    first = candidate.labels[0]
    has_start = "/" in before or "\\" in before or "www." in before.lower()
    torn = _word_before(before) if has_start else None
    if torn is None:
        return None
    word, start, spaces = torn
    if not (word.endswith("-") or first[0] == "-" or "\n" in spaces):
        return None
    if not scheme_before(text, offset + start) and not before[:start].lower().endswith("www."):
        return None
    return _with_first(candidate, word + first, offset + start)


def _with_platform(candidate: Candidate, before: str, offset: int) -> Candidate | None:
    """`shop.blog spot.com`, `tiny url.com`: the service's name was written in two words."""
    first = candidate.labels[0]
    found = _word_before(before)
    if found is None or (found[0] + first).lower() not in PLATFORMS:
        return None
    word, start, _ = found
    labels = _LABELS_BEFORE.search(before)
    names = labels[1].rstrip(".").split(".") if labels else []
    kinds: tuple[Kind, ...] = tuple("dot" for _ in names)
    labels_read = (*names, word + first, *candidate.labels[1:])
    start = offset + (labels.start() if labels else start)
    return candidate.with_labels(labels_read, start, kinds + candidate.kinds)


_PLATFORM_TAILS: Final = frozenset(name[cut:] for name in PLATFORMS for cut in range(1, len(name)))


def _with_first(candidate: Candidate, label: str, start: int) -> Candidate:
    return candidate.with_labels((label, *candidate.labels[1:]), start, candidate.kinds)


def _with_told(text: str, candidate: Candidate, before: str, offset: int) -> Candidate | None:
    """`velmora and add .com`: `add` is no name; where another one is found it may have words before it."""
    if candidate.labels[0].lower() not in TELLING_WORDS or candidate.kinds[0] not in {"word", "spaced"}:
        return None
    told = _told_apart(text, candidate, before, offset)
    if told is None:
        return candidate.in_doubt()
    return _with_words(told, before[: told.start - offset], offset, is_hinted=False, is_loose=True)


def _told_apart(text: str, candidate: Candidate, before: str, offset: int) -> Candidate | None:
    """`velmora and add .com`, `velmora with dot net at the end`: the name is the word before those that tell."""
    after = text[candidate.end : candidate.end + _LONGEST_TOLD]
    is_end = not after.lstrip(" .!)\"'”’")[:1].isalnum() or says(END_HINTS, after)
    is_told = is_end and (candidate.kinds[0] == "word" or candidate.clings_right)
    if len(candidate.labels) > 2 or candidate.labels[1].lower() not in PLAIN or not is_told:
        return None
    for _ in range(_MOST_WORDS):
        found = _word_before(before)
        if found is None:
            return None
        word, start, _ = found
        if word.lower() not in TELLING_WORDS:
            # At the edge of what is looked at a word may be cut.
            is_apart = before[start - 1 : start] in {" ", "\n", '"', "'", "“", "("} or offset + start == 0
            is_name = is_apart and len(word) > _LONGEST_PIECE and not is_word(word) and _LATIN.fullmatch(word)
            return _with_first(candidate, word, offset + start) if is_name else None
        before = before[:start]
    return None


def _with_letters(candidate: Candidate, before: str, offset: int) -> Candidate | None:
    """`g l o w (.) net`: single letters before the last of them."""
    first = candidate.labels[0]
    letters = _LETTERS_BEFORE.search(before) if len(first) == 1 and candidate.kinds[0] != "dot" else None
    if letters is None:
        return None
    return _with_first(candidate, "".join(letters[0].split()) + first, offset + letters.start())


def _word_before(before: str) -> tuple[str, int, str] | None:
    """Give the word right before a place, where it starts, and the one or two spaces between."""
    plain = before[before.rfind(" ", 0, -1) + 1 : -1]
    if before[-1:] == " " and plain.isalnum() and plain.isascii():
        # Nearly every word is like this.
        return plain, len(before) - len(plain) - 1, " "
    whole = before.rstrip()
    spaces = before[len(whole) :]
    if not whole or not 1 <= len(spaces) <= _MOST_SPACES:
        return None
    match = _WORD_AT_END.search(whole.rsplit(None, 1)[-1])
    return (match[0], len(whole) - len(match[0]), spaces) if match else None


class Words(Struct, frozen=True):
    """The words right before a name, from left to right with their places, and what stands before them."""

    words: list[tuple[str, int]]
    opens: bool = False
    """They open a clause: the text, a line, or what follows a mark."""
    introduction: str = ""
    """What stands before them: `lead` (a verb or the word for a site), `preposition`, or `article`."""
    is_whole: bool = False
    """They and the name are one, as far as can be told."""


def _with_words(candidate: Candidate, before: str, offset: int, *, is_hinted: bool, is_loose: bool) -> Candidate:
    """`Quiet River dot com`, `quick pay loop . com (remove spaces)`: several words are one name.

    A loose dot has a space before it: its writer may have put more of them into the name.
    """
    first = candidate.labels[0]
    found = _words_before(before, offset, first, is_hinted=is_hinted)
    is_behind_hyphen = bool(found.words) and found.words[-1][0].lower() in HYPHEN_WORDS
    if first.lower() in SENTENCE_WORDS and not (first.istitle() or is_hinted or is_behind_hyphen):
        return candidate
    if first.istitle() and not is_hinted:
        found = _titled(found) if candidate.kinds[0] == "word" else replace(found, words=[])
    elif is_hinted:
        found = replace(found, is_whole=len(found.words) < _MOST_WORDS)
    elif candidate.kinds[0] == "word":
        found = _spoken_words(candidate, found)
    else:
        found = _torn_words(first, found, is_loose=is_loose)
    if not found.words:
        is_title = candidate.kinds[0] == "word" and found.introduction == "article" and is_word(first)
        return candidate.in_doubt() if is_title else candidate
    if not found.is_whole:
        return candidate.in_doubt()
    return _with_first(candidate, _joined([word for word, _ in found.words], first), found.words[0][1])


def _titled(found: Words) -> Words:
    """Capitalised words before a capitalised one."""
    words = list(found.words)
    while words and (not words[0][0].istitle() or words[0][0].lower() in _TITLE_PARTICLES):
        words.pop(0)
    return replace(found, words=words, is_whole=all(word.istitle() for word, _ in words))


def _spoken_words(candidate: Candidate, found: Words) -> Words:
    """Words before a spoken dot: a name that is no word needs no others; a word may be the last of several."""
    first, words = candidate.labels[0], found.words
    if len(words) > 1 and words[-1][0].lower() in HYPHEN_WORDS:
        return replace(found, words=words[-2:], is_whole=True)
    if is_word(first):
        return replace(found, is_whole=found.opens or found.introduction in {"lead", "preposition"})
    belongs = _may_belong(first, found) and candidate.spoken in ENGLISH_DOT_WORDS
    return replace(found, words=words if belongs else [], is_whole=False)


def _torn_words(first: str, found: Words, *, is_loose: bool) -> Words:
    """Pieces before a dot that is set apart: `ghostvi ews . pro`."""
    words = [word for word, _ in found.words]
    if not words:
        return found
    is_piece = not is_word(first) and len(first) <= _LONGEST_PIECE and first.isalpha()
    if not is_word(first) and (is_compound(words[-1] + first) or (is_piece and not is_word(words[-1]))):
        return replace(found, words=found.words[-1:], is_whole=True)
    if is_piece:
        return replace(found, is_whole=bool(found.introduction) and len(words) <= _FEW_WORDS)
    # "on peli culitas . tv", "quiet velmora river [.] com": what stands between may belong to the name.
    is_last = is_word(first) and (found.opens or bool(found.introduction))
    may_be_more = (
        is_last
        or (is_loose and _may_belong(first, found))
        or (found.introduction == "preposition" and len(first) <= _SHORT_NAME and all(map(is_word, words)))
    )
    return replace(found, words=found.words if may_be_more else [], is_whole=False)


def _may_belong(first: str, found: Words) -> bool:
    """`sleepy badger dot com`, `the lazy badger dot com`: a short name that is no word we know, after some that are."""
    few = 0 < len(found.words) <= _FEW_WORDS and all(is_word(word) for word, _ in found.words)
    return few and len(first) <= _SHORT_NAME and (found.opens or found.introduction == "article")


def _joined(words: list[str], first: str) -> str:
    parts = ["-" if word.lower() in HYPHEN_WORDS else word for word in words]
    return "".join(parts) + first


def _words_before(before: str, offset: int, first: str, *, is_hinted: bool) -> Words:
    words: list[tuple[str, int]] = []
    is_title, is_latin = first.istitle(), first.isascii()
    while len(words) < _MOST_WORDS:
        found = _word_before(before)
        if found is None or "\n" in found[2]:
            return Words(words, opens=True)
        written, start, _ = found
        word = written.lower()
        is_before_hyphen = bool(words) and words[0][0].lower() in HYPHEN_WORDS
        is_in_title = is_title and written.istitle() and word in _TITLE_PARTICLES
        is_inside = is_before_hyphen or is_in_title or (is_hinted and word in NAME_PARTICLES)
        if word in DOT_WORDS or (word == "-" and not is_hinted):
            return Words([])
        introduction = "" if is_inside else _introduction(word)
        if introduction:
            return Words(words, introduction=introduction)
        is_stop = word in (FUNCTION_WORDS if is_hinted else SENTENCE_WORDS)
        if not is_inside and is_stop and not (is_title and written.istitle()):
            return Words(words)
        if not is_latin or not _LATIN.fullmatch(written) or before[:start].endswith(("'", "’")):
            return Words(words)
        words.insert(0, (written, offset + start))
        before = before[:start]
    return Words(words)


_INTRODUCTIONS: Final = (ARTICLES | PREPOSITIONS | LEADING_WORDS | SITE_VERBS) - NAME_PARTICLES


def _introduction(word: str) -> str:
    if word in ARTICLES:
        return "article"
    if word in PREPOSITIONS:
        return "preposition"
    return "lead" if word in LEADING_WORDS or word in SITE_VERBS else ""
