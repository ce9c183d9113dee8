-- Who may do what with private.day_tally. The worker counts, an analyst reads who sees all rows.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(23);

insert into private.day_tally (kind, day, slot, row_count) values ('video', '2026-01-31', 0, 5);

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select row_count::text from private.day_tally where day = '2026-01-31'$$, '5'),
  (2, 'insert', $$
    insert into private.day_tally (kind, day, slot, row_count) values ('video', '2026-02-01', 0, 7)
    returning row_count::text
  $$, '7'),
  (3, 'update', $$
    update private.day_tally set row_count = 8 where day = '2026-02-01' returning row_count::text
  $$, '8'),
  (4, 'delete', $$delete from private.day_tally where day = '2026-02-01' returning day::text$$, '2026-02-01'),
  (5, 'truncate', $$truncate private.day_tally$$, null);

select ok(relrowsecurity, 'row level security is on for private.day_tally')
from pg_class where oid = 'private.day_tally'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for schema private', format('anonymous may not %s private.day_tally', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may select private.day_tally') from attempt where verb = 'select';
select throws_ok(
  statement, '42501', 'permission denied for table day_tally', format('analyst may not %s private.day_tally', verb))
from attempt where verb <> 'select' order by step;
reset role;
create policy video_hidden on public.video as restrictive for select to authenticated using (false);
set local role authenticated;
select is_empty('select id from private.day_tally', 'an analyst from whom rows are hidden sees no totals of them');
reset role;
drop policy video_hidden on public.video;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s private.day_tally', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table day_tally',
  'worker may not truncate private.day_tally')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s private.day_tally', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate private.day_tally')
from attempt where verb = 'truncate';
select is_empty('select id from private.day_tally', 'private.day_tally is empty after that');

select * from finish();
rollback;
