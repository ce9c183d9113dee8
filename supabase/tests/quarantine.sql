-- Who may do what with public.quarantine. Analysts read, the worker writes, strangers get nothing.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(22);

insert into public.run (id, source, extractor_version) values ('00000000-0000-7000-8000-000000000005', 'csv', '1');
insert into public.quarantine (run_id, source, reason, detail, raw, sha256) values
  ('00000000-0000-7000-8000-000000000005', 'csv', 'missing_text', 'Row 2 has no text.', '2,,', sha256('2,,'));

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select reason from public.quarantine$$, 'missing_text'),
  (2, 'insert', $$
    insert into public.quarantine (run_id, source, reason, detail, raw, sha256)
    values ('00000000-0000-7000-8000-000000000005', 'csv', 'ruined_id', 'Row 3 has no id.', '3,', sha256('3,'))
    returning reason
  $$, 'ruined_id'),
  (3, 'update', $$update public.quarantine set detail = 'Seen' where reason = 'ruined_id' returning detail$$, 'Seen'),
  (4, 'delete', $$delete from public.quarantine where reason = 'ruined_id' returning reason$$, 'ruined_id'),
  (5, 'truncate', $$truncate public.quarantine$$, null);

select ok(relrowsecurity, 'row level security is on for public.quarantine')
from pg_class where oid = 'public.quarantine'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for table quarantine',
  format('anonymous may not %s public.quarantine', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may select public.quarantine')
from attempt where verb = 'select';
select throws_ok(
  statement, '42501', 'permission denied for table quarantine',
  format('analyst may not %s public.quarantine', verb))
from attempt where verb <> 'select' order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s public.quarantine', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table quarantine',
  'worker may not truncate public.quarantine')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s public.quarantine', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate public.quarantine')
from attempt where verb = 'truncate';
select is_empty('select id from public.quarantine', 'public.quarantine is empty after that');

select * from finish();
rollback;
