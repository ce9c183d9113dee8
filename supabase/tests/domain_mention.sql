-- Who may do what with public.domain_mention. Analysts read, the worker writes, strangers get nothing.
-- The cases of `attempt` are real for those who may, and the same words are refused to those who may not.
begin;
select plan(23);

insert into public.video (id, video_id, username) values
  ('00000000-0000-7000-8000-000000000001', '7300000000000000001', 'pebblecollector');
insert into public.comment (id, video_id, comment_id, username, text) values
  ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', '7300000000000000002',
   'quietlagoon', 'see brightpebble.com or quietlagoon.net');
insert into public.domain (id, domain_name, unicode_name, tld, public_suffix, registrable_domain) values
  ('00000000-0000-7000-8000-000000000003', 'brightpebble.com', 'brightpebble.com', 'com', 'com', 'brightpebble.com'),
  ('00000000-0000-7000-8000-000000000004', 'quietlagoon.net', 'quietlagoon.net', 'net', 'net', 'quietlagoon.net');
-- The worker writes this one, so that the triggers are seen to do their work for it.
set local role service_role;
insert into public.domain_mention (
  domain_id, comment_id, video_id, mention_text, position_start, position_end, context, occurrences,
  confidence_score, extraction_method, extractor_version)
values (
  '00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000002',
  '00000000-0000-7000-8000-000000000001', 'brightpebble.com', 4, 20, 'see brightpebble.com or quietlagoon.net',
  '[{"text": "brightpebble.com", "start": 4, "end": 20, "confidence": 0.9, "method": "bare"}]', 0.9, 'bare', '1');
reset role;

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select mention_text from public.domain_mention$$, 'brightpebble.com'),
  (2, 'insert', $$
    insert into public.domain_mention (
      domain_id, comment_id, video_id, mention_text, position_start, position_end, context, occurrences,
      confidence_score, extraction_method, extractor_version)
    values (
      '00000000-0000-7000-8000-000000000004', '00000000-0000-7000-8000-000000000002',
      '00000000-0000-7000-8000-000000000001', 'quietlagoon.net', 24, 39, 'see brightpebble.com or quietlagoon.net',
      '[{"text": "quietlagoon.net", "start": 24, "end": 39, "confidence": 0.9, "method": "bare"}]', 0.9, 'bare', '1')
    returning mention_text
  $$, 'quietlagoon.net'),
  (3, 'update', $$
    update public.domain_mention set role = 'promoted' where mention_text = 'quietlagoon.net' returning role
  $$, 'promoted'),
  (4, 'delete', $$
    delete from public.domain_mention where mention_text = 'quietlagoon.net' returning mention_text
  $$, 'quietlagoon.net'),
  (5, 'truncate', $$truncate public.domain_mention cascade$$, null);

select ok(relrowsecurity, 'row level security is on for public.domain_mention')
from pg_class where oid = 'public.domain_mention'::regclass;
select results_eq(
  'select domain_name from public.domain where mention_count = 1', array['brightpebble.com'],
  'what the worker writes to public.domain_mention is counted in public.domain');

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for table domain_mention',
  format('anonymous may not %s public.domain_mention', verb))
from attempt order by step;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may select public.domain_mention')
from attempt where verb = 'select';
select throws_ok(
  statement, '42501', 'permission denied for table domain_mention',
  format('analyst may not %s public.domain_mention', verb))
from attempt where verb <> 'select' order by step;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may %s public.domain_mention', verb))
from attempt where verb <> 'truncate' order by step;
select throws_ok(
  statement, '42501', 'permission denied for table domain_mention',
  'worker may not truncate public.domain_mention')
from attempt where verb = 'truncate';

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may %s public.domain_mention', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate public.domain_mention')
from attempt where verb = 'truncate';
select is_empty('select id from public.domain_mention', 'public.domain_mention is empty after that');

select * from finish();
rollback;
