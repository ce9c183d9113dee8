"""What imports left in a database, by natural keys: without the ids of rows and the times of their insertion."""

from __future__ import annotations

import json
from typing import Any, LiteralString

import psycopg

Rows = list[dict[str, Any]]

# Which observation a row was changed by last is a memo for the next import, and depends on the order of arrival.
_TABLES: dict[str, LiteralString] = {
    "video": "select to_jsonb(v) - '{id, created_at, updated_at}'::text[] from video v",
    "comment": (
        "select to_jsonb(c) - '{id, parent_comment_id, observation_digest, created_at, updated_at}'::text[]"
        " || jsonb_build_object('video_id', v.video_id, 'parent', p.comment_id)"
        " from comment c join video v on v.id = c.video_id left join comment p on p.id = c.parent_comment_id"
    ),
    # A domain that only a replaced text named stays as a row without mentions, which no view shows.
    "domain": (
        "select to_jsonb(d) - '{id, created_at, updated_at}'::text[] from domain d"
        " where exists (select from domain_mention m where m.domain_id = d.id)"
        " or exists (select from sighting s where s.domain_id = d.id)"
    ),
    "creator": "select to_jsonb(c) - '{id, created_at, updated_at}'::text[] from creator c",
    "ad": "select to_jsonb(a) - '{id, created_at, updated_at}'::text[] from ad a",
    # When a domain that went and came back was first seen in a text depends on what was seen meanwhile.
    "sighting": (
        "select to_jsonb(s) - '{id, discovered_at, created_at, updated_at}'::text[] || jsonb_build_object("
        " 'domain_id', d.domain_name, 'video_id', v.video_id, 'creator_id', c.username, 'ad_id', a.ad_id)"
        " from sighting s join domain d on d.id = s.domain_id left join video v on v.id = s.video_id"
        " left join creator c on c.id = s.creator_id left join ad a on a.id = s.ad_id"
    ),
    "domain_mention": (
        "select to_jsonb(m) - '{id, created_at, updated_at}'::text[]"
        " || jsonb_build_object('domain_id', d.domain_name, 'comment_id', c.comment_id, 'video_id', v.video_id)"
        " from domain_mention m join domain d on d.id = m.domain_id join comment c on c.id = m.comment_id"
        " join video v on v.id = m.video_id"
    ),
    "quarantine": "select to_jsonb(q) - '{id, run_id, created_at, updated_at}'::text[] from quarantine q",
}
_STARTS: LiteralString = "select to_jsonb(started_at)::text, request ->> 'file' from run"


def stored(conninfo: str) -> dict[str, list[str]]:
    """Each table's rows as JSON, sorted. The time at which the import of a file began is called by the file's name."""
    with psycopg.connect(conninfo, prepare_threshold=None) as connection:
        starts = connection.execute(_STARTS).fetchall()
        tables = {
            name: [json.dumps(row, sort_keys=True) for (row,) in connection.execute(statement)]
            for name, statement in _TABLES.items()
        }
    return {name: sorted(_named(row, starts) for row in rows) for name, rows in tables.items()}


def emptied(conninfo: str) -> None:
    """Take away everything, runs included."""
    with psycopg.connect(conninfo, prepare_threshold=None) as connection:
        connection.execute("truncate video, comment, domain, creator, ad, run, quarantine cascade")


def versions(conninfo: str) -> list[tuple[Any, ...]]:
    """Every row of every table but `run`, by where and since which transaction it stands: a change moves it."""
    each: list[LiteralString] = [
        "select 'video', id::text, xmin::text, ctid::text from video",
        "select 'comment', id::text, xmin::text, ctid::text from comment",
        "select 'domain', id::text, xmin::text, ctid::text from domain",
        "select 'domain_mention', id::text, xmin::text, ctid::text from domain_mention",
        "select 'creator', id::text, xmin::text, ctid::text from creator",
        "select 'ad', id::text, xmin::text, ctid::text from ad",
        "select 'sighting', id::text, xmin::text, ctid::text from sighting",
        "select 'quarantine', id::text, xmin::text, ctid::text from quarantine",
    ]
    with psycopg.connect(conninfo, prepare_threshold=None) as connection:
        return sorted(row for statement in each for row in connection.execute(statement))


def _named(row: str, starts: list[tuple[Any, ...]]) -> str:
    for moment, file in starts:
        row = row.replace(moment, f'"the import of {file}"')
    return row
