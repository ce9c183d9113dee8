"""Full stops without the space that prose has behind them: word or name, that is the question."""

from __future__ import annotations

import re
from typing import Final

from harvester.domains import traits
from harvester.domains.endings import (
    ADVERBS,
    AMBIGUOUS,
    ASKED_FOR,
    CHATTY,
    COMPOUNDING,
    HOME_COUNTRIES,
    INTERNATIONAL,
    NAME_ENDINGS,
    NATIONAL_WORDS,
    PLAIN,
    SMALL_WORDS,
    STARTERS,
)
from harvester.domains.evidence import Evidence, Verdict
from harvester.domains.inflection import languages_by_end
from harvester.domains.letters import NAME
from harvester.domains.vocabulary import (
    ALL,
    UNKNOWN,
    is_compound,
    is_word,
    languages_named,
    languages_of,
    languages_of_compound,
)
from harvester.domains.words import (
    ARTICLES,
    BRANDS,
    CONJUNCTIONS,
    COPULAS,
    PLACE_PREPOSITIONS,
    PREPOSITIONS,
    SENTENCE_WORDS,
    SITE_VERBS,
)

TITLE_BEFORE: Final = re.compile(rf"(?<![{NAME}])([A-Z][{NAME}]*)\s\Z")
_LATIN_LETTERS: Final = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+")
_WORDY_STARTERS: Final = STARTERS | NATIONAL_WORDS
_INFLECTED: Final = re.compile(
    "[\u4e00-\u9fff].*[\u3041-\u3096]{2}$|[\u3041-\u3096]{3}$"
    "|[\uac00-\ud7a3][다요죠네까임음함듯지ㅋㅎㅠㅜ]$|[\u4e00-\u9fff][了吗嗎呢吧啊的呀啦哦]$"
)
"""The end of a Japanese, Korean or Chinese verb or clause."""
_PHRASE: Final = re.compile(
    r"in\s?sh[ae]+\s?'?all?ah|in\s(?:fact|case|general|short|love|order|fairness|contrast)\b"
    r"|in\s(?:my|the|a|an|this|that|our|his|her|their)\b"
    r"|to\s(?:the|be|my|make|get|do|see|everyone)\b"
    r"|so\s(?:far|what|much|many|true|cute|good|funny|sad|happy|cool|proud|simple|easy|i|we|you|it|the)\b"
    r"|no\s(?:way|cap|one|need|doubt|words|idea)\b"
    r"|my\s(?:god|gosh|dear|bad|heart)\b|me\s(?:too|either|neither|time)\b|at\s(?:all|least|first)\b"
    r"|as\s(?:well|usual|always|if)\b|be\s(?:like|careful|safe|honest|patient|kind)\b"
    r"|is\s(?:it|that|this|there|he|she|the|a|so|not)\b",
    re.IGNORECASE,
)
"""An ending that begins a set phrase."""
_CODE_SIGNS: Final = ("()", "rror", "xception", "undefined", "trace", "self.", "this.", "console.", ":")
"""One of them is in all that follows, which takes longer to look for."""
_CODE_AROUND: Final = re.compile(
    r"(?:Error|Exception)\b|\bundefined\b|\btraceback\b|\bstack ?trace\b|\bself\.\w|\bthis\.\w+\(|\bconsole\.\w|\w\(\)"
    r"|\w\.(?:js|ts|py|java|cpp|rs):\d"
)
"""What people quote from programs and their errors."""
_BEFORE_NAMES: Final = PREPOSITIONS - CONJUNCTIONS
_BEFORE_NOUNS: Final = _BEFORE_NAMES - COPULAS
_LEADING_TO_NAMES: Final = (PREPOSITIONS - COPULAS) | (SITE_VERBS - ARTICLES)
"""Behind them stands the name of a site, and not of a person."""
LONGEST_CHAT_WORD: Final = 6
"""Letters of a word as Indonesian chats write it (`mhn. info`)."""
_LONGEST_INITIALS: Final = 4
"""Letters of an abbreviation that a preposition stands before as it stands before a name (`by eoy.so many`)."""
_LONG_NAME: Final = 14
"""From this length on what is on no list is of several words."""
_LONG_PLACED: Final = 11
"""The same behind a preposition of place."""
_LONGEST_STARTER: Final = 7
"""Letters of an ending that may be the first word of a sentence."""


