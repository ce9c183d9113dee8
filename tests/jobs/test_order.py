"""Whatever the order in which the same records arrive, however often and in how many files: the same is exported."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise, permutations
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.jobs.stored import emptied, stored, versions

from harvester.exports.table import write_csv, write_json_lines
from harvester.jobs.import_file import import_document
from harvester.sources.base import Options
from harvester.sources.documents import Document, documents
from harvester.store.database import ANALYST, Database
from harvester.store.domain import SORTS, DomainRow, evidence, list_domains
from harvester.store.run import RunCounts
from harvester.store.verification import differences

pytestmark = pytest.mark.anyio

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=6)
"""Within the last seven days, so that the view of recent activity holds all of it."""
VIEWS: tuple[LiteralString, ...] = (
    "select to_jsonb(v) - 'id' from v_domains_top_mentioned v",
    "select to_jsonb(v) - 'id' from v_domains_new_today v",
    "select to_jsonb(v) - 'id' from v_domains_recent_activity v",
    "select to_jsonb(v) - 'id' from v_videos_with_domains v",
    "select to_jsonb(v) - '{id, video_id, parent_comment_id}'::text[] from v_comments_with_domains v",
)
TEXTS = (
    "see brightpebblecoins24.com", "quietharbourdeals (dot) shop, or brightpebblecoins24.com", "lovely", "",
    "is it quietharbourdeals.shop?",
)  # fmt: skip
_numbers = count(1)


@dataclass(frozen=True)
class Seen:
    """What a collector saw of one video or comment, and when."""

    at: datetime
    record: Mapping[str, Any]
    """As the web's own API answers it."""


def video_id(number: int) -> str:
    return str(7_570_000_000_000_000_000 + number)


def comment_id(number: int) -> str:
    return str(7_580_000_000_000_000_000 + number)


def a_comment(number: int, **more: Any) -> dict[str, Any]:
    return {"cid": comment_id(number), "aweme_id": video_id(number % 2), "text": "", **more}


times = st.integers(0, 5).map(lambda days: NOON + timedelta(days=days))
comments = st.builds(
    a_comment,
    st.integers(1, 3),
    text=st.sampled_from(TEXTS),
    digg_count=st.sampled_from([None, 0, 5]),
    user=st.sampled_from([None, {"unique_id": "ann"}, {"unique_id": "bob"}]),
    # Collectors contradict each other, and sometimes themselves.
    aweme_id=st.integers(0, 1).map(video_id),
    reply_id=st.sampled_from(["0", comment_id(1), comment_id(2)]),
    comment_language=st.sampled_from([None, "en", "de"]),
)
videos = st.fixed_dictionaries(
    {
        "id": st.integers(0, 1).map(video_id),
        "desc": st.sampled_from(["", "look", "look at quietharbourdeals.shop"]),
        "author": st.sampled_from(["", "maker"]),
        "stats": st.sampled_from([{"playCount": 1}, {"playCount": 2, "diggCount": 1}, {}]),
        "isAd": st.booleans(),
    }
)
sightings = st.lists(st.builds(Seen, times, st.one_of(comments, comments, videos)), min_size=3, max_size=12)


def lines_of(seen: Sequence[Seen]) -> list[str]:
    """A page for each."""
    return [
        json.dumps(
            {
                "comments" if "cid" in each.record else "itemList": [each.record],
                "has_more": 1,
                "extra": {"now": int(each.at.timestamp() * 1000)},
            }
        )
        for each in seen
    ]


def divided(seen: Sequence[Seen], cuts: set[int]) -> list[Sequence[Seen]]:
    edges = [0, *sorted(cut for cut in cuts if 0 < cut < len(seen)), len(seen)]
    return [seen[start:end] for start, end in pairwise(edges)]


async def imported(database: Database, folder: Path, content: str) -> RunCounts:
    """Import a file with this content, and a name that no other has; it is read though it was imported before."""
    file = folder / f"file_{next(_numbers)}"
    file.write_text(content)
    (document,) = documents(str(file))
    assert isinstance(document, Document)
    counts = (await import_document(database, document, Options(), again=True)).outcome.counts
    assert counts.fetched == counts.stored + counts.updated + counts.duplicate + counts.quarantined
    return counts


async def exports(database: Database) -> list[str]:
    """What leaves the house: the listing of domains as CSV, and the evidence of each as lines of JSON."""
    left = []
    async with database.transaction(ANALYST) as connection:
        for sort in SORTS:
            page = await list_domains(connection, sort=sort)
            # Domains that are equal in what is sorted by stand in the order of their rows.
            table = write_csv(DomainRow, page.rows)
            left.append(table if sort == "name" else "\n".join(sorted(table.splitlines())))
        named = await (await connection.execute("select id, domain_name from domain order by domain_name")).fetchall()
        for each in named:
            lines = write_json_lines((await evidence(connection, each["id"])).rows).splitlines()
            left += [f"{each['domain_name']} {line}" for line in sorted(lines)]
    return left


