-- Who may do what with public.review and public.v_review_precision. All who are signed in read; only functions write.
begin;
select plan(38);

insert into public.video (id, video_id) values ('00000000-0000-7000-8000-000000000001', '7300000000000000001');
insert into public.comment (id, video_id, comment_id, text) values
  ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', '7300000000000000002',
   'see brightpebble.com');
insert into public.domain (id, domain_name, unicode_name, tld, public_suffix, registrable_domain) values
  ('00000000-0000-7000-8000-000000000003', 'brightpebble.com', 'brightpebble.com', 'com', 'com', 'brightpebble.com');
insert into public.domain_mention (
  id, domain_id, comment_id, video_id, mention_text, position_start, position_end, context, occurrences,
  confidence_score, extraction_method, extractor_version)
values (
  '00000000-0000-7000-8000-000000000004', '00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000002',
  '00000000-0000-7000-8000-000000000001', 'brightpebble.com', 4, 20, 'see brightpebble.com',
  '[{"text": "brightpebble.com", "start": 4, "end": 20, "confidence": 0.9, "method": "bare"}]', 0.9, 'bare', '1');
insert into public.review (id, domain_id, domain_name, verdict, reviewer) values
  ('00000000-0000-7000-8000-000000000005', '00000000-0000-7000-8000-000000000003', 'brightpebble.com', 'benign', 'kim');
update public.domain set verdict = 'benign';

create temporary table attempt (step integer, verb text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'select', $$select reviewer from public.review$$, 'kim'),
  (2, 'update', $$update public.review set note = 'asked' where reviewer = 'kim' returning note$$, 'asked'),
  (3, 'delete', $$delete from public.review where reviewer = 'kim' returning reviewer$$, 'kim'),
  (4, 'insert', $$insert into public.review (domain_name, verdict, reviewer) values ('a.com', 'benign', 'lou')
                  returning reviewer$$, 'lou'),
  (5, 'truncate', $$truncate public.review$$, null);
create temporary table reading (verb text, statement text);
grant select on reading to public;
insert into reading values
  ('insert', 'insert into public.v_review_precision default values'),
  ('update', 'update public.v_review_precision set value = value'),
  ('delete', 'delete from public.v_review_precision');

select ok(relrowsecurity, 'row level security is on for public.review')
from pg_class where oid = 'public.review'::regclass;

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(statement, '42501', 'permission denied for table review', format('anonymous may not %s public.review', verb))
from attempt order by step;
select throws_ok(
  'select value from public.v_review_precision', '42501', 'permission denied for view v_review_precision',
  'anonymous may not select public.v_review_precision');
select throws_ok(statement, '55000', null, format('anonymous may not %s public.v_review_precision', verb)) from reading;

-- analyst
set local role authenticated;
set local request.jwt.claims =
  '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001", "app_metadata": {"role": "admin"}}';
select results_eq(statement, array[yields], 'analyst may select public.review') from attempt where verb = 'select';
select throws_ok(statement, '42501', 'permission denied for table review', format('analyst may not %s public.review', verb))
from attempt where verb <> 'select' order by step;
select results_eq(
  $$select precision from public.v_review_precision where dimension = 'method'$$, array[1.0],
  'analyst may select public.v_review_precision');
select results_eq(
  $$select value from public.v_review_precision where dimension = 'source'$$, array['unknown'],
  'a comment without a source is counted in public.v_review_precision, too');
select throws_ok(statement, '55000', null, format('analyst may not %s public.v_review_precision', verb)) from reading;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[yields], 'worker may select public.review') from attempt where verb = 'select';
select throws_ok(statement, '42501', 'permission denied for table review', format('worker may not %s public.review', verb))
from attempt where verb <> 'select' order by step;
select results_eq(
  $$select precision from public.v_review_precision where dimension = 'tld'$$, array[1.0],
  'worker may select public.v_review_precision');
select throws_ok(statement, '55000', null, format('worker may not %s public.v_review_precision', verb)) from reading;

-- owner
reset role;
select results_eq(
  $$select value from public.v_review_precision where dimension = 'tld'$$, array['com'],
  'owner may select public.v_review_precision');
select throws_ok(statement, '55000', null, format('owner may not %s public.v_review_precision', verb)) from reading;
select results_eq(statement, array[yields], format('owner may %s public.review', verb))
from attempt where verb <> 'truncate' order by step;
select lives_ok(statement, 'owner may truncate public.review') from attempt where verb = 'truncate';

select * from finish();
rollback;