def bare(e: Evidence) -> Verdict:
    """`name.com` without any sign but its ending."""
    if verdict := _part_of_something(e):
        return verdict
    if e.host.is_safe:
        return _bare_and_safe(e)
    return _bare_and_long(e) if len(e.host.labels) > 2 else _bare_and_wordy(e)


def _part_of_something(e: Evidence) -> Verdict | None:
    """Give a verdict on what is only a piece of a name, of a title, of a chant or of a clause."""
    if e.candidate.may_be_longer:
        return Verdict(0.3, "the words before may belong to the name")
    title = TITLE_BEFORE.search(e.before) if e.host.name[0].isupper() else None
    if title and title[1].lower() in ARTICLES and not e.host.looks_made_up:
        return Verdict(0.25, "perhaps the second word of a title")
    if len(e.host.labels) > 2 and len({label.lower() for label in e.host.labels}) == 1:
        return Verdict(0.1, "one word, over and over")
    is_clause = e.host.ends_in_unspaced and (not e.host.is_safe or _INFLECTED.search(e.host.name) is not None)
    if is_clause and not e.is_led_by_word:
        return Verdict(0.3 if e.host.is_safe else 0.15, "a clause in a script that puts no spaces, and a word after it")
    return None


def goes_on(e: Evidence) -> Verdict | None:
    """`angezeigt.in einem`, `jelszavát. az igazi`: an inflected word, and one of its language for the ending."""
    tld, name = e.host.tld, e.host.name
    small = SMALL_WORDS.get(tld, "")
    is_no_word = e.host.is_safe and not small and tld not in ADVERBS
    if is_no_word or not e.runs_on or e.traits & traits.WORD:
        return None
    inflected = languages_by_end(name) & languages_of(tld)
    if tld in ADVERBS:
        inflected &= languages_named(ADVERBS[tld])
    if not (small or inflected) or len(e.host.labels) > 2 or e.host.looks_made_up or "-" in name or e.is_led_surely:
        return None
    if e.last_word in PLACE_PREPOSITIONS and _is_at_home(e):
        return None
    # Accents are of a language, even where its other words are on no list.
    is_told = e.languages != UNKNOWN if name.isascii() else _LATIN_LETTERS.fullmatch(name) is not None
    if is_told and e.languages != ALL and e.languages & languages_named(small):
        return Verdict(0.2, "the ending is a small word of the language around")
    return Verdict(0.25, "an inflected word, and another one of its language") if inflected & e.languages else None


def _bare_and_safe(e: Evidence) -> Verdict:
    name, tld = e.host.name, e.host.tld
    if e.host.is_sentence_word and _is_sentence(e):
        return Verdict(0.65 if tld == "com" and e.stops else 0.2, "a common word before the dot")
    is_tiny = len(name) <= 2 and len(tld) == 2 and len(e.host.labels) == 2
    if is_tiny and e.runs_on and not e.is_led and not e.host.looks_made_up:
        return Verdict(0.25, "two short words")
    is_native = not name.isascii() and _LATIN_LETTERS.fullmatch(name) is not None and e.ending_is_word
    if (e.host.is_word or is_native) and (e.runs_on or _is_asked_for(e)) and _may_start_sentence(e):
        return Verdict(0.15 if e.runs_on and e.host.is_word else 0.3, "two words of one language")
    if _is_one_of_many(e) and _may_end_sentence(e):
        return Verdict(0.3, "one of several missing spaces")
    return _bare_and_short(e) or Verdict(0.98, "a host by its ending")


def _bare_and_short(e: Evidence) -> Verdict | None:
    name, tld = e.host.name, e.host.tld
    if len(name) > LONGEST_CHAT_WORD or e.is_led:
        return None
    if tld in AMBIGUOUS and name.islower() and e.runs_on and e.languages & languages_named(AMBIGUOUS[tld]):
        return Verdict(0.3, "a chat word before a word")
    if len(name) <= 5 and _is_short_word(e) and not e.has_host_beside:
        return Verdict(0.25 if e.runs_on or len(name) < 4 else 0.7, "two short words, perhaps")
    return None


