"""How many comments a second the extractor reads, beside the extractors that people use today.

The comments are made before the clock starts, with a fixed seed, in the proportions of real streams: one in twenty
has anything like a domain in it. They come from `make_comments.py` of the shared tools where those are checked out
beside the project, else from our own generator. Goals on one core: a million comments a second in batches of 1,000
(at least 0.6 million), 0.2 million one by one; memory that does not grow; 1 MB of hostile text in less than a second,
and twice the text in about twice the time. Figures are processor time of this process, the best of five.

The extractor is measured as plain Python, and compiled (`hatch_build.py`) where `make .venv/.compiled` has built it:
both must find the same.

    python benchmarks/bench_extract.py             # 200,000 comments
    python benchmarks/bench_extract.py 1000000     # more
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import psutil

from harvester.domains import extract, extract_batch, scan
from harvester.model import Comment
from harvester.sandbox import generate

SHARED_TOOL = Path(__file__).resolve().parents[2] / "shared" / "tools" / "make_comments.py"
COMPILED = Path(sys.prefix) / "compiled"
"""Where the compiled extractor is installed, apart from the environment."""
OURS_ALONE = "--ours-alone"
"""How this program calls itself for the compiled one."""
SEED = 20261123
BATCH = 1_000
FEW = 5_000
"""Comments for the slower tools."""
HOSTILE = (
    *("a.", ".com", " . so", "dot ", "(.)", "http://", "w w w ", "a b . ", "name.com ", "\u200b.", "xn--a.", "点com"),
    *("*.", "@a.b", "moc.", "𝐚．", ",com", "🔴", "h t t p : / / ", "а.соm ", "name (dot) com ", "com.", "\u202ea.com"),
    *("x a b c d e . c o m ", '"a b . com" ', "no spaces: a b . com ", "a . com . my "),
)


def comments(number: int) -> list[str]:
    """The texts, made by the shared tool or by our own generator."""
    if SHARED_TOOL.exists():
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "comments.jsonl"
            command = [sys.executable, str(SHARED_TOOL), "--n", str(number), "--seed", str(SEED), "--out", str(made)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            return [json.loads(line)[0] for line in made.read_text(encoding="utf-8").splitlines()]
    scale = generate.Scale(videos=max(1, number // 200), comments=number)
    records = generate.generate(scale, datetime(2026, 11, 1, tzinfo=UTC))
    return [record.text for record in records if isinstance(record, Comment)]


def rate(read: Callable[[Sequence[str]], object], texts: Sequence[str], runs: int = 5) -> float:
    """Texts a second, the best of some runs."""
    best = 0.0
    for _ in range(runs):
        started = time.process_time()
        read(texts)
        best = max(best, len(texts) / (time.process_time() - started))
    return best


def in_batches(texts: Sequence[str]) -> None:
    """Read texts a thousand at a time."""
    for start in range(0, len(texts), BATCH):
        extract_batch(texts[start : start + BATCH])


def one_by_one(texts: Sequence[str]) -> None:
    """Read each text by itself."""
    for text in texts:
        extract(text)


def others() -> dict[str, Callable[[Sequence[str]], object]]:
    """The extractors to compare with, as their documentation says to use them."""
    import tldextract
    from linkify_it import LinkifyIt
    from urlextract import URLExtract

    finder, linkify = URLExtract(), LinkifyIt()
    split = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    return {
        "urlextract": lambda texts: [finder.find_urls(text) for text in texts],
        "linkify-it-py": lambda texts: [linkify.match(text) for text in texts],
        "tldextract on words": lambda texts: [split(word) for text in texts for word in text.split() if "." in word],
    }


def hostile() -> list[tuple[str, float, float]]:
    """The seconds that a megabyte of each hostile text takes, and how they grow when it is doubled."""
    found = []
    for piece in HOSTILE:
        seconds = []
        for size in (500_000, 1_000_000):
            text = piece * (size // len(piece.encode()))
            started = time.process_time()
            extract(text)
            seconds.append(time.process_time() - started)
        found.append((piece, seconds[1], seconds[1] / seconds[0]))
    return found


class Figures(NamedTuple):
    """What our extractor does with the comments, and a checksum of what it finds."""

    batched: float
    single: float
    grown: float
    found: str


def ours(texts: Sequence[str]) -> Figures:
    """Measure the extractor that this process has."""
    in_batches(texts[:50_000])
    process = psutil.Process()
    before = process.memory_info().rss
    batched = rate(in_batches, texts)
    grown = (process.memory_info().rss - before) / 1e6
    single = rate(one_by_one, texts[:100_000])
    seen = [[mention.text, mention.start, mention.confidence] for text in texts for mention in extract(text)]
    return Figures(batched, single, grown, hashlib.sha256(repr(seen).encode("utf-8", "replace")).hexdigest())


def compiled(number: int) -> Figures | None:
    """Measure the compiled extractor in a process of its own; None where it is not built."""
    if not COMPILED.exists():
        return None
    command = [sys.executable, __file__, str(number), OURS_ALONE]
    environment = os.environ | {"PYTHONPATH": str(COMPILED)}
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment).stdout
    return Figures(*json.loads(said))


def tell(name: str, figures: Figures, number: int) -> None:
    """Print the figures of one of the two, with their goals."""
    print(f"{name}, in batches of {BATCH:,}: {figures.batched:,.0f} a second (goal 1,000,000; at least 600,000)")
    print(f"{name}, one by one: {figures.single:,.0f} a second (goal 200,000)")
    print(f"{name}, memory: {figures.grown:+.1f} MB over {5 * number:,} comments")


def main() -> int:
    """Print every figure and its goal; the exit code says whether all are met."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    texts = comments(number)
    if OURS_ALONE in sys.argv:
        print(json.dumps(ours(texts)))
        return 0
    engine = "RE2" if scan.re2 else "re"
    print(f"{len(texts):,} comments, {sum(map(len, texts)) / len(texts):.0f} characters each, scanned with {engine}")
    plain, fast = ours(texts), compiled(number)
    tell("plain Python", plain, number)
    if fast:
        tell("compiled", fast, number)
        print(
            f"compiled, {fast.batched / plain.batched:.2f} times as fast; finds the same: {fast.found == plain.found}"
        )
    else:
        print("compiled: not run: it is not built (make .venv/.compiled)")
    for name, read in others().items():
        theirs = rate(read, texts[:FEW], runs=1)
        print(f"{name:<20} {theirs:,.0f} a second: ours is {plain.batched / theirs:,.0f} times as fast")
    worst = hostile()
    for piece, seconds, growth in sorted(worst, key=lambda each: -each[1])[:5]:
        print(f"1 MB of {piece!r}: {seconds:.2f} s; twice the text takes {growth:.1f} times as long")
    return verdict(plain, fast, max(seconds for _, seconds, _ in worst))


def verdict(plain: Figures, fast: Figures | None, slowest: float) -> int:
    """Say which goals are missed."""
    best = fast or plain
    missed = [
        *(["a million a second"] if best.batched < 1_000_000 else []),
        *(["0.6 million a second in plain Python"] if plain.batched < 600_000 else []),
        *(["0.2 million one by one"] if plain.single < 200_000 else []),
        *(["memory that does not grow"] if max(plain.grown, best.grown) >= 20 else []),
        *(["a second for a megabyte"] if slowest >= 1 else []),
        *(["the same from both"] if best.found != plain.found else []),
    ]
    print(f"missed: {', '.join(missed)}" if missed else "all goals are met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
