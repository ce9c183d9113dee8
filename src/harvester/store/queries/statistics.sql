-- name: dashboard_stats
-- Figures of a period, half open.
select * from public.get_dashboard_stats(%(start)s, %(end)s);

-- name: trending
-- Domains by momentum, against the same number of days before.
select domain_id, domain_name, current_mentions, previous_mentions, growth_rate::float8, velocity_score::float8
from public.get_trending_domains(%(days)s)
limit %(limit)s;

-- name: mentions_per_day
-- Shown mentions of each of the last days (UTC), today last; of one domain, or of all where none is named.
select day.day::date as day, count(m.id) as mentions
from generate_series(
  date_trunc('day', now(), 'UTC') - make_interval(days => %(days)s - 1), date_trunc('day', now(), 'UTC'),
  interval '1 day'
) as day (day)
left join public.domain_mention m
  on m.discovered_at >= day.day and m.discovered_at < day.day + interval '1 day' and m.tier = 'shown'
  and (%(domain_id)s::uuid is null or m.domain_id = %(domain_id)s)
group by day.day
order by day.day;
