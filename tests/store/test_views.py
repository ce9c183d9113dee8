"""Each view and function against a slow, obvious reference in Python, over random rows."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

DAY = timedelta(days=1)


@dataclass
class World:
    """Rows as plain dictionaries, and the same rows in the database."""

    now: datetime
    videos: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    domains: list[dict[str, Any]] = field(default_factory=list)
    mentions: list[dict[str, Any]] = field(default_factory=list)

    @property
    def shown(self) -> list[dict[str, Any]]:
        return [each for each in self.mentions if each["confidence_score"] >= Decimal("0.50")]

    def of(self, table: str, key: Any) -> dict[str, Any]:
        return next(row for row in getattr(self, table) if row["id"] == key)

    def counted(self) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Each domain that has shown mentions, with them."""
        pairs = ((row, [each for each in self.shown if each["domain_id"] == row["id"]]) for row in self.domains)
        return [(row, mentions) for row, mentions in pairs if mentions]


@pytest.fixture(params=range(3))
def world(request: pytest.FixtureRequest, connection: psycopg.Connection[dict[str, Any]]) -> World:
    """Random rows spread over three weeks, with ties, empty videos, held mentions and unknown authors."""
    chance = random.Random(request.param)
    found = World(connection.execute("select now()").fetchone()["now"])  # type: ignore[index]
    for number in range(12):
        found.videos.append(
            stored(
                connection, "video", video_id=str(9000 + number), caption="words",
                username=chance.choice([None, "ann", "bo.shop", "cy"]), is_promoted=chance.random() < 0.3,
                view_count=chance.randrange(99), discovered_at=sometime(chance, found.now),
            )
        )  # fmt: skip
    for number in range(80):
        found.comments.append(
            stored(
                connection, "comment", video_id=chance.choice(found.videos[:9])["id"], comment_id=str(100 + number),
                username=chance.choice([None, "dee", "eve", "fay"]), text="x" * 50, like_count=number,
                discovered_at=sometime(chance, found.now),
            )
        )  # fmt: skip
    for name in ("one.com", "two.net", "three.org", "four.shop", "five.xyz", "six.info", "never.club"):
        label, _, tld = name.partition(".")
        found.domains.append(
            stored(
                connection, "domain", domain_name=name, unicode_name=name, tld=tld, public_suffix=tld,
                registrable_domain=f"{label}.{tld}", is_suspicious=chance.random() < 0.3,
            )
        )  # fmt: skip
    for comment in found.comments:
        for row in chance.sample(found.domains[:6], chance.choice([0, 0, 1, 1, 2])):
            start = chance.randrange(40)
            confidence = Decimal(chance.choice(["0.30", "0.49", "0.50", "0.97"]))
            spans = [
                {"text": "xxx", "start": at, "end": at + 3, "confidence": 0.9, "method": "bare"} for at in (start, 44)
            ]
            found.mentions.append(
                stored(
                    connection, "domain_mention", domain_id=row["id"], comment_id=comment["id"],
                    video_id=comment["video_id"], mention_text="xxx", position_start=start, position_end=start + 3,
                    context="x", occurrences=Jsonb(spans[: chance.choice([1, 2])]), confidence_score=confidence,
                    extraction_method="bare", extractor_version="1", discovered_at=comment["discovered_at"],
                )
            )  # fmt: skip
    connection.commit()
    return found


@pytest.fixture
def connection(conninfo: str) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    with psycopg.connect(conninfo, row_factory=dict_row) as opened:
        opened.execute("set timezone = 'UTC'")
        yield opened


def stored(connection: psycopg.Connection[dict[str, Any]], table: str, **values: Any) -> dict[str, Any]:
    columns = ", ".join(values)
    places = ", ".join(f"%({name})s" for name in values)
    row = connection.execute(f"insert into {table} ({columns}) values ({places}) returning *", values).fetchone()  # type: ignore[arg-type]
    assert row is not None
    return row


def sometime(chance: random.Random, now: datetime) -> datetime:
    """Up to three weeks ago, never close to an edge that the clock may cross while the test runs."""
    edges = [now - 7 * DAY, now - 14 * DAY, midnight(now), midnight(now) + DAY]
    while True:
        moment = now - DAY * chance.random() * chance.choice([0.05, 1, 21])
        if all(abs(moment - edge) > timedelta(minutes=2) for edge in edges):
            return moment


def midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def view(connection: psycopg.Connection[dict[str, Any]], name: str, key: str) -> dict[Any, dict[str, Any]]:
    """The rows of a view as a signed-in person sees them, by a key."""
    with connection.transaction():
        connection.execute("set local role authenticated")
        return {row[key]: row for row in connection.execute(f"select * from {name}").fetchall()}  # type: ignore[arg-type]


