"""The recipe of docs/howto/multi-tenant.md, applied as it stands there: each project sees its own, and nothing else."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from harvester.domains import extract
from harvester.model import Comment, Enrichment, Refused, Video
from harvester.store.database import ANALYST, Database
from harvester.store.domain import DomainRow, list_domains
from harvester.store.ingest import RunWriter
from harvester.store.look_up import Answer, enrol_named, record, take_due
from harvester.store.migrations import require_current
from harvester.store.run import RunCounts
from harvester.store.staging import Batch
from harvester.store.statements import statements

DOC = (Path(__file__).parents[2] / "docs" / "howto" / "multi-tenant.md").read_text(encoding="utf-8")
BLOCKS: dict[str, Any] = dict(re.findall(r"```sql\n-- block: (\w+)\n(.*?)```", DOC, re.DOTALL))
TEAM_A, TEAM_B = (f"0198c0de-0000-7000-8000-00000000000{number}" for number in "ab")
ANNA, BORIS, CARLA, STRANGER = (f"0198c0de-1111-4000-8000-00000000000{number}" for number in "1234")
DOMAIN_OF = {TEAM_A: "brightpebblecoins24.com", TEAM_B: "quietharbourdeals.shop"}
FUNCTIONS = ("get_dashboard_stats(now() - interval '1 day', now() + interval '1 day')", "get_trending_domains(7)")
VIEWS = (
    "v_domains_new_today", "v_domains_top_mentioned", "v_domains_recent_activity", "v_videos_with_domains",
    "v_comments_with_domains",
)  # fmt: skip
WITH_RECIPE = {"video", "comment", "domain", "domain_mention", "run", "quarantine"}


def apply(conninfo: str, *statements: str) -> None:
    """Run blocks of the page by their names, and other statements as they are."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for statement in statements:
            connection.execute(BLOCKS.get(statement, statement))


def of_team(conninfo: str, project: str) -> str:
    """The address that a team's worker and dashboard use."""
    return make_conninfo(conninfo, options=f"-c harvester.project_id={project}")


def records_of(number: str, name: str) -> Batch:
    """A video, two comments of which one mentions the domain, and a record that was refused."""
    comments = [Comment(f"{number}1", number, f"see {name} now"), Comment(f"{number}2", number, "nice", "ann")]
    refused = Refused("bad_json", "Line 3 is no JSON.", number.encode())
    return Batch([Video(number, "maker")], [(each, extract(each.text)) for each in comments], [refused])


def write(conninfo: str, batch: Batch) -> RunCounts:
    async def work() -> RunCounts:
        async with Database(conninfo) as database:
            writer = await RunWriter.start(database, "test", {}, "test-1")
            await writer.write(batch)
            return await writer.finish()

    return asyncio.run(work())


@pytest.fixture
def shared(direct_conninfo: str) -> str:
    """A database of two teams: Anna is of the one, Boris of the other, Carla of both."""
    conninfo = direct_conninfo  # A transaction pooler lets no `options` through.
    apply(conninfo, "projects", "tables")
    with psycopg.connect(conninfo) as connection:
        connection.cursor().executemany(
            "insert into auth.users (id) values (%s)", [[ANNA], [BORIS], [CARLA], [STRANGER]]
        )
        connection.cursor().executemany(
            "insert into project (id, name) values (%s, %s)", [(TEAM_A, "A"), (TEAM_B, "B")]
        )
        connection.cursor().executemany(
            "insert into membership (user_id, project_id) values (%s, %s)",
            [(ANNA, TEAM_A), (BORIS, TEAM_B), (CARLA, TEAM_A), (CARLA, TEAM_B)],
        )
    write(of_team(conninfo, TEAM_A), records_of("71", DOMAIN_OF[TEAM_A]))
    write(of_team(conninfo, TEAM_B), records_of("72", DOMAIN_OF[TEAM_B]))
    return conninfo


