-- Who may do what with private.look_up. The worker keeps it; nobody else but the owner sees it.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(22);

insert into public.domain (domain_name, unicode_name, tld, public_suffix, registrable_domain)
select n, n, 'com', 'com', n from (values ('brightpebble.com'), ('quietharbour.com')) one (n);
insert into private.look_up (domain_id, kind)
select id, 'dns' from public.domain where domain_name = 'brightpebble.com';

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select kind from private.look_up$$, 'dns'),
  (2, 'insert', $$
    insert into private.look_up (domain_id, kind)
    select id, 'rdap' from public.domain where domain_name = 'quietharbour.com' returning kind
  $$, 'rdap'),
  (3, 'update', $$update private.look_up set failure_count = 1 where kind = 'rdap' returning failure_count::text$$, '1'),
  (4, 'delete', $$delete from private.look_up where kind = 'rdap' returning kind$$, 'rdap'),
  (5, 'truncate', $$truncate private.look_up$$, null);

select ok(relrowsecurity, 'row level security is on for private.look_up')
from pg_class where oid = 'private.look_up'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for schema private',
  format('anonymous may not %s private.look_up', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select throws_ok(
  statement, '42501', 'permission denied for table look_up',
  format('analyst may not %s private.look_up', verb))
from attempt order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s private.look_up', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table look_up',
  'worker may not truncate private.look_up')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s private.look_up', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate private.look_up')
from attempt where verb = 'truncate';
select is_empty('select id from private.look_up', 'private.look_up is empty after that');

select * from finish();
rollback;
