"""What the dashboard, the API and the views are asked, with the plain aggregate that gives the same answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

from harvester.store.comment import find_comments
from harvester.store.database import ANALYST, Connection, Database
from harvester.store.domain import SORTS, domain_by_name, evidence, list_domains, new_today
from harvester.store.neighbours import carriers, domain_days, neighbours
from harvester.store.paging import encode_cursor
from harvester.store.statistics import dashboard_stats, mentions_per_day, trending
from harvester.web.pages.domains import DomainsPage, DomainsQuery
from harvester.web.pages.overview import OverviewPage, OverviewQuery

Ask = Callable[[Connection], Awaitable[Any]]
FAST, FAIR = 25.0, 60.0
"""Goals in milliseconds: where an index can drive it, and for recent activity and trends."""
SHARES = {
    "a frequent word": 0.4, "a common word": 0.03, "a middle word": 0.005, "a seldom word": 0.001,
    "a rare word": 0.0001,
}  # fmt: skip
"""Shares of the comments that hold it."""
PLAIN_SEARCH: LiteralString = """
select * from comment where to_tsvector('simple', text) @@ plainto_tsquery('simple', '{}')
order by discovered_at desc, id desc limit 50
"""
DEEP = 50_000
"""Rows before page 1,000."""
VIEWS: dict[LiteralString, tuple[LiteralString, float]] = {
    "v_domains_new_today": ("mention_count desc, id desc", FAST),
    "v_domains_top_mentioned": ("mention_count desc, id desc", FAST),
    "v_domains_recent_activity": ("last_seen_at desc, id desc", FAIR),
    "v_videos_with_domains": ("discovered_at desc, id desc", FAST),
    "v_comments_with_domains": ("discovered_at desc, id desc", FAST),
}
PLAIN_DOMAINS: LiteralString = """
select d.*, count(m.id) as mentions, count(distinct m.video_id), count(distinct m.comment_id),
       count(distinct c.username), min(m.discovered_at) as first_seen, max(m.discovered_at) as last_seen
from domain d
join domain_mention m on m.domain_id = d.id and m.tier = 'shown'
join comment c on c.id = m.comment_id
group by d.id order by {} limit 50
"""
PLAIN_PERIOD: LiteralString = """
select count(*), count(distinct m.video_id) as videos, count(distinct m.comment_id), min(m.discovered_at),
       max(m.discovered_at) as latest, d.*
from domain d join domain_mention m on m.domain_id = d.id and m.tier = 'shown'
where m.discovered_at >= {} group by d.id order by {} limit 50
"""
PLAIN_VIEWS: dict[str, LiteralString] = {
    "v_domains_new_today": PLAIN_PERIOD.format("date_trunc('day', now(), 'UTC')", "1 desc"),
    "v_domains_top_mentioned": PLAIN_DOMAINS.format("mentions desc"),
    "v_domains_recent_activity": PLAIN_PERIOD.format("now() - interval '7 days'", "latest desc"),
    "v_videos_with_domains": """
      select v.id, v.discovered_at, count(distinct m.domain_id), count(*), count(distinct m.comment_id),
             (select count(*) from comment c where c.video_id = v.id)
      from video v join domain_mention m on m.video_id = v.id and m.tier = 'shown'
      group by v.id order by v.discovered_at desc limit 50""",
    "v_comments_with_domains": """
      select c.id, c.discovered_at, v.video_id, count(*), array_agg(d.domain_name), jsonb_agg(m.occurrences)
      from comment c join video v on v.id = c.video_id
      join domain_mention m on m.comment_id = c.id and m.tier = 'shown' join domain d on d.id = m.domain_id
      group by c.id, v.id order by c.discovered_at desc limit 50""",
}
PLAIN_STATS: LiteralString = """
select (select count(*) from domain), (select count(*) from video), (select count(*) from comment),
       (select count(*) from domain_mention where tier = 'shown'),
       (select count(*) from domain where first_seen_at >= since.start),
       (select count(*) from video where discovered_at >= since.start),
       (select count(*) from comment where discovered_at >= since.start), within.*
from (select now() - interval '{} days' as start) since
cross join lateral (
  select count(*), count(distinct video_id), count(distinct domain_id), count(distinct (domain_id, video_id))
  from domain_mention where tier = 'shown' and discovered_at >= since.start
) within
"""
PLAIN_TRENDS: LiteralString = """
select d.domain_name, count(*) filter (where m.discovered_at >= now() - interval '{0} days') as now,
       count(*) filter (where m.discovered_at < now() - interval '{0} days') as before
