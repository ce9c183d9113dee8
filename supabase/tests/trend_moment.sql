-- Who may do what with private.trend_moment. The worker counts, an analyst reads who sees all rows.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(23);

insert into private.trend_moment (as_of) values ('2026-01-31Z');

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select is_only::text from private.trend_moment$$, 'true'),
  (2, 'insert', $$
    insert into private.trend_moment (as_of) values ('2026-02-01Z')
    on conflict (is_only) do update set as_of = excluded.as_of returning is_only::text
  $$, 'true'),
  (3, 'update', $$update private.trend_moment set as_of = '2026-02-02Z' returning is_only::text$$, 'true'),
  (4, 'delete', $$delete from private.trend_moment returning is_only::text$$, 'true'),
  (5, 'truncate', $$truncate private.trend_moment$$, null);

select ok(relrowsecurity, 'row level security is on for private.trend_moment')
from pg_class where oid = 'private.trend_moment'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for schema private', format('anonymous may not %s private.trend_moment', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may select private.trend_moment') from attempt where verb = 'select';
select throws_ok(
  statement, '42501', 'permission denied for table trend_moment', format('analyst may not %s private.trend_moment', verb))
from attempt where verb <> 'select' order by step;
reset role;
create policy video_hidden on public.video as restrictive for select to authenticated using (false);
set local role authenticated;
select is_empty('select id from private.trend_moment', 'an analyst from whom rows are hidden sees no totals of them');
reset role;
drop policy video_hidden on public.video;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s private.trend_moment', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table trend_moment',
  'worker may not truncate private.trend_moment')
from attempt where verb = 'truncate';

-- owner
reset role;
insert into private.trend_moment (as_of) values ('2026-01-31Z');
select results_eq(statement, array[yields], format('owner may %s private.trend_moment', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate private.trend_moment')
from attempt where verb = 'truncate';
select is_empty('select id from private.trend_moment', 'private.trend_moment is empty after that');

select * from finish();
rollback;
