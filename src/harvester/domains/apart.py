"""Full stops with a space before or behind them: between a name and its ending, or between sentences."""

from __future__ import annotations

import re
from typing import Final

from harvester.domains.endings import AMBIGUOUS, FREE, PLAIN, SCAM_COUNTRIES, STARTERS
from harvester.domains.evidence import Evidence, Verdict
from harvester.domains.prose import LONGEST_CHAT_WORD, TITLE_BEFORE
from harvester.domains.vocabulary import is_word, languages_of
from harvester.domains.words import PLATFORMS, SITE_VERBS

_ENDING_AFTER: Final = re.compile(r"\s(?:or|and|vs|not|o|ou|oder|und|y|e|и)\s\.[a-z]", re.IGNORECASE)
"""`velmora .com or .net`: another ending, or the word for one, follows."""


def spaced(e: Evidence) -> Verdict | None:
    """`name . com`, `name .com`, `name. com`; the last is how every sentence ends."""
    if e.has_only_dots or not {"spaced", "wrapped"} & set(e.kinds):
        return None
    return _between_words(e) or (_evenly_spaced(e) if e.candidate.is_even else _unevenly_spaced(e))


def _between_words(e: Evidence) -> Verdict | None:
    if e.host.is_sentence_word and not e.is_led:
        return Verdict(0.1, "a full stop between sentences")
    if e.candidate.may_be_longer:
        return Verdict(0.3, "the words before may belong to the name")
    if e.candidate.clings_right and (e.host.name.lower() in SITE_VERBS or _ENDING_AFTER.match(e.after)):
        return Verdict(0.1, "endings are spoken of")
    if e.candidate.clings_right and not e.is_led and (e.host.ends_in_unspaced or (e.host.is_word and e.runs_on)):
        return Verdict(0.2, "an ending after a word")
    return None


def _evenly_spaced(e: Evidence) -> Verdict:
    if len(e.host.name) < 4 and not e.is_led and e.host.is_word:
        return Verdict(0.1, "short words with a mark between them")
    names = e.host.labels[: -1 - e.host.domain.public_suffix.count(".")]
    if len(names) > 1 and not e.is_led and 2 * sum(map(is_word, names)) > len(names):
        return Verdict(0.1, "words with a mark between them")
    if e.host.is_word and e.runs_on and not e.is_led and e.ending_is_word:
        return Verdict(0.1, "a full stop between words")
    if e.host.tld in PLAIN or e.host.has_second_level:
        return Verdict(0.95, "spaces on both sides of the dot")
    if not e.host.is_word and len(e.host.name) >= 5 and not (e.host.is_particle and e.runs_on and e.ending_is_word):
        return Verdict(0.92, "spaces on both sides of a dot behind a name that is no word")
    is_cheap = e.host.tld in SCAM_COUNTRIES and len(e.host.name) > 6
    is_likely = e.is_led or e.host.looks_made_up or is_cheap or (e.host.is_safe and len(e.host.name) >= 6)
    is_sure = is_likely and not (e.host.is_particle or (e.runs_on and not e.is_led_surely))
    return Verdict(0.6 if is_sure else 0.25, "spaces on both sides of a full stop, perhaps")


def _unevenly_spaced(e: Evidence) -> Verdict:
    if not e.host.is_safe:
        is_rented = e.host.name.lower() in PLATFORMS and len(e.host.labels) > 2
        is_habit = e.ending_is_word and e.next_word != "" and (e.has_loose_stops or e.seams > 0)
        may_be_sure = (
            (e.candidate.clings_right and not is_habit) or is_rented or (e.host.tld in FREE and not e.ending_is_word)
        )
        is_sure = may_be_sure and not e.host.is_word and len(e.host.name) >= 6
        return Verdict(0.8 if is_sure else 0.1, "a full stop before a word")
    if (e.host.ending.istitle() and not e.candidate.clings_right) or (
        e.host.ending.isupper() and not e.host.name.isupper()
    ):
        return Verdict(0.1, "the ending starts a sentence")
    if e.after[:1] == "." and e.after[1:2].strip() not in {"", "."}:
        return Verdict(0.1, "goes on")
    return _plain_and_uneven(e) if e.host.tld in PLAIN else _wordy_and_uneven(e)


def _is_namelike(e: Evidence) -> bool:
    return e.host.looks_made_up or e.is_led or len(e.host.labels) > 2 or "-" in e.host.name


def _plain_and_uneven(e: Evidence) -> Verdict:
    title = TITLE_BEFORE.search(e.before)
    if title and e.host.name.istitle() and title[1].lower() not in SITE_VERBS:
        return Verdict(0.3, "perhaps the last of several words")
    if e.host.is_word and not e.is_led and e.ending_is_word:
        return Verdict(0.1, "a full stop between words")
    may_be_chat = e.languages & languages_of("org") or len(e.host.name) <= LONGEST_CHAT_WORD
    if e.host.tld in AMBIGUOUS and may_be_chat and (e.runs_on or not _is_namelike(e)):
        return Verdict(0.2, "a chat word in Indonesian")
    if _is_namelike(e) or not e.host.is_word or e.candidate.clings_right:
        return Verdict(0.93, "a space beside the dot of a name")
    is_doubtful = "wrapped" in e.kinds or e.runs_on
    return Verdict(0.2 if is_doubtful else 0.85, "a space beside the dot")


def _wordy_and_uneven(e: Evidence) -> Verdict:
    if e.host.looks_made_up or e.has_space_hint or len(e.host.labels) > 2:
        return Verdict(0.93, "a space beside the dot of a name")
    if not e.host.is_word and len(e.host.name) >= 6 and (e.candidate.clings_right or not e.ending_is_word):
        return Verdict(0.88, "a space beside the dot of a name that is no word")
    may_be_sure = _is_namelike(e) and e.stops and len(e.host.name) >= 6
    is_sure = may_be_sure and (e.host.tld not in STARTERS or not e.host.is_word)
    is_long = not e.host.is_word and len(e.host.name) >= 10
    return Verdict(0.75 if is_sure or is_long else 0.2, "a word after a full stop")
