-- Who may do what with public.get_trending_domains. Analysts and the worker ask for trends, strangers do not.
begin;
select plan(4);

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

create temporary table attempt (statement text, yields text);
grant select on attempt to public;
insert into attempt values ('select domain_name from public.get_trending_domains(7)', 'brightpebble.com');

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for function get_trending_domains',
  'anonymous may not execute public.get_trending_domains')
from attempt;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[yields], 'analyst may execute public.get_trending_domains') from attempt;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], 'worker may execute public.get_trending_domains') from attempt;

-- owner
reset role;
select results_eq(statement, array[yields], 'owner may execute public.get_trending_domains') from attempt;

select * from finish();
rollback;
