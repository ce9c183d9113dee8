"""The forms that prose has too: a missing space, a pause, a spoken "dot"; word or name, that is the question."""

from __future__ import annotations

import re

from harvester.domains.endings import AMBIGUOUS, CHATTY, NAME_ENDINGS, PLAIN, SCAM_COUNTRIES, STARTERS
from harvester.domains.evidence import Evidence, Verdict
from harvester.domains.letters import NAME
from harvester.domains.words import (
    ARTICLES,
    DOT_WORD_COUNTRIES,
    PREPOSITIONS,
    SENTENCE_WORDS,
    SITE_VERBS,
)

_TITLE_BEFORE = re.compile(rf"(?<![{NAME}])([A-Z][{NAME}]*)\s\Z")
_WORD_BEFORE = re.compile(rf"(?<![{NAME}])([{NAME}]*[^\W_])[^\S\n]+\Z")


def comma(e: Evidence) -> Verdict | None:
    """`name, com` at the end of a text or a line."""
    if "comma" not in e.kinds:
        return None
    is_sure = e.stops and (e.looks_made_up or ((e.is_led or len(e.name) > 6) and not e.is_sentence_word))
    return Verdict(0.55 if is_sure else 0.2, "a comma in place of the dot")


def doubled(e: Evidence) -> Verdict | None:
    """`name..com`; people pause with two dots as well."""
    if "double" not in e.kinds:
        return None
    if not e.is_safe or e.is_sentence_word or e.runs_on:
        return Verdict(0.15, "two dots as a pause")
    return Verdict(0.65, "a dot too many")


def spoken(e: Evidence) -> Verdict | None:
    """`name dot com`; people speak of polka dots and points of view as well."""
    if "word" not in e.kinds:
        return None
    if e.is_sentence_word:
        return Verdict(0.2 if e.is_safe else 0, "the word dot in a sentence")
    if e.candidate.spoken == "d0t" or (e.kinds.count("word") > 1 and (e.is_safe or not e.runs_on)):
        return Verdict(0.85, "a spoken dot, and no accident")
    if not e.is_safe:
        is_national = e.tld in DOT_WORD_COUNTRIES.get(e.candidate.spoken, "").split() and len(e.name) > 4
        is_sure = (e.looks_made_up or e.is_led or is_national) and not e.runs_on and not e.is_particle
        return Verdict(0.6 if is_sure else 0.25, "the word dot before a word")
    return _spoken_and_safe(e)


def _spoken_and_safe(e: Evidence) -> Verdict:
    word = _WORD_BEFORE.search(e.before)
    is_alone = word is None or word[1].lower() in SENTENCE_WORDS | PREPOSITIONS
    is_title = e.name.istitle() and word is not None and word[1].islower()
    is_clear = is_alone or is_title or e.is_led or e.looks_made_up or len(e.name) >= 8
    if e.tld in PLAIN:
        return Verdict(0.88 if is_clear else 0.45, "a spoken dot")
    if not e.candidate.spoken.startswith("d"):
        return Verdict(0.3, "a point, and a word after it")
    return Verdict(0.7 if is_clear and (e.is_led or not e.runs_on) else 0.4, "a spoken dot before a word")


def spaced(e: Evidence) -> Verdict | None:
    """`name . com`, `name .com`, `name. com`; the last is how every sentence ends."""
    if e.has_only_dots or not {"spaced", "wrapped"} & set(e.kinds):
        return None
    if e.is_sentence_word and not e.is_led:
        return Verdict(0.1, "a full stop between sentences")
    if e.candidate.is_even:
        return _evenly_spaced(e)
    if not e.is_safe:
        return Verdict(0.2, "a full stop before a word")
    if e.ending.istitle() or (e.ending.isupper() and not e.name.isupper()):
        return Verdict(0.1, "the ending starts a sentence")
    return _unevenly_spaced(e)


def _unevenly_spaced(e: Evidence) -> Verdict:
    if e.after.startswith(".") and len(e.after) > 1 and not e.after[1].isspace():
        return Verdict(0.2, "goes on")
    return _plain_and_uneven(e) if e.tld in PLAIN else _wordy_and_uneven(e)