@pytest.fixture(params=["as on plain PostgreSQL", "as on Supabase"])
def worker_kind(request: pytest.FixtureRequest, direct_conninfo: str) -> Iterator[None]:
    """Supabase's service_role does not see row level security; that of plain PostgreSQL does."""
    if request.param == "as on Supabase":
        apply(direct_conninfo, "alter role service_role bypassrls")
    yield
    apply(direct_conninfo, "alter role service_role nobypassrls")


@contextmanager
def acting(conninfo: str, person: str | None, role: str = "authenticated") -> Iterator[psycopg.Connection[Any]]:
    """One transaction as a signed-in person, undone at its end."""
    with psycopg.connect(conninfo, row_factory=dict_row) as connection:
        claims = json.dumps({"role": role, **({"sub": person} if person else {})})
        connection.execute("select set_config('role', %s, true)", [role])
        connection.execute("select set_config('request.jwt.claims', %s, true)", [claims])
        yield connection
        connection.rollback()


def rows(connection: psycopg.Connection[Any], statement: str) -> list[dict[str, Any]]:
    return connection.execute(statement).fetchall()  # type: ignore[arg-type]


def relations(conninfo: str, kinds: str = "rpv") -> list[str]:
    """Names of the tables and views of schema public that people may read, as the catalog has them."""
    with psycopg.connect(conninfo) as connection:
        found = connection.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind::text = any (%s)"
            " and not relispartition and has_table_privilege('authenticated', oid, 'select') order by 1", [list(kinds)]
        )  # fmt: skip
        return [name for (name,) in found]


def seen(conninfo: str, person: str | None) -> Counter[str]:
    """How much a person sees: rows of each table and view, and each figure of the functions."""
    found: Counter[str] = Counter()
    with acting(conninfo, person) as connection:
        for name in relations(conninfo):
            found[name] = rows(connection, f"select count(*) as n from {name}")[0]["n"]
        stats, trending = (rows(connection, f"select * from {call}") for call in FUNCTIONS)
    found.update({name: value for name, value in stats[0].items() if name.startswith(("total_", "new_"))})
    found["trending"] = len(trending)
    return +found


def owned(conninfo: str, project: str) -> Counter[str]:
    """Rows of a project in each table, as the owner of the database counts them."""
    with psycopg.connect(conninfo, row_factory=dict_row) as connection:
        tables = [name for name in relations(conninfo, "rp") if name not in {"project", "membership", "pause"}]
        return +Counter({
            name: rows(connection, f"select count(*) as n from {name} where project_id = '{project}'")[0]["n"]
            for name in tables
        })  # fmt: skip


def listing(conninfo: str) -> Sequence[DomainRow]:
    """The product's own listing of domains, as the dashboard reads it: signed in as nobody."""

    async def work() -> Sequence[DomainRow]:
        async with Database(conninfo) as database, database.transaction(ANALYST) as connection:
            return (await list_domains(connection)).rows

    return asyncio.run(work())


@pytest.mark.parametrize(("person", "project"), [(ANNA, TEAM_A), (BORIS, TEAM_B)])
def test_an_owner_sees_all_rows_of_the_project_in_every_table_view_and_function(
    shared: str, person: str, project: str
) -> None:
    found = seen(shared, person)
    mine = owned(shared, project)
    assert set(mine) >= WITH_RECIPE
    assert {name: found[name] for name in mine} == mine
    assert {name: found[name] for name in ("project", "membership")} == {"project": 1, "membership": 1}
    assert all(found[name] for name in (*VIEWS, "trending", "new_domains", "total_videos", "total_comments"))
    with acting(shared, person) as connection:
        assert [row["domain_name"] for row in rows(connection, "select * from domain")] == [DOMAIN_OF[project]]


def test_a_member_of_both_projects_sees_both_together(shared: str) -> None:
    assert seen(shared, CARLA) == seen(shared, ANNA) + seen(shared, BORIS)


def test_a_stranger_sees_nothing_anywhere(shared: str) -> None:
    assert seen(shared, STRANGER) == seen(shared, None) == Counter()


