-- Who may do what with private.mention_change. The worker counts, an analyst reads who sees all rows.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(23);

insert into private.mention_change (domain_id, discovered_at, change) values ('00000000-0000-7000-8000-000000000001', '2026-01-31Z', 5);

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select change::text from private.mention_change where domain_id = '00000000-0000-7000-8000-000000000001'$$, '5'),
  (2, 'insert', $$
    insert into private.mention_change (domain_id, discovered_at, change)
    values ('00000000-0000-7000-8000-000000000002', '2026-01-31Z', -1) returning change::text
  $$, '-1'),
  (3, 'update', $$update private.mention_change set change = -2 where domain_id = '00000000-0000-7000-8000-000000000002' returning change::text$$, '-2'),
  (4, 'delete', $$delete from private.mention_change where domain_id = '00000000-0000-7000-8000-000000000002' returning change::text$$, '-2'),
  (5, 'truncate', $$truncate private.mention_change$$, null);

select ok(relrowsecurity, 'row level security is on for private.mention_change')
from pg_class where oid = 'private.mention_change'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for schema private', format('anonymous may not %s private.mention_change', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may select private.mention_change') from attempt where verb = 'select';
select throws_ok(
  statement, '42501', 'permission denied for table mention_change', format('analyst may not %s private.mention_change', verb))
from attempt where verb <> 'select' order by step;
reset role;
create policy video_hidden on public.video as restrictive for select to authenticated using (false);
set local role authenticated;
select is_empty('select id from private.mention_change', 'an analyst from whom rows are hidden sees no totals of them');
reset role;
drop policy video_hidden on public.video;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s private.mention_change', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table mention_change',
  'worker may not truncate private.mention_change')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s private.mention_change', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate private.mention_change')
from attempt where verb = 'truncate';
select is_empty('select id from private.mention_change', 'private.mention_change is empty after that');

select * from finish();
rollback;
