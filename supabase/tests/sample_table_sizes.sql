-- Who may do what with private.sample_table_sizes. The worker calls it once a day.
begin;
select plan(5);

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  'select private.sample_table_sizes()', '42501', 'permission denied for schema private',
  'anonymous may not execute private.sample_table_sizes');

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select throws_ok(
  'select private.sample_table_sizes()', '42501', 'permission denied for function sample_table_sizes',
  'analyst may not execute private.sample_table_sizes');

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
delete from private.table_size_sample;
select results_eq(
  'select private.sample_table_sizes()', 'select count(*) from private.table_size',
  'worker may execute private.sample_table_sizes');
select results_eq(
  $$select count(*) from private.table_size_sample where table_name = 'video'$$, array[1::bigint],
  'the worker kept a sample of public.video');

-- owner
reset role;
delete from private.table_size_sample;
select results_eq(
  'select private.sample_table_sizes()', 'select count(*) from private.table_size',
  'owner may execute private.sample_table_sizes');

select * from finish();
rollback;
