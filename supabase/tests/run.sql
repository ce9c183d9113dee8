-- Who may do what with public.run. Analysts read, the worker writes, strangers get nothing.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(22);

insert into public.run (source, extractor_version) values ('csv', '1');

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select source from public.run$$, 'csv'),
  (2, 'insert', $$
    insert into public.run (source, extractor_version) values ('ndjson', '1') returning source
  $$, 'ndjson'),
  (3, 'update', $$update public.run set fetched = 1, stored = 1 where source = 'ndjson'
    returning stored::text$$, '1'),
  (4, 'delete', $$delete from public.run where source = 'ndjson' returning source$$, 'ndjson'),
  (5, 'truncate', $$truncate public.run cascade$$, null);

select ok(relrowsecurity, 'row level security is on for public.run')
from pg_class where oid = 'public.run'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for table run',
  format('anonymous may not %s public.run', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may select public.run')
from attempt where verb = 'select';
select throws_ok(
  statement, '42501', 'permission denied for table run',
  format('analyst may not %s public.run', verb))
from attempt where verb <> 'select' order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s public.run', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table run',
  'worker may not truncate public.run')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s public.run', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate public.run')
from attempt where verb = 'truncate';
select is_empty('select id from public.run', 'public.run is empty after that');

select * from finish();
rollback;
