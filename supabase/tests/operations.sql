-- Who may see what waits and was given up, and who may stop requests: public.set_pause, private.write_pause,
-- private.is_admin, private.queued_jobs, private.given_up_jobs, private.listed_jobs, private.replay_jobs,
-- private.waiting_look_ups, private.longest_due_look_ups, private.table_sizes. The role in app_metadata decides.
begin;
select plan(47);

create temporary table attempt (step integer, name text, schema_name text, statement text);
grant select on attempt to public;
insert into attempt values
  (1, 'set_pause', 'public', $$select public.set_pause('collection', true, 'a letter')::text$$),
  (2, 'write_pause', 'private', $$select private.write_pause('collection', false, null)::text$$),
  (3, 'replay_jobs', 'private', $$select private.replay_jobs('{1}')::text$$);
create temporary table reading (name text, statement text, yields boolean);
grant select on reading to public;
insert into reading values
  ('queued_jobs', 'select count(*) = 0 from private.queued_jobs()', true),
  ('given_up_jobs', 'select count(*) = 0 from private.given_up_jobs(5)', true),
  ('listed_jobs', $$select count(*) = 0 from private.listed_jobs('harvest', 'todo', 5)$$, true),
  ('waiting_look_ups', 'select count(*) = 0 from private.waiting_look_ups(5)', true),
  ('longest_due_look_ups', $$select count(*) = 0 from private.longest_due_look_ups('dns', 5)$$, true),
  ('table_sizes', $$select count(*) = 1 from private.table_sizes() where table_name = 'comment'$$, true);

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon", "app_metadata": {"role": "admin"}}';
select throws_ok(
  statement, '42501',
  case schema_name when 'private' then 'permission denied for schema private' else 'permission denied for function ' || name end,
  format('anonymous may not execute %s.%s', schema_name, name))
from attempt order by step;
select throws_ok(statement, '42501', 'permission denied for schema private', format('anonymous may not execute private.%s', name))
from reading;
select throws_ok('select private.is_admin()', '42501', 'permission denied for schema private',
  'anonymous may not execute private.is_admin');

-- analyst: who is no admin sees the queue and stops nothing, whatever they wrote into their own account.
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001",
  "app_metadata": {"role": "analyst"}, "user_metadata": {"role": "admin"}}';
select throws_ok(
  statement, '42501', case name when 'replay_jobs' then 'only an admin may put jobs back to work'
    else 'only an admin may stop requests or let them go on' end, format('analyst may not execute %s.%s', schema_name, name))
from attempt order by step;
select results_eq(statement, array[yields], format('analyst may execute private.%s', name)) from reading;
select results_eq('select private.is_admin()', array[false], 'analyst may execute private.is_admin');

-- An admin turns the switch.
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001",
  "app_metadata": {"role": "admin"}}';
select lives_ok(statement, format('an admin may execute %s.%s', schema_name, name)) from attempt order by step;
select results_eq($$select is_paused from public.pause where what = 'collection'$$, array[false], 'an admin lets go on');
select lives_ok($$select public.set_pause('collection', true, 'first')$$, 'an admin stops');
select lives_ok($$select public.set_pause('collection', true, 'second')$$, 'an admin stops again');
select results_eq($$select reason from public.pause where what = 'collection'$$, array['first'], 'the first reason stays');

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select lives_ok(statement, format('worker may execute %s.%s', schema_name, name)) from attempt order by step;
select results_eq(statement, array[yields], format('worker may execute private.%s', name)) from reading;
select results_eq('select private.is_admin()', array[true], 'worker may execute private.is_admin');

-- owner
reset role;
set local request.jwt.claims = '';
select throws_ok(
  statement, '42501', case name when 'replay_jobs' then 'only an admin may put jobs back to work'
    else 'only an admin may stop requests or let them go on' end, format('owner may not execute %s.%s', schema_name, name))
from attempt order by step;
select results_eq(statement, array[yields], format('owner may execute private.%s', name)) from reading;
select results_eq('select private.is_admin()', array[false], 'owner may execute private.is_admin');

select * from finish();
rollback;
