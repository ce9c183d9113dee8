"""The invented month is always the same one and holds together."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from itertools import chain, islice

import pytest

from harvester.model import Comment, Video
from harvester.sandbox.generate import DEMO, Scale, generate, generate_labelled
from harvester.sandbox.people import handle
from harvester.sandbox.tongues import TONGUES

ANCHOR = datetime(2025, 9, 6, 14, 30, tzinfo=UTC)
RECORDS = tuple(generate_labelled(DEMO, ANCHOR))
VIDEOS = tuple(record for record, _ in RECORDS if isinstance(record, Video))
COMMENTS = tuple(record for record, _ in RECORDS if isinstance(record, Comment))
SPOKEN = tuple((record, labels) for record, labels in RECORDS if isinstance(record, Comment))

FINGERPRINT = """
import hashlib
from datetime import UTC, datetime
from harvester.sandbox.generate import Scale, generate_labelled
records = generate_labelled(Scale(40, 2_000), datetime(2025, 9, 6, 14, 30, tzinfo=UTC), seed=7)
print(hashlib.sha256(repr(list(records)).encode()).hexdigest())
"""


def seen(record: Video | Comment) -> datetime:
    assert record.observed_at is not None
    return record.observed_at


def test_the_same_arguments_give_the_same_records() -> None:
    assert tuple(generate_labelled(DEMO, ANCHOR)) == RECORDS


def test_another_process_with_other_hashes_gives_the_same_records() -> None:
    records = list(generate_labelled(Scale(40, 2_000), ANCHOR, seed=7))
    here = hashlib.sha256(repr(records).encode()).hexdigest()
    for hash_seed in ("0", "4242"):
        there = subprocess.run(
            [sys.executable, "-c", FINGERPRINT],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert there.stdout.strip() == here


def test_another_seed_gives_other_records() -> None:
    assert list(generate(Scale(5, 50), ANCHOR, seed=1)) != list(generate(Scale(5, 50), ANCHOR, seed=2))


def test_an_anchor_in_another_zone_is_the_same_moment() -> None:
    elsewhere = ANCHOR.astimezone(timezone(timedelta(hours=7)))
    assert list(generate(Scale(5, 50), elsewhere)) == list(generate(Scale(5, 50), ANCHOR))


def test_an_anchor_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        generate(DEMO, ANCHOR.replace(tzinfo=None))


@pytest.mark.parametrize("scale", [(0, 1, 30), (1, 1, 0), (1, -1, 30)])
def test_a_scale_that_cannot_be_is_refused(scale: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="scale"):
        Scale(*scale)


def test_the_view_without_labels_has_the_same_records() -> None:
    assert tuple(generate(DEMO, ANCHOR)) == tuple(record for record, _ in RECORDS)


@pytest.mark.parametrize("scale", [DEMO, Scale(1, 0), Scale(1, 17), Scale(50, 3), Scale(0, 0), Scale(7, 400, 1)])
def test_there_are_exactly_as_many_as_asked(scale: Scale) -> None:
    kinds = Counter(type(record) for record in generate(scale, ANCHOR))
    assert (kinds[Video], kinds[Comment]) == (scale.videos, scale.comments)


def test_a_huge_scale_starts_at_once() -> None:
    assert len(list(islice(generate(Scale(10, 10**9), ANCHOR), 500))) == 500


def test_every_video_comes_before_its_comments() -> None:
    known: set[str | None] = set()
    for record, _ in RECORDS:
        if isinstance(record, Video):
            known.add(record.video_id)
        else:
            assert record.video_id in known


def test_every_reply_has_its_parent_under_the_same_video() -> None:
    by_id = {comment.comment_id: comment for comment in COMMENTS}
    replies = [comment for comment in COMMENTS if comment.parent_ref]
    assert len(replies) > len(COMMENTS) / 10
    for reply in replies:
        parent = by_id[reply.parent_ref]
        assert parent.parent_ref is None
        assert parent.video_id == reply.video_id
        assert parent.posted_at is not None
        assert reply.posted_at is not None
        assert parent.posted_at <= reply.posted_at


def test_a_parent_counts_its_replies() -> None:
    counted = Counter(comment.parent_ref for comment in COMMENTS)
    assert all(comment.reply_count == counted[comment.comment_id] for comment in COMMENTS)


def test_some_replies_come_before_their_parents_and_most_after() -> None:
    place = {comment.comment_id: number for number, comment in enumerate(COMMENTS)}
    early = [place[c.comment_id] < place[c.parent_ref] for c in COMMENTS if c.parent_ref]
    assert 0 < sum(early) < len(early) / 4


def test_no_count_is_negative() -> None:
    counts = [
        number
        for record in (*VIDEOS, *COMMENTS)
        for name in ("like_count", "reply_count", "view_count", "comment_count", "share_count")
        if (number := getattr(record, name, None)) is not None
    ]
    assert min(counts) == 0


def test_a_video_counts_its_comments() -> None:
    counted = Counter(comment.video_id for comment in COMMENTS)
    assert all(video.comment_count == counted[video.video_id] for video in VIDEOS)


def test_a_few_videos_have_most_of_the_comments() -> None:
    sizes = sorted((video.comment_count or 0 for video in VIDEOS), reverse=True)
    assert sum(sizes[: len(sizes) // 5]) > DEMO.comments / 2


def test_ids_are_unique_and_tell_the_time_of_posting() -> None:
    ids: list[str] = []
    for record, _ in RECORDS:
        own = record.video_id if isinstance(record, Video) else record.comment_id
        assert own is not None
        assert record.posted_at is not None
        assert len(own) == 19
        assert int(own) >> 32 == int(record.posted_at.timestamp())
        ids.append(own)
    assert len(set(ids)) == len(ids)


def test_nothing_is_posted_after_it_is_seen_or_seen_after_the_anchor() -> None:
    start = ANCHOR - timedelta(days=DEMO.days)
    for record, _ in RECORDS:
        assert record.posted_at is not None
        assert record.posted_at <= seen(record)
        assert start <= seen(record) <= ANCHOR


def test_no_comment_is_older_than_its_video() -> None:
    videos = {video.video_id: video for video in VIDEOS}
    for comment in COMMENTS:
        assert comment.video_id is not None
        video = videos[comment.video_id]
        assert comment.posted_at is not None
        assert video.posted_at is not None
        assert video.posted_at <= comment.posted_at
        assert seen(video) <= seen(comment)


def test_every_day_has_comments_and_today_has_many() -> None:
    days = Counter((ANCHOR.date() - seen(comment).date()).days for comment in COMMENTS)
    assert all(days[day] for day in range(DEMO.days))
    assert days[0] > DEMO.comments / DEMO.days


def test_promoted_videos_say_why_and_hold_more_domains() -> None:
    promoted = {video.video_id for video in VIDEOS if video.is_promoted}
    assert len(VIDEOS) / 20 < len(promoted) < len(VIDEOS) / 4
    for video in VIDEOS:
        assert (video.promotion is not None) == video.is_promoted
        if video.promotion is not None:
            assert set(video.promotion) == {"flag", "label", "brands", "advertiser"}
    under = [bool(labels) for comment, labels in SPOKEN if comment.video_id in promoted]
    beside = [bool(labels) for comment, labels in SPOKEN if comment.video_id not in promoted]
    assert sum(under) / len(under) > 2 * sum(beside) / len(beside)


def test_a_video_has_the_address_of_its_creator() -> None:
    for video in VIDEOS:
        assert video.video_url == f"https://www.tiktok.com/@{video.username}/video/{video.video_id}"
        assert video.region_code in set(chain.from_iterable(tongue.regions for tongue in TONGUES))


def test_ten_languages_and_more_are_spoken() -> None:
    texts = "\n".join(comment.text for comment in COMMENTS)
    heard = [tongue.code for tongue in TONGUES if sum(r in texts for r in tongue.remarks) >= 5]
    assert len(heard) >= 10


def test_some_handles_are_shaped_like_domains() -> None:
    shaped = [c for c in COMMENTS if c.username and c.username.endswith((".studio", ".shop", ".tv"))]
    assert len(COMMENTS) / 100 < len(shaped) < len(COMMENTS) / 10


def test_no_two_people_share_a_handle() -> None:
    assert len({handle(number) for number in range(50_000)}) == 50_000
