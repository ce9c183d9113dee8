"""What goes through Supabase's REST API comes out as it went in: rows, their order, ids, and all of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.supabase import evidence

from supabase import Client

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
}
"""The columns that programs may rely on, in their order; more may follow."""

MAX_ROWS = 1000
"""Of Supabase, of config.toml and of the guide's PostgREST: more never come at once."""


@pytest.mark.parametrize(("view", "columns"), CONTRACT.items(), ids=CONTRACT)
def test_a_view_begins_with_the_columns_of_the_contract(analyst: Client, view: str, columns: str) -> None:
    (row, *_) = analyst.table(view).select("*").execute().data
    assert list(row)[: len(columns.split())] == columns.split()


def counted(analyst: Client, table: str) -> int | None:
    return analyst.table(table).select("id", count="exact", head=True).execute().count


def test_an_upsert_on_natural_keys_repeats_without_a_trace(worker: Client, analyst: Client) -> None:
    # A run is another one each time; all else is the same evidence.
    tables = ("video", "comment", "creator", "ad", "domain", "domain_mention", "sighting", "quarantine")
    read = "domain_name, mention_count, first_seen_at, last_seen_at"
    before = [counted(analyst, table) for table in tables], analyst.table("domain").select(read).execute().data
    evidence.store(worker)
    evidence.store(worker)
    after = [counted(analyst, table) for table in tables], analyst.table("domain").select(read).execute().data
    assert after == before
    assert [row["mention_count"] for row in after[1] if row["domain_name"] == "brightpebble.com"] == [1]


def test_an_upsert_changes_what_it_names_and_leaves_the_rest(worker: Client, analyst: Client) -> None:
    evidence.upsert(worker, "video", video_id="7300000000000000020", username="first", caption="kept")
    evidence.upsert(worker, "video", video_id="7300000000000000020", username="second")
    read = analyst.table("video").select("username, caption").eq("video_id", "7300000000000000020")
    assert read.execute().data == [{"username": "second", "caption": "kept"}]


def test_counters_follow_mentions_that_come_and_go(worker: Client, analyst: Client) -> None:
    video = evidence.upsert(worker, "video", video_id="7300000000000000030")
    domain = evidence.upsert(
        worker, "domain", **{**evidence.DOMAIN, "domain_name": "a.brightpebble.com", "subdomain": "a"}
    )

    def mention(number: int, confidence: float) -> None:
        comment = evidence.upsert(
            worker, "comment", **{**evidence.COMMENT, "comment_id": f"730000000000000003{number}", "video_id": video}
        )
        values = {**evidence.MENTION, "confidence_score": confidence, "domain_id": domain}
        evidence.upsert(worker, "domain_mention", **values, comment_id=comment, video_id=video)

    def count() -> list[dict[str, Any]]:
        return analyst.table("domain").select("mention_count").eq("id", domain).execute().data

    mention(1, 0.9)
    mention(2, 0.8)
    mention(3, 0.2)  # A doubtful one is held: kept and counted nowhere.
    assert count() == [{"mention_count": 2}]
    mention(2, 0.3)
    assert count() == [{"mention_count": 1}]
    worker.table("domain_mention").delete().eq("domain_id", domain).execute()
    assert count() == [{"mention_count": 0}]


@pytest.mark.parametrize(
    ("relation", "column", "value"),
    [
        ("video", "video_id", evidence.VIDEO["video_id"]),
        ("comment", "comment_id", evidence.COMMENT["comment_id"]),
        ("v_videos_with_domains", "video_id", evidence.VIDEO["video_id"]),
        ("v_comments_with_domains", "comment_id", evidence.COMMENT["comment_id"]),
        ("v_comments_with_domains", "video_tiktok_id", evidence.VIDEO["video_id"]),
        ("video", "view_count", evidence.LARGE),
        ("v_videos_with_domains", "view_count", evidence.LARGE),
    ],
)
def test_a_number_beyond_2_to_the_53_survives_and_an_id_is_a_string(
    analyst: Client, relation: str, column: str, value: str | int
) -> None:
    rows = analyst.table(relation).select(column).eq(column, value).execute().data
    assert rows == [{column: value}]


def test_the_spans_of_a_comment_come_with_it(analyst: Client) -> None:
    rows = analyst.table("v_comments_with_domains").select("mentions").eq("username", "mia").execute().data
    assert {"mentions": [{"domain_name": "brightpebble.com", **evidence.SPAN}]} in rows


def test_functions_answer_by_rpc(analyst: Client) -> None:
    trending = analyst.rpc("get_trending_domains", {"days_back": 7}).execute().data
    (bright,) = (row for row in trending if row["domain_name"] == "brightpebble.com")
    assert (bright["current_mentions"], bright["previous_mentions"], bright["growth_rate"]) == (1, 0, 1)
    period = {"start_date": "2026-01-01T00:00:00Z", "end_date": "2100-01-01T00:00:00Z"}
    (stats,) = analyst.rpc("get_dashboard_stats", period).execute().data
    assert stats["total_domains"] >= stats["new_domains"] >= 1


def test_the_worker_cleans_up_by_rpc(worker: Client, analyst: Client) -> None:
    old = (datetime.now(UTC) - timedelta(days=400)).isoformat()
    evidence.upsert(worker, "video", video_id="7300000000000000040", discovered_at=old)
    (deleted,) = worker.rpc("cleanup_old_data", {"days_to_keep": 365}).execute().data
    assert deleted["videos_deleted"] == 1
    assert analyst.table("video").select("id").eq("video_id", "7300000000000000040").execute().data == []


def test_more_rows_than_one_answer_holds_are_fetched_by_ranges(worker: Client, analyst: Client) -> None:
    video = evidence.upsert(worker, "video", video_id="7300000000000000050")
    written = [f"74{number:017}" for number in range(2 * MAX_ROWS + 1)]
    worker.table("comment").upsert(
        [{"comment_id": name, "video_id": video, "text": "no domain here"} for name in written],
        on_conflict="comment_id", returning="minimal",
    ).execute()  # fmt: skip

    def page(first: int) -> list[str]:
        asked = analyst.table("comment").select("comment_id").eq("video_id", video).order("id")
        return [row["comment_id"] for row in asked.range(first, first + 2 * MAX_ROWS).execute().data]

    pages = [page(0), page(MAX_ROWS), page(2 * MAX_ROWS)]
    assert [len(each) for each in pages] == [MAX_ROWS, MAX_ROWS, 1]
    assert sorted(name for each in pages for name in each) == written
