"""Whether a confidence of 0.9 is right nine times of ten: the extractor's confidences beside labelled comments.

Reads comments that people labelled, one JSON object a line: `id`, `text`, `domains` (the hosts that the writer
meant), and perhaps `optional` (hosts that count neither for nor against). Every mention, held ones included, falls
into one of ten bins by its confidence; as in the database, a domain counts once a comment. Prints for each bin the
number, the mean confidence, the share that is right with the interval that 95 of 100 such samples would give, and
the expected calibration error: the gaps between the two, weighed by the number. Goal: at most 0.05.

    python benchmarks/bench_reliability.py LABELS.jsonl            # the figures
    python benchmarks/bench_reliability.py LABELS.jsonl OUT.svg    # and the diagram

Without labels it takes those of the shared data where these are checked out beside the project. On comments that the
rules were made with the figures flatter: the verdict belongs to others.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from harvester.domains import EXTRACTOR_VERSION, extract_batch
from harvester.model import SHOWN_CONFIDENCE, Mention

SHARED_LABELS = Path(__file__).resolve().parents[2] / "shared" / "data" / "comments_dev.jsonl"
BINS = 10
GOAL = 0.05


@dataclass(frozen=True, slots=True)
class Labelled:
    """One comment and the hosts that its readers found in it, as `canonical` writes them."""

    text: str
    domains: frozenset[str]
    optional: frozenset[str]


@dataclass(frozen=True, slots=True)
class Bin:
    """The mentions whose confidence lies in one tenth: [start, start + 0.1), the last one with its end."""

    start: float
    mentions: int
    confidence: float
    """Their mean confidence; 0 where there are none."""
    right: int

    @property
    def share(self) -> float:
        """The share of them that is right; 0 where there are none."""
        return self.right / self.mentions if self.mentions else 0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies, with a certainty of 95 % (Wilson).

        >>> [round(each, 2) for each in Bin(0.9, 20, 0.95, 19).interval]
        [0.76, 0.99]
        """
        number, share, z = self.mentions, self.share, 1.96
        middle = (share + z * z / (2 * number)) / (1 + z * z / number)
        reach = z * sqrt(share * (1 - share) / number + z * z / (4 * number * number)) / (1 + z * z / number)
        return middle - reach, middle + reach


def canonical(host: str) -> str:
    """A host as labels are compared: NFKC, small letters, Unicode form, without a leading `www.`.

    >>> canonical("WWW.xn--bcher-kva.example.")
    'bücher.example'
    """
    labels = unicodedata.normalize("NFKC", host).strip().strip(".").lower().split(".")
    return ".".join(_decoded(label) for label in labels).removeprefix("www.")


def _decoded(label: str) -> str:
    try:
        return label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
    except ValueError:
        return label


def read_labels(file: Path) -> list[Labelled]:
    """The labelled comments of a file."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
    return [Labelled(row["text"], _hosts(row["domains"]), _hosts(row.get("optional", ()))) for row in rows]


def _hosts(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(canonical, names))


def judged(comments: Sequence[Labelled]) -> Iterator[tuple[float, bool]]:
    """The confidence of each mention and whether it is right; hosts that are optional are left out."""
    found = extract_batch([comment.text for comment in comments])
    for comment, mentions in zip(comments, found, strict=True):
        for host, mention in _as_stored(mentions).items():
            if host not in comment.optional:
                yield mention.confidence, host in comment.domains


def _as_stored(mentions: Iterable[Mention]) -> dict[str, Mention]:
    """One mention for each host: the first of its best tier, whose confidence is the row's."""
    stored: dict[str, Mention] = {}
    for mention in sorted(mentions, key=lambda each: (each.tier != "shown", each.start)):
        stored.setdefault(canonical(mention.domain.domain_name), mention)
    return stored


