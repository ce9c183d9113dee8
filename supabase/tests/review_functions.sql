-- Who may give verdicts and take them back: public.review_domains, public.review_mentions, public.undo_reviews, and what
-- they are made of. The role in app_metadata decides, which nobody writes for themselves.
begin;
select plan(63);

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

create temporary table attempt (step integer, name text, schema_name text, statement text, yields text);
grant select on attempt to public;
insert into attempt values
  (1, 'review_domains', 'public', $$select verdict from public.review_domains('{brightpebble.com}', 'malicious')$$, 'malicious'),
  (2, 'review_mentions', 'public', $$select verdict from public.review_mentions('brightpebble.com')$$, 'not_a_domain'),
  (3, 'undo_reviews', 'public',
   $$select undoes::text from public.undo_reviews('{00000000-0000-7000-8000-000000000005}')$$,
   '00000000-0000-7000-8000-000000000005'),
  (4, 'check_reviewer', 'private', $$select private.check_reviewer()::text$$, ''),
  (5, 'judge_domains', 'private',
   $$select 'one' from private.judge_domains('{00000000-0000-7000-8000-000000000003}', 'benign', null, null)$$, 'one'),
  (6, 'judge_mentions', 'private',
   $$select count(*)::text from private.judge_mentions('{00000000-0000-7000-8000-000000000004}', null, null)$$, null),
  (7, 'take_back', 'private',
   $$select count(*)::text from private.take_back('{00000000-0000-7000-8000-000000000009}')$$, '0');
create temporary table within (name text, statement text, yields text);
grant select on within to public;
insert into within values
  ('reviewer', 'select private.reviewer()', 'worker'),
  ('reviewer_id', 'select private.reviewer_id()::text', null),
  ('verdict_in_force', $$select private.verdict_in_force('00000000-0000-7000-8000-000000000003')$$, 'benign'),
  ('settle_domain_verdicts', $$select private.settle_domain_verdicts('{}')::text$$, null);

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon", "app_metadata": {"role": "admin"}}';
select throws_ok(
  statement, '42501',
  case schema_name when 'private' then 'permission denied for schema private' else 'permission denied for function ' || name end,
  format('anonymous may not execute %s.%s', schema_name, name))
from attempt order by step;
select throws_ok('select private.may_review()', '42501', 'permission denied for schema private',
  'anonymous may not execute private.may_review');
select throws_ok(statement, '42501', 'permission denied for schema private', format('anonymous may not execute private.%s', name))
from within;

-- A viewer, and whoever wrote a role into their own account.
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001",
  "app_metadata": {"role": "viewer"}, "user_metadata": {"role": "admin"}}';
savepoint viewer;
select throws_ok(
  statement, '42501', 'only an analyst or admin may give verdicts', format('a viewer may not execute %s.%s', schema_name, name))
from attempt order by step;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select throws_ok(
  statement, '42501', 'only an analyst or admin may give verdicts', format('nobody without a role may execute %s.%s', schema_name, name))
from attempt order by step;

rollback to savepoint viewer;
release savepoint viewer;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001",
  "email": "kim@example.com", "app_metadata": {"role": "analyst"}}';
savepoint analyst;
select results_eq(statement, array[coalesce(yields, '0')], format('analyst may execute %s.%s', schema_name, name))
from attempt order by step;
select results_eq('select private.may_review()', array[true], 'analyst may execute private.may_review');
select throws_ok(statement, '42501', 'permission denied for function ' || name, format('analyst may not execute private.%s', name))
from within;
select results_eq(
  $$select distinct reviewer from public.review where created_at = now() and reviewer <> 'kim'$$, array['kim@example.com'],
  'the trail names the analyst by e-mail');
rollback to savepoint analyst;
release savepoint analyst;
reset role;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
savepoint worker;
select results_eq(statement, array[coalesce(yields, '0')], format('worker may execute %s.%s', schema_name, name))
from attempt order by step;
select results_eq('select private.may_review()', array[true], 'worker may execute private.may_review');
select throws_ok(statement, '42501', 'permission denied for function ' || name, format('worker may not execute private.%s', name))
from within where starts_with(name, 'reviewer');
select results_eq(statement, array[yields], format('worker may execute private.%s', name))
from within where not starts_with(name, 'reviewer');
rollback to savepoint worker;
release savepoint worker;

-- owner
reset role;
set local request.jwt.claims = '';
select throws_ok(
  statement, '42501', 'only an analyst or admin may give verdicts', format('owner may not execute %s.%s', schema_name, name))
from attempt order by step;
select results_eq('select private.may_review()', array[false], 'owner may execute private.may_review');
select results_eq(statement, array[yields], format('owner may execute private.%s', name)) from within;

select * from finish();
rollback;
