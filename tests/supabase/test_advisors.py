"""Supabase's advisors, the linter of its dashboard, find nothing in our schema, and would find what they look for."""

from __future__ import annotations

import psycopg
import pytest
from tests.supabase.cli import SupabaseCli

UNUSED = "unused_index"
"""Of a database that nobody has asked anything this is said of every index."""


def findings(cli: SupabaseCli, conninfo: str) -> set[tuple[str, str, str]]:
    """Level, rule and object of all that the advisors report."""
    rows = cli.answer(conninfo, "db", "advisors", "--level", "info", "--fail-on", "none")["results"]
    return {(row["level"], row["name"], row["metadata"]["name"]) for row in rows if row["name"] != UNUSED}


def test_the_advisors_find_nothing_in_our_schema(cli: SupabaseCli, project: str) -> None:
    assert findings(cli, project) == set()


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (
            "create table public.naked (id uuid primary key); grant select on public.naked to anon",
            ("ERROR", "rls_disabled_in_public", "naked"),
        ),
        (
            "create view public.v_all as select * from public.video; grant select on public.v_all to authenticated",
            ("ERROR", "security_definer_view", "v_all"),
        ),
        (
            "create view public.v_people as select * from auth.users; grant select on public.v_people to anon",
            ("ERROR", "auth_users_exposed", "v_people"),
        ),
        (
            "create function public.loose() returns int language sql as 'select 1'",
            ("WARN", "function_search_path_mutable", "loose"),
        ),
        (
            "create policy again on public.video for select to authenticated using (true)",
            ("WARN", "multiple_permissive_policies", "video"),
        ),
        (
            "create policy mine on public.video for delete to authenticated using (id = auth.uid())",
            ("WARN", "auth_rls_initplan", "video"),
        ),
        ("create index twice on public.domain (tld)", ("WARN", "duplicate_index", "domain")),
        (
            "alter table public.video add column sibling uuid references public.video",
            ("INFO", "unindexed_foreign_keys", "video"),
        ),
    ],
    ids=lambda each: each[1] if isinstance(each, tuple) else None,
)
def test_the_advisors_report_a_fault(cli: SupabaseCli, conninfo: str, fault: str, found: tuple[str, str, str]) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(fault.encode())
    assert found in findings(cli, conninfo)
