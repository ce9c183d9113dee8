-- Who may do what with public.pause. Analysts read, the worker writes, strangers get nothing.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(22);

insert into public.pause (what, is_paused) values ('collection', true);

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select what from public.pause$$, 'collection'),
  (2, 'delete', $$delete from public.pause where what = 'collection' returning what$$, 'collection'),
  (3, 'insert', $$insert into public.pause (what, is_paused) values ('collection', false) returning what$$, 'collection'),
  (4, 'update', $$update public.pause set reason = 'asked to' where what = 'collection' returning reason$$, 'asked to'),
  (5, 'truncate', $$truncate public.pause$$, null);

select ok(relrowsecurity, 'row level security is on for public.pause')
from pg_class where oid = 'public.pause'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for table pause',
  format('anonymous may not %s public.pause', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may select public.pause')
from attempt where verb = 'select';
select throws_ok(
  statement, '42501', 'permission denied for table pause',
  format('analyst may not %s public.pause', verb))
from attempt where verb <> 'select' order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s public.pause', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table pause',
  'worker may not truncate public.pause')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s public.pause', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate public.pause')
from attempt where verb = 'truncate';
select is_empty('select id from public.pause', 'public.pause is empty after that');

select * from finish();
rollback;