from domain_mention m join domain d on d.id = m.domain_id
where m.tier = 'shown' and m.discovered_at >= now() - 2 * interval '{0} days'
group by d.domain_name order by 2 desc limit 50
"""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, in how many milliseconds it is to be answered, and the plain aggregate for it."""

    name: str
    ask: Ask
    goal: float | None = FAST
    """None of what no page asks for: its figures are shown and judged by nobody."""
    plain: LiteralString | None = None


async def questions(database: Database) -> list[Question]:
    """All of them, as they are asked of this database."""
    async with database.transaction(ANALYST) as connection:
        names = await _rows(connection, "select id, domain_name from domain order by mention_count desc, id limit 1")
        deep = [await _page_thousand(connection, sort) for sort in SORTS]
        words = await _words(connection)
    top = names[0]
    return [
        *(Question(f"view {name}", says(f"select * from {name} order by {order} limit 50"), goal, PLAIN_VIEWS[name])
          for name, (order, goal) in VIEWS.items()),
        *(Question(f"domains by {sort}, page 1", _lists(sort=sort), FAST, PLAIN_DOMAINS.format(_plain_order(sort)))
          for sort in SORTS),
        *deep,
        *(Question(f"domains with {text!r} by {sort}", _lists(sort=sort, text=text))
          for text in ("kakaka", "baba", "ba", "shop", "zzzzzz") for sort in SORTS),
        *(Question(f"get_dashboard_stats, {days} days", _stats(days), FAST, PLAIN_STATS.format(days))
          for days in (30, 365)),
        *(Question(f"get_trending_domains, {days} days", _trends(days), FAIR, PLAIN_TRENDS.format(days))
          for days in (1, 7, 30)),
        *(Question(f"comments with {label}", _finds(word), FAST, PLAIN_SEARCH.format(word))
          for label, word in words.items()),
        Question("all of get_trending_domains, 30 days", says("select * from get_trending_domains(30)"), None),
        Question("one domain", lambda c: domain_by_name(c, top["domain_name"])),
        Question("its evidence", lambda c: evidence(c, top["id"], limit=25)),
        Question("its mentions a day", lambda c: domain_days(c, top["id"])),
        Question("videos and creators that carry it", lambda c: carriers(c, top["id"])),
        Question("domains beside it", lambda c: neighbours(c, top["id"])),
        Question("mentions a day", mentions_per_day),
        Question("new today", lambda c: new_today(c, limit=10)),
        Question("the whole overview page", lambda c: OverviewPage.load(c, OverviewQuery()), FAST + FAIR),
        Question("the whole domains page", lambda c: DomainsPage.load(c, DomainsQuery())),
    ]  # fmt: skip


async def _page_thousand(connection: Connection, sort: str) -> Question:
    order = SORTS[sort]
    way = "desc" if order.descending else "asc"
    listed = (
        f"select {order.column} as value, id from domain where mention_count > 0"
        f" order by 1 {way}, id {way} offset {{}} limit 1"
    )
    rows = await _rows(connection, listed.format(DEEP - 1)) or await _rows(connection, listed.format(5_000))
    after = encode_cursor(sort, rows[0]["value"], rows[0]["id"]) if rows else None
    return Question(f"domains by {sort}, page 1,000", _lists(sort=sort, after=after))


async def _words(connection: Connection) -> dict[str, LiteralString]:
    """Words by how many comments hold them, as a sample says."""
    texts = await _rows(connection, "select text from comment tablesample system (2) repeatable (1) limit 60000")
    held = Counter(word for row in texts for word in set(row["text"].split()) if "." not in word)
    found: dict[str, Any] = {}
    for label, share in SHARES.items():
        found[label] = min(held, key=lambda word: abs(held[word] / len(texts) - share))
    found["a frequent and a middle word"] = f"{found['a frequent word']} {found['a middle word']}"
    found["a word that nobody says"] = "nobodysaysthis"
    return found


async def _rows(connection: Connection, statement: str) -> list[dict[str, Any]]:
    return await (await connection.execute(statement)).fetchall()  # type: ignore[arg-type]


def says(statement: str) -> Ask:
    """A question of one statement."""
    return lambda connection: _rows(connection, statement)


def _lists(**asked: Any) -> Ask:
    return lambda connection: list_domains(connection, **asked)


def _stats(days: int) -> Ask:
    now = datetime.now(UTC)
    return lambda connection: dashboard_stats(connection, now - timedelta(days=days), datetime.now(UTC))


def _finds(words: str) -> Ask:
    return lambda connection: find_comments(connection, words)


def _trends(days: int) -> Ask:
    return lambda connection: trending(connection, days=days)


def _plain_order(sort: str) -> LiteralString:
    plain: dict[str, LiteralString] = {
        "mentions": "mentions desc", "last_seen": "last_seen desc", "first_seen": "first_seen desc",
        "name": "d.domain_name",
    }  # fmt: skip
    return plain[sort]
