-- Who may do what with private.mentioned_domain. Analysts and the worker read it; nobody writes through it.
begin;
select plan(21);

insert into public.domain (domain_name, unicode_name, tld, public_suffix, registrable_domain) values
  ('brightpebble.com', 'brightpebble.com', 'com', 'com', 'brightpebble.com');
update public.domain set mention_count = 1, first_seen_at = now(), last_seen_at = now(), verdict = 'ignore';

create temporary table writing (verb text, statement text);
grant select on writing to public;
insert into writing values
  ('insert', 'insert into private.mentioned_domain default values'),
  ('update', 'update private.mentioned_domain set id = id'),
  ('delete', 'delete from private.mentioned_domain');
prepare reading as select domain_name from private.mentioned_domain;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok('reading', '42501', 'permission denied for schema private', 'anonymous may not select private.mentioned_domain');
select throws_ok(statement, '42501', 'permission denied for schema private', format('anonymous may not %s private.mentioned_domain', verb))
from writing;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq('reading', array['brightpebble.com'], 'analyst may select private.mentioned_domain');
select is_empty('select id from public.v_domains_top_mentioned', 'what is ignored is not in the view of the most mentioned');
select throws_ok(statement, '55000', null, format('analyst may not %s private.mentioned_domain', verb)) from writing;
select table_privs_are('private', 'mentioned_domain', 'authenticated', '{SELECT}', 'analyst only reads private.mentioned_domain');

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq('reading', array['brightpebble.com'], 'worker may select private.mentioned_domain');
select throws_ok(statement, '55000', null, format('worker may not %s private.mentioned_domain', verb)) from writing;
select table_privs_are('private', 'mentioned_domain', 'service_role', '{SELECT}', 'worker only reads private.mentioned_domain');

-- owner
reset role;
select results_eq('reading', array['brightpebble.com'], 'owner may select private.mentioned_domain');
select throws_ok(statement, '55000', null, format('owner may not %s private.mentioned_domain', verb)) from writing;
select table_privs_are('private', 'mentioned_domain', 'anon', '{}', 'anonymous holds nothing on private.mentioned_domain');

-- A view shows each reader what the table would.
alter policy domain_read on public.domain using (false);
set local role authenticated;
select is_empty('select domain_name from private.mentioned_domain', 'private.mentioned_domain obeys the policy on public.domain');
reset role;

select * from finish();
rollback;
