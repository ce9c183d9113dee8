"""Invented videos and comments, the same ones for the same arguments, one after the other.

Only `random.Random(seed).random()` is drawn from, sums of floats are plain loops, and nothing iterates over
a set: so the records are equal in every process and on every supported Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import gcd
from random import Random
from typing import TypeVar

from harvester.model import Comment, Video
from harvester.sandbox.disguises import EVEN_DRAW, OPEN_FORMS
from harvester.sandbox.lures import PLATFORMS, TAIL, a_label, lures_of, tail_lure
from harvester.sandbox.people import BRANDS, FLAGS, handle
from harvester.sandbox.pitches import DOUBTS, MINE, PLATFORM, said_of
from harvester.sandbox.tongues import BY_CODE, TAILS, TONGUES, Tongue
from harvester.sandbox.traps import TRAPS

T = TypeVar("T")
Labelled = tuple[Video | Comment, tuple[str, ...]]
"""A record with the domains that its text means, as A-labels in the order of the text."""

DAY = 86_400
SEED = 48
"""The demonstration's own: its month rises, falls and stays as the campaigns say, without odd days."""

PROMOTED = 0.14
"""The share of videos that are promoted."""
LURED = {True: 0.25, False: 0.06}
"""The share of comments that name a domain, under promoted videos and under the others."""
TRAPPED = 0.03
CATCH_UP = 0.2
"""The share of videos that the collector finds in its first two days, because they were there already."""
TODAY = 0.04
"""The share of older videos' comments that are seen on the day of the anchor: it is never empty."""
REPLIED = 0.22
"""The share of comments that get replies."""
REPLY_FIRST = 0.15
"""The share of threads whose first reply is seen before the comment it answers."""
TAIL_LIFE = 9
"""For so many days at most is a small host of the tail mentioned."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is invented: so many videos and comments, seen over so many days up to the anchor."""

    videos: int
    comments: int
    days: int = 30

    def __post_init__(self) -> None:
        if self.days < 1 or self.comments < 0 or self.videos < (1 if self.comments else 0):
            raise ValueError(f"A scale needs a day or more, and a video where there are comments: {self}.")


DEMO = Scale(videos=240, comments=12_000)


def generate(scale: Scale, anchor: datetime, seed: int = SEED) -> Iterator[Video | Comment]:
    """Invent a month of TikTok that ends at the anchor: each video, then its comments.

    The anchor has a time zone. Nothing is posted or observed after it. Most replies follow the comment that
    they answer; some come just before it. Memory does not grow with the scale.
    """
    return (record for record, _ in generate_labelled(scale, anchor, seed))


