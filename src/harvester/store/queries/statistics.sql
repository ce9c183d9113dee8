-- name: dashboard_stats
-- Figures of a period, half open.
select * from public.get_dashboard_stats(%(start)s, %(end)s);

-- name: trending
-- Domains by momentum, against the same number of days before, with the big platforms or without, and without those that
-- are to be ignored: as many more are asked for as there are of these.
with left_out as materialized (
  select id from public.domain where not %(platforms)s and kind = 'platform' and mention_count > 0
  union
  select id from public.domain where verdict = 'ignore'
)
select t.domain_id, t.domain_name, t.current_mentions, t.previous_mentions, t.growth_rate::float8,
       t.velocity_score::float8
from private.trending_domains(%(days)s, %(limit)s + (select count(*) from left_out)) t
where t.domain_id not in (select id from left_out)
order by t.velocity_score desc, t.current_mentions desc, t.domain_name
limit %(limit)s;

-- name: period_counts
-- The counts of a period alone, half open.
select * from private.period_counts(%(start)s, %(end)s);

-- name: mentions_per_day
-- Shown mentions of each of the last days (UTC), today last. They are kept; they are counted where a policy hides some
-- of them.
with asked as materialized (
  select date_trunc('day', now(), 'UTC') - make_interval(days => %(days)s - 1) as oldest,
         private.sees_every_row() as is_kept
),
found as (
  select t.day, sum(t.row_count) as mentions
  from private.day_tally t
  where (select is_kept from asked) and t.kind = 'mention' and t.day >= (select oldest::date from asked)
  group by t.day
  union all
  select (m.discovered_at at time zone 'UTC')::date, count(*)
  from public.domain_mention m
  where not (select is_kept from asked) and m.discovered_at >= (select oldest from asked) and m.tier = 'shown'
  group by 1
)
select day.day::date as day, coalesce(found.mentions, 0)::bigint as mentions
from generate_series((select oldest from asked), date_trunc('day', now(), 'UTC'), interval '1 day') as day (day)
left join found on found.day = day.day::date
order by day.day;

-- name: domains_per_day
-- Domains first seen on each of the last days (UTC), today last; kept and counted alike.
with asked as materialized (
  select date_trunc('day', now(), 'UTC') - make_interval(days => %(days)s - 1) as oldest,
         private.sees_every_row() as is_kept
),
found as (
  select t.day, sum(t.row_count) as domains
  from private.day_tally t
  where (select is_kept from asked) and t.kind = 'domain first' and t.day >= (select oldest::date from asked)
  group by t.day
  union all
  select (d.first_seen_at at time zone 'UTC')::date, count(*)
  from public.domain d
  where not (select is_kept from asked) and d.first_seen_at >= (select oldest from asked) and d.mention_count > 0
  group by 1
)
select day.day::date as day, coalesce(found.domains, 0)::bigint as domains
from generate_series((select oldest from asked), date_trunc('day', now(), 'UTC'), interval '1 day') as day (day)
left join found on found.day = day.day::date
order by day.day;
