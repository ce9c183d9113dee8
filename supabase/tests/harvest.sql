-- Who may do what with public.harvest. Analysts read, the worker writes, strangers get nothing.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(22);

insert into public.video (video_id) values ('7300000000000000001'), ('7300000000000000002');
insert into public.harvest (video_id) select id from public.video where video_id = '7300000000000000001';

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select quiet_count::text from public.harvest$$, '0'),
  (2, 'insert', $$
    insert into public.harvest (video_id, quiet_count)
    select id, 1 from public.video where video_id = '7300000000000000002' returning quiet_count::text
  $$, '1'),
  (3, 'update', $$update public.harvest set quiet_count = 2 where quiet_count = 1 returning quiet_count::text$$, '2'),
  (4, 'delete', $$delete from public.harvest where quiet_count = 2 returning quiet_count::text$$, '2'),
  (5, 'truncate', $$truncate public.harvest$$, null);

select ok(relrowsecurity, 'row level security is on for public.harvest')
from pg_class where oid = 'public.harvest'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for table harvest',
  format('anonymous may not %s public.harvest', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may select public.harvest')
from attempt where verb = 'select';
select throws_ok(
  statement, '42501', 'permission denied for table harvest',
  format('analyst may not %s public.harvest', verb))
from attempt where verb <> 'select' order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s public.harvest', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table harvest',
  'worker may not truncate public.harvest')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s public.harvest', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate public.harvest')
from attempt where verb = 'truncate';
select is_empty('select id from public.harvest', 'public.harvest is empty after that');

select * from finish();
rollback;