def _may_end_sentence(e: Evidence) -> bool:
    """A sentence may end in the name although its ending is safe: that is short, of another script, or a word here."""
    tld = e.host.tld
    may_start = len(tld) == 2 or tld in AMBIGUOUS or not tld.isascii() or e.ending_is_word
    is_adverb = tld == "net" and (e.host.is_word or e.seams > 2)
    return (may_start or is_adverb) and len(e.host.labels) == 2 and not (e.is_led or e.host.has_second_level)


def _is_sentence(e: Evidence) -> bool:
    """Nothing leads to a word of every day, or it does so in a text without spaces behind full stops."""
    is_led = e.is_led and not (e.runs_on and e.seams)
    return not is_led and (e.host.tld not in NAME_ENDINGS or e.runs_on)


def _may_start_sentence(e: Evidence) -> bool:
    """The ending is a word of the text's language, and nothing leads to the name."""
    name, tld = e.host.name, e.host.tld
    is_placed = e.last_word in PREPOSITIONS and not (e.host.is_word and e.last_word in COPULAS)
    if len(tld) > _LONGEST_STARTER or e.host.has_second_level or e.is_led or is_placed:
        return False
    is_foreign = not name.isascii() and tld.isascii() and (tld not in PLAIN or len(tld) == 2)
    return is_foreign or tld in INTERNATIONAL or e.ending_is_word


def _is_asked_for(e: Evidence) -> bool:
    """`nice lamp.link?`, `класс.top`: the ending may be all that the next sentence says."""
    name, tld = e.host.name, e.host.tld
    return (tld in ASKED_FOR and not e.opens_clause) or (not name.isascii() and tld in INTERNATIONAL)


def _is_short_word(e: Evidence) -> bool:
    """A few small letters before an ending of a few, and nothing that places them."""
    name, tld = e.host.name, e.host.tld
    is_chatty = (tld in CHATTY or tld not in PLAIN) and len(e.host.labels) == 2 and not e.host.has_second_level
    return is_chatty and name.isalpha() and name.islower() and not (len(name) > 3 and e.last_word in PREPOSITIONS)


def _bare_and_long(e: Evidence) -> Verdict:
    names = e.host.labels[:-1]
    words = sum(map(is_word, names))
    is_prose = (
        (len(names) > 2 and 2 * words > len(names))
        or words == len(names)
        or all((len(name) <= 4 and name.isalnum()) or name.lower() in SENTENCE_WORDS for name in names)
    )
    is_motto = all(name.lower() in SENTENCE_WORDS for name in names) and not e.is_led_by_word
    if is_motto or ((is_prose or (e.host.is_word and e.runs_on and e.ending_is_word)) and not e.is_led):
        return Verdict(0.1, "words, and a missing space after each full stop")
    if _is_one_of_many(e) and not e.is_led:
        return Verdict(0.2, "one of several missing spaces")
    return Verdict(0.85, "several labels before a wordy ending")


def _bare_and_wordy(e: Evidence) -> Verdict:
    may_be_phrase = e.runs_on and not (e.host.looks_made_up or (e.is_led and len(e.host.name) > _LONGEST_INITIALS))
    is_phrase = may_be_phrase and not e.is_led_surely and _PHRASE.match(e.host.tld + e.after[:12])
    if e.host.is_sentence_word or is_phrase:
        return Verdict(0.1, "a missing space after a full stop")
    if _is_in_program(e):
        return Verdict(0.15, "a name in a program")
    if _is_one_of_many(e):
        return Verdict(0.05 if e.host.is_word else 0.2, "one of several missing spaces")
    if e.is_led:
        is_sure = e.last_word != "" and e.is_led_surely
        is_weak = e.runs_on and e.host.is_word and e.ending_is_word and len(e.host.tld) == 2 and not is_sure
        return Verdict(0.15 if is_weak else 0.93, "something leads to it")
    is_noun = e.host.is_word or (e.runs_on and e.host.name.lower() in BRANDS)
    return _word_and_wordy(e) if is_noun else _name_and_wordy(e)


def _is_in_program(e: Evidence) -> bool:
    around = f"{e.before}\n{e.after}"
    return any(sign in around for sign in _CODE_SIGNS) and _CODE_AROUND.search(around) is not None