def columns(connection: psycopg.Connection[dict[str, Any]], name: str) -> list[str]:
    return [column.name for column in connection.execute(f"select * from {name} limit 0").description or []]  # type: ignore[arg-type]


def distinct(rows: list[dict[str, Any]], column: str) -> int:
    return len({row[column] for row in rows if row[column] is not None})


def agrees(actual: dict[str, Any], expected: dict[str, Any]) -> None:
    assert {name: actual[name] for name in expected} == expected


CONTRACT = {
    "v_domains_new_today": "id domain_name tld subdomain mention_count first_seen_at last_seen_at is_suspicious"
    " is_verified notes video_count comment_count video_usernames first_mention_today latest_mention_today",
    "v_domains_top_mentioned": "id domain_name tld subdomain mention_count first_seen_at last_seen_at is_suspicious"
    " is_verified video_count comment_count unique_commenters days_since_first_seen",
    "v_domains_recent_activity": "id domain_name tld subdomain mention_count first_seen_at last_seen_at is_suspicious"
    " is_verified recent_mentions recent_videos recent_comments first_recent_mention latest_recent_mention"
    " mentions_per_day is_fresh",
    "v_videos_with_domains": "id video_id username caption video_url is_promoted view_count like_count comment_count"
    " posted_at discovered_at last_crawled_at unique_domains_mentioned total_domain_mentions total_comments"
    " comments_with_domains mentioned_domains",
    "v_comments_with_domains": "id comment_id video_id username text like_count posted_at discovered_at video_username"
    " video_tiktok_id domain_mentions_count mentioned_domains mentions",
    "get_dashboard_stats(now() - interval '1 day', now())": "total_domains new_domains total_videos new_videos"
    " total_comments new_comments total_mentions new_mentions avg_domains_per_video avg_mentions_per_domain",
    "get_trending_domains(7)": "domain_id domain_name current_mentions previous_mentions growth_rate velocity_score",
}


@pytest.mark.parametrize("name", CONTRACT)
def test_the_columns_that_others_rely_on_come_first_and_in_order(
    connection: psycopg.Connection[dict[str, Any]], name: str
) -> None:
    promised = CONTRACT[name].split()
    assert columns(connection, name)[: len(promised)] == promised


def test_domains_new_today(connection: psycopg.Connection[dict[str, Any]], world: World) -> None:
    today = midnight(world.now)
    expected = {}
    for row, mentions in world.counted():
        if min(each["discovered_at"] for each in mentions) >= today:
            names = {world.of("videos", each["video_id"])["username"] for each in mentions} - {None}
            expected[row["domain_name"]] = {
                "mention_count": len(mentions),
                "video_count": distinct(mentions, "video_id"),
                "comment_count": distinct(mentions, "comment_id"),
                "video_usernames": sorted(names)[:10],
                "first_mention_today": min(each["discovered_at"] for each in mentions),
                "latest_mention_today": max(each["discovered_at"] for each in mentions),
            }
    actual = view(connection, "v_domains_new_today", "domain_name")
    assert actual.keys() == expected.keys()
    for name, row in expected.items():
        agrees(actual[name], row)


def test_domains_top_mentioned(connection: psycopg.Connection[dict[str, Any]], world: World) -> None:
    actual = view(connection, "v_domains_top_mentioned", "domain_name")
    assert actual.keys() == {row["domain_name"] for row, _ in world.counted()}
    for row, mentions in world.counted():
        commenters = {world.of("comments", each["comment_id"])["username"] for each in mentions} - {None}
        first = min(each["discovered_at"] for each in mentions)
        agrees(
            actual[row["domain_name"]],
            {
                "is_suspicious": row["is_suspicious"],
                "mention_count": len(mentions),
                "first_seen_at": first,
                "last_seen_at": max(each["discovered_at"] for each in mentions),
                "video_count": distinct(mentions, "video_id"),
                "comment_count": distinct(mentions, "comment_id"),
                "unique_commenters": len(commenters) or None,
                "days_since_first_seen": (world.now - first) // DAY,
            },
        )


def test_domains_with_recent_activity(connection: psycopg.Connection[dict[str, Any]], world: World) -> None:
    since = world.now - 7 * DAY
    expected = {}
    for row, mentions in world.counted():
        recent = [each for each in mentions if each["discovered_at"] >= since]
        if recent:
            expected[row["domain_name"]] = {
                "recent_mentions": len(recent),
                "recent_videos": distinct(recent, "video_id"),
                "recent_comments": distinct(recent, "comment_id"),
                "first_recent_mention": min(each["discovered_at"] for each in recent),
                "latest_recent_mention": max(each["discovered_at"] for each in recent),
                "mentions_per_day": rounded(len(recent) / 7, 2),
                "is_fresh": min(each["discovered_at"] for each in mentions) >= since,
            }
    actual = view(connection, "v_domains_recent_activity", "domain_name")
    assert actual.keys() == expected.keys()
    for name, row in expected.items():
        agrees(actual[name], row)


