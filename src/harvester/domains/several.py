"""Names of several words: how far they go before their first dot."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from harvester.domains.candidates import Candidate
from harvester.domains.letters import NAME
from harvester.domains.vocabulary import (
    ALL,
    UNKNOWN,
    is_compound,
    is_word,
    languages_around,
    languages_named,
    languages_of,
)
from harvester.domains.words import (
    ARTICLES,
    COPULAS,
    DOT_WORDS,
    ENGLISH_DOT_WORDS,
    FUNCTION_WORDS,
    HYPHEN_WORDS,
    LEADING_WORDS,
    NAME_PARTICLES,
    PREPOSITIONS,
    RARE_DOT_WORDS,
    SENTENCE_WORDS,
    SITE_VERBS,
)

LATIN: Final = re.compile("[0-9A-Za-z\u00c0-\u024f\u1e00-\u1eff_-]+")
_WORD_AT_END: Final = re.compile(rf"(?<![{NAME}])(?:[{NAME}]*[^\W_][{NAME}]*|-)\Z")
_EMOTICON: Final = re.compile(r"(?:[:;=]-?\w|[xX]D+)\Z")
_TITLE_PARTICLES: Final = frozenset({"and", "of"})
"""Small words inside a name of capitalised ones (`Oak And Ember`)."""
_OF: Final = frozenset("de di da do della dei del van von".split())
"""Words for "of" in `NAME_PARTICLES`: what stands before one may be of the name or not."""
NOUNS: Final = frozenset("shop store blog online loja tienda boutique toko link web home app game games".split())
"""Words for a site that stand before names, and in them."""
_NAMING_WORDS: Final = frozenset({"its", "called", "named"})
"""A name follows them (`its volt rage velmora . com`)."""
_OWNERS: Final = frozenset({"my", "our", "mi", "minha", "meu", "mon", "ma", "mein", "meine"})
"""What may begin a name where nothing stands before it."""
_CLAUSE: Final = re.compile(r"(?::\s|>\s|\n)\s*((?:[0-9A-Za-z]+\s){2,5})\Z")
_PLAIN_WORD: Final = re.compile("[0-9A-Za-z]+")
_NOT_OF_NAMES: Final = COPULAS | frozenset(
    "visit visiting go goto to at on in check http https www url via site website page link its called named".split()
)
"""What introduces a name, even behind a colon."""
_TO: Final = frozenset({"a", "à", "al"})
"""Words for "to" that are an article elsewhere (`entra a quick pay . com`)."""
_LEADING: Final = LEADING_WORDS | SITE_VERBS
_HYPHENS: Final = HYPHEN_WORDS | {"-"}
_MOST_SPACES: Final = 2
_FEW_WORDS: Final = 2
"""Words that open a clause and stand right before a name may belong to it, even if it is no word."""
_FEW_STOPPED: Final = 1
"""Words between one of every day ("hey guys") and a name: more of them may be of the sentence."""
_LONGEST_WORDS: Final = 20
"""Letters of words before a name that may be of it."""
_SHORT_NAME: Final = 9
MOST_WORDS: Final = 5
LONGEST_PIECE: Final = 4
"""Letters of a piece that no name consists of."""


def word_before(before: str) -> tuple[str, int, str] | None:
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
    """What stands before them: `www`, `lead` (a verb or the word for a site), `noun`, `preposition`, or `article`."""
    is_placed: bool = False
    """The preposition stands behind a word that leads to no site: `truth under ice . org`."""
    is_whole: bool = False
    """They and the name are one, as far as can be told."""


def with_words(candidate: Candidate, before: str, offset: int, *, is_hinted: bool, is_loose: bool) -> Candidate:
    """`Quiet River dot com`, `quick pay loop . com (remove spaces)`: several words are one name.

    A loose dot has a space before it: its writer may have put more of them into the name.
    """
    first = candidate.labels[0]
    found = (_clause_before(before, offset) if is_hinted else None) or _words_before(
        before, offset, first, is_hinted=is_hinted
    )
    while found.words and found.words[0][0].lower() in _HYPHENS:
        # "here - velmora . ru": with nothing before it, a dash.
        found.words.pop(0)
    is_behind_hyphen = bool(found.words) and found.words[-1][0].lower() in HYPHEN_WORDS
    if first.lower() in PREPOSITIONS or first.lower() in ARTICLES:
        return candidate.in_doubt() if is_hinted and found.words else candidate
    if first.lower() in SENTENCE_WORDS and not (first.istitle() or is_hinted or is_behind_hyphen):
        return candidate
    if found.introduction == "www":
        found = replace(found, is_whole=True)
    elif first.istitle() and not is_hinted:
        found = _titled(found) if candidate.kinds[0] == "word" else replace(found, words=[])
    elif is_hinted:
        # "loja da mari flor": of a shop, or a shop's name.
        found = replace(found, is_whole=_is_told_whole(found))
    elif candidate.kinds[0] == "word":
        found = _spoken_words(candidate, found)
    else:
        found = _torn_words(first, found, is_loose=is_loose)
        is_told = found.introduction == "lead" and candidate.kinds[0] == "bracketed" and is_word(first)
        found = replace(found, is_whole=found.is_whole or is_told)
    if not found.words:
        return candidate.in_doubt() if _may_have_lost_words(candidate, found, is_hinted=is_hinted) else candidate
    if not found.is_whole:
        return candidate.in_doubt()
    return with_first(candidate, _joined([word for word, _ in found.words], first), found.words[0][1])


def _clause_before(before: str, offset: int) -> Words | None:
    """Give all words between a colon, an arrow or a new line and a torn name, where none of them leads to it."""
    clause = _CLAUSE.search(before)
    words = (
        [(word[0], offset + word.start()) for word in _PLAIN_WORD.finditer(before, clause.start(1))] if clause else []
    )
    if not words or any(word.lower() in _NOT_OF_NAMES for word, _ in words):
        return None
    return Words(words, opens=True)


def _is_told_whole(found: Words) -> bool:
    """Words before a name of which the text says that its spaces are to be taken out: whether they begin where it does.

    In the middle of a sentence nobody can tell; "shop" may lead to the name or begin it.
    """
    is_bounded = found.opens or found.introduction in {"lead", "preposition"} or len(found.words) <= _FEW_STOPPED
    opens_with_particle = bool(found.words) and found.words[0][0].lower() in _OF
    written = "".join(word for word, _ in found.words)
    is_like_name = written.isascii() and len(written) <= _LONGEST_WORDS and found.introduction != "noun"
    return is_bounded and is_like_name and len(found.words) < MOST_WORDS and not opens_with_particle


def _may_have_lost_words(candidate: Candidate, found: Words, *, is_hinted: bool) -> bool:
    """`shop velmora . com (no spaces)`, `the badger dot com`: what introduces a name may belong to it."""
    is_known_word = is_word(candidate.labels[0])
    is_title = candidate.kinds[0] == "word" and found.introduction == "article" and is_known_word
    return is_title or found.introduction == "noun" or (is_hinted and is_known_word and found.is_placed)


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
        is_dot = candidate.spoken not in RARE_DOT_WORDS
        return replace(found, is_whole=is_dot and (found.opens or found.introduction in {"lead", "preposition"}))
    belongs = _may_belong(first, found) and candidate.spoken in ENGLISH_DOT_WORDS
    return replace(found, words=words if belongs else [], is_whole=False)


def _torn_words(first: str, found: Words, *, is_loose: bool) -> Words:
    """Pieces before a dot that is set apart: `ghostvi ews . pro`."""
    words = [word for word, _ in found.words]
    if not words:
        return found
    is_piece = not is_word(first) and len(first) <= LONGEST_PIECE and first.isalpha()
    is_torn = (is_piece or not is_word(words[-1])) and is_compound(words[-1] + first)
    if not is_word(first) and (is_torn or (is_piece and not is_word(words[-1]))):
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
    while len(words) < MOST_WORDS:
        found = word_before(before)
        # A wider gap parts a name in pieces from what is said before it.
        if found is None or "\n" in found[2] or len(found[2]) > 1:
            return Words(words, opens=True, introduction=_introducing_sign(before.rstrip().lower()))
        written, start, _ = found
        word = written.lower()
        is_before_hyphen = bool(words) and words[0][0].lower() in HYPHEN_WORDS
        is_in_title = is_title and written.istitle() and word in _TITLE_PARTICLES
        is_inside = is_before_hyphen or is_in_title or (is_hinted and _is_inside(word, before[:start]))
        end = start + len(written)
        if word in DOT_WORDS or (word == "-" and not is_hinted) or _EMOTICON.search(before[max(start - 2, 0) : end]):
            return Words([])
        introduction = "" if is_inside else _introduction(word, before[:start], is_hinted=is_hinted)
        if introduction:
            above = word_before(before[:start]) if introduction == "preposition" else None
            is_placed = above is not None and above[0].lower() not in _LEADING
            return Words(words, introduction=introduction, is_placed=is_placed)
        is_date = written.isdigit() and before[start - 1 : start] == "."
        is_stop = is_date or word in (FUNCTION_WORDS if is_hinted else SENTENCE_WORDS)
        if not is_inside and is_stop and not (is_title and written.istitle()):
            return Words(words)
        is_other = is_latin and not LATIN.fullmatch(written)
        if not is_latin or is_other or before[:start].endswith(("'", "’")):
            return Words(words, opens=is_other and is_hinted)
        words.insert(0, (written, offset + start))
        before = before[:start]
    return Words(words)


def _introducing_sign(before: str) -> str:
    """What a text that ends in no word says of the words behind it."""
    if before.replace(" ", "").endswith(("www.", "://")):
        return "www"
    return "lead" if before.endswith(":") else ""


def _is_inside(word: str, before: str) -> bool:
    """Say whether a small word is one of a name's: a particle of names, or none of the language before it."""
    if word in NAME_PARTICLES and word != "di":
        return True
    if word not in PREPOSITIONS and word not in ARTICLES:
        return False
    languages, known = languages_of(word), languages_around(before, "")
    is_italian = word == "di" and known & languages_named("it") != 0
    return is_italian or (languages != 0 and known not in {ALL, UNKNOWN} and not languages & known)


INTRODUCTIONS: Final = (ARTICLES | PREPOSITIONS | LEADING_WORDS | SITE_VERBS) - NAME_PARTICLES


def _introduction(word: str, before: str, *, is_hinted: bool) -> str:
    """Say how a word introduces a name, if it does; with a hint some that may be of the name are told from others."""
    if is_hinted and (word in NOUNS or (word in _OWNERS and not before.rstrip()[-1:].isalnum())):
        return "noun"
    if word == "www":
        return "www"
    if word in ARTICLES:
        return "article"
    if word in PREPOSITIONS or word in _TO:
        return "preposition"
    is_naming = is_hinted and word in _NAMING_WORDS
    return "lead" if is_naming or word in _LEADING else ""


def with_first(candidate: Candidate, label: str, start: int) -> Candidate:
    """Give the candidate with another first label, which starts at a place of the text."""
    return candidate.with_labels((label, *candidate.labels[1:]), start, candidate.kinds)