def test_figures_of_a_period_are_the_workers_own_although_it_may_read_all_totals(shared: str) -> None:
    hidden = f"create policy mine on {{}} as restrictive for select to service_role using (project_id = '{TEAM_A}')"
    apply(shared, *(hidden.format(table) for table in ("video", "comment", "domain", "domain_mention")))
    with acting(shared, None, "service_role") as connection:
        assert rows(connection, "select sum(row_count) as n from private.day_tally where kind = 'video'")[0]["n"] == 2
        figures = rows(connection, f"select * from {FUNCTIONS[0]}")[0]
    assert [figures[f"total_{name}"] for name in ("domains", "videos", "comments", "mentions")] == [1, 1, 2, 1]


@pytest.mark.parametrize(
    ("mistake", "leak"),
    [
        ("drop policy comment_project on comment", "comment"),
        ("alter policy domain_project on domain using (true)", "domain"),
        ("alter table quarantine disable row level security", "quarantine"),
        ("alter view v_domains_recent_activity set (security_invoker = false)", "v_domains_recent_activity"),
        ("alter function get_trending_domains(integer) security definer", "trending"),
        ("create policy everybody on membership for select to authenticated using (true)", "membership"),
    ],
)
def test_a_hole_in_the_recipe_is_noticed(shared: str, mistake: str, leak: str) -> None:
    apply(shared, mistake)
    assert leak in seen(shared, STRANGER)


def test_anonymous_callers_are_refused_even_where_somebody_grants_them_a_table(shared: str) -> None:
    apply(shared, "grant select on comment to anon", "create policy open on comment for select to anon using (true)")
    for readable in (*relations(shared), *FUNCTIONS):
        with acting(shared, None, "anon") as connection, pytest.raises(errors.InsufficientPrivilege):
            rows(connection, f"select * from {readable}")


@pytest.mark.parametrize(
    "statement", ["insert into {} default values", "update {} set created_at = now()", "delete from {}"]
)
def test_no_person_writes_anything(shared: str, statement: str) -> None:
    for table in relations(shared, "rp"):
        with acting(shared, CARLA) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(sql.SQL(statement).format(sql.Identifier(table)))  # type: ignore[arg-type]


def test_a_person_whom_a_later_version_lets_write_still_writes_only_in_the_own_project(shared: str) -> None:
    apply(shared, "grant update on run to authenticated",
          "create policy rename on run for update to authenticated using (true)")  # fmt: skip
    with acting(shared, ANNA) as connection:
        assert connection.execute("update run set source = 'renamed'").rowcount == 1
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("update run set project_id = %s", [TEAM_B])


def test_memberships_are_read_by_their_person_and_written_by_the_owner_of_the_database_alone(shared: str) -> None:
    with acting(shared, ANNA) as connection:
        assert {str(row["user_id"]) for row in rows(connection, "select user_id from membership")} == {ANNA}
    for role in ("authenticated", "service_role"):
        for statement in ("insert into membership (user_id, project_id) values (%s, %s)",
                          "update membership set user_id = %s, project_id = %s"):  # fmt: skip
            with acting(shared, STRANGER, role) as connection, pytest.raises(errors.InsufficientPrivilege):
                connection.execute(statement, [STRANGER, TEAM_A])  # type: ignore[arg-type]


def test_the_dashboard_shows_the_project_that_its_address_names_and_a_token_goes_before_it(shared: str) -> None:
    written = re.findall(r"HARVESTER_DATABASE_URL='(\S+)'", DOC)
    assert [conninfo_to_dict(url.replace("…", "host"))["options"] for url in written] == [
        "-c harvester.project_id=0198c0de-0000-7000-8000-000000000001"
    ]
    assert listing(shared) == []
    assert [row.domain_name for row in listing(of_team(shared, TEAM_B))] == [DOMAIN_OF[TEAM_B]]
    assert seen(of_team(shared, TEAM_B), ANNA) == seen(shared, ANNA)