def _is_one_of_many(e: Evidence) -> bool:
    """The writer puts no spaces behind other full stops either, and a sentence may begin here."""
    if not (e.traits & traits.BEFORE_SPACE and e.seams):
        return False
    is_shouted = e.host.name.isupper() and e.host.ending.isupper() and e.next_word.islower()
    is_placed = e.last_word in _BEFORE_NAMES
    is_long = e.last_word in PLACE_PREPOSITIONS and len(e.host.name) >= _LONG_PLACED and not e.host.is_word
    is_name = e.is_led_surely or e.host.looks_made_up or "-" in e.host.name or is_shouted or is_long
    if is_name or not e.next_word or e.has_host_beside:
        return False
    if is_compound(e.host.name):
        return e.seams > 2
    is_likely = e.runs_on and e.ending_is_word and len(e.host.labels) == 2 and not e.host.is_safe
    return e.seams >= (1 if is_likely and not is_placed else 2)


def _name_and_wordy(e: Evidence) -> Verdict:
    if e.runs_on and _is_numbered(e.host.name) and e.ending_is_word:
        return Verdict(0.25, "a thing with its number before a full stop")
    is_long = len(e.host.name) >= _LONG_NAME and not languages_by_end(e.host.name)
    is_namelike = "-" in e.host.name or e.host.looks_made_up or is_long or _is_name_of_two_words(e)
    if not e.ending_is_word:
        is_clear = (
            len(e.host.name) > 6 or is_namelike or (len(e.host.name) > 3 and not (e.host.is_particle and e.next_word))
        )
        return Verdict(0.94 if is_clear else 0.3, "the name is no word, and here the ending is none")
    if e.host.name.istitle() and e.next_word and e.before.strip() and e.last_word not in _LEADING_TO_NAMES:
        return Verdict(0.25, "perhaps the name of a person before a full stop")
    is_native = not e.host.name.isascii() and _LATIN_LETTERS.fullmatch(e.host.name) is not None
    if is_native and e.runs_on and not (e.last_word in PLACE_PREPOSITIONS and _is_at_home(e)):
        return Verdict(0.25, "a word with accents before a full stop")
    is_placed = e.opens_clause and e.languages != UNKNOWN and e.host.name.isascii() and not e.host.name.istitle()
    may_start = len(e.host.tld) == 2 or (e.host.tld in _WORDY_STARTERS and e.has_only_dots)
    ends_sentence = e.runs_on and may_start and not (is_placed or e.last_word in PLACE_PREPOSITIONS)
    if (len(e.host.name) >= 5 and not ends_sentence) or is_namelike:
        return Verdict(0.85 if e.runs_on else 0.93, "the name is no word")
    prepositions = _BEFORE_NOUNS if _is_at_home(e) else PLACE_PREPOSITIONS
    is_noun = e.languages != UNKNOWN and e.last_word in prepositions and len(e.host.name) > 2
    return Verdict(0.6 if is_noun else 0.25 if e.runs_on else 0.75, "a short name that is no word")


def _is_at_home(e: Evidence) -> bool:
    """The ending is the country of the language around."""
    code = HOME_COUNTRIES.get(e.host.tld)
    return code is not None and e.languages & languages_named(code) != 0


def _is_name_of_two_words(e: Evidence) -> bool:
    """Two words put together are a name, but in languages that put nouns together are just another one."""
    languages = languages_of_compound(e.host.name)
    joining = languages_named(COMPOUNDING)
    return bool(languages and not e.host.name.istitle() and (languages & ~joining or not e.languages & joining))


def _is_numbered(name: str) -> bool:
    """`covid19`, `iphone15`, `ps5`: a word or a few letters, and a number."""
    letters = name.rstrip("0123456789")
    return len(letters) < len(name) and letters.isalpha() and (len(letters) < 4 or is_word(letters))


def _word_and_wordy(e: Evidence) -> Verdict:
    name, tld = e.host.name, e.host.tld
    is_apart = not e.runs_on or (not e.before.strip() and len(tld) >= _LONGEST_STARTER)
    if is_apart and len(tld) > 2 and tld.isascii() and tld not in STARTERS and len(name) >= 6:
        return Verdict(0.75, "an ending that starts no sentence")
    if e.ending_is_word or e.runs_on or len(name) < 5:
        return Verdict(0.05, "two words, and a missing space after a full stop")
    return Verdict(0.6 if e.stops else 0.25, "a word before an ending that is none here")
