"""Kept totals are for those who see every row that they count, which is told from the policies as they are stored."""

from __future__ import annotations

import psycopg
import pytest

SEES_EVERY_ROW = "select private.sees_every_row()"


@pytest.mark.parametrize(
    ("change", "sees"),
    [
        ("select", True),
        ("create policy more on domain for select to authenticated using (true)", True),
        ("create policy less on domain for select to service_role using (false)", True),
        ("create policy less on domain as restrictive for select to authenticated using (true)", True),
        ("create policy less on domain as restrictive for select to authenticated using (false)", False),
        ("create policy less on domain as restrictive for select to authenticated using (null)", False),
        ("create policy less on domain as restrictive for select to authenticated using (tld = 'com')", False),
        ("create policy less on domain as restrictive for select to anon, authenticated using (false)", False),
        ("create policy less on domain as restrictive for select using (false)", False),
        ("alter policy video_read on video using (false)", False),
        ("alter policy comment_read on comment using (id is not null)", False),
        ("alter policy domain_read on domain using (null)", False),
        ("drop policy domain_mention_read on domain_mention", False),
        ("drop policy video_read on video", False),
        ("drop policy video_read on video; alter table video disable row level security", True),
        ("alter policy video_read on video to anon, authenticated", True),
    ],
)
def test_an_analyst_sees_every_row_where_each_policy_is_true(direct_conninfo: str, change: str, sees: bool) -> None:
    with psycopg.connect(direct_conninfo) as owner:
        owner.execute(change)
        assert owner.execute(SEES_EVERY_ROW).fetchone() == (True,), "no policy is about the owner"
        owner.execute("set local role authenticated")
        assert owner.execute(SEES_EVERY_ROW).fetchone() == (sees,)