def generate_labelled(scale: Scale, anchor: datetime, seed: int = SEED) -> Iterator[Labelled]:
    """The records of `generate`, each with the domains that its text means; captions mean none."""
    if anchor.tzinfo is None:
        raise ValueError(f"The anchor needs a time zone: {anchor.isoformat()}.")
    return _Author(scale, int(anchor.timestamp()), seed).records()


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the comments of one video share, and its times in Unix seconds."""

    video: Video
    video_id: str
    tongue: Tongue
    lured: float
    posted: int
    seen: int


class _Author:
    """Draws every record of one scale; its state is one random number generator and one count."""

    def __init__(self, scale: Scale, anchor: int, seed: int) -> None:
        self.scale = scale
        self.anchor = anchor
        self.midnight = anchor - anchor % DAY
        self.draw: Callable[[], float] = Random(seed).random  # noqa: S311 - invented data, nothing to guess.
        self.made = 0
        self.salt = int(self.draw() * 2**32)
        self.crowd = 200 + scale.comments // 3
        self.ring = 25 + scale.comments // 500
        self.tail_births = 3 + scale.comments // (40 * scale.days)

    def records(self) -> Iterator[Labelled]:
        for number, comments in enumerate(self.audiences()):
            scene = self.scene(number, comments)
            yield scene.video, ()
            left = comments
            while left:
                wanted = 1 + int(self.draw() * self.draw() * 6) if self.draw() < REPLIED else 0
                replies = min(left - 1, wanted)
                yield from self.thread(scene, replies)
                left -= 1 + replies

    def audiences(self) -> Iterator[int]:
        """The comments of each video: Zipf's law over shuffled ranks, adding up to the scale exactly."""
        videos, comments = self.scale.videos, self.scale.comments
        step = next(s for s in range(int(videos * 0.618) + 1, 2 * videos + 2) if gcd(s, videos) == 1)
        total = 0.0
        for rank in range(videos):
            total += 1 / (rank + 4)
        so_far, given = 0.0, 0
        for number in range(videos):
            so_far += 1 / ((number * step + step // 2) % videos + 4)
            # The last one takes what rounding has left.
            due = comments if number == videos - 1 else min(comments, round(comments * so_far / total))
            yield due - given
            given = due

    def scene(self, number: int, comments: int) -> _Scene:
        draw = self.draw
        span = self.scale.days * DAY
        seen = self.anchor - span + int((min(2 * DAY, span) if draw() < CATCH_UP else span) * draw())
        posted = seen - 60 - int(40 * DAY * draw() * draw() * draw())
        tongue = self.any_tongue()
        promoted = draw() < PROMOTED
        views = 40 * comments + int(4_000 / (draw() + 1e-3))
        username = handle(int(draw() * draw() * self.scale.videos))
        video_id = self.new_id(posted)
        video = Video(
            video_id=video_id,
            username=username,
            caption=f"{self.remark(tongue)} {self.pick(tongue.hashtags)}",
            video_url=f"https://www.tiktok.com/@{username}/video/{video_id}",
            region_code=self.pick(tongue.regions),
            view_count=views,
            like_count=int(views * (0.03 + 0.12 * draw())),
            comment_count=comments,
            share_count=int(views * 0.02 * draw()),
            is_promoted=promoted,
            promotion=self.promotion(number) if promoted else None,
            posted_at=_at(posted),
            observed_at=_at(seen),
        )
        return _Scene(video, video_id, tongue, LURED[promoted], posted, seen)

    def promotion(self, number: int) -> dict[str, object]:
        flag, label = self.pick(FLAGS)
        brand = BRANDS[number % len(BRANDS)]
        return {"flag": flag, "label": label, "brands": [brand], "advertiser": f"{brand} Ltd"}

    def thread(self, scene: _Scene, replies: int) -> Iterator[Labelled]:
        """One comment and its replies."""
        draw = self.draw
        if scene.seen >= self.midnight or draw() < TODAY:
            since = max(scene.seen, self.midnight)
            seen = since + int((self.anchor - since + 1) * draw())
        else:
            seen = scene.seen + int((self.midnight - scene.seen) * draw() * draw())
        parent, posted, labels = self.comment(scene, seen, scene.posted, None, replies)
        parent_first = not replies or draw() >= REPLY_FIRST
        if parent_first:
            yield parent, labels
        for number in range(replies):
            reply_seen = seen + int((self.anchor - seen) * draw() * draw() * draw())
            reply, _, reply_labels = self.comment(scene, reply_seen, posted, parent.comment_id, 0)
            yield reply, reply_labels
            if number == 0 and not parent_first:
                yield parent, labels

    def comment(
        self, scene: _Scene, seen: int, not_before: int, parent_ref: str | None, replies: int
    ) -> tuple[Comment, int, tuple[str, ...]]:
        """A comment seen at that second, the second of its posting, and the domains that it means."""
        draw = self.draw
        posted = seen - int((seen - not_before) * draw() * draw() * draw())
        tongue = scene.tongue if draw() < 0.8 else self.any_tongue()
        user = int(draw() * draw() * self.crowd)
        labels: tuple[str, ...] = ()
        topic = draw()
        if topic < scene.lured:
            text, labels, invites = self.pitch(tongue, seen)
            if invites:
                # Those who invite are few, and are not the crowd that laughs and warns.
                user = self.crowd + int(draw() * draw() * self.ring)
        elif topic > 1 - TRAPPED:
            text = self.pick(TRAPS).replace("{n}", str(10 + int(draw() * 90)))
        else:
            text = self.remark(tongue)
        comment = Comment(
            comment_id=self.new_id(posted),
            video_id=scene.video_id,
            text=text,
            username=handle(user),
            parent_ref=parent_ref,
            like_count=max(0, int(1 / (draw() + 2e-4)) - 1) if draw() < 0.6 else 0,
            reply_count=replies,
            posted_at=_at(posted),
            observed_at=_at(seen),
            video_username=scene.video.username,
        )
        return comment, posted, labels

    def remark(self, tongue: Tongue) -> str:
        draw = self.draw
        remarks = tongue.remarks
        first = int(draw() * len(remarks))
        remark = remarks[first]
        shape = draw()
        if shape < 0.35:
            remark = f"{tongue.openers[int(draw() * len(tongue.openers))]} {remark}"
        elif shape < 0.6:
            # One step or more around the list, and never all the way: nobody says the same thing twice.
            second = (first + 1 + int(draw() * (len(remarks) - 1))) % len(remarks)
            remark = f"{remark}{tongue.comma}{remarks[second]}"
        return remark + TAILS[int(draw() * len(TAILS))]

    def pitch(self, tongue: Tongue, seen: int) -> tuple[str, tuple[str, ...], bool]:
        """A text that means a domain, those that it means, and whether it invites (or warns, or asks)."""
        draw = self.draw
        day = (self.midnight + DAY - 1 - seen) // DAY
        lure = self.pick(lures_of(day))
        if lure is TAIL:
            birth = self.midnight // DAY - day - int(draw() * draw() * TAIL_LIFE)
            lure = tail_lure(birth, int(draw() * draw() * self.tail_births))
        if lure.tongues:
            tongue = BY_CODE[self.pick(lure.tongues)]
        open_handed = lure.kind in {PLATFORM, MINE}
        invites = open_handed or draw() < 0.86
        template = self.pick(said_of(lure.kind, tongue.code) if invites else DOUBTS[tongue.code])
        form = self.pick(OPEN_FORMS if open_handed or not lure.host.isascii() else EVEN_DRAW)
        text = template.replace("{link}", form.write(lure.host, self.pick(lure.paths), tongue.dot))
        label = a_label(lure.host)
        if lure.kind != PLATFORM and invites and draw() < 0.04:
            link = self.pick(PLATFORMS)
            text = f"{text} / {link.host}{link.paths[0]}"
            return text, (label, link.host), invites
        return text, (label,), invites

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self.draw() * len(choices))]

    def any_tongue(self) -> Tongue:
        return TONGUES[int(self.draw() * self.draw() * len(TONGUES))]

    def new_id(self, posted: int) -> str:
        """An id as TikTok's are: Unix seconds above, below them a number that no other record has."""
        self.made += 1
        # An odd factor makes this a bijection of 32 bits: no two of four billion records are alike.
        return str(posted << 32 | (self.made * 2_654_435_761 + self.salt) & 0xFFFF_FFFF)


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
