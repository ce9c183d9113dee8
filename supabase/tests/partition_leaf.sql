-- Who may do what with the leaf of a partitioned table. PostgreSQL hands neither row level security nor grants
-- down to a leaf, and a Supabase project may grant every new table in public to its API's roles: a leaf left
-- as it was made is open to all. Ours are closed by hand and reached through their parent alone.
begin;
select plan(39);

-- What Supabase projects of before 2026 do with every new table.
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;

create table public.mention_by_month (domain_name text not null, discovered_at timestamptz not null)
partition by range (discovered_at);
revoke all on public.mention_by_month from public, anon, authenticated, service_role;
grant select on public.mention_by_month to authenticated;
grant select, insert, update, delete on public.mention_by_month to service_role;
alter table public.mention_by_month enable row level security;
create policy mention_by_month_read on public.mention_by_month for select to authenticated using (true);
create policy mention_by_month_write on public.mention_by_month for all to service_role
  using (true) with check (true);
create table public.mention_2026_01 partition of public.mention_by_month
for values from ('2026-01-01Z') to ('2026-02-01Z');
insert into public.mention_by_month values ('brightpebble.com', '2026-01-31Z');

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', 'select domain_name from public.%I', 'brightpebble.com'),
  (2, 'insert', $$insert into public.%I values ('quietlagoon.net', '2026-01-30Z') returning domain_name$$,
   'quietlagoon.net'),
  (3, 'update', $$
    update public.%I set domain_name = 'quietlagoon.com' where domain_name = 'quietlagoon.net'
    returning domain_name
  $$, 'quietlagoon.com'),
  (4, 'delete', $$delete from public.%I where domain_name = 'quietlagoon.com' returning domain_name$$,
   'quietlagoon.com'),
  (5, 'truncate', 'truncate public.%I', null);

-- A leaf left as it was made: whoever is refused by the parent walks in here.
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  'select domain_name from public.mention_by_month', '42501', 'permission denied for table mention_by_month',
  'anonymous is refused by the parent');
select results_eq(
  'select domain_name from public.mention_2026_01', array['brightpebble.com'], 'anonymous reads an open leaf');
set local role authenticated;
select lives_ok(
  $$update public.mention_2026_01 set discovered_at = '2026-01-30Z'$$, 'analyst changes an open leaf');

-- The leaf as our rules ask.
reset role;
revoke all on public.mention_2026_01 from public, anon, authenticated, service_role;
alter table public.mention_2026_01 enable row level security;

-- anonymous
set local role anon;
select throws_ok(
  format(statement, name), '42501', 'permission denied for table ' || name,
  format('anonymous may not %s public.%s', verb, name))
from attempt cross join unnest(array['mention_by_month', 'mention_2026_01']) name order by name, step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(
  format(statement, 'mention_by_month'), array[yields], 'analyst may select public.mention_by_month')
from attempt where verb = 'select';
select throws_ok(
  format(statement, 'mention_by_month'), '42501', 'permission denied for table mention_by_month',
  format('analyst may not %s public.mention_by_month', verb))
from attempt where verb <> 'select' order by step;
select throws_ok(
  format(statement, 'mention_2026_01'), '42501', 'permission denied for table mention_2026_01',
  format('analyst may not %s public.mention_2026_01', verb))
from attempt order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(
  format(statement, 'mention_by_month'), array[yields], format('worker may %s public.mention_by_month', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  format(statement, 'mention_2026_01'), '42501', 'permission denied for table mention_2026_01',
  format('worker may not %s public.mention_2026_01', verb))
from attempt order by step;
select throws_ok(
  format(statement, 'mention_by_month'), '42501', 'permission denied for table mention_by_month',
  'worker may not truncate public.mention_by_month')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(
  format(statement, 'mention_2026_01'), array[yields], format('owner may %s public.mention_2026_01', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(format(statement, 'mention_2026_01'), 'owner may truncate public.mention_2026_01')
from attempt where verb = 'truncate';

-- Two locks: should somebody grant the leaf anew, row level security without a policy still hides its rows.
insert into public.mention_by_month values ('brightpebble.com', '2026-01-31Z');
grant select on public.mention_2026_01 to authenticated;
set local role authenticated;
select is_empty(
  'select domain_name from public.mention_2026_01', 'analyst sees no row of a leaf that was granted by mistake');
reset role;

select * from finish();
rollback;