def test_videos_with_domains(connection: psycopg.Connection[dict[str, Any]], world: World) -> None:
    actual = view(connection, "v_videos_with_domains", "video_id")
    mentioned = {each["video_id"] for each in world.shown}
    assert actual.keys() == {row["video_id"] for row in world.videos if row["id"] in mentioned}
    for video_id, row in actual.items():
        mentions = [each for each in world.shown if each["video_id"] == row["id"]]
        agrees(
            row,
            {
                "video_id": video_id,
                "unique_domains_mentioned": distinct(mentions, "domain_id"),
                "total_domain_mentions": len(mentions),
                "total_comments": sum(each["video_id"] == row["id"] for each in world.comments),
                "comments_with_domains": distinct(mentions, "comment_id"),
                "mentioned_domains": names_of(world, mentions),
            },
        )


def test_comments_with_domains(connection: psycopg.Connection[dict[str, Any]], world: World) -> None:
    actual = view(connection, "v_comments_with_domains", "comment_id")
    mentioned = {each["comment_id"] for each in world.shown}
    assert actual.keys() == {row["comment_id"] for row in world.comments if row["id"] in mentioned}
    for row in actual.values():
        mentions = [each for each in world.shown if each["comment_id"] == row["id"]]
        video = world.of("videos", row["video_id"])
        spans = [
            {"domain_name": world.of("domains", each["domain_id"])["domain_name"], **span}
            for each in mentions
            for span in each["occurrences"]
        ]
        agrees(
            row,
            {
                "video_username": video["username"],
                "video_tiktok_id": video["video_id"],
                "domain_mentions_count": len(mentions),
                "mentioned_domains": names_of(world, mentions),
                "mentions": sorted(spans, key=lambda span: (span["start"], span["domain_name"])),
            },
        )


@pytest.mark.parametrize("days", [1, 7, 30])
def test_dashboard_stats_are_half_open(connection: psycopg.Connection[dict[str, Any]], world: World, days: int) -> None:
    # The ends are times of rows, so that the edges are met exactly.
    end = max(each["discovered_at"] for each in world.shown)
    start = min(
        (each["discovered_at"] for each in world.shown if each["discovered_at"] >= end - days * DAY), default=end
    )
    seen = {
        "domains": [min(each["discovered_at"] for each in mentions) for _, mentions in world.counted()],
        "videos": [each["discovered_at"] for each in world.videos],
        "comments": [each["discovered_at"] for each in world.comments],
        "mentions": [each["discovered_at"] for each in world.shown],
    }
    expected: dict[str, Any] = {}
    for noun, times in seen.items():
        expected[f"total_{noun}"] = sum(moment < end for moment in times)
        expected[f"new_{noun}"] = sum(start <= moment < end for moment in times)
    within = [each for each in world.shown if start <= each["discovered_at"] < end]
    pairs = {(each["domain_id"], each["video_id"]) for each in within}
    expected["avg_domains_per_video"] = rounded(len(pairs) / (distinct(within, "video_id") or 1), 2)
    expected["avg_mentions_per_domain"] = rounded(len(within) / (distinct(within, "domain_id") or 1), 2)
    actual = connection.execute("select * from get_dashboard_stats(%s, %s)", [start, end]).fetchone()
    assert actual == expected


@pytest.mark.parametrize("days", [1, 7, 30])
def test_trending_domains(connection: psycopg.Connection[dict[str, Any]], world: World, days: int) -> None:
    expected = []
    for row, mentions in world.counted():
        current = sum(each["discovered_at"] >= world.now - days * DAY for each in mentions)
        previous = sum(
            world.now - 2 * days * DAY <= each["discovered_at"] < world.now - days * DAY for each in mentions
        )
        if current:
            growth = rounded((current - previous) / (previous + 1), 4)
            velocity = rounded((current - previous) / math.sqrt(current + previous + 1), 4)
            expected.append((row["id"], row["domain_name"], current, previous, growth, velocity))
    expected.sort(key=lambda each: (-each[5], -each[2], each[1]))
    actual = connection.execute("select * from get_trending_domains(%s)", [days]).fetchall()
    assert [tuple(row.values()) for row in actual] == expected


