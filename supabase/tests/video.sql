-- Who may do what with public.video. Analysts read, the worker writes, strangers get nothing.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(22);

insert into public.video (id, video_id, username) values
  ('00000000-0000-7000-8000-000000000001', '7300000000000000001', 'pebblecollector');

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select video_id from public.video$$, '7300000000000000001'),
  (2, 'insert', $$
    insert into public.video (video_id) values ('7300000000000000009') returning video_id
  $$, '7300000000000000009'),
  (3, 'update', $$
    update public.video set caption = 'Pebbles' where video_id = '7300000000000000009' returning caption
  $$, 'Pebbles'),
  (4, 'delete', $$
    delete from public.video where video_id = '7300000000000000009' returning video_id
  $$, '7300000000000000009'),
  (5, 'truncate', $$truncate public.video cascade$$, null);

select ok(relrowsecurity, 'row level security is on for public.video')
from pg_class where oid = 'public.video'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for table video',
  format('anonymous may not %s public.video', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may select public.video')
from attempt where verb = 'select';
select throws_ok(
  statement, '42501', 'permission denied for table video',
  format('analyst may not %s public.video', verb))
from attempt where verb <> 'select' order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s public.video', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table video',
  'worker may not truncate public.video')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s public.video', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate public.video')
from attempt where verb = 'truncate';
select is_empty('select id from public.video', 'public.video is empty after that');

select * from finish();
rollback;
