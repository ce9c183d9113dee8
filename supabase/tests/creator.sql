-- Who may do what with public.creator. Analysts read, the worker writes, strangers get nothing.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(22);

insert into public.creator (id, username) values ('00000000-0000-7000-8000-000000000001', 'pebblecollector');

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select username from public.creator$$, 'pebblecollector'),
  (2, 'insert', $$insert into public.creator (username) values ('quietlagoon') returning username$$, 'quietlagoon'),
  (3, 'update', $$
    update public.creator set bio = 'Pebbles' where username = 'quietlagoon' returning bio
  $$, 'Pebbles'),
  (4, 'delete', $$delete from public.creator where username = 'quietlagoon' returning username$$, 'quietlagoon'),
  (5, 'truncate', $$truncate public.creator cascade$$, null);

select ok(relrowsecurity, 'row level security is on for public.creator')
from pg_class where oid = 'public.creator'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for table creator',
  format('anonymous may not %s public.creator', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may select public.creator')
from attempt where verb = 'select';
select throws_ok(
  statement, '42501', 'permission denied for table creator',
  format('analyst may not %s public.creator', verb))
from attempt where verb <> 'select' order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s public.creator', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table creator',
  'worker may not truncate public.creator')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s public.creator', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate public.creator')
from attempt where verb = 'truncate';
select is_empty('select id from public.creator', 'public.creator is empty after that');

select * from finish();
rollback;
