"""docs/reference/disguises.md, from what the extractor finds in invented comments."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from harvester.domains import EXTRACTOR_VERSION, extract
from harvester.domains.letters import INVISIBLE, STROKES
from harvester.model import Mention

from .examples import DISGUISES, HELD, LANGUAGES, TRAPS, Examples
from .markdown import code, codes, page, prose, table

_INTRODUCTION = (
    f"What the extractor, version {code(EXTRACTOR_VERSION)}, finds in invented comments, form by form. What the "
    "columns mean, and the rules behind them, is told in [Extraction](../extraction.md). Characters that cannot be "
    "seen stand as `<U+200B>`, line breaks as `<line break>`.\n\n"
    "Sources: [generate/examples.py](../generate/examples.py), "
    "[src/harvester/domains/](../../src/harvester/domains/)."
)
_HEADINGS = ("example", "domain", "method", "confidence")
_UNSEEN = re.compile(f"[{INVISIBLE}{STROKES}\u00a0]")


def visible(text: str) -> str:
    r"""A text with what cannot be seen, or would hide other letters, spelled out.

    >>> visible("vel\u200bmora.\ncom")
    'vel<U+200B>mora.<line break>com'
    """
    return _UNSEEN.sub(lambda match: f"<U+{ord(match[0]):04X}>", text).replace("\n", "<line break>")


def disguises_page() -> str:
    """The file."""
    return page(
        "Disguises", _INTRODUCTION,
        *_chapter("What is shown", "Each of these names a domain.", [
            *((heading, _found("form", examples)) for heading, examples in DISGUISES.items()),
            ("The word for the dot, in fifty languages", _found("language", LANGUAGES)),
        ]),
        *_chapter("What is held", "Kept for later hunting, and counted nowhere.", [("", _found("form", HELD))]),
        *_chapter("What names nothing", "Traps: each looks like a domain, and none is meant.", [
            (heading, _found("what it is", examples)) for heading, examples in TRAPS.items()
        ]),
    )  # fmt: skip


def _chapter(title: str, words: str, tables: Sequence[tuple[str, str]]) -> list[str]:
    parts = [f"## {title}", words]
    for heading, content in tables:
        parts += [f"### {heading}" if heading else "", content]
    return parts


def _found(first_heading: str, examples: Examples) -> str:
    return table((first_heading, *_HEADINGS), [_row(form, text) for form, text in examples])


def _row(form: str, text: str) -> tuple[str, ...]:
    mentions = extract(text)
    names = codes(mention.domain.domain_name for mention in mentions) or "none"
    return prose(form), code(visible(text)), names, _each(mentions, _method), _each(mentions, _confidence)


def _each(mentions: Sequence[Mention], said: Callable[[Mention], str]) -> str:
    """What is said of each mention; once where it is the same of all."""
    answers = [said(mention) for mention in mentions]
    return ", ".join(answers if len(set(answers)) > 1 else answers[:1])


def _method(mention: Mention) -> str:
    return code(mention.method)


def _confidence(mention: Mention) -> str:
    return f"{mention.confidence:.2f}"
