"""The merge rule, written once: how a new observation of a record changes the stored row.

Per field the newest observation wins and null never overwrites a value; at the same time the greater
value wins, so that the order of arrival never matters. `observed_at` is the row's newest observation;
`field_observed_at` names the fields whose value is older than that. `discovered_at` keeps the least,
`is_promoted` only rises.

A record without a time of its own counts as observed when its run began, but it does not make the
stored values any newer unless it changes one: reading the same file again changes no row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, LiteralString

from harvester.store.database import Connection
from harvester.store.statements import counted


@dataclass(frozen=True, slots=True)
class Merged:
    """One table whose rows are merged: its natural key, its fields, and what else an update sets."""

    table: LiteralString
    key: LiteralString
    fields: tuple[LiteralString, ...]
    rises: tuple[LiteralString, ...] = ()
    """Booleans that only ever go from false to true."""
    crawled: bool = False
    """Whether the row has a last_crawled_at."""
    rewritten: tuple[LiteralString, ...] = ()
    """Columns that are taken from the observation whose `text` won."""
    stamped: tuple[LiteralString, ...] = ()
    """Columns that are taken from the observation that changed the row, whatever it changed."""


VIDEO = Merged(
    "video",
    "video_id",
    (
        "username", "caption", "video_url", "thumbnail_url", "region_code", "view_count", "like_count",
        "comment_count", "share_count", "promotion", "posted_at", "metadata",
    ),
    rises=("is_promoted",),
    crawled=True,
)  # fmt: skip
COMMENT = Merged(
    "comment",
    "comment_id",
    ("parent_ref", "username", "text", "like_count", "reply_count", "posted_at", "metadata"),
    rewritten=("extractor_version",),
    stamped=("observation_digest",),
)

CREATOR = Merged(
    "creator",
    "username",
    (
        "display_name", "bio", "bio_url", "is_verified", "follower_count", "following_count", "like_count",
        "video_count", "metadata",
    ),
    crawled=True,
)  # fmt: skip
AD = Merged(
    "ad",
    "ad_id",
    (
        "title", "landing_url", "advertiser_id", "advertiser_name", "paid_for_by", "advertiser_username", "state",
        "first_shown_on", "last_shown_on", "reach", "metadata",
    ),
)  # fmt: skip


async def merge_wave(connection: Connection, merged: Merged, wave: int) -> list[dict[str, Any]]:
    """Merge a wave of staged rows into those that were there before; what changed, as `update_statement` gives it."""
    if not await counted(connection, lock_statement(merged), {"wave": wave}):
        return []
    cursor = await connection.execute(update_statement(merged), {"wave": wave})
    return await cursor.fetchall()


def lock_statement(merged: Merged) -> LiteralString:
    """Locks the rows that the wave `%(wave)s` would change, in the order of their keys; counts them as `n`.

    It comes before `update_statement`, which then computes on the rows as they are once the lock is had:
    two writers neither lose each other's values nor wait for each other in a circle.
    """
    return f"{_changed(merged)} select count(*) as n from changed"


def update_statement(merged: Merged) -> LiteralString:
    """Merges the wave `%(wave)s` of `staged_<table>` into the rows that were there before.

    Returns a row for each row changed: its natural key, the id it was staged under as `staged_id`, whether it is
    a stub, and whether its text changed.
    """
    columns: tuple[LiteralString, ...] = (
        *merged.fields, *merged.rises, "discovered_at", "observed_at", "field_observed_at",
        *merged.rewritten, *merged.stamped,
    )  # fmt: skip
    if merged.crawled:
        columns = (*columns, "last_crawled_at")
    return f"""
{_changed(merged)}
update public.{merged.table} t
set {", ".join(f"{column} = n.{column}" for column in columns)}
from changed n
where t.id = n.id
returning t.{merged.key} as key, n.staged_id, n.is_stub, n.text_changed
"""


def _changed(merged: Merged) -> LiteralString:
    """The rows of the wave that would change, with the values they would get."""
    clocks: LiteralString = ",\n      ".join(_clock(field) for field in merged.fields)
    values: LiteralString = ",\n      ".join(_value(field) for field in merged.fields)
    newer: LiteralString = ",\n      ".join(_newer(field) for field in merged.fields)
    aged: LiteralString = ",\n      ".join(_aged(field) for field in merged.fields)
    plain: tuple[LiteralString, ...] = (*merged.fields, *merged.rises, "discovered_at")
    rises: LiteralString = "".join(f", c.{field} or s.{field} as {field}" for field in merged.rises)
    crawled: LiteralString = (
        ", greatest(c.last_crawled_at, s.last_crawled_at) as last_crawled_at" if merged.crawled else ""
    )
    # The first crawl of a stub is a change, even when it brings no value.
    completed: LiteralString = (
        "or (n.is_dated or c.last_crawled_at is null) and c.last_crawled_at is distinct from n.last_crawled_at"
        if merged.crawled
        else ""
    )
    rewritten: LiteralString = "".join(
        f", case when latest.text <> c.text then s.{column} else c.{column} end as {column}"
        for column in merged.rewritten
    )
    stamped: LiteralString = "".join(f", s.{column}" for column in merged.stamped)
    text_changed: LiteralString = "latest.text <> c.text" if "text" in merged.fields else "false"
    return f"""