@pytest.mark.parametrize(
    ("project", "refusal"),
    [(None, errors.NotNullViolation), (STRANGER, errors.ForeignKeyViolation), ("A", errors.DataError)],
)
def test_a_worker_without_a_project_writes_nothing(
    shared: str, project: str | None, refusal: type[psycopg.Error]
) -> None:
    with pytest.raises(refusal):
        write(of_team(shared, project) if project else shared, records_of("73", "greyotterbonus.net"))


CROSSINGS = {
    "a comment under the other team's video": ("71", "greyotterbonus.net"),
    "a comment that mentions the other team's domain": ("73", DOMAIN_OF[TEAM_A]),
}


@pytest.mark.usefixtures("worker_kind")
@pytest.mark.parametrize("crossing", CROSSINGS)
def test_what_would_cross_the_projects_is_refused_aloud_and_moves_no_counter(shared: str, crossing: str) -> None:
    number, name = CROSSINGS[crossing]
    before, counters = seen(shared, ANNA), listing(of_team(shared, TEAM_A))
    text = f"see {name} now"
    counts = write(of_team(shared, TEAM_B), Batch(comments=[(Comment("99", number, text), extract(text))]))
    assert (counts.fetched, counts.quarantined) == (1, 1)
    with acting(shared, BORIS) as connection:
        refused = rows(connection, "select detail from quarantine where reason = 'refused_by_database'")
    assert [("belongs to another project" in row["detail"]) for row in refused] == [True]
    assert seen(shared, ANNA) == before
    assert listing(of_team(shared, TEAM_A)) == counters
    assert [(row.mention_count, row.video_count, row.comment_count) for row in counters] == [(1, 1, 1)]


@pytest.mark.usefixtures("worker_kind")
def test_a_row_cannot_be_moved_under_the_other_team(shared: str) -> None:
    with acting(shared, None, "service_role") as connection, pytest.raises(errors.IntegrityConstraintViolation):
        connection.execute(
            "update comment set video_id = (select id from video where video_id <> '71') where comment_id = '711'"
        )


def test_without_its_trigger_a_comment_would_cross(shared: str) -> None:
    apply(shared, "drop trigger comment_project_insert on comment")
    counts = write(of_team(shared, TEAM_B), Batch(comments=[(Comment("99", "71", "nice"), [])]))
    assert counts.quarantined == 0


@pytest.mark.usefixtures("worker_kind")
def test_the_same_records_stay_with_the_project_that_brought_them_first(shared: str) -> None:
    before = seen(shared, ANNA)
    counts = write(
        of_team(shared, TEAM_B), Batch(records_of("71", "").videos, records_of("71", DOMAIN_OF[TEAM_A]).comments)
    )
    assert (counts.fetched, counts.stored, counts.quarantined) == (3, 0, 0)
    assert seen(shared, ANNA) == before


def test_a_table_that_comes_later_is_found_and_its_rows_follow_what_they_refer_to(shared: str) -> None:
    apply(
        shared,
        "create table remark (id uuid primary key default private.uuid_v7(), created_at timestamptz default now(),"
        " domain_id uuid references domain (id))",
        "insert into remark (domain_id) select id from domain",
        "grant select on remark to authenticated",
        "alter table remark enable row level security",
        "create policy remark_read on remark for select to authenticated using (true)",
        "create view v_open as select * from comment",
        "grant select on v_open to authenticated",
    )
    assert [seen(shared, STRANGER)[name] for name in ("remark", "v_open")] == [2, 4]
    with psycopg.connect(shared) as connection:
        assert connection.execute(BLOCKS["check"]).fetchall() == [("remark",), ("v_open",)]
    apply(shared, "tables", "drop view v_open")
    with psycopg.connect(shared) as connection:
        assert connection.execute(BLOCKS["check"]).fetchall() == []
    assert [seen(shared, person)["remark"] for person in (ANNA, BORIS, CARLA, STRANGER)] == [1, 1, 2, 0]


