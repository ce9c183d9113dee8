-- Who may do what with the functions of stored statistics. Analysts read by private.tally_id, private.sees_every_row,
-- private.period_rows, private.counted_stats, private.counted_averages, private.period_counts,
-- private.trending_domains, private.trend_changes, private.counted_trends, private.find_comments,
-- private.letter_pairs, private.kept_trends; the worker also counts, by private.tally_slot, private.count_domains,
-- private.day_differences, private.settle_days, private.renew_trends,
-- private.trend_differences. Strangers do nothing.
begin;
select plan(72);

create temporary table attempt (name text, is_read boolean, statement text);
grant select on attempt to public;
insert into attempt values
  ('tally_id', true, $$select private.tally_id('video', '00000000-0000-7000-8000-000000000001', '') is not null$$),
  ('sees_every_row', true, $$select private.sees_every_row()$$),
  ('period_rows', true, $$select total = '{1}' and within = '{0}' from private.period_rows('{video}', '2026-02-01 12:00Z', '2026-02-01 12:00Z')$$),
  ('counted_stats', true, $$select new_videos = 1 from private.counted_stats('2026-01-31Z', '2026-02-01Z')$$),
  ('counted_averages', true,
   $$select avg_domains_per_video = 0 from private.counted_averages('2026-01-31Z', '2026-02-01Z')$$),
  ('period_counts', true, $$select total_videos = 2 from private.period_counts('2026-02-01Z', '2026-02-02Z')$$),
  ('trending_domains', true, $$select count(*) = 0 from private.trending_domains(7, 10)$$),
  ('trend_changes', true, $$select count(*) = 0 from private.trend_changes('2026-01-31Z', '2026-02-01Z', 7)$$),
  ('counted_trends', true, $$select count(*) = 0 from private.counted_trends(7, 10)$$),
  ('find_comments', true, $$select count(*) = 1 from private.find_comments('pebble', 10)$$),
  ('letter_pairs', true, $$select private.letter_pairs('見る') = '{見る}'$$),
  ('kept_trends', true, $$select count(*) = 0 from private.kept_trends(gen_random_uuid(), 7, 10)$$),
  ('tally_slot', false, $$select private.tally_slot() >= 0$$),
  ('count_domains', false, $$select private.count_domains(1) = 0$$),
  ('day_differences', false, $$select count(*) = 0 from private.day_differences()$$),
  ('settle_days', false, $$select private.settle_days() = 0$$),
  ('renew_trends', false, $$select private.renew_trends(true)$$),
  ('trend_differences', false, $$select count(*) = 0 from private.trend_differences()$$);
insert into public.video (video_id, discovered_at) values
  ('7300000000000000001', '2026-01-31 12:00Z'), ('7300000000000000002', '2026-02-01 12:00Z');
insert into public.comment (video_id, comment_id, text)
select id, '7400000000000000001', 'a bright Pebble' from public.video where video_id = '7300000000000000001';

-- anonymous
set local role anon;
set local request.jwt.claims = '{"role": "anon"}';
select throws_ok(
  statement, '42501', 'permission denied for schema private', format('anonymous may not execute private.%s', name))
from attempt;

-- analyst
set local role authenticated;
set local request.jwt.claims = '{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001"}';
select results_eq(statement, array[true], format('analyst may execute private.%s', name)) from attempt where is_read;
select throws_ok(
  statement, '42501', 'permission denied for function ' || name, format('analyst may not execute private.%s', name))
from attempt where not is_read;

-- worker
set local role service_role;
set local request.jwt.claims = '{"role": "service_role"}';
select results_eq(statement, array[true], format('worker may execute private.%s', name)) from attempt;

-- owner
reset role;
select results_eq(statement, array[true], format('owner may execute private.%s', name)) from attempt;

select * from finish();
rollback;
