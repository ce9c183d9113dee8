-- Domains that rise, and why.

-- name: rising
-- Domains by momentum as `trending` in statistics.sql gives them, each with what its newest mentions of these days have
-- in common. Of each domain few are read, by an index.
with left_out as materialized (
  select id from public.domain where not %(platforms)s and kind = 'platform' and mention_count > 0
  union
  select id from public.domain where verdict = 'ignore'
),
first as materialized (
  select t.* from private.trending_domains(%(days)s, %(limit)s + (select count(*) from left_out)) t
  where t.domain_id not in (select id from left_out)
  order by t.velocity_score desc, t.current_mentions desc, t.domain_name
  limit %(limit)s
)
select f.domain_name, f.current_mentions, f.previous_mentions, f.growth_rate::float8, f.velocity_score::float8,
       d.unicode_name, d.kind, d.is_suspicious, d.is_verified, why.*
from first f
join public.domain d on d.id = f.domain_id
cross join lateral (
  with newest as materialized (
    select m.video_id, m.extraction_method from public.domain_mention m
    where m.domain_id = f.domain_id and m.tier = 'shown'
      and m.discovered_at >= now() - make_interval(days => %(days)s)
    order by m.discovered_at desc, m.id desc
    limit %(newest)s
  ),
  told as materialized (
    select v.video_id, v.username, v.is_promoted, newest.extraction_method
    from newest join public.video v on v.id = newest.video_id
  )
  select count(*) as read_mentions, count(distinct video_id) as videos_here,
         count(distinct username) as creators_here, count(*) filter (where is_promoted) as promoted_here,
         mode() within group (order by extraction_method) as usual_method,
         mode() within group (order by username) as main_username,
         (select count(*) from told t where t.username = mode() within group (order by told.username)) as main_mentions
  from told
) why
order by f.velocity_score desc, f.current_mentions desc, f.domain_name;
