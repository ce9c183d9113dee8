"""Other signs than the full stop, which prose has too: a spoken dot, a comma, a picture, a pause of two dots."""

from __future__ import annotations

import re
from typing import Final

from harvester.domains import traits
from harvester.domains.endings import PLAIN
from harvester.domains.evidence import Evidence, Verdict
from harvester.domains.letters import NAME
from harvester.domains.words import (
    AT_WORDS,
    COM_FOLLOWERS,
    DOT_WORD_COUNTRIES,
    DOT_WORDS,
    ENDING_VERBS,
    ENGLISH_DOT_WORDS,
    PREPOSITIONS,
    RARE_DOT_WORDS,
    SENTENCE_WORDS,
    SITE_VERBS,
    UNSPACED_DOT_WORDS,
)

_CLEAR_DOT_WORDS: Final = DOT_WORDS - RARE_DOT_WORDS
_CLEAR_FOREIGN_DOT_WORDS: Final = _CLEAR_DOT_WORDS - ENGLISH_DOT_WORDS
_NO_NAMES: Final = SENTENCE_WORDS | PREPOSITIONS
_WORD_BEFORE: Final = re.compile(rf"(?<![{NAME}])([{NAME}]*[^\W_])[^\S\n]+\Z")


def comma(e: Evidence) -> Verdict | None:
    """`name,com`; behind a comma and a space it is mostly the next word."""
    if "comma" not in e.kinds:
        return None
    if e.host.is_word or len(e.host.name) < 5 or e.host.is_sentence_word:
        is_sure = e.stops and e.is_led and not e.host.is_sentence_word
        return Verdict(0.5 if is_sure else 0.1, "a comma in a sentence")
    if e.candidate.is_even:
        return Verdict(0.85, "a comma in place of the dot")
    is_word_here = e.runs_on and (e.ending_is_word or not e.host.name.isascii()) and not e.is_led
    is_prose = is_word_here or e.next_word.lower() in COM_FOLLOWERS
    return Verdict(0.1 if is_prose else 0.75, "a comma in place of the dot, perhaps")


def doubled(e: Evidence) -> Verdict | None:
    """`name..com`; people pause with two dots as well."""
    if "double" not in e.kinds:
        return None
    if not e.host.is_safe or e.host.is_sentence_word or (e.runs_on and e.host.is_word):
        return Verdict(0.15, "two dots as a pause")
    return Verdict(0.85, "a dot too many")


def pictured(e: Evidence) -> Verdict | None:
    """`name⚽com`: a picture in place of the dot, which people explain."""
    if "emoji" not in e.kinds:
        return None
    said = f"{e.before} {e.after}".lower()
    if any(word in said for word in _CLEAR_DOT_WORDS):
        return Verdict(0.85, "the text says that the picture is a dot")
    is_sure = not e.host.is_word and len(e.host.name) > 4 and e.host.tld in PLAIN and e.candidate.is_even
    return Verdict(0.7 if is_sure else 0.3, "a picture in place of the dot, perhaps")


def spoken(e: Evidence) -> Verdict | None:
    """`name dot com`; people speak of polka dots and points of view as well."""
    if "word" not in e.kinds:
        return None
    is_national = e.host.tld in DOT_WORD_COUNTRIES.get(e.candidate.spoken, "").split()
    is_time = e.candidate.spoken in {"点", "點"} and e.host.name[-1].isdigit() and not e.is_led
    if (len(e.host.name) == 1 or is_time) and not e.host.is_known and len(e.host.labels) == 2:
        return Verdict(0.1, "a letter or a time before the word dot")
    return (
        _word_before_dot(e)
        or _surely_spoken(e)
        or _seldom_a_dot(e, is_national=is_national)
        or (_spoken_and_safe(e) if e.host.is_safe else _spoken_and_wordy(e, is_national=is_national))
    )