def viewed(conninfo: str) -> list[list[str]]:
    """The rows of each view."""
    with psycopg.connect(conninfo, prepare_threshold=None) as connection:
        return [
            sorted(json.dumps(row, sort_keys=True) for (row,) in connection.execute(statement)) for statement in VIEWS
        ]


@settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seen=sightings, cuts=st.sets(st.integers(1, 12), max_size=3), seed=st.integers(0, 2**32))
async def test_any_order_repetition_or_split_into_files_ends_in_the_same_exports(
    conninfo: str, tmp_path: Path, seen: list[Seen], cuts: set[int], seed: int
) -> None:
    shuffled = seen + seen[: len(seen) // 2]
    random.Random(seed).shuffle(shuffled)
    async with Database(conninfo) as database:
        emptied(conninfo)
        await imported(database, tmp_path, "\n".join(lines_of(seen)))
        rows, listings, views = stored(conninfo), await exports(database), viewed(conninfo)
        emptied(conninfo)
        files = divided(shuffled, cuts)
        for file in [*files, files[0]]:
            await imported(database, tmp_path, "\n".join(lines_of(file)))
        assert stored(conninfo) == rows
        assert await exports(database) == listings
        assert viewed(conninfo) == views


async def told(database: Database, statement: LiteralString) -> list[dict[str, Any]]:
    async with database.transaction(ANALYST) as connection:
        return await (await connection.execute(statement)).fetchall()


@pytest.mark.parametrize("late_first", [False, True])
async def test_a_reply_that_is_seen_to_answer_another_comment_is_linked_to_the_one_it_was_last_seen_to_answer(
    conninfo: str, tmp_path: Path, late_first: bool
) -> None:
    both = [Seen(NOON, a_comment(number, aweme_id=video_id(1))) for number in (1, 2)]
    replies = [
        Seen(NOON + timedelta(days=days), a_comment(3, aweme_id=video_id(1), reply_id=comment_id(days)))
        for days in ((2, 1) if late_first else (1, 2))
    ]
    async with Database(conninfo) as database:
        for seen in [both, *([reply] for reply in replies)]:
            await imported(database, tmp_path, "\n".join(lines_of(seen)))
        linked = await told(
            database,
            "select c.parent_ref, p.comment_id from comment c left join comment p on p.id = c.parent_comment_id"
            " where c.parent_ref is not null",
        )
    assert linked == [{"parent_ref": comment_id(2), "comment_id": comment_id(2)}]


async def test_a_reply_whose_new_parent_is_not_stored_yet_waits_for_it(conninfo: str, tmp_path: Path) -> None:
    answered = [Seen(NOON, a_comment(1, aweme_id=video_id(1)))]
    first = [Seen(NOON, a_comment(3, aweme_id=video_id(1), reply_id=comment_id(1)))]
    then = [Seen(NOON + timedelta(days=1), a_comment(3, aweme_id=video_id(1), reply_id=comment_id(2)))]
    late = [Seen(NOON, a_comment(2, aweme_id=video_id(1)))]
    parents = (
        "select p.comment_id from comment c left join comment p on p.id = c.parent_comment_id"
        " where c.parent_ref is not null"
    )
    found = []
    async with Database(conninfo) as database:
        for seen in (answered, first, then, late):
            await imported(database, tmp_path, "\n".join(lines_of(seen)))
            found += [each["comment_id"] for each in await told(database, parents)]
    assert found == [comment_id(1), None, comment_id(2)]


TABLE = f"comment id,comment,{{}}parent id\n{comment_id(1)},{TEXTS[0]},{{}}\n{comment_id(3)},yes,{{}}{comment_id(1)}\n"
"""A comment and its reply, without their video."""


@pytest.mark.parametrize("order", list(permutations(("table", "other table", "web"))), ids=" then ".join)
async def test_a_comment_stands_under_its_video_whether_or_not_a_file_without_videos_came_first(
    conninfo: str, tmp_path: Path, order: tuple[str, ...]
) -> None:
    page = [Seen(NOON, a_comment(number, aweme_id=video_id(1), text=TEXTS[0])) for number in (1, 2)]
    files = {
        "table": TABLE.format("", "", ""),
        "other table": TABLE.format("likes,", "1,", "2,"),
        "web": "\n".join(lines_of(page)),
    }
    async with Database(conninfo) as database:
        for name in order:
            await imported(database, tmp_path, files[name])
        under = await told(
            database,
            "select c.comment_id, left(v.video_id, 19) as video, p.comment_id as parent from comment c"
            " join video v on v.id = c.video_id left join comment p on p.id = c.parent_comment_id order by 1",
        )
        named = await told(database, "select video_id, total_domain_mentions as n from v_videos_with_domains")
        assert await differences(database) == []
    made = max(f"file:{hashlib.sha256(files[name].encode()).hexdigest()}"[:19] for name in ("table", "other table"))
    assert under == [
        {"comment_id": comment_id(1), "video": video_id(1), "parent": None},
        {"comment_id": comment_id(2), "video": video_id(1), "parent": None},
        # Nobody says that it stands under the same video as what it answers.
        {"comment_id": comment_id(3), "video": made, "parent": None},
    ]
    assert named == [{"video_id": video_id(1), "n": 2}]


async def test_an_older_file_after_a_newer_one_overwrites_nothing(conninfo: str, tmp_path: Path) -> None:
    newer, older = (
        [
            Seen(at, {"id": video_id(1), "desc": "look", "author": "maker", "stats": {"playCount": n, "diggCount": n}}),
            Seen(at, a_comment(1, digg_count=n, reply_comment_total=n, text=TEXTS[0])),
        ]
        for at, n in ((NOON, 1), (NOON - timedelta(days=3), 900))
    )
    statistics: LiteralString = (
        "select v.view_count, v.like_count as video_likes, c.like_count, c.reply_count, c.observed_at, c.discovered_at"
        " from comment c join video v on v.id = c.video_id"
    )
    async with Database(conninfo) as database:
        await imported(database, tmp_path, "\n".join(lines_of(newer)))
        await imported(database, tmp_path, "\n".join(lines_of(older)))
        (found,) = await told(database, statistics)
    assert found == {
        "view_count": 1, "video_likes": 1, "like_count": 1, "reply_count": 1, "observed_at": NOON,
        # It was there already when the older file was collected.
        "discovered_at": NOON - timedelta(days=3),
    }  # fmt: skip


async def test_a_file_without_times_that_is_imported_again_leaves_what_another_changed_since(
    conninfo: str, tmp_path: Path
) -> None:
    def table(likes: int) -> str:
        return f"comment id,video id,comment,likes\n{comment_id(1)},{video_id(1)},{TEXTS[0]},{likes}\n"

    async with Database(conninfo) as database:
        await imported(database, tmp_path, table(5))
        assert (await imported(database, tmp_path, table(3))).updated == 1
        for content in (table(5), table(3), table(5)):
            before = versions(conninfo)
            again = await imported(database, tmp_path, content)
            assert (again.stored, again.updated, again.duplicate) == (0, 0, 1)
            assert versions(conninfo) == before
        assert await told(database, "select like_count from comment") == [{"like_count": 3}]


async def test_known_comments_in_another_file_change_no_row_but_that_of_its_run(conninfo: str, tmp_path: Path) -> None:
    rows = [a_comment(number, aweme_id=video_id(number % 7), text=TEXTS[number % 5]) for number in range(300)]
    async with Database(conninfo) as database:
        await imported(database, tmp_path, "\n".join(map(json.dumps, rows)))
        before = versions(conninfo)
        spaced = "\n".join(json.dumps(row, separators=(" , ", " : ")) for row in reversed(rows))
        again = await imported(database, tmp_path, spaced)
        assert versions(conninfo) == before
        more = [a_comment(number, aweme_id=video_id(number), text="new") for number in (400, 401)]
        mixed = await imported(database, tmp_path, "\n".join(map(json.dumps, [*rows[:100], *more, *rows[100:]])))
    assert (again.fetched, again.duplicate, mixed.stored, mixed.duplicate) == (300, 300, 2, 300)


async def test_a_known_comment_says_anew_whose_its_video_is(conninfo: str, tmp_path: Path) -> None:
    def apify(handle: str, **more: str) -> str:
        address = f"https://www.tiktok.com/@{handle}/video/{video_id(1)}"
        return json.dumps({"cid": comment_id(1), "videoWebUrl": address, "text": TEXTS[0], **more})

    async with Database(conninfo) as database:
        handles = []
        for content in (apify("maker"), apify("renamed", cid=comment_id(2)), apify("maker") + "\n"):
            last = await imported(database, tmp_path, content)
            handles += await told(database, "select username from video")
    assert [row["username"] for row in handles] == ["maker", "renamed", "maker"]
    assert last.duplicate == 1


@settings(max_examples=8, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seen=sightings, damaged=st.lists(st.sampled_from(['{"comments": [', '{"cid": "1"', "[1, 2]"]), max_size=3))
async def test_the_same_file_again_changes_no_row_but_that_of_its_run(
    conninfo: str, tmp_path: Path, seen: list[Seen], damaged: list[str]
) -> None:
    content = "\n".join([*lines_of(seen), *damaged])
    async with Database(conninfo) as database:
        emptied(conninfo)
        first = await imported(database, tmp_path, content)
        before = versions(conninfo)
        again = await imported(database, tmp_path, content)
        assert versions(conninfo) == before
    assert first.fetched == again.fetched == again.duplicate + again.quarantined
