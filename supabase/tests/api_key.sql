-- Who may do what with private.api_key. The dashboard looks keys up and never deletes one; nobody else but the owner
-- sees them.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(22);

insert into private.api_key (name, beginning, digest, scope)
values ('SIEM', 'tdh_abcd', sha256('one'), 'read');

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select name from private.api_key$$, 'SIEM'),
  (2, 'insert', $$
    insert into private.api_key (name, beginning, digest, scope) values ('other', 'tdh_efgh', sha256('other'), 'write')
    returning name
  $$, 'other'),
  (3, 'update', $$update private.api_key set scope = 'write' where name = 'SIEM' returning scope$$, 'write'),
  (4, 'delete', $$delete from private.api_key where name = 'SIEM' returning name$$, 'SIEM'),
  (5, 'truncate', $$truncate private.api_key$$, null);

select ok(relrowsecurity, 'row level security is on for private.api_key')
from pg_class where oid = 'private.api_key'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for schema private',
  format('anonymous may not %s private.api_key', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select throws_ok(
  statement, '42501', 'permission denied for table api_key',
  format('analyst may not %s private.api_key', verb))
from attempt order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s private.api_key', verb))
from attempt where verb not in ('delete', 'truncate') order by step;
select throws_ok(
  statement, '42501', 'permission denied for table api_key',
  format('worker may not %s private.api_key', verb))
from attempt where verb in ('delete', 'truncate') order by step;

-- owner
reset role;
delete from private.api_key where name = 'other';
select results_eq(statement, array[yields], format('owner may %s private.api_key', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate private.api_key')
from attempt where verb = 'truncate';
select is_empty('select id from private.api_key', 'private.api_key is empty after that');

select * from finish();
rollback;