def _word_before_dot(e: Evidence) -> Verdict | None:
    if e.host.domain.kind and e.host.tld in PLAIN and not e.traits & traits.MAIL:
        return Verdict(0.9, "a service that everybody knows") if not e.candidate.may_be_longer else None
    is_portuguese = e.host.tld == "com" and e.candidate.spoken == "ponto" and not e.is_led
    if e.host.is_sentence_word or (is_portuguese and e.next_word.lower() in COM_FOLLOWERS):
        return Verdict(0.1 if e.host.is_safe else 0, "the word dot in a sentence")
    if e.host.name.lower() in ENDING_VERBS or e.host.name.lower() in AT_WORDS:
        return Verdict(0.1, "an ending is spoken of")
    if e.candidate.may_be_longer:
        return Verdict(0.3, "the words before may belong to the name")
    return Verdict(0.1, "a verb before the word dot") if e.host.name.lower() in SITE_VERBS else None


def _surely_spoken(e: Evidence) -> Verdict | None:
    is_sure = e.candidate.spoken == "d0t" or (e.kinds.count("word") > 1 and (e.host.is_safe or not e.runs_on))
    return Verdict(0.95, "a spoken dot, and no accident") if is_sure else None


def _seldom_a_dot(e: Evidence, *, is_national: bool) -> Verdict | None:
    if e.candidate.spoken not in RARE_DOT_WORDS or (not e.host.is_word and (e.host.tld in PLAIN or is_national)):
        return None
    if e.stops and not e.host.is_word and len(e.host.name) > 5 and not e.ending_is_word:
        return Verdict(0.75, "a word for the dot behind a name that is no word")
    return Verdict(0.1, "a word that seldom means the dot")


def _spoken_and_wordy(e: Evidence, *, is_national: bool) -> Verdict:
    if not e.host.is_word and len(e.host.name) > 4 and (is_national or not e.ending_is_word):
        return Verdict(0.93, "a spoken dot behind a name that is no word")
    is_name = (
        e.host.looks_made_up
        or e.is_led
        or (is_national and len(e.host.name) > 4)
        or (not e.host.is_word and len(e.host.name) > 5)
    )
    # "dot" before a name that is no word joins nothing else, whatever follows.
    is_said = e.candidate.spoken in ENGLISH_DOT_WORDS and not e.host.is_word and len(e.host.name) > 6
    is_sure = is_name and (is_said or not e.runs_on)
    return Verdict(0.75 if is_sure and not e.host.is_particle else 0.15, "the word dot before a word")


def _spoken_and_safe(e: Evidence) -> Verdict:
    word = _WORD_BEFORE.search(e.before)
    is_alone = word is None or word[1].lower() in _NO_NAMES
    is_title = e.host.name.istitle() and word is not None and word[1].islower()
    is_clear = is_alone or is_title or e.is_led or e.host.looks_made_up or not e.host.is_word or len(e.host.name) >= 8
    if e.host.tld in PLAIN:
        return Verdict(0.96 if is_clear else 0.4, "a spoken dot")
    if (
        e.candidate.spoken in UNSPACED_DOT_WORDS
        and e.host.name.isascii()
        and not e.host.is_word
        and len(e.host.name) > 4
    ):
        return Verdict(0.9, "a dot of another script between Latin letters")
    if e.candidate.spoken in _CLEAR_FOREIGN_DOT_WORDS and not e.host.is_word and not e.runs_on:
        return Verdict(0.8 if len(e.host.name) > 5 else 0.3, "a spoken dot behind a name that is no word")
    if e.candidate.spoken not in ENGLISH_DOT_WORDS:
        is_said = not e.host.is_word and (e.is_led or not e.ending_is_word)
        return Verdict(0.8 if is_said else 0.2, "a point, and a word after it")
    is_sure = is_clear and (e.is_led or not e.runs_on or not e.host.is_word)
    return Verdict(0.85 if is_sure else 0.3, "a spoken dot before a word")
