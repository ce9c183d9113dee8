-- Who may do what with a staging table. The worker fills temporary tables with a batch before it is merged
-- (src/harvester/store/queries/ingest.sql, `stage`); behind a pooler somebody else may act in the same session.
begin;
select plan(17);

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
create temporary table staged_comment (comment_id text, text text) on commit drop;
insert into pg_temp.staged_comment values ('7300000000000000002', 'see brightpebble.com');

reset role;
create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', 'select text from pg_temp.staged_comment', 'see brightpebble.com'),
  (2, 'insert', $$insert into pg_temp.staged_comment values ('7300000000000000009', 'thanks') returning text$$,
   'thanks'),
  (3, 'update', $$update pg_temp.staged_comment set text = 'thank you' where text = 'thanks' returning text$$,
   'thank you'),
  (4, 'delete', $$delete from pg_temp.staged_comment where text = 'thank you' returning text$$, 'thank you'),
  (5, 'truncate', 'truncate pg_temp.staged_comment', null);

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for table staged_comment',
  format('anonymous may not %s a staging table', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select throws_ok(
  statement, '42501', 'permission denied for table staged_comment',
  format('analyst may not %s a staging table', verb))
from attempt order by step;

-- owner
reset role;
select is(
  (select relowner::regrole::text from pg_class where oid = 'pg_temp.staged_comment'::regclass), 'service_role',
  'a staging table belongs to the worker, whoever owns the schema');

-- worker again
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s a staging table', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'worker may truncate a staging table') from attempt where verb = 'truncate';
select is_empty('select text from pg_temp.staged_comment', 'the staging table is empty after that');
reset role;

select * from finish();
rollback;
