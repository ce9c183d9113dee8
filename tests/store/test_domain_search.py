"""Searching names of domains: all that hold the part, in each order, page by page, whichever way they are found."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest

from harvester.store.database import ANALYST, Database
from harvester.store.domain import SORTS, list_domains

pytestmark = pytest.mark.anyio

SHARES = {"every": 1, "often": 8, "middle": 30, "seldom": 200, "rare": 2_500}
"""Each part stands in one name of so many: those that are common are met among the first, the others are looked up."""
FILL = """
set session_replication_role = replica;
insert into domain (domain_name, tld, public_suffix, registrable_domain, unicode_name, mention_count, first_seen_at,
                    last_seen_at)
select name, 'com', 'com', name, name, 1 + n % 7, now() - n / 50 * interval '1 hour', now() - n / 90 * interval '1 hour'
from generate_series(1, 6000) n
cross join lateral (
  select 'every' || n || case when n % 8 = 0 then 'often' else '' end || case when n % 30 = 0 then 'middle' else '' end
         || case when n % 200 = 0 then 'seldom' else '' end || case when n % 2500 = 0 then 'rare' else '' end || '.com'
) named (name);
analyze;
"""


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(FILL)
    async with Database(conninfo) as opened:
        yield opened


@pytest.mark.parametrize("sort", SORTS)
async def test_all_pages_together_hold_each_name_with_the_part_once_and_in_order(database: Database, sort: str) -> None:
    order = SORTS[sort]
    way = "desc" if order.descending else "asc"
    plain = (
        f"select domain_name from domain where domain_name like %s order by {order.column} {way}, id {way} limit 300"
    )
    async with database.transaction(ANALYST) as connection:
        for part in (*SHARES, "nowhere"):
            expected = [row["domain_name"] for row in await (await connection.execute(plain, [f"%{part}%"])).fetchall()]
            found: list[str] = []
            after = None
            while len(found) < 300:
                page = await list_domains(connection, text=part, sort=sort, limit=50, after=after)
                found += [row.domain_name for row in page.rows]
                after = page.next
                if after is None:
                    break
            assert found == expected, part
