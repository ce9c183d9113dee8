-- Who may do what with the views of an operator: private.counted_tally, private.table_size, private.table_growth, private.index_use,
-- private.dead_rows, private.trigger_cost, private.row_level_security and, where pg_stat_statements is there,
-- private.slow_statement. The worker reads them; nobody else but the owner sees them, and nobody writes.
begin;

create temporary table reading (name text, statement text, yields bigint);
grant select on reading to public;
insert into reading values
  ('counted_tally', $$select count(*) from private.counted_tally where id is null$$, 0),
  ('table_size', $$select count(*) from private.table_size where table_name = 'video'$$, 1),
  ('table_growth', $$select count(*) from private.table_growth where table_name = 'video'$$, 1),
  ('index_use', $$select count(*) from private.index_use where index_name = 'video_pkey'$$, 1),
  ('dead_rows', $$select count(*) from private.dead_rows where table_name = 'video'$$, 1),
  ('trigger_cost', $$select count(*) from private.trigger_cost where trigger_name = 'run_set_updated_at'$$, 1),
  ('row_level_security', $$select count(*) from private.row_level_security where table_name = 'video' and is_on$$, 1);
-- Without its library in the server's memory pg_stat_statements answers nobody: `limit 0` asks for the right alone.
insert into reading
select 'slow_statement', 'select count(*) from (select statement from private.slow_statement limit 0) nothing', 0
where to_regclass('private.slow_statement') is not null;

-- Views that join cannot be written through: PostgreSQL says so before it looks at anybody's rights (55000).
create temporary table writing (verb text, name text, statement text, refusal text);
grant select on writing to public;
insert into writing
select verb, name, format(pattern, name, attname), format('cannot %s view "%s"', refusal, name)
from reading
join pg_attribute on attrelid = format('private.%I', name)::regclass and attnum = 1
cross join (values
  ('insert', 'insert into private.%I default values', 'insert into'),
  ('update', 'update private.%1$I set %2$I = %2$I', 'update'),
  ('delete', 'delete from private.%I', 'delete from')
) write (verb, pattern, refusal);

select plan((select count(*) from reading)::integer * 19);

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for schema private', format('anonymous may not select private.%s', name))
from reading;
select throws_ok(
  statement, '42501', 'permission denied for schema private', format('anonymous may not %s private.%s', verb, name))
from writing;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select throws_ok(
  statement, '42501', 'permission denied for view ' || name, format('analyst may not select private.%s', name))
from reading;
select throws_ok(statement, '55000', refusal, format('analyst may not %s private.%s', verb, name)) from writing;
select table_privs_are('private', name, 'authenticated', '{}', format('analyst holds nothing on private.%s', name))
from reading;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may select private.%s', name))
from reading;
select throws_ok(statement, '55000', refusal, format('worker may not %s private.%s', verb, name)) from writing;
select table_privs_are('private', name, 'service_role', '{SELECT}', format('worker only reads private.%s', name))
from reading;

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may select private.%s', name))
from reading;
select throws_ok(statement, '55000', refusal, format('owner may not %s private.%s', verb, name)) from writing;
select table_privs_are('private', name, 'anon', '{}', format('anonymous holds nothing on private.%s', name))
from reading;

select * from finish();
rollback;
