-- Who may do what with public.ad. Analysts read, the worker writes, strangers get nothing.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(22);

insert into public.ad (id, ad_id) values ('00000000-0000-7000-8000-000000000001', '1700000000000000001');

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select ad_id from public.ad$$, '1700000000000000001'),
  (2, 'insert', $$insert into public.ad (ad_id) values ('1700000000000000009') returning ad_id$$, '1700000000000000009'),
  (3, 'update', $$
    update public.ad set title = 'Pebbles' where ad_id = '1700000000000000009' returning title
  $$, 'Pebbles'),
  (4, 'delete', $$delete from public.ad where ad_id = '1700000000000000009' returning ad_id$$, '1700000000000000009'),
  (5, 'truncate', $$truncate public.ad cascade$$, null);

select ok(relrowsecurity, 'row level security is on for public.ad')
from pg_class where oid = 'public.ad'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for table ad',
  format('anonymous may not %s public.ad', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may select public.ad')
from attempt where verb = 'select';
select throws_ok(
  statement, '42501', 'permission denied for table ad',
  format('analyst may not %s public.ad', verb))
from attempt where verb <> 'select' order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s public.ad', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table ad',
  'worker may not truncate public.ad')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s public.ad', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate public.ad')
from attempt where verb = 'truncate';
select is_empty('select id from public.ad', 'public.ad is empty after that');

select * from finish();
rollback;