def test_ten_mentions_after_none_lead_one_after_none_but_not_a_hundred_after_ten(
    connection: psycopg.Connection[dict[str, Any]],
) -> None:
    connection.execute("insert into video (video_id) values ('9000')")
    for name, current, previous in (("one", 1, 0), ("ten", 10, 0), ("many", 100, 10)):
        connection.execute(
            """
            with named as (
              insert into domain (domain_name, unicode_name, tld, public_suffix, registrable_domain)
              values (%(name)s || '.com', %(name)s || '.com', 'com', 'com', %(name)s || '.com') returning id
            ), said as (
              insert into comment (video_id, comment_id, text, discovered_at)
              select v.id, %(name)s || n, 'xxx',
                now() - case when n <= %(current)s then interval '1 day' else '9 days' end
              from video v, generate_series(1, %(current)s + %(previous)s) n
              returning id, video_id, discovered_at
            )
            insert into domain_mention (domain_id, comment_id, video_id, discovered_at, mention_text, position_start,
              position_end, context, occurrences, confidence_score, extraction_method, extractor_version)
            select named.id, said.id, said.video_id, said.discovered_at, 'xxx', 0, 3, 'xxx',
                   '[{"text": "xxx", "start": 0, "end": 3, "confidence": 0.9, "method": "bare"}]', 0.9, 'bare', '1'
            from named, said
            """,
            {"name": name, "current": current, "previous": previous},
        )
    trending = connection.execute("select domain_name from get_trending_domains(7)").fetchall()
    assert [row["domain_name"] for row in trending] == ["many.com", "ten.com", "one.com"]


@pytest.mark.parametrize("days", [3, 10])
def test_cleanup_deletes_what_is_old_and_keeps_what_has_a_note_or_verdict(
    connection: psycopg.Connection[dict[str, Any]], world: World, days: int
) -> None:
    noted = world.domains[0]
    connection.execute("update domain set notes = 'case 12' where id = %s", [noted["id"]])
    kept_domains = {row["id"] for row in world.domains if row["is_suspicious"]} | {noted["id"]}
    old = world.now - days * DAY
    mentions = [each for each in world.mentions if each["discovered_at"] >= old or each["domain_id"] in kept_domains]
    named = {each["comment_id"] for each in mentions}
    comments = [each for each in world.comments if each["discovered_at"] >= old or each["id"] in named]
    talked = {each["video_id"] for each in comments}
    videos = [each for each in world.videos if each["discovered_at"] >= old or each["id"] in talked]
    domains = kept_domains | {each["domain_id"] for each in mentions}

    deleted = connection.execute("select * from cleanup_old_data(%s)", [days]).fetchone()

    assert deleted == {
        "mentions_deleted": len(world.mentions) - len(mentions),
        "comments_deleted": len(world.comments) - len(comments),
        "videos_deleted": len(world.videos) - len(videos),
        "domains_deleted": len(world.domains) - len(domains),
    }
    left = {row["id"] for row in connection.execute("select id from domain_mention").fetchall()}
    assert left == {each["id"] for each in mentions}
    world.mentions = mentions
    counters_are_exact(connection, world)


def test_counters_stay_exact_through_inserts_changes_and_deletions(
    connection: psycopg.Connection[dict[str, Any]], world: World
) -> None:
    counters_are_exact(connection, world)
    chance = random.Random(1)
    for mention in chance.sample(world.mentions, 20):
        mention["confidence_score"] = Decimal(chance.choice(["0.20", "0.80"]))
        mention["discovered_at"] = sometime(chance, world.now)
        connection.execute(
            "update domain_mention set confidence_score = %(confidence_score)s, discovered_at = %(discovered_at)s"
            " where id = %(id)s",
            mention,
        )
    counters_are_exact(connection, world)
    gone = chance.sample(world.comments, 15)
    connection.execute("delete from comment where id = any (%s)", [[each["id"] for each in gone]])
    world.mentions = [each for each in world.mentions if each["comment_id"] not in {row["id"] for row in gone}]
    counters_are_exact(connection, world)


@pytest.mark.parametrize("function", ["get_trending_domains", "cleanup_old_data"])
@pytest.mark.parametrize("days", [0, -1, None])
def test_a_number_of_days_that_makes_no_sense_is_refused_with_a_hint(
    connection: psycopg.Connection[dict[str, Any]], function: str, days: int | None
) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue) as refusal:
        connection.execute(f"select * from {function}(%s::int)", [days])  # type: ignore[arg-type]
    assert refusal.value.diag.message_hint


def counters_are_exact(connection: psycopg.Connection[dict[str, Any]], world: World) -> None:
    expected = {
        row["domain_name"]: (
            len(mentions), min(each["discovered_at"] for each in mentions),
            max(each["discovered_at"] for each in mentions),
        )
        for row, mentions in world.counted()
    }  # fmt: skip
    found = connection.execute("select * from domain where mention_count > 0").fetchall()
    assert {
        row["domain_name"]: (row["mention_count"], row["first_seen_at"], row["last_seen_at"]) for row in found
    } == expected


def names_of(world: World, mentions: list[dict[str, Any]]) -> list[str]:
    return sorted({world.of("domains", each["domain_id"])["domain_name"] for each in mentions})


def rounded(value: float, places: int) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
