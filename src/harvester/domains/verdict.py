"""Accept or refuse: named rules in order, of which the first that has an opinion decides.

A rule returns a confidence and the reason for it, or None where it has nothing to say. From
`SHOWN_CONFIDENCE` (0.50) on a mention is shown; below it is held for a person who hunts later; below
`HELD_CONFIDENCE` it is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from harvester.domains import apart, prose, spoken, things, traits
from harvester.domains.endings import PARTICLES, SAFE
from harvester.domains.evidence import Evidence, Verdict
from harvester.domains.letters import BULLETS, NAME
from harvester.domains.registrable import is_public_suffix
from harvester.domains.vocabulary import is_word
from harvester.domains.words import (
    AT_WORDS,
    COM_FOLLOWERS,
    MAIL_HOSTS,
    PREPOSITIONS,
    RARE_DOT_WORDS,
    SENTENCE_WORDS,
    SITE_VERBS,
)

_AT_BEFORE: Final = re.compile(
    rf"(?:@|[\[({{<]\s?(?:at|ät|aet|arobase|{'|'.join(AT_WORDS)}|@)\s?[\])}}>])\s?$", re.IGNORECASE
)
_SITE_BEHIND_AT: Final = re.compile(r"(\w+)\s@\s$")
"""`verify @ velmora.com`: at a site."""
_AT_SAID_BEFORE: Final = re.compile(rf"\s(?:{'|'.join(AT_WORDS)})\s\Z", re.IGNORECASE)
_SHOUTED_AT_BEFORE: Final = re.compile(r"[\w.-]\sAT\s\Z")
_AT_ENDS: Final = frozenset("@])}")
_LOCAL_PART_BEFORE: Final = re.compile(r"[\w-](?:\.|\sdot\s)[\w-]+\s(?:at|arroba)\s\Z", re.IGNORECASE)
"""`kim dot lee at`: the beginning of an address of a person, spelled out."""
_USER_BEFORE: Final = re.compile(r"(?:^|\s)([a-z][a-z0-9_-]{2,})\sat\s\Z")
"""`kimlee at`: what stands before it is the name of a user if it is no word."""
_WORD_AT_BEFORE: Final = re.compile(r"\s(?:at|arroba|aṭ|et|ad)\s$", re.IGNORECASE)
_USER_AFTER: Final = re.compile(r"[^\s/@<>\"'?#\\]{1,80}@\w")
_MASK_BEFORE: Final = re.compile(rf"(?:[{NAME}]\*+|\*{{3,}})$")
_MAIL_BEFORE: Final = re.compile(r"\b(?:e-?mails?|mail|correo)\b(?:\s\S{1,30}){1,3}\s(?:at|arroba)\s\Z", re.IGNORECASE)
_MARK_BEFORE: Final = re.compile(rf"(?:[#$&=%+]|[{NAME}]/)$")
_BROKEN_BEFORE: Final = re.compile(rf"([{NAME}]*[a-z])-\s$")
_TORN_AFTER: Final = re.compile(rf"\s([a-z]{{1,4}})(?![{NAME}])")
_PIECE_AFTER: Final = re.compile(r"\s[a-z]{2,12}\.(?:com|net|org)\b")
_COUNTRY_AFTER: Final = re.compile(r"[,;:!]([a-z]{2})(?![a-z])", re.IGNORECASE)
_BULLET_AFTER: Final = re.compile(rf"[{BULLETS}][{NAME}]")
_CUT_OFF_AFTER: Final = re.compile(r"\s?…|\.{2,}$")


HELD_CONFIDENCE: Final = 0.20
"""What is less likely than one in five is no use to a hunter either."""


_AT_A_SITE: Final = SITE_VERBS | frozenset(
    """verify login order shop us play win bet claim collect redeem spin meet listen available now apply register book
    online live more codes code giveaway deals deal tickets merch coins bonus free discount""".split()
)
"""Behind them `@` stands for "at" (`verify @ velmora.com`)."""
_LONG_NAME: Final = 5
"""Letters of a name that nobody spells out by accident."""

Rule = Callable[[Evidence], Verdict | None]


def judge(evidence: Evidence) -> Verdict:
    """Weigh a candidate by the first rule that has an opinion."""
    for rule in _rules_about(evidence.traits):
        verdict = rule(evidence)
        if verdict is not None:
            return verdict
    return Verdict(0.3, "nothing speaks for it")


def _address_of_a_person(e: Evidence) -> Verdict | None:
    is_user = e.prefix == "scheme" and not e.path and _USER_AFTER.match(e.after)
    is_behind_at = not e.prefix and e.before.rstrip()[-1:] in _AT_ENDS and _is_behind_at(e.before)
    if is_user or is_behind_at or e.after.startswith("@"):
        return Verdict(0, "part of an e-mail address or a handle")
    return _spelled_address_of_a_person(e) if e.traits & traits.BEHIND_SPACE and not e.prefix else None


def _is_behind_at(before: str) -> bool:
    site = _SITE_BEHIND_AT.search(before[-20:])
    is_site = site is not None and site[1].lower() in _AT_A_SITE
    return not is_site and _AT_BEFORE.search(before[-20:]) is not None


def _spelled_address_of_a_person(e: Evidence) -> Verdict | None:
    before, is_spoken = e.before, e.traits & traits.WORD
    is_said = before[-3:-1].lower() in traits.AT_WORDS_END and _AT_SAID_BEFORE.search(before[-16:])
    is_mail = is_spoken and before[-3:-1].lower() in {"at", "ba"}
    if is_said or (is_mail and (_MAIL_BEFORE.search(before) or _LOCAL_PART_BEFORE.search(before[-60:]))):
        return Verdict(0, "an e-mail address whose sign is spelled out")
    user = _USER_BEFORE.search(before[-40:]) if is_mail and not e.candidate.may_be_longer else None
    if user and not is_word(user[1]):
        return Verdict(0.2, "perhaps an e-mail address whose sign is spelled out")
    if is_spoken and before[-3:-1] == "AT" and not before[-20:].isupper() and _SHOUTED_AT_BEFORE.search(before[-5:]):
        return Verdict(0.2, "perhaps an e-mail address whose sign is spelled out")
    if e.host.name.lower() in MAIL_HOSTS and _WORD_AT_BEFORE.search(before):
        return Verdict(0, "an e-mail address whose sign is spelled out")
    return None


def _fragment(e: Evidence) -> Verdict | None:
    if not e.prefix and e.before.endswith("*") and _MASK_BEFORE.search(e.before):
        return Verdict(0, "the tail of a masked string")
    if "bullet" in e.kinds and is_word("".join(e.host.labels)):
        return Verdict(0.05, "a word parted at its syllables")
    # `great.so`: a sentence has no pieces.
    is_prose = e.host.is_sentence_word and not e.host.is_safe and e.has_only_dots
    torn = None if e.path or is_prose else _TORN_AFTER.match(e.after)
    if torn and (e.host.ending + torn[1]).lower() in SAFE and torn[1] not in SENTENCE_WORDS:
        return Verdict(0.3, "the ending may go on after a space")
    is_broken = not e.prefix and e.before[-2:-1] == "-" and _BROKEN_BEFORE.search(e.before) is not None
    if is_broken and e.host.name.islower() and not e.is_led and not is_prose:
        return Verdict(0.3, "the hyphen before it may belong to the name")
    return _head(e) if e.after else None


def _head(e: Evidence) -> Verdict | None:
    """The beginning of a longer host, which goes on in some other way."""
    if "bullet" in e.kinds and _BULLET_AFTER.match(e.after):
        return Verdict(0.1, "goes on behind another mark")
    if e.host.tld in {"co", "ne", "inf"} and not e.path and _CUT_OFF_AFTER.match(e.after):
        return Verdict(0.3, "cut off by an ellipsis")
    if e.prefix and not e.path and not e.host.has_second_level and _PIECE_AFTER.match(e.after):
        return Verdict(0.3, "goes on after a space")
    after = _COUNTRY_AFTER.match(e.after)
    country = after[1].lower() if after else ""
    if country and country not in PARTICLES and is_public_suffix(f"{e.host.domain.public_suffix}.{country}"):
        return Verdict(0.3, "a comma stands before its country")
    return None


def _backwards(e: Evidence) -> Verdict | None:
    if not e.candidate.is_reversed:
        return None
    return Verdict(0.9 if len(e.host.name) > 3 else 0.3, "written from the end to the start")


def _mixed_scripts(e: Evidence) -> Verdict | None:
    if e.host.has_mixed_scripts:
        is_clear = e.prefix or e.path or len(e.host.name) > 4
        return Verdict(0.93 if is_clear else 0.3, "letters of another script that look alike")
    return None


def _glued(e: Evidence) -> Verdict | None:
    if not e.candidate.glued:
        return None
    is_short = len(e.host.name) < 4 and not e.host.is_safe and e.runs_on
    return Verdict(0.3 if is_short else 0.88, "cut from a script that puts no spaces")


def _begins_like_an_address(e: Evidence) -> Verdict | None:
    if not e.prefix and not e.is_spelled_out:
        return None
    is_loose = e.traits & traits.WORD or (e.traits & traits.SPACED and not e.candidate.is_even)
    if is_loose and not e.host.is_safe and not e.is_spelled_out:
        return None
    if e.prefix == "scheme":
        return Verdict(0.99 if not e.is_spelled_out else 0.95, "a scheme stands before it")
    if e.prefix == "www":
        return Verdict(0.98 if not e.is_spelled_out else 0.95, "www stands before it")
    if e.is_spelled_out:
        is_sure = e.host.is_safe or e.has_space_hint or e.path or len(e.host.name) > _LONG_NAME
        return Verdict(0.92 if is_sure else 0.3, "spelled letter by letter")
    return None


def _bracketed(e: Evidence) -> Verdict | None:
    if "bracketed" not in e.kinds:
        return None
    if e.candidate.may_be_longer and not e.path:
        return Verdict(0.3, "the words before may belong to the name")
    is_short = e.host.is_sentence_word or (len(e.host.name) < 3 and e.host.is_particle)
    if e.host.is_particle and e.runs_on and not (e.host.is_safe or e.is_led) and _are_words(e.host.name):
        return Verdict(0.3, "words, and a small word behind a bracketed dot")
    if is_short and not e.host.is_safe and not e.host.is_known and not e.path:
        return Verdict(0.3, "a bracketed dot between common words")
    return Verdict(0.98, "a dot was put in brackets on purpose")


def _are_words(name: str) -> bool:
    return is_word(name) or any(is_word(name[:cut]) and is_word(name[cut:]) for cut in range(2, len(name) - 2))


def _restyled(e: Evidence) -> Verdict | None:
    if not e.traits & traits.RESTYLED or e.host.is_sentence_word or len(e.host.name) < 3:
        return None
    return Verdict(0.93, "letters in another dress, put on for the address")


def _known(e: Evidence) -> Verdict | None:
    is_end = len(e.host.name) == 1 and e.host.name.isupper() and e.host.ending.islower() and not e.path
    if not e.host.is_known or "comma" in e.kinds or is_end or (e.host.ending.istitle() and e.host.name.islower()):
        return None
    return Verdict(0.99 if e.has_only_dots else 0.93, "a host that everybody knows")


def _marked(e: Evidence) -> Verdict | None:
    if _MARK_BEFORE.search(e.before[-2:]):
        return Verdict(0.2, "part of a tag, a query or a path")
    return None


def _sentence_start(e: Evidence) -> Verdict | None:
    """`vizinhos.Com razão`, `awesome.It was`: the ending starts a sentence."""
    if not e.host.ending.istitle() or len(e.host.ending) < 2 or e.host.is_known or e.traits & traits.WORD:
        return None
    if e.host.tld == "com" and e.next_word.lower() in COM_FOLLOWERS:
        return Verdict(0.1, "the Portuguese word com starts a sentence")
    if (
        e.host.name[0].isupper()
        and e.host.looks_made_up
        and not e.host.is_safe
        and not e.path
        and e.host.ending[1:].islower()
    ):
        return Verdict(0.15, "a name in a program")
    if e.host.name[0].islower() and not e.path:
        return Verdict(0.1 if e.host.is_safe else 0, "the ending starts a sentence")
    is_led = e.is_led_by_word and e.last_word not in PREPOSITIONS
    if not (e.host.is_safe or e.path or is_led or e.host.looks_made_up):
        return Verdict(0.15, "the ending may start a sentence")
    return None


def _portuguese_with(e: Evidence) -> Verdict | None:
    if e.host.tld != "com" or e.next_word.lower() not in COM_FOLLOWERS or e.path or e.is_led or e.host.looks_made_up:
        return None
    is_name = not e.host.is_word and len(e.host.name) > 4 and "comma" not in e.kinds
    return Verdict(0.7 if is_name else 0.15, "the Portuguese word com in a sentence, perhaps")


def _with_path(e: Evidence) -> Verdict | None:
    if not e.path:
        return None
    if e.candidate.may_be_longer and e.traits & traits.SPACED and not e.is_led:
        return Verdict(0.3, "what stands before may belong to the name")
    is_doubtful = set(e.kinds) - {"dot"} and not e.host.looks_made_up and not e.is_led and e.host.is_word
    if not e.host.is_safe and (e.host.is_sentence_word or is_doubtful):
        is_said = "word" in e.kinds and e.candidate.spoken not in RARE_DOT_WORDS
        return Verdict(0.6 if is_said else 0.3, "a path, but common words")
    return Verdict(0.97, "a path follows")


_ABOUT: Final[dict[Rule, int]] = {
    _address_of_a_person: traits.BEHIND_AT | traits.BEFORE_AT | traits.WORD | traits.MAIL,
    _fragment: traits.BEHIND_PIECE | traits.BEFORE_PIECE | traits.BEFORE_COUNTRY | traits.BULLET,
    _backwards: traits.REVERSED,
    _mixed_scripts: traits.MIXED,
    _begins_like_an_address: traits.PREFIX | traits.SPELLED_OUT,
    _bracketed: traits.BRACKETED,
    _marked: traits.BEHIND_MARK,
    _restyled: traits.RESTYLED,
    things.file_name: traits.FILE | traits.BEFORE_CODE,
    things.no_name: traits.ODD,
    things.initials_and_numbers: traits.SHORT,
    _glued: traits.GLUED,
    _known: traits.KNOWN,
    _sentence_start: traits.TITLE,
    _portuguese_with: traits.COM,
    _with_path: traits.PATH,
    prose.goes_on: traits.BEFORE_SPACE,
    spoken.comma: traits.COMMA,
    spoken.doubled: traits.DOUBLE,
    spoken.pictured: traits.EMOJI,
    spoken.spoken: traits.WORD,
    apart.spaced: traits.SPACED,
    prose.bare: traits.ANY,
}
"""The rules in order, each with the traits of which a candidate must have one, or it has nothing to say."""

RULES: Final = tuple(_ABOUT)


@lru_cache(maxsize=16_384)
def _rules_about(found: int) -> tuple[Rule, ...]:
    return tuple(rule for rule, about in _ABOUT.items() if about & found)