CATALOG = """
select 'column', format('%s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
         pg_get_expr(d.adbin, d.adrelid))
  from pg_attribute a join pg_class c on c.oid = a.attrelid
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relnamespace in (select oid from ours) and a.attnum > 0 and not a.attisdropped
union all select 'relation', format('%s %s %s %s %s', relname, relkind, relrowsecurity, relacl, reloptions)
  from pg_class where relnamespace in (select oid from ours)
union all select 'constraint', format('%s %s', conrelid::regclass, pg_get_constraintdef(oid))
  from pg_constraint where connamespace in (select oid from ours)
union all select 'index', indexdef from pg_indexes where schemaname::regnamespace in (select oid from ours)
union all select 'trigger', pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
union all select 'policy', format('%s', p) from pg_policies p
union all select 'function', format('%s %s', pg_get_functiondef(oid), proacl)
  from pg_proc where pronamespace in (select oid from ours)
union all select 'comment', format('%s %s', pg_describe_object(classoid, objoid, objsubid), description)
  from pg_description where objoid >= 16384
order by 1, 2
"""


def catalog(conninfo: str) -> list[tuple[str, str]]:
    """What the database consists of, as text."""
    ours = "with ours as (select oid from pg_namespace where nspname in ('public', 'private', 'jobs')) "
    with psycopg.connect(conninfo) as connection:
        return connection.execute(ours + CATALOG).fetchall()  # type: ignore[operator]


def test_undoing_leaves_the_catalog_as_it_was_and_keeps_the_rows(direct_conninfo: str) -> None:
    write(direct_conninfo, records_of("70", DOMAIN_OF[TEAM_A]))
    before, rows_before = catalog(direct_conninfo), seen(direct_conninfo, None)
    apply(direct_conninfo, "projects", "tables", "search")
    once = catalog(direct_conninfo)
    apply(direct_conninfo, "tables")
    assert catalog(direct_conninfo) == once != before
    assert seen(direct_conninfo, None) == Counter()
    apply(direct_conninfo, "undo")
    assert catalog(direct_conninfo) == before
    assert seen(direct_conninfo, None) == rows_before


def test_the_page_names_all_that_people_are_told_past_the_policies(shared: str) -> None:
    """Functions that run as the owner and ask nobody for the project; those that judge ask what a person may read.

    The kept trends open by a pass, which is shown to those alone who see every row.
    """
    asked = """
        select format('private.%s', proname) as name from pg_proc
        where pronamespace = 'private'::regnamespace and prosecdef
          and has_function_privilege('authenticated', oid, 'execute')
          and proname not in ('my_projects', 'search_comments', 'judge_domains', 'judge_mentions', 'take_back',
                              'kept_trends')
    """
    with psycopg.connect(shared, row_factory=dict_row) as connection:
        names = {row["name"] for row in connection.execute(asked)}
    _, _, section = DOC.partition("### What all teams see")
    assert names == set(re.findall(r"`(private\.\w+)`", section.partition("\n## ")[0]))


def test_a_look_up_that_is_due_names_no_domain_of_another_project(shared: str) -> None:
    apply(
        shared,
        "insert into private.look_up (domain_id, kind, due_at) select id, 'dns', now() - interval '1 hour' from domain"
        " on conflict do nothing",
    )
    with acting(shared, ANNA) as connection:
        named = connection.execute(statements("operations")["due_look_ups"], {"look_up": "dns", "most": 50}).fetchall()
    assert [row["domain_name"] for row in named] == [DOMAIN_OF[TEAM_A]]


def test_a_person_joins_a_project_by_the_block_that_says_so(shared: str) -> None:
    apply(shared, f"update auth.users set email = 'ann@example.com' where id = '{STRANGER}'", "people")
    assert seen(shared, STRANGER) == Counter(project=1, membership=1)


