-- Who may do what with public.enrichment. Analysts read, the worker writes, strangers get nothing.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(22);

insert into public.domain (domain_name, unicode_name, tld, public_suffix, registrable_domain)
select n, n, 'com', 'com', n from (values ('brightpebble.com'), ('quietharbour.com')) one (n);
insert into public.enrichment (domain_id, kind, state, is_change, result, checked_at)
select id, 'dns', 'ok', true, '{}', now() from public.domain where domain_name = 'brightpebble.com';

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select state from public.enrichment$$, 'ok'),
  (2, 'insert', $$
    insert into public.enrichment (domain_id, kind, state, is_change, checked_at)
    select id, 'dns', 'nxdomain', false, now() from public.domain where domain_name = 'quietharbour.com' returning state
  $$, 'nxdomain'),
  (3, 'update', $$update public.enrichment set kind = 'rdap' where state = 'nxdomain' returning kind$$, 'rdap'),
  (4, 'delete', $$delete from public.enrichment where state = 'nxdomain' returning state$$, 'nxdomain'),
  (5, 'truncate', $$truncate public.enrichment$$, null);

select ok(relrowsecurity, 'row level security is on for public.enrichment')
from pg_class where oid = 'public.enrichment'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for table enrichment',
  format('anonymous may not %s public.enrichment', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may select public.enrichment')
from attempt where verb = 'select';
select throws_ok(
  statement, '42501', 'permission denied for table enrichment',
  format('analyst may not %s public.enrichment', verb))
from attempt where verb <> 'select' order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s public.enrichment', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table enrichment',
  'worker may not truncate public.enrichment')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s public.enrichment', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate public.enrichment')
from attempt where verb = 'truncate';
select is_empty('select id from public.enrichment', 'public.enrichment is empty after that');

select * from finish();
rollback;
