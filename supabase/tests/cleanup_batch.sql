-- Who may do what with private.cleanup_batch. It deletes, so only the worker may.
begin;
select plan(6);

-- Two videos of last year and of last month, each with a comment that mentions a domain of its own.
insert into public.video (id, video_id, discovered_at)
select format('00000000-0000-7000-8000-00000000000%s', n)::uuid, '730000000000000000' || n, now() - age
from (values (1, interval '400 days'), (2, interval '40 days')) old (n, age);
insert into public.comment (id, video_id, comment_id, text, discovered_at)
select id, id, video_id, 'see brightpebble.com', discovered_at from public.video;
insert into public.domain (id, domain_name, unicode_name, tld, public_suffix, registrable_domain, subdomain)
select id, host, host, 'com', 'com', 'brightpebble.com', 's' || video_id
from public.video cross join lateral format('s%s.brightpebble.com', video_id) host;
insert into public.domain_mention (
  domain_id, comment_id, video_id, mention_text, position_start, position_end, context, occurrences,
  confidence_score, extraction_method, extractor_version, discovered_at)
select
  id, id, id, 'brightpebble.com', 4, 20, 'see brightpebble.com',
  '[{"text": "brightpebble.com", "start": 4, "end": 20, "confidence": 0.9, "method": "bare"}]', 0.9, 'bare', '1',
  discovered_at
from public.video;
-- A creator and an ad of each of the two times.
insert into public.creator (username, discovered_at) select 'of' || video_id, discovered_at from public.video;
insert into public.ad (ad_id, discovered_at, observed_at) select video_id, discovered_at, discovered_at from public.video;
-- What is still collected: a video of last year that is harvested, a comment of then that was met again, and an ad.
insert into public.video (id, video_id, discovered_at)
values ('00000000-0000-7000-8000-000000000003', '7300000000000000003', now() - interval '400 days');
insert into public.harvest (video_id) values ('00000000-0000-7000-8000-000000000003');
insert into public.comment (video_id, comment_id, text, discovered_at, observed_at)
select id, n, '', discovered_at, case when n = 'met' then now() else discovered_at end
from public.video cross join (values ('met'), ('gone')) said (n)
where video_id = '7300000000000000003';
insert into public.ad (ad_id, discovered_at) values ('listed', now() - interval '400 days');

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  $$select * from private.cleanup_batch(now() - interval '365 days', 10)$$,
  '42501', 'permission denied for schema private',
  'anonymous may not execute private.cleanup_batch');

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select throws_ok(
  $$select * from private.cleanup_batch(now() - interval '365 days', 10)$$,
  '42501', 'permission denied for function cleanup_batch',
  'analyst may not execute private.cleanup_batch');

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(
  $$select * from private.cleanup_batch(now() - interval '365 days', 10)$$,
  'select 1::bigint, 2::bigint, 1::bigint, 1::bigint, 1::bigint, 1::bigint',
  'worker may execute private.cleanup_batch');
select results_eq(
  'select video_id from public.video order by video_id', array['7300000000000000002', '7300000000000000003'],
  'the worker deleted last year, and no more');
select set_eq(
  'select comment_id from public.comment union all select ad_id from public.ad',
  array['7300000000000000002', 'met', '7300000000000000002', 'listed'],
  'what is still collected stayed');

-- owner
reset role;
select results_eq(
  $$select * from private.cleanup_batch(now() - interval '30 days', 10)$$,
  'select 1::bigint, 1::bigint, 1::bigint, 1::bigint, 1::bigint, 1::bigint',
  'owner may execute private.cleanup_batch');

select * from finish();
rollback;
