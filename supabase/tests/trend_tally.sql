-- Who may do what with private.trend_tally. The worker counts, an analyst reads who sees all rows.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(23);

insert into private.trend_tally (days, domain_id, domain_name, current_mentions, previous_mentions) values
  (7, '00000000-0000-7000-8000-000000000001', 'a.com', 5, 0);

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select current_mentions::text from private.trend_tally where domain_id = '00000000-0000-7000-8000-000000000001'$$, '5'),
  (2, 'insert', $$
    insert into private.trend_tally (days, domain_id, domain_name, current_mentions, previous_mentions)
    values (7, '00000000-0000-7000-8000-000000000002', 'b.com', 7, 0) returning current_mentions::text
  $$, '7'),
  (3, 'update', $$update private.trend_tally set current_mentions = 8 where domain_id = '00000000-0000-7000-8000-000000000002' returning current_mentions::text$$, '8'),
  (4, 'delete', $$delete from private.trend_tally where domain_id = '00000000-0000-7000-8000-000000000002' returning domain_name$$, 'b.com'),
  (5, 'truncate', $$truncate private.trend_tally$$, null);

select ok(relrowsecurity, 'row level security is on for private.trend_tally')
from pg_class where oid = 'private.trend_tally'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for schema private', format('anonymous may not %s private.trend_tally', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may select private.trend_tally') from attempt where verb = 'select';
select throws_ok(
  statement, '42501', 'permission denied for table trend_tally', format('analyst may not %s private.trend_tally', verb))
from attempt where verb <> 'select' order by step;
reset role;
create policy video_hidden on public.video as restrictive for select to authenticated using (false);
set local role authenticated;
select is_empty('select id from private.trend_tally', 'an analyst from whom rows are hidden sees no totals of them');
reset role;
drop policy video_hidden on public.video;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s private.trend_tally', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table trend_tally',
  'worker may not truncate private.trend_tally')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s private.trend_tally', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate private.trend_tally')
from attempt where verb = 'truncate';
select is_empty('select id from private.trend_tally', 'private.trend_tally is empty after that');

select * from finish();
rollback;