with candidate as (
  select
    c.id, s.id as staged_id, s.is_stub, s.is_dated, {text_changed} as text_changed,
    latest.*,
    greatest(c.observed_at, s.observed_at) as observed_at,
    least(c.discovered_at, s.discovered_at) as discovered_at,
    jsonb_strip_nulls(jsonb_build_object(
      {aged}
    )) as field_observed_at{rises}{crawled}{rewritten}{stamped}
  from pg_temp.staged_{merged.table} s
  join public.{merged.table} c on c.{merged.key} = s.{merged.key} and c.id <> s.id
  cross join lateral (select
      {clocks}
  ) clock
  cross join lateral (select
      {values}
  ) latest
  cross join lateral (select
      {newer}
  ) newer
  where s.wave = %(wave)s
),
changed as (
  select n.*
  from candidate n
  join public.{merged.table} c on c.id = n.id
  where ({_listed("c", plain)}) is distinct from ({_listed("n", plain)})
     or n.is_dated and (c.observed_at, c.field_observed_at) is distinct from (n.observed_at, n.field_observed_at)
     {completed}
  order by c.{merged.key}
  for no key update of c
)
"""


def _stored(field: LiteralString) -> LiteralString:
    """The stored value; an empty metadata object says nothing, like null."""
    return "nullif(c.metadata, '{}')" if field == "metadata" else f"c.{field}"


def _clock(field: LiteralString) -> LiteralString:
    return f"coalesce((c.field_observed_at ->> '{field}')::timestamptz, c.observed_at) as {field}"


def _value(field: LiteralString) -> LiteralString:
    stored = _stored(field)
    otherwise: LiteralString = "'{}'" if field == "metadata" else "null"
    return (
        f"case when s.{field} is null then coalesce({stored}, {otherwise}) when {stored} is null"
        f" or (s.observed_at, s.{field}) > (clock.{field}, {stored})"
        f" then s.{field} else {stored} end as {field}"
    )


def _newer(field: LiteralString) -> LiteralString:
    stored = _stored(field)
    return (
        f"case when s.{field} is null then case when {stored} is not null then clock.{field} end"
        f" when {stored} is null then s.observed_at"
        f" else greatest(clock.{field}, s.observed_at) end as {field}"
    )


def _aged(field: LiteralString) -> LiteralString:
    return f"'{field}', nullif(newer.{field}, greatest(c.observed_at, s.observed_at))"


def _listed(alias: LiteralString, columns: tuple[LiteralString, ...]) -> LiteralString:
    return ", ".join(f"{alias}.{column}" for column in columns)
