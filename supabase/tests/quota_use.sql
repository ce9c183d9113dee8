-- Who may do what with public.quota_use. Analysts read, the worker writes, strangers get nothing.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(22);

insert into public.quota_use (api, request_limit, record_limit) values ('research', 1000, 100000);

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select api from public.quota_use$$, 'research'),
  (2, 'insert', $$
    insert into public.quota_use (api, request_limit, record_limit) values ('commercial', 600, 6000) returning api
  $$, 'commercial'),
  (3, 'update', $$update public.quota_use set request_count = 1 where api = 'commercial'
    returning request_count::text$$, '1'),
  (4, 'delete', $$delete from public.quota_use where api = 'commercial' returning api$$, 'commercial'),
  (5, 'truncate', $$truncate public.quota_use$$, null);

select ok(relrowsecurity, 'row level security is on for public.quota_use')
from pg_class where oid = 'public.quota_use'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for table quota_use',
  format('anonymous may not %s public.quota_use', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may select public.quota_use')
from attempt where verb = 'select';
select throws_ok(
  statement, '42501', 'permission denied for table quota_use',
  format('analyst may not %s public.quota_use', verb))
from attempt where verb <> 'select' order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s public.quota_use', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table quota_use',
  'worker may not truncate public.quota_use')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s public.quota_use', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate public.quota_use')
from attempt where verb = 'truncate';
select is_empty('select id from public.quota_use', 'public.quota_use is empty after that');

select * from finish();
rollback;
