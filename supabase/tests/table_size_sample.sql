-- Who may do what with private.table_size_sample. The worker keeps it; nobody else but the owner sees it.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(22);

insert into private.table_size_sample (sampled_on, schema_name, table_name, row_estimate, total_bytes) values
  ('2026-01-31', 'public', 'video', 1, 8192);

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select sampled_on::text from private.table_size_sample$$, '2026-01-31'),
  (2, 'insert', $$
    insert into private.table_size_sample (sampled_on, schema_name, table_name, row_estimate, total_bytes)
    values ('2026-02-01', 'public', 'video', 2, 8192)
    returning sampled_on::text
  $$, '2026-02-01'),
  (3, 'update', $$
    update private.table_size_sample set row_estimate = 3 where sampled_on = '2026-02-01'
    returning row_estimate::text
  $$, '3'),
  (4, 'delete', $$
    delete from private.table_size_sample where sampled_on = '2026-02-01' returning sampled_on::text
  $$, '2026-02-01'),
  (5, 'truncate', $$truncate private.table_size_sample$$, null);

select ok(relrowsecurity, 'row level security is on for private.table_size_sample')
from pg_class where oid = 'private.table_size_sample'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for schema private',
  format('anonymous may not %s private.table_size_sample', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select throws_ok(
  statement, '42501', 'permission denied for table table_size_sample',
  format('analyst may not %s private.table_size_sample', verb))
from attempt order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s private.table_size_sample', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table table_size_sample',
  'worker may not truncate private.table_size_sample')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s private.table_size_sample', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate private.table_size_sample')
from attempt where verb = 'truncate';
select is_empty('select id from private.table_size_sample', 'private.table_size_sample is empty after that');

select * from finish();
rollback;
