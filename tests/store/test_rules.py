"""What the database lets nobody do, whoever writes."""

from __future__ import annotations

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
MENTION = {
    "mention_text": "brightpebble.com", "position_start": 4, "position_end": 20, "context": "see brightpebble.com",
    "occurrences": '[{"text": "brightpebble.com", "start": 4, "end": 20, "confidence": 0.9, "method": "bare"}]',
    "confidence_score": "0.9", "extraction_method": "bare", "extractor_version": "1",
}  # fmt: skip
TABLES = ("video", "comment", "domain", "domain_mention", "run", "quarantine")
VIEWS = (
    "v_domains_new_today", "v_domains_top_mentioned", "v_domains_recent_activity", "v_videos_with_domains",
    "v_comments_with_domains",
)  # fmt: skip


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


@pytest.mark.parametrize("relation", [*TABLES, *VIEWS])
def test_a_stranger_sees_nothing(connection: Connection, relation: str) -> None:
    connection.execute("set role anon")
    with pytest.raises(errors.InsufficientPrivilege):
        connection.execute(sql.SQL("select from {}").format(sql.Identifier(relation)))


@pytest.mark.parametrize("relation", [*TABLES, *VIEWS])
def test_an_analyst_reads(connection: Connection, relation: str) -> None:
    with connection.transaction():
        connection.execute("set local role authenticated")
        connection.execute(sql.SQL("select from {}").format(sql.Identifier(relation)))


@pytest.mark.parametrize(
    "statement", ["delete from {}", "update {} set id = id", "truncate {}", "insert into {} default values"]
)
@pytest.mark.parametrize("table", TABLES)
def test_an_analyst_writes_nothing(connection: Connection, table: str, statement: str) -> None:
    connection.execute("set role authenticated")
    with pytest.raises(errors.InsufficientPrivilege):
        connection.execute(sql.SQL(statement).format(sql.Identifier(table)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("role", "call", "allowed"),
    [
        ("anon", "get_dashboard_stats(now(), now())", False),
        ("anon", "get_trending_domains(7)", False),
        ("anon", "cleanup_old_data(7)", False),
        ("authenticated", "get_dashboard_stats(now(), now())", True),
        ("authenticated", "get_trending_domains(7)", True),
        ("authenticated", "cleanup_old_data(7)", False),
        ("service_role", "get_dashboard_stats(now(), now())", True),
        ("service_role", "get_trending_domains(7)", True),
        ("service_role", "cleanup_old_data(7)", True),
        ("authenticated", "private.uuid_v7()", False),
    ],
)
def test_functions_are_for_those_who_need_them(connection: Connection, role: str, call: str, *, allowed: bool) -> None:
    connection.execute(sql.SQL("set role {}").format(sql.Identifier(role)))
    if allowed:
        connection.execute(f"select * from {call}")  # type: ignore[arg-type]
    else:
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(f"select * from {call}")  # type: ignore[arg-type]


def test_every_public_table_has_row_level_security_and_everything_public_is_commented(connection: Connection) -> None:
    naked = connection.execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
        " and not relrowsecurity"
    ).fetchall()
    uncommented = connection.execute(
        "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum >= 0"
        " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not a.attisdropped"
        " and col_description(c.oid, a.attnum) is null"
        " union all select c.relname, null from pg_class c where c.relnamespace = 'public'::regnamespace"
        " and c.relkind in ('r', 'p', 'v') and obj_description(c.oid, 'pg_class') is null"
        " union all select proname, null from pg_proc p"
        " where pronamespace in ('public'::regnamespace, 'private'::regnamespace)"
        " and obj_description(p.oid, 'pg_proc') is null"
    ).fetchall()
    loose = connection.execute(
        "select proname from pg_proc where pronamespace in ('public'::regnamespace, 'private'::regnamespace)"
        " and not coalesce(array_to_string(proconfig, ','), '') like '%search_path=%'"
    ).fetchall()
    assert (naked, uncommented, loose) == ([], [], [])


def test_ids_order_by_time_and_carry_version_seven(connection: Connection) -> None:
    made = [
        connection.execute("select private.uuid_v7() as id, pg_sleep(0.002)").fetchone()["id"]  # type: ignore[index]
        for _ in range(20)
    ]
    assert made == sorted(made)
    assert {each.version for each in made} == {7}
