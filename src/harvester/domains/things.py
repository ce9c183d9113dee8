"""What has the form of a host and is none: files, programs, offices and companies, initials, numbers."""

from __future__ import annotations

import re
from typing import Final

from harvester.domains import traits
from harvester.domains.evidence import Evidence, Verdict
from harvester.domains.hosts import is_measure
from harvester.domains.letters import NAME
from harvester.domains.programs import FILE_ENDINGS, FILE_NAMES, FILE_TYPES, PRODUCTS, SURE_FILE_ENDINGS
from harvester.domains.registrable import is_state
from harvester.domains.words import HANDLE_WORDS, HONORIFICS

_MASKED_NUMBER: Final = re.compile(r"\d{2,}[xX]{3,}\d*")
_CALL_AFTER: Final = re.compile(r"\((?:\)|[-\d'\"]|\(?\w+(?:,\s?\w+)*\)?\s?=>)")
_WORD_IN_CALL: Final = re.compile(r"\(\w+\)")
_IMPORT_BEFORE: Final = re.compile(r"\b(?:import|package|using)\s\Z")
_OTHER_FILE_TYPES: Final = FILE_TYPES - FILE_ENDINGS
_FILE_WORDS: Final = frozenset(
    "file files файл файле файла файлы archivo arquivo fichier datei bestand dosya dosyası berkas plik fil".split()
)
_FILE_BESIDE: Final = re.compile(
    rf"(?<![\w/.-])[\w-]+\.(?:{'|'.join(sorted(_OTHER_FILE_TYPES | SURE_FILE_ENDINGS))})(?![{NAME}])",
    re.IGNORECASE,
)


def file_name(e: Evidence) -> Verdict | None:
    """`notes.md`, `PlayerController.java:88`, `r.data.items.map(x => x.id)`: a file, or a name in a program."""
    is_import = e.after[:1] == "." and e.after[1:2].isupper() and _IMPORT_BEFORE.search(e.before[-9:])
    is_line = e.host.tld in SURE_FILE_ENDINGS and e.path[:1] == ":" and e.path[1:].isdigit()
    is_call = _CALL_AFTER.match(e.after) or (not e.host.is_safe and _WORD_IN_CALL.match(e.after))
    if is_import or is_line or (is_call and not e.prefix):
        return Verdict(0.1, "a name in a program")
    if len(e.host.labels) > 2 and e.host.tld in FILE_ENDINGS and e.host.labels[-2].lower() in _OTHER_FILE_TYPES:
        return Verdict(0.1, "a file in a file")
    may_be_file = not e.path and len(e.host.labels) == 2 and e.host.tld in FILE_ENDINGS
    return _file(e) if may_be_file and not set(e.kinds) - {"dot", "spaced"} else None


def _file(e: Evidence) -> Verdict | None:
    name = e.host.name.lower()
    if name in FILE_NAMES or (name.startswith("lib") and e.host.tld == "so"):
        return Verdict(0, "a file name")
    if e.last_word in _FILE_WORDS and not e.host.is_safe:
        return Verdict(0.1, "a file is spoken of")
    is_sure = e.host.tld in SURE_FILE_ENDINGS and not (len(e.host.tld) == 2 and e.is_led_abroad)
    may_be_file = not e.host.is_safe and not e.is_led
    is_beside = _FILE_BESIDE.search(e.before[-40:]) or _FILE_BESIDE.search(e.after[:40])
    return Verdict(0.15, "perhaps a file name") if is_sure or (may_be_file and is_beside) else None


def no_name(e: Evidence) -> Verdict | None:
    """`ig: tara.art`, `Mr.Green`, `No:14`, `Gov.UK` in a headline, `Paint.NET`: it has a name, and not of a host."""
    if not (e.host.is_safe or e.host.is_sentence_word or e.prefix or e.path) and e.last_word in HANDLE_WORDS:
        return Verdict(0.2, "perhaps a handle without its sign")
    is_package = e.host.is_package and not e.host.is_safe
    is_numbered = e.host.ending.istitle() and not e.host.is_safe and e.path[:1] == ":"
    if (is_package or is_numbered) and not e.prefix:
        return Verdict(0.1, "a package of a program, or a short word and its number")
    if e.host.name.lower() in HONORIFICS and len(e.host.labels) == 2 and not e.path:
        return Verdict(0.1, "a title before a name")
    return None if e.prefix or e.path else _other_name(e)


def _other_name(e: Evidence) -> Verdict | None:
    if is_state(e.host.domain.domain_name) and e.host.name.isupper():
        return Verdict(0.2, "the name of an office, not its address")
    if e.host.domain.domain_name in PRODUCTS:
        return Verdict(0.15, "the name of a program")
    if (e.host.tld == "ltd" and e.host.name.lower() in {"co", "pte", "pvt"}) or (
        e.host.ending == "Inc" and e.host.name.istitle()
    ):
        return Verdict(0.1, "the form of a company")
    return None


def initials_and_numbers(e: Evidence) -> Verdict | None:
    """`J.K.`, `3.so`, `7.45pm.in`: what stands before the ending is no label."""
    names = e.host.labels[:-1]
    if (e.host.is_known and len(names) == 1) or (e.path and e.host.is_safe and not e.traits & traits.WORD):
        return None
    if all(len(name) == 1 for name in names):
        return Verdict(0.1 if e.host.tld == "com" else 0, "initials or a list number")
    is_number = names[-1].replace("-", "").isdigit() and (not e.host.is_safe or len(names[-1]) < 3)
    if is_number and not e.host.has_second_level:
        return Verdict(0, "a number before a unit or a word")
    if len(names) > 1 and all(name.isdigit() for name in names):
        return Verdict(0.1, "a number with its thousands parted")
    # `9.am.in`: that names are sold below `am.in` makes it no host.
    is_parted = len(names) > 1 and names[-2].isdigit() and not (names[-1][0].isdigit() or e.prefix)
    if is_parted and is_measure(names[-2] + names[-1]):
        return Verdict(0.1, "a measure or a time")
    return _number(e, names) or (None if e.host.is_safe else _no_label(e, names))


def _number(e: Evidence, names: tuple[str, ...]) -> Verdict | None:
    """`0700.HK`, `0812xxxx.my`, `RM50.my friend`: the number of a share, of a telephone, or of money."""
    if _MASKED_NUMBER.fullmatch(names[-1]):
        return Verdict(0, "a number of which some digits are hidden")
    is_ticker = len(names) == 1 and names[0].isdigit() and e.host.ending.isupper() and len(e.host.tld) == 2
    if is_ticker and not (e.is_led or e.prefix):
        return Verdict(0.2, "the number of a share")
    is_sum = e.runs_on and len(names) == 1 and len(e.host.tld) == 2 and (names[0].isdigit() or e.host.is_measure)
    return Verdict(0.2, "a number or a sum before a word") if is_sum and not (e.is_led or e.prefix) else None


def _no_label(e: Evidence, names: tuple[str, ...]) -> Verdict | None:
    """What stands before a full stop and a word, and is no label of a host."""
    if len(names) > 1 and names[-1].lower() in FILE_TYPES:
        return Verdict(0.1, "a file name, and a word after it")
    if e.runs_on and e.host.is_measure:
        return Verdict(0.1, "a measure or a time before a word")
    is_shouted = len(e.host.name) <= 3 and e.host.name.isupper() and e.host.ending.isupper()
    return Verdict(0.1, "initials") if is_shouted else None