def test_a_team_with_a_login_of_its_own_needs_no_options(shared: str) -> None:
    apply(shared, "login", f"alter role team_b set harvester.project_id = '{TEAM_B}'")
    try:
        team_b = make_conninfo(shared, user="team_b")
        asyncio.run(require_current(team_b))
        write(team_b, records_of("73", "greyotterbonus.net"))
        assert {row.domain_name for row in listing(team_b)} == {DOMAIN_OF[TEAM_B], "greyotterbonus.net"}
        with psycopg.connect(team_b) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute("select from membership")
    finally:
        apply(shared, "drop owned by team_b", "drop role team_b")


@contextmanager
def judging(conninfo: str, person: str) -> Iterator[psycopg.Connection[Any]]:
    """One transaction of an analyst who has signed in, undone at its end."""
    with acting(conninfo, person) as connection:
        claims = {"role": "authenticated", "sub": person, "app_metadata": {"role": "analyst"}}
        connection.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps(claims)])
        yield connection


@pytest.mark.parametrize("named", [None, TEAM_A, TEAM_B])
def test_an_analyst_judges_the_rows_of_the_own_project_whatever_the_connection_names(
    shared: str, named: str | None
) -> None:
    name = DOMAIN_OF[TEAM_B]
    with judging(of_team(shared, named) if named else shared, BORIS) as connection:
        connection.execute("select review_domains(array[%s], 'malicious')", [name])
        connection.execute("select review_mentions(%s)", [name])
        connection.execute("select undo_reviews(array(select id from review))")
        assert [str(row["project_id"]) for row in rows(connection, "select project_id from review")] == [TEAM_B] * 4


def test_an_analyst_judges_and_takes_back_nothing_of_another_project(shared: str) -> None:
    name = DOMAIN_OF[TEAM_B]
    with judging(of_team(shared, TEAM_B), BORIS) as connection:
        connection.execute("select review_domains(array[%s], 'malicious')", [name])
        review = rows(connection, "select id from review")[0]["id"]
        connection.execute("commit")
    for call, asked in (
        ("review_domains(array[%s], 'benign')", name),
        ("review_mentions(%s)", name),
        ("undo_reviews(array[%s::uuid])", review),
    ):
        with judging(of_team(shared, TEAM_B), ANNA) as connection, pytest.raises(errors.NoDataFound):
            connection.execute(f"select {call}", [asked])  # type: ignore[arg-type]
    with acting(shared, BORIS) as connection:
        assert rows(connection, "select verdict from domain") == [{"verdict": "malicious"}]
    assert seen(shared, ANNA)["review"] == 0


@pytest.mark.usefixtures("worker_kind")
def test_a_worker_looks_up_domains_of_all_projects_and_each_sees_its_own(shared: str) -> None:
    async def work() -> int:
        async with Database(of_team(shared, TEAM_B)) as database:
            await enrol_named(database, [*DOMAIN_OF.values()], ["dns"])
            taken = await take_due(database, "dns", 10, timedelta(seconds=60))
            now = datetime.now(UTC)
            told = [Enrichment(each.domain_name, "dns", "ok", {"a": ["192.0.2.1"]}, now) for each in taken.look_ups]
            answers = [
                Answer(each.id, says, timedelta(days=1)) for each, says in zip(taken.look_ups, told, strict=True)
            ]
            return await record(database, taken.mark, answers)

    assert asyncio.run(work()) == 2
    for person, project in ((ANNA, TEAM_A), (BORIS, TEAM_B)):
        with acting(shared, person) as connection:
            assert [(str(row["project_id"]), row["state"]) for row in rows(connection, "select * from enrichment")] == [
                (project, "ok")
            ]


def test_an_admin_turns_a_switch_for_all_projects(shared: str) -> None:
    claims = {"role": "authenticated", "sub": BORIS, "app_metadata": {"role": "admin"}}
    with acting(shared, BORIS) as connection:
        connection.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps(claims)])
        connection.execute("select set_pause('collection', true, 'too much')")
        connection.execute("commit")
    for person in (ANNA, BORIS):
        with acting(shared, person) as connection:
            assert rows(connection, "select what, is_paused from pause") == [{"what": "collection", "is_paused": True}]