def binned(outcomes: Iterable[tuple[float, bool]]) -> list[Bin]:
    """All bins, from the least confidence on.

    >>> bins = binned([(0.95, True), (1, False), (0.3, True)])
    >>> [(each.start, each.mentions, each.right) for each in bins if each.mentions]
    [(0.3, 1, 1), (0.9, 2, 1)]
    """
    held: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, is_right in outcomes:
        # Rounded as it is stored: 0.3 * 10 and its like may fall short of the whole number.
        held[min(round(confidence * 100) * BINS // 100, BINS - 1)].append((confidence, is_right))
    return [
        Bin(
            number / BINS, len(each), sum(confidence for confidence, _ in each) / max(len(each), 1),
            sum(is_right for _, is_right in each),
        )
        for number, each in enumerate(held)
    ]  # fmt: skip


def expected_error(bins: Sequence[Bin]) -> float:
    """How far confidence and share right are apart, on the average of all mentions.

    >>> round(expected_error(binned([(0.9, True)] * 8 + [(0.9, False)] * 2)), 3)
    0.1
    """
    gaps = sum(each.mentions * abs(each.confidence - each.share) for each in bins)
    return gaps / max(sum(each.mentions for each in bins), 1)


WIDTH, HEIGHT, SIDE, LEFT, TOP = 440, 460, 340, 76, 60
_STYLE = """
    :root { --page: #ffffff; --ink: #1a1f27; --quiet: #586273; --line: #e1e5eb; --bar: #3d78c8; }
    @media (prefers-color-scheme: dark) {
      :root { --page: #171c23; --ink: #e4e8ee; --quiet: #9ba7b7; --line: #29313c; --bar: #5b93de; }
    }
    text { font: 12px -apple-system, "Segoe UI", Roboto, Arial, sans-serif; fill: var(--quiet); }
    .title { font-size: 13px; fill: var(--ink); } .middle { text-anchor: middle; } .end { text-anchor: end; }
    .page { fill: var(--page); } .grid { stroke: var(--line); } .bar { fill: var(--bar); opacity: 0.55; }
    .even { stroke: var(--quiet); stroke-dasharray: 4 4; } .reach { stroke: var(--ink); } .mean { fill: var(--ink); }
"""


def diagram(bins: Sequence[Bin]) -> str:
    """The reliability diagram as SVG: a bar is the share right, a dot sits where the confidence would have it."""
    error, number = expected_error(bins), sum(each.mentions for each in bins)
    title = f"{number:,} mentions, expected calibration error {error:.3f}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img">',
        f"  <title>Share of mentions that is right, by confidence: {title}</title>",
        f"  <style>{_STYLE}  </style>",
        f'  <rect class="page" width="{WIDTH}" height="{HEIGHT}"/>',
        f'  <text class="title" x="{LEFT}" y="24">{title}</text>',
        *_axes(),
        f'  <line class="even" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>',
    ]
    for each in bins:
        lines += _drawn(each) if each.mentions else []
    return "\n".join([*lines, "</svg>", ""])


def _x(confidence: float) -> str:
    return f"{LEFT + SIDE * confidence:.1f}"


def _y(share: float) -> str:
    return f"{TOP + SIDE * (1 - share):.1f}"


def _axes() -> Iterator[str]:
    for step in range(0, 11, 2):
        at, low = step / 10, TOP + SIDE
        yield f'  <line class="grid" x1="{_x(0)}" y1="{_y(at)}" x2="{_x(1)}" y2="{_y(at)}"/>'
        yield f'  <text class="end" x="{LEFT - 8}" y="{float(_y(at)) + 4:.1f}">{at:.1f}</text>'
        yield f'  <text class="middle" x="{_x(at)}" y="{low + 18}">{at:.1f}</text>'
    yield f'  <text class="middle" x="{_x(0.5)}" y="{TOP + SIDE + 42}">confidence</text>'
    yield f'  <text class="end" x="{LEFT - 8}" y="{TOP - 8}">mentions</text>'
    turned = f"rotate(-90 24 {_y(0.5)})"
    yield f'  <text class="middle" x="24" y="{_y(0.5)}" transform="{turned}">share that is right</text>'


def _drawn(each: Bin) -> Iterator[str]:
    (low, high), middle, left = each.interval, _x(each.start + 0.5 / BINS), _x(each.start + 0.1 / BINS)
    width, height = f"{0.8 * SIDE / BINS:.1f}", f"{SIDE * each.share:.1f}"
    yield f'  <rect class="bar" x="{left}" y="{_y(each.share)}" width="{width}" height="{height}"/>'
    yield f'  <line class="reach" x1="{middle}" y1="{_y(low)}" x2="{middle}" y2="{_y(high)}"/>'
    yield f'  <circle class="mean" cx="{_x(each.confidence)}" cy="{_y(each.confidence)}" r="3.5"/>'
    yield f'  <text class="middle" x="{middle}" y="{TOP - 8}">{each.mentions}</text>'


def report(bins: Sequence[Bin]) -> bool:
    """Print every figure and its goal; whether the goal is met."""
    print(f"{'confidence':<12}{'mentions':>10}{'mean':>8}{'right':>8}   95 % interval")
    for each in bins:
        if each.mentions:
            low, high = each.interval
            name = f"{each.start:.1f} to {each.start + 1 / BINS:.1f}"
            print(f"{name:<12}{each.mentions:>10}{each.confidence:>8.3f}{each.share:>8.3f}   {low:.2f} to {high:.2f}")
    error = expected_error(bins)
    is_met = error <= GOAL
    print(f"expected calibration error: {error:.3f} (goal: at most {GOAL}) {'met' if is_met else 'MISSED'}")
    return is_met


def main(arguments: Sequence[str]) -> int:
    """Measure, print, draw; the exit code says whether the goal is met, and 2 that the labels are missing."""
    labels = Path(arguments[0]) if arguments else SHARED_LABELS
    if not labels.exists():
        print(f"not run: there are no labelled comments at {labels}; name a file of your own, see the top of this one")
        return 2 if arguments else 0
    comments = read_labels(labels)
    outcomes = list(judged(comments))
    bins = binned(outcomes)
    shown = [is_right for confidence, is_right in outcomes if confidence >= SHOWN_CONFIDENCE]
    print(f"{len(comments):,} comments, {len(outcomes):,} mentions, by the rules of {EXTRACTOR_VERSION}")
    is_met = report(bins)
    print(f"shown: {len(shown)}, of which {sum(shown)} are right; held: {len(outcomes) - len(shown)}")
    if arguments[1:]:
        Path(arguments[1]).write_text(diagram(bins), encoding="utf-8")
        print(f"wrote {arguments[1]}")
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
