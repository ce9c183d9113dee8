-- Who may do what with private.look_up_pace. The worker keeps it; nobody else but the owner sees it.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(22);

insert into private.look_up_pace (kind) values ('http');

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select kind from private.look_up_pace$$, 'http'),
  (2, 'insert', $$insert into private.look_up_pace (kind) values ('rdap') returning kind$$, 'rdap'),
  (3, 'update', $$update private.look_up_pace set kind = 'dns' where kind = 'rdap' returning kind$$, 'dns'),
  (4, 'delete', $$delete from private.look_up_pace where kind = 'dns' returning kind$$, 'dns'),
  (5, 'truncate', $$truncate private.look_up_pace$$, null);

select ok(relrowsecurity, 'row level security is on for private.look_up_pace')
from pg_class where oid = 'private.look_up_pace'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for schema private',
  format('anonymous may not %s private.look_up_pace', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select throws_ok(
  statement, '42501', 'permission denied for table look_up_pace',
  format('analyst may not %s private.look_up_pace', verb))
from attempt order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s private.look_up_pace', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table look_up_pace',
  'worker may not truncate private.look_up_pace')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s private.look_up_pace', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate private.look_up_pace')
from attempt where verb = 'truncate';
select is_empty('select id from private.look_up_pace', 'private.look_up_pace is empty after that');

select * from finish();
rollback;
