"""What the database lets nobody do, whoever writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.rows import dict_row

Connection = psycopg.Connection[dict[str, Any]]

DOMAIN = {
    "domain_name": "shop.brightpebble.com", "unicode_name": "shop.brightpebble.com", "tld": "com",
    "public_suffix": "com", "registrable_domain": "brightpebble.com", "subdomain": "shop",
}  # fmt: skip
OCCURRENCE = {"text": "brightpebble.com", "start": 4, "end": 20, "confidence": 0.9, "method": "bare"}
WRONG_OCCURRENCES = [
    json.dumps({**OCCURRENCE, **wrong})
    for wrong in (
        {"start": "4"}, {"start": -1}, {"start": None}, {"end": 4}, {"end": [20]}, {"text": 5}, {"confidence": 1.5},
        {"confidence": "high"}, {"method": None},
    )
] + [json.dumps({key: OCCURRENCE[key] for key in OCCURRENCE if key != missing}) for missing in OCCURRENCE]  # fmt: skip
MENTION = {
    "mention_text": "brightpebble.com", "position_start": 4, "position_end": 20, "context": "see brightpebble.com",
    "occurrences": json.dumps([OCCURRENCE]), "confidence_score": "0.9",
    "extraction_method": "bare", "extractor_version": "1",
}  # fmt: skip


@pytest.fixture
def connection(conninfo: str) -> Iterator[Connection]:
    with psycopg.connect(conninfo, autocommit=True, row_factory=dict_row) as opened:
        yield opened


def insert(connection: Connection, table: str, **values: Any) -> Any:
    statement = sql.SQL("insert into {} ({}) values ({}) returning id").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(map(sql.Placeholder, values)),
    )
    row = connection.execute(statement, values).fetchone()
    assert row is not None
    return row["id"]


@pytest.fixture
def mention(connection: Connection) -> dict[str, Any]:
    """A mention that is right in every way, not stored yet."""
    video = insert(connection, "video", video_id="7300000000000000001")
    comment = insert(
        connection, "comment", video_id=video, comment_id="7300000000000000002", text="see brightpebble.com"
    )
    return {**MENTION, "domain_id": insert(connection, "domain", **DOMAIN), "comment_id": comment, "video_id": video}


def test_a_right_mention_is_taken(connection: Connection, mention: dict[str, Any]) -> None:
    insert(connection, "domain_mention", **mention)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"position_start": -1, "position_end": 15}, errors.CheckViolation),
        ({"position_end": 19}, errors.CheckViolation),
        ({"mention_text": "", "position_end": 4}, errors.CheckViolation),
        ({"confidence_score": "1.01"}, errors.CheckViolation),
        ({"confidence_score": "-0.01"}, errors.CheckViolation),
        ({"occurrences": "[]"}, errors.CheckViolation),
        ({"occurrences": "{}"}, errors.CheckViolation),
        ({"occurrences": "[5]"}, errors.CheckViolation),
        *(({"occurrences": f"[{each}]"}, errors.CheckViolation) for each in WRONG_OCCURRENCES),
        ({"discovered_at": "1999-12-31Z"}, errors.CheckViolation),
        ({"discovered_at": "2099-12-31Z"}, errors.CheckViolation),
        ({"role": "praised"}, errors.CheckViolation),
        ({"tier": "shown"}, errors.GeneratedAlways),
    ],
    ids=str,
)
def test_a_mention_with_an_impossible_value_is_refused(
    connection: Connection, mention: dict[str, Any], wrong: dict[str, Any], refusal: type[psycopg.Error]
) -> None:
    with pytest.raises(refusal):
        insert(connection, "domain_mention", **{**mention, **wrong})


def test_a_mention_under_another_video_than_its_comments_is_refused(
    connection: Connection, mention: dict[str, Any]
) -> None:
    other = insert(connection, "video", video_id="7300000000000000009")
    with pytest.raises(errors.IntegrityConstraintViolation):
        insert(connection, "domain_mention", **{**mention, "video_id": other})


def test_a_domain_is_mentioned_once_a_comment(connection: Connection, mention: dict[str, Any]) -> None:
    insert(connection, "domain_mention", **mention)
    with pytest.raises(errors.UniqueViolation):
        insert(connection, "domain_mention", **mention)


def test_deleting_a_video_takes_its_comments_and_mentions_and_uncounts_them(
    connection: Connection, mention: dict[str, Any]
) -> None:
    insert(connection, "domain_mention", **mention)
    assert connection.execute("select mention_count from domain").fetchall() == [{"mention_count": 1}]
    connection.execute("delete from video")
    left = "select (select count(*) from comment) + (select count(*) from domain_mention) as n"
    assert connection.execute(left).fetchall() == [{"n": 0}]
    assert connection.execute("select mention_count, first_seen_at from domain").fetchall() == [
        {"mention_count": 0, "first_seen_at": None}
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"domain_name": "Shop.brightpebble.com"},
        {"domain_name": "shop..brightpebble.com"},
        {"domain_name": "shop.brightpebble.com."},
        {"domain_name": "-shop.brightpebble.com", "subdomain": "-shop"},
        {"domain_name": "шоп.brightpebble.com", "subdomain": "шоп"},
        {"domain_name": f"{'a' * 64}.brightpebble.com", "subdomain": "a" * 64},
        {"subdomain": "other"},
        {"registrable_domain": "pebble.com"},
        {"tld": "net"},
        {"kind": "forum"},
        {"mention_count": -1},
        {"mention_count": 1},
        {"first_seen_at": "2026-01-01Z", "last_seen_at": "2026-01-01Z"},
    ],
    ids=str,
)
def test_a_domain_that_does_not_hold_together_is_refused(connection: Connection, wrong: dict[str, Any]) -> None:
    with pytest.raises(errors.CheckViolation):
        insert(connection, "domain", **{**DOMAIN, **wrong})


@pytest.mark.parametrize(
    "metadata",
    [
        "{}",
        '{"http": {"reachable": true, "status": 200, "server": "nginx", "method": "HEAD", "url": "https://x.com/"}}',
        '{"http": {"checked_at": "2026-01-31T12:00:00Z", "title": "more keys are allowed"}}',
        '{"dns": {"a": ["192.0.2.1"], "aaaa": [], "cname": null, "mx": false, "checked_at": "2026-01-31 12:00+02"}}',
        '{"whois": {"created_at": null, "expires_at": "2027-01-31T00:00:00+00:00", "registrar": "R", "x": 1}}',
        '{"note": "other blocks are free"}',
    ],
)
def test_metadata_of_the_right_types_is_taken(connection: Connection, metadata: str) -> None:
    insert(connection, "domain", **DOMAIN, metadata=metadata)


@pytest.mark.parametrize(
    "metadata",
    [
        "[]",
        '{"http": 200}',
        '{"http": {"status": "200"}}',
        '{"http": {"status": 200.5}}',
        '{"http": {"reachable": null}}',
        '{"http": {"checked_at": "yesterday"}}',
        '{"http": {"checked_at": "2026-02-31T12:00:00Z"}}',
        '{"http": {"checked_at": "2026-01-31T12:00:00"}}',
        '{"dns": {"a": "192.0.2.1"}}',
        '{"dns": {"a": [1]}}',
        '{"dns": {"cname": 5}}',
        '{"whois": {"registrar": null}}',
        '{"whois": {"created_at": 1700000000}}',
    ],
)
def test_metadata_of_another_type_is_refused(connection: Connection, metadata: str) -> None:
    with pytest.raises(errors.CheckViolation):
        insert(connection, "domain", **DOMAIN, metadata=metadata)


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("video", {"video_id": "1", "discovered_at": "2099-01-01Z"}),
        ("video", {"video_id": "1", "last_crawled_at": "1970-01-01Z"}),
        ("video", {"video_id": "1", "posted_at": "1970-01-01Z"}),
        ("video", {"video_id": "1", "view_count": -1}),
        ("video", {"video_id": "1", "promotion": "[]"}),
        ("video", {"video_id": ""}),
        ("video", {"video_id": "1" * 129}),
        ("comment", {"comment_id": "1", "text": "", "observed_at": "2099-01-01Z"}),
        ("comment", {"comment_id": "1", "text": "", "posted_at": "2101-01-01Z"}),
        ("comment", {"comment_id": "1", "text": "", "like_count": -1}),
        ("comment", {"comment_id": "1" * 129, "text": ""}),
        ("comment", {"comment_id": "1", "text": "x" * 65_537}),
        ("domain", {**DOMAIN, "verified_at": "1970-01-01Z"}),
        ("run", {"source": "s", "extractor_version": "1", "fetched": 2, "stored": 1}),
        ("run", {"source": "s", "extractor_version": "1", "state": "finished"}),
        ("run", {"source": "s", "extractor_version": "1", "errors": "[]"}),
        ("run", {"source": "s", "extractor_version": "1", "state": "failed", "finished_at": "2020-01-01Z"}),
    ],
    ids=str,
)
def test_a_time_count_or_id_that_cannot_be_is_refused(
    connection: Connection, table: str, values: dict[str, Any]
) -> None:
    if table == "comment":
        values = {**values, "video_id": insert(connection, "video", video_id="7300000000000000001")}
    with pytest.raises(errors.CheckViolation):
        insert(connection, table, **values)


@pytest.mark.parametrize(
    "tiktok_id", ["7300000000000000001", "99999999999999999999999999", "file:" + "a" * 64, "1" * 128]
)
def test_an_id_comes_back_to_the_letter_whatever_its_length(connection: Connection, tiktok_id: str) -> None:
    video = insert(connection, "video", video_id=tiktok_id, view_count=2**63 - 1)
    insert(connection, "comment", video_id=video, comment_id=tiktok_id, parent_ref=tiktok_id, text="")
    assert connection.execute(
        "select v.video_id, v.view_count, c.comment_id, c.parent_ref from comment c join video v on v.id = c.video_id"
    ).fetchall() == [{"video_id": tiktok_id, "view_count": 2**63 - 1, "comment_id": tiktok_id, "parent_ref": tiktok_id}]


NOBODY = "0190c1f0-0000-7000-8000-000000000000"


@pytest.mark.parametrize("field", ["domain_id", "comment_id", "video_id"])
def test_a_mention_of_nothing_is_refused(connection: Connection, mention: dict[str, Any], field: str) -> None:
    with pytest.raises(errors.IntegrityError):
        insert(connection, "domain_mention", **{**mention, field: NOBODY})


def test_an_orphan_is_refused_wherever_it_would_be(connection: Connection, mention: dict[str, Any]) -> None:
    with pytest.raises(errors.ForeignKeyViolation):
        insert(connection, "comment", video_id=NOBODY, comment_id="1", text="")
    with pytest.raises(errors.ForeignKeyViolation):
        insert(connection, "comment", video_id=mention["video_id"], comment_id="1", text="", parent_comment_id=NOBODY)
    with pytest.raises(errors.ForeignKeyViolation):
        insert(connection, "quarantine", run_id=NOBODY, source="s", reason="r", detail="", raw=b"", sha256=b"0" * 32)


def test_deleting_a_parent_leaves_its_replies_without_one(connection: Connection, mention: dict[str, Any]) -> None:
    insert(
        connection, "comment", video_id=mention["video_id"], comment_id="8", text="",
        parent_comment_id=mention["comment_id"],
    )  # fmt: skip
    connection.execute("delete from comment where id = %s", [mention["comment_id"]])
    assert connection.execute("select comment_id, parent_comment_id from comment").fetchall() == [
        {"comment_id": "8", "parent_comment_id": None}
    ]


def test_deleting_a_domain_takes_its_mentions_and_leaves_the_comments(
    connection: Connection, mention: dict[str, Any]
) -> None:
    insert(connection, "domain_mention", **mention)
    connection.execute("delete from domain")
    left = "select (select count(*) from domain_mention) as mentions, (select count(*) from comment) as comments"
    assert connection.execute(left).fetchall() == [{"mentions": 0, "comments": 1}]


@pytest.mark.parametrize(
    "wrong",
    [
        {"position_start": 3, "position_end": 19},
        {"mention_text": "brightpebbles.co"},
        {"occurrences": json.dumps([OCCURRENCE, {**OCCURRENCE, "start": 0, "end": 16}])},
        {"occurrences": json.dumps([{**OCCURRENCE, "text": "another.com"}])},
    ],
    ids=str,
)
def test_a_mention_that_does_not_quote_its_comment_is_refused(
    connection: Connection, mention: dict[str, Any], wrong: dict[str, Any]
) -> None:
    with pytest.raises(errors.IntegrityConstraintViolation, match="does not quote its comment"):
        insert(connection, "domain_mention", **{**mention, **wrong})


def test_spans_are_code_points_not_bytes_or_utf16(connection: Connection, mention: dict[str, Any]) -> None:
    text = "🔴é see 𝐚.com"
    comment = insert(connection, "comment", video_id=mention["video_id"], comment_id="8", text=text)
    spans = {"mention_text": "𝐚.com", "position_start": 7, "position_end": 12}
    occurrences = json.dumps([{**OCCURRENCE, "text": "𝐚.com", "start": 7, "end": 12}])
    insert(connection, "domain_mention", **{**mention, **spans, "comment_id": comment, "occurrences": occurrences})


def test_a_comment_that_moves_takes_its_mentions_along_and_a_new_text_drops_them(
    connection: Connection, mention: dict[str, Any]
) -> None:
    insert(connection, "domain_mention", **mention)
    other = insert(connection, "video", video_id="7300000000000000009")
    connection.execute("update comment set video_id = %s, discovered_at = '2026-01-01Z'", [other])
    moved = "select m.video_id, m.discovered_at = c.discovered_at as same, d.first_seen_at = c.discovered_at as seen"
    assert connection.execute(
        f"{moved} from domain_mention m join comment c on c.id = m.comment_id join domain d on d.id = m.domain_id"
    ).fetchall() == [{"video_id": other, "same": True, "seen": True}]
    connection.execute("update comment set text = 'other words'")
    assert connection.execute("select mention_count from domain").fetchall() == [{"mention_count": 0}]


def test_ids_order_by_time_and_carry_version_seven(connection: Connection) -> None:
    made = [
        connection.execute("select private.uuid_v7() as id, pg_sleep(0.002)").fetchone()["id"]  # type: ignore[index]
        for _ in range(20)
    ]
    assert made == sorted(made)
    assert {each.version for each in made} == {7}
