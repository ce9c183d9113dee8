-- Who may do what with public.comment. Analysts read, the worker writes, strangers get nothing.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(22);

insert into public.video (id, video_id, username) values
  ('00000000-0000-7000-8000-000000000001', '7300000000000000001', 'pebblecollector');
insert into public.comment (id, video_id, comment_id, username, text) values
  ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', '7300000000000000002',
   'quietlagoon', 'see brightpebble.com');

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select text from public.comment$$, 'see brightpebble.com'),
  (2, 'insert', $$
    insert into public.comment (video_id, comment_id, parent_comment_id, text)
    values ('00000000-0000-7000-8000-000000000001', '7300000000000000009',
            '00000000-0000-7000-8000-000000000002', 'thanks')
    returning comment_id
  $$, '7300000000000000009'),
  (3, 'update', $$
    update public.comment set text = 'thank you' where comment_id = '7300000000000000009' returning text
  $$, 'thank you'),
  (4, 'delete', $$
    delete from public.comment where comment_id = '7300000000000000009' returning comment_id
  $$, '7300000000000000009'),
  (5, 'truncate', $$truncate public.comment cascade$$, null);

select ok(relrowsecurity, 'row level security is on for public.comment')
from pg_class where oid = 'public.comment'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for table comment',
  format('anonymous may not %s public.comment', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may select public.comment')
from attempt where verb = 'select';
select throws_ok(
  statement, '42501', 'permission denied for table comment',
  format('analyst may not %s public.comment', verb))
from attempt where verb <> 'select' order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s public.comment', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table comment',
  'worker may not truncate public.comment')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s public.comment', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate public.comment')
from attempt where verb = 'truncate';
select is_empty('select id from public.comment', 'public.comment is empty after that');

select * from finish();
rollback;
