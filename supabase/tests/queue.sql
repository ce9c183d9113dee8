-- Who may do what in schema jobs, the queue. Whatever the owner makes there is for the worker by default, and
-- closed to all others, because the schema is.
begin;
select plan(34);

create table jobs.errand (number integer primary key, task text not null);
create sequence jobs.errand_number start 2;
create function jobs.next_task() returns text language sql stable set search_path = ''
as $$ select task from jobs.errand order by number limit 1 $$;
insert into jobs.errand values (1, 'collect');

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select jobs.errand', 'select task from jobs.errand', 'collect'),
  (2, 'insert jobs.errand', $$insert into jobs.errand values (0, 'enrich') returning task$$, 'enrich'),
  (3, 'update jobs.errand', $$update jobs.errand set task = 'export' where number = 0 returning task$$, 'export'),
  (4, 'execute jobs.next_task', 'select jobs.next_task()', 'export'),
  (5, 'delete jobs.errand', 'delete from jobs.errand where number = 0 returning task', 'export'),
  (6, 'read jobs.errand_number', 'select last_value::text from jobs.errand_number', '2'),
  (7, 'advance jobs.errand_number', $$select (nextval('jobs.errand_number') > 0)::text$$, 'true'),
  (8, 'truncate jobs.errand', 'truncate jobs.errand', null);

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for schema jobs', format('anonymous may not %s', verb))
from attempt order by step;
select schema_privs_are('jobs', 'anon', '{}', 'anonymous holds nothing on schema jobs');

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select throws_ok(
  statement, '42501', 'permission denied for schema jobs', format('analyst may not %s', verb))
from attempt order by step;
select schema_privs_are('jobs', 'authenticated', '{}', 'analyst holds nothing on schema jobs');

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s', verb))
from attempt where step < 8 order by step;
select throws_ok(statement, '42501', 'permission denied for table errand', 'worker may not truncate jobs.errand')
from attempt where step = 8;
select schema_privs_are('jobs', 'service_role', '{USAGE}', 'worker makes nothing in schema jobs');

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s', verb))
from attempt where step in (1, 2, 3, 4, 5) order by step;
select lives_ok(statement, format('owner may %s', verb)) from attempt where step in (7, 8) order by step;

select * from finish();
rollback;
