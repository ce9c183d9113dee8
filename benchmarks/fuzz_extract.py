"""Any text at all, millions of them: the extractor never raises, and what it says of a text holds.

Half of the texts are random strings of Unicode; the others are lines of the corpus, changed as people and accidents
change them. Of each text: every span gives back the mention's text, in order; the confidence lies in (0, 1]; the
name of the domain parses to the same domain. Of one text in a hundred: alone it reads as it does in its batch. Each
batch has its own seed, so that a failure can be looked at again; the exit code says whether there was one.

    python -m benchmarks.fuzz_extract              # a million texts, in about two minutes
    python -m benchmarks.fuzz_extract 10000000     # more
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from random import Random

from tests.domains import corpus

from harvester.domains import extract, extract_batch, letters, parse_domain
from harvester.model import SHOWN_CONFIDENCE, Mention

SEED = 20261126
BATCH = 1_000
EVERY = 100
"""One text in so many is read alone as well."""
MOST_FAILURES = 20
"""After so many the rest would say the same."""
SIGNS = [*".,:;/\\@#-_ \n\t\0()[]{}<>*'\"|~=!?&%", "\ud800", "\udfff", "\U0010ffff"]
WORDS = """dot DOT punto точка 点 com COM c0m net .co.uk name www. http:// h t t p hxxp:// xn-- xn--bcher-kva .com so
    .me (dot) [.] (remove spaces) https://a@b.de youtu.be moc. backwards delete-the-star ρ а е ß İ ſ ﷺ 😀""".split()


def members(characters: str) -> list[str]:
    """The characters of a set of `letters`, which is written as the inside of a character class."""
    ranges = re.findall(r"\\?(.)(?:-(.))?", characters, re.DOTALL)
    return [chr(each) for first, last in ranges for each in range(ord(first), ord(last or first) + 1)]


SPECIAL = [
    members(each)
    for each in (
        *(letters.INVISIBLE, letters.JOINERS, letters.STROKES, letters.FULL_STOPS, letters.BULLETS, letters.STYLED),
        *(letters.SPACE, letters.FOLDED, letters.EMOJI, letters.UNSPACED, "".join(map(chr, letters.LOOKALIKES))),
        "\U0001f1e6-\U0001f1ff",
    )
]
"""What folding and the dots look for, a list for each set: a small set is drawn from as often as a large one."""


def any_character(random: Random) -> str:
    """A sign, a special character, or any code point, as often each."""
    kind = random.random()
    if kind < 0.35:
        return random.choice(SIGNS)
    return random.choice(random.choice(SPECIAL)) if kind < 0.7 else chr(random.randrange(0x110000))


def any_text(random: Random) -> str:
    """Words that matter here, between characters that may be any."""
    size = random.randrange(24)
    return "".join(random.choice(WORDS) if random.random() < 0.4 else any_character(random) for _ in range(size))


def drop(text: str, random: Random) -> str:
    """Leave a character out."""
    place = random.randrange(len(text))
    return text[:place] + text[place + 1 :]


def double(text: str, random: Random) -> str:
    """Write a piece twice."""
    start = random.randrange(len(text))
    end = start + random.randrange(1, 5)
    return text[:end] + text[start:]


def swap(text: str, random: Random) -> str:
    """Write two neighbours in the other order."""
    place = random.randrange(len(text))
    return text[:place] + text[place : place + 2][::-1] + text[place + 2 :]


def insert(text: str, random: Random) -> str:
    """Put a character in."""
    place = random.randrange(len(text) + 1)
    return text[:place] + any_character(random) + text[place:]


def change_case(text: str, random: Random) -> str:
    """Write a piece, or all, in the other case."""
    start = random.randrange(len(text))
    end = random.choice([start + 1, start + 6, len(text)])
    return text[:start] + text[start:end].swapcase() + text[end:]


MUTATIONS: Sequence[Callable[[str, Random], str]] = (drop, double, swap, insert, insert, change_case)


def mutated(lines: Sequence[str], random: Random) -> str:
    """A line of the corpus, or two in one, changed once or a few times."""
    text = random.choice(lines)
    if random.random() < 0.15:
        text += random.choice(["", " ", "\n", ". "]) + random.choice(lines)
    for _ in range(random.randrange(1, 5)):
        text = random.choice(MUTATIONS)(text or " ", random)
    return text


def batch(number: int, size: int, lines: Sequence[str]) -> list[str]:
    """The texts of one batch, the same in every run."""
    random = Random(SEED + number)
    return [any_text(random) if random.random() < 0.5 else mutated(lines, random) for _ in range(size)]


def failures(texts: Sequence[str], found: Sequence[Sequence[Mention]]) -> Iterator[str]:
    """What does not hold, a line for each."""
    for place, (text, mentions) in enumerate(zip(texts, found, strict=True)):
        if place % EVERY == 0 and list(mentions) != extract(text):
            yield f"alone it reads otherwise: {text!a}"
        if [each.start for each in mentions] != sorted(each.start for each in mentions):
            yield f"the mentions are out of order: {text!a}"
        for each in mentions:
            if not (0 <= each.start < each.end and text[each.start : each.end] == each.text):
                yield f"the span ({each.start}, {each.end}) is not {each.text!a}: {text!a}"
            if not 0 < each.confidence <= 1:
                yield f"the confidence is {each.confidence}: {text!a}"
            if parse_domain(each.domain.domain_name) != each.domain:
                yield f"{each.domain.domain_name} does not parse to itself: {text!a}"


def read(texts: Sequence[str]) -> tuple[Sequence[Sequence[Mention]], list[str]]:
    """The mentions of a batch, and what was raised, text by text."""
    try:
        return extract_batch(texts), []
    except Exception:  # noqa: BLE001 - that nothing raises is what is looked at
        return [], [f"{type(error).__name__}: {error}: {text!a}" for text in texts for error in _raised(text)]


def _raised(text: str) -> Iterator[Exception]:
    try:
        extract(text)
    except Exception as error:  # noqa: BLE001
        yield error


def main() -> int:
    """Print how far it is, what was found and what does not hold."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    lines = corpus.texts()
    batches = -(-count // BATCH)
    print(f"{count:,} texts from seed {SEED}, {len(lines):,} lines of the corpus")
    mentions = shown = failed = 0
    started = time.process_time()
    for number in range(batches):
        texts = batch(number, min(BATCH, count - number * BATCH), lines)
        found, broken = read(texts)
        if found:
            broken += failures(texts, found)
        elif not broken:
            broken = ["the batch raises, and none of its texts does"]
        for line in broken:
            print(f"batch {number}: {line}")
        failed += len(broken)
        mentions += sum(map(len, found))
        shown += sum(each.confidence >= SHOWN_CONFIDENCE for each_text in found for each in each_text)
        if failed >= MOST_FAILURES or (number + 1) % max(1, batches // 20) == 0 or number + 1 == batches:
            seconds = time.process_time() - started
            done = number * BATCH + len(texts)
            print(
                f"{done:,} texts: {mentions:,} mentions, {shown:,} shown, {failed} failures; {seconds:.0f} s",
                flush=True,
            )
        if failed >= MOST_FAILURES:
            break
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
