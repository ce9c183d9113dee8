-- Who may do what with public.discovery. Analysts read, the worker writes, strangers get nothing.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(22);

insert into public.discovery (name, source) values ('gifts', 'research_videos');

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select name from public.discovery$$, 'gifts'),
  (2, 'insert', $$
    insert into public.discovery (name, source) values ('ads of toys', 'ads') returning source
  $$, 'ads'),
  (3, 'update', $$update public.discovery set is_active = false where name = 'ads of toys'
    returning is_active::text$$, 'false'),
  (4, 'delete', $$delete from public.discovery where name = 'ads of toys' returning name$$, 'ads of toys'),
  (5, 'truncate', $$truncate public.discovery cascade$$, null);

select ok(relrowsecurity, 'row level security is on for public.discovery')
from pg_class where oid = 'public.discovery'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for table discovery',
  format('anonymous may not %s public.discovery', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may select public.discovery')
from attempt where verb = 'select';
select throws_ok(
  statement, '42501', 'permission denied for table discovery',
  format('analyst may not %s public.discovery', verb))
from attempt where verb <> 'select' order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s public.discovery', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table discovery',
  'worker may not truncate public.discovery')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s public.discovery', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate public.discovery')
from attempt where verb = 'truncate';
select is_empty('select id from public.discovery', 'public.discovery is empty after that');

select * from finish();
rollback;
