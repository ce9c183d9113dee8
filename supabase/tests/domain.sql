-- Who may do what with public.domain. Analysts read, the worker writes, strangers get nothing.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(22);

insert into public.domain (id, domain_name, unicode_name, tld, public_suffix, registrable_domain) values
  ('00000000-0000-7000-8000-000000000003', 'brightpebble.com', 'brightpebble.com', 'com', 'com', 'brightpebble.com');

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select domain_name from public.domain$$, 'brightpebble.com'),
  (2, 'insert', $$
    insert into public.domain (domain_name, unicode_name, tld, public_suffix, registrable_domain, metadata)
    values ('quietlagoon.net', 'quietlagoon.net', 'net', 'net', 'quietlagoon.net', '{"http": {"reachable": true}}')
    returning domain_name
  $$, 'quietlagoon.net'),
  (3, 'update', $$
    update public.domain set notes = 'a shop' where domain_name = 'quietlagoon.net' returning notes
  $$, 'a shop'),
  (4, 'delete', $$
    delete from public.domain where domain_name = 'quietlagoon.net' returning domain_name
  $$, 'quietlagoon.net'),
  (5, 'truncate', $$truncate public.domain cascade$$, null);

select ok(relrowsecurity, 'row level security is on for public.domain')
from pg_class where oid = 'public.domain'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for table domain',
  format('anonymous may not %s public.domain', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may select public.domain')
from attempt where verb = 'select';
select throws_ok(
  statement, '42501', 'permission denied for table domain',
  format('analyst may not %s public.domain', verb))
from attempt where verb <> 'select' order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s public.domain', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table domain',
  'worker may not truncate public.domain')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s public.domain', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate public.domain')
from attempt where verb = 'truncate';
select is_empty('select id from public.domain', 'public.domain is empty after that');

select * from finish();
rollback;