def _evenly_spaced(e: Evidence) -> Verdict:
    if e.tld in PLAIN or e.has_second_level:
        return Verdict(0.86, "spaces on both sides of the dot")
    is_cheap = e.tld in SCAM_COUNTRIES and len(e.name) > 6
    is_likely = e.is_led or e.looks_made_up or is_cheap or (e.is_safe and len(e.name) >= 6)
    is_sure = is_likely and not (e.is_particle or (e.runs_on and not e.is_led_surely))
    return Verdict(0.6 if is_sure else 0.25, "spaces on both sides of a full stop, perhaps")


def _is_namelike(e: Evidence) -> bool:
    return e.looks_made_up or e.is_led or len(e.candidate.labels) > 2 or "-" in e.name


def _plain_and_uneven(e: Evidence) -> Verdict:
    title = _TITLE_BEFORE.search(e.before)
    if title and e.name.istitle() and title[1].lower() not in SITE_VERBS:
        return Verdict(0.4, "perhaps the last of several words")
    if e.tld in AMBIGUOUS and (e.runs_on or not _is_namelike(e)):
        return Verdict(0.3, "a chat word in Indonesian")
    if _is_namelike(e) or len(e.name) >= 9 or e.candidate.clings_right:
        return Verdict(0.8, "a space beside the dot of a name")
    is_doubtful = "wrapped" in e.kinds or e.runs_on
    return Verdict(0.35 if is_doubtful else 0.7, "a space beside the dot")


def _wordy_and_uneven(e: Evidence) -> Verdict:
    if e.looks_made_up or e.has_space_hint or len(e.candidate.labels) > 2:
        return Verdict(0.8, "a space beside the dot of a name")
    is_sure = _is_namelike(e) and e.stops and len(e.name) >= 6 and e.tld not in STARTERS
    return Verdict(0.55 if is_sure else 0.3, "a word after a full stop")


def bare(e: Evidence) -> Verdict:
    """`name.com` without any sign but its ending."""
    title = _TITLE_BEFORE.search(e.before) if e.name[0].isupper() else None
    if title and title[1].lower() in ARTICLES and not e.looks_made_up:
        return Verdict(0.4, "perhaps the second word of a title")
    if e.is_safe:
        return _bare_and_safe(e)
    if len(e.candidate.labels) > 2:
        return _bare_and_long(e)
    return _bare_and_wordy(e)


def _bare_and_safe(e: Evidence) -> Verdict:
    if e.is_sentence_word and not e.is_led and e.tld not in NAME_ENDINGS:
        return Verdict(0.6 if e.tld == "com" and e.stops else 0.35, "a common word before the dot")
    if len(e.name) <= 2 and e.runs_on and not e.is_led and not e.looks_made_up and len(e.tld) == 2:
        return Verdict(0.4, "two short words")
    if e.tld in AMBIGUOUS and e.runs_on and len(e.name) <= 6 and e.name.islower() and not e.is_led:
        return Verdict(0.4, "a chat word in Indonesian")
    is_word = e.name.isalpha() and e.name.islower() and len(e.name) <= 5 and not e.has_second_level
    if is_word and (e.tld in CHATTY or e.tld not in PLAIN) and not e.is_led and len(e.candidate.labels) == 2:
        return Verdict(0.4 if e.runs_on or len(e.name) < 4 else 0.55, "two short words, perhaps")
    return Verdict(0.9, "a host by its ending")


def _bare_and_long(e: Evidence) -> Verdict:
    names = e.candidate.labels[:-1]
    is_prose = all((len(name) <= 4 and name.isalpha()) or name.lower() in SENTENCE_WORDS for name in names)
    return Verdict(0.2 if is_prose and not e.is_led else 0.7, "several labels before a wordy ending")


def _bare_and_wordy(e: Evidence) -> Verdict:
    if e.is_sentence_word:
        return Verdict(0.1, "a missing space after a full stop")
    if e.is_led:
        is_weak = e.is_particle and e.runs_on and not e.is_led_surely
        return Verdict(0.3 if is_weak else 0.75, "something leads to it")
    if len(e.tld) > 2 and e.tld not in STARTERS and len(e.name) >= 6:
        return Verdict(0.55 if e.runs_on else 0.62, "an ending that starts no sentence")
    if e.looks_made_up and not (e.is_particle and e.runs_on):
        return Verdict(0.62, "the name is no word")
    if e.runs_on:
        is_first = not e.before.strip() and len(e.name) >= 10 and not e.is_particle
        return Verdict(0.52 if is_first else 0.25, "the sentence goes on")
    is_doubtful = e.is_particle or len(e.name) < 5 or not e.stops
    return Verdict(0.35 if is_doubtful else 0.58, "a name, and nothing goes on")
