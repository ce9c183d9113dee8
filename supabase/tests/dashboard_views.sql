-- Who may do what with the views of the dashboard: public.v_domains_new_today, public.v_domains_top_mentioned,
-- public.v_domains_recent_activity, public.v_videos_with_domains, public.v_comments_with_domains. Analysts and
-- the worker read them; nobody writes through them.
begin;
select plan(100);

insert into public.video (id, video_id) values ('00000000-0000-7000-8000-000000000001', '7300000000000000001');
insert into public.comment (id, video_id, comment_id, text) values
  ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', '7300000000000000002',
   'see brightpebble.com');
insert into public.domain (id, domain_name, unicode_name, tld, public_suffix, registrable_domain) values
  ('00000000-0000-7000-8000-000000000003', 'brightpebble.com', 'brightpebble.com', 'com', 'com', 'brightpebble.com');
insert into public.domain_mention (
  domain_id, comment_id, video_id, mention_text, position_start, position_end, context, occurrences,
  confidence_score, extraction_method, extractor_version)
values (
  '00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000002',
  '00000000-0000-7000-8000-000000000001', 'brightpebble.com', 4, 20, 'see brightpebble.com',
  '[{"text": "brightpebble.com", "start": 4, "end": 20, "confidence": 0.9, "method": "bare"}]', 0.9, 'bare', '1');

-- `stands_on`: the table that the view starts from.
create temporary table reading (name text, stands_on text, statement text, yields text);
grant select on reading to public;
insert into reading values
  ('v_domains_new_today', 'domain', 'select domain_name from public.v_domains_new_today', 'brightpebble.com'),
  ('v_domains_top_mentioned', 'domain', 'select domain_name from public.v_domains_top_mentioned', 'brightpebble.com'),
  ('v_domains_recent_activity', 'domain', 'select domain_name from public.v_domains_recent_activity',
   'brightpebble.com'),
  ('v_videos_with_domains', 'video', 'select video_id from public.v_videos_with_domains', '7300000000000000001'),
  ('v_comments_with_domains', 'comment', 'select comment_id from public.v_comments_with_domains',
   '7300000000000000002');

-- A view that joins cannot be written through: PostgreSQL says so before it looks at anybody's rights (55000), and names
-- the innermost view.
create temporary table writing (verb text, name text, statement text, refusal text);
grant select on writing to public;
insert into writing
select verb, name, format(pattern, name),
       format('cannot %s view "%s"', refusal, case name when 'v_domains_top_mentioned' then 'mentioned_domain' else name end)
from reading cross join (values
  ('insert', 'insert into public.%I default values', 'insert into'),
  ('update', 'update public.%I set id = id', 'update'),
  ('delete', 'delete from public.%I', 'delete from')
) write (verb, pattern, refusal);

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for view ' || name, format('anonymous may not select public.%s', name))
from reading;
select throws_ok(statement, '55000', refusal, format('anonymous may not %s public.%s', verb, name)) from writing;
select table_privs_are('public', name, 'anon', '{}', format('anonymous holds nothing on public.%s', name))
from reading;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], format('analyst may select public.%s', name)) from reading;
select throws_ok(statement, '55000', refusal, format('analyst may not %s public.%s', verb, name)) from writing;
select table_privs_are('public', name, 'authenticated', '{SELECT}', format('analyst only reads public.%s', name))
from reading;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], format('worker may select public.%s', name)) from reading;
select throws_ok(statement, '55000', refusal, format('worker may not %s public.%s', verb, name)) from writing;
select table_privs_are('public', name, 'service_role', '{SELECT}', format('worker only reads public.%s', name))
from reading;

-- owner
reset role;
select results_eq(statement, array[yields], format('owner may select public.%s', name)) from reading;
select throws_ok(statement, '55000', refusal, format('owner may not %s public.%s', verb, name)) from writing;

-- A view shows each reader what the tables would: once their policies hide the rows, the view is empty.
alter policy domain_read on public.domain using (false);
alter policy video_read on public.video using (false);
alter policy comment_read on public.comment using (false);
set local role authenticated;
select is_empty(statement, format('public.%s obeys the analyst''s policy on public.%s', name, stands_on))
from reading;
reset role;

select * from finish();
rollback;
