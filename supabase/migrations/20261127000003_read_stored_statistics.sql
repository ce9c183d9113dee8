-- The views and the dashboard's figures read what is kept. Where it is not kept yet, or a policy hides rows, they
-- count as before: the answer is the same.

create or replace view public.v_domains_top_mentioned with (security_invoker = true) as
select
  d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
  d.is_suspicious, d.is_verified,
  mentioned.video_count,
  -- A domain is mentioned once a comment.
  d.mention_count as comment_count,
  mentioned.unique_commenters,
  floor(extract(epoch from now() - d.first_seen_at) / 86400)::integer as days_since_first_seen,
  d.registrable_domain, d.unicode_name
from public.domain d
-- Beside the table, because PostgreSQL would let the owner write through a view of one table alone.
cross join lateral (
  select
    coalesce(d.video_count, (
      select count(distinct m.video_id) from public.domain_mention m where m.domain_id = d.id and m.tier = 'shown'
    )) as video_count,
    nullif(coalesce(d.commenter_count, (
      select count(distinct c.username)
      from public.domain_mention m join public.comment c on c.id = m.comment_id
      where m.domain_id = d.id and m.tier = 'shown'
    )), 0) as unique_commenters
) mentioned
where d.mention_count > 0;

create or replace view public.v_domains_recent_activity with (security_invoker = true) as
select
  d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
  d.is_suspicious, d.is_verified,
  recent.recent_mentions, recent.recent_videos, recent.recent_mentions as recent_comments,
  recent.first_recent_mention, recent.latest_recent_mention,
  round(recent.recent_mentions / 7.0, 2) as mentions_per_day,
  d.first_seen_at >= now() - interval '7 days' as is_fresh,
  d.registrable_domain, d.unicode_name
from public.domain d
cross join lateral (
  select
    count(*) as recent_mentions,
    count(distinct m.video_id) as recent_videos,
    min(m.discovered_at) as first_recent_mention,
    max(m.discovered_at) as latest_recent_mention
  from public.domain_mention m
  where m.domain_id = d.id and m.tier = 'shown' and m.discovered_at >= now() - interval '7 days'
) recent
where d.last_seen_at >= now() - interval '7 days';

-- Whole days are added up, and of the day in which the moment lies the shorter side is counted: few rows, found by
-- indexes, whatever the planner expects.
create function private.rows_before(kind text, moment timestamptz) returns bigint
language plpgsql stable parallel safe
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  midnight timestamptz := date_trunc('day', moment + interval '12 hours', 'UTC');
  since timestamptz := least(midnight, moment);
  until timestamptz := greatest(midnight, moment);
  whole bigint;
  rest bigint;
begin
  select coalesce(sum(t.row_count), 0) into whole
  from private.day_tally t
  where t.kind = rows_before.kind and t.day < (midnight at time zone 'UTC')::date;
  case kind
    when 'video' then
      select count(*) into rest from public.video v where v.discovered_at >= since and v.discovered_at < until;
    when 'comment' then
      select count(*) into rest from public.comment c where c.discovered_at >= since and c.discovered_at < until;
    when 'mention' then
      select count(*) into rest from public.domain_mention m
      where m.tier = 'shown' and m.discovered_at >= since and m.discovered_at < until;
    when 'domain first' then
      select count(*) into rest from public.domain d where d.first_seen_at >= since and d.first_seen_at < until;
    when 'domain last' then
      select count(*) into rest from public.domain d where d.last_seen_at >= since and d.last_seen_at < until;
    -- By the key of its row in the tally: any other way reads all mentions of a domain or video that has many.
    when 'video last' then
      select count(*) into rest
      from (
        select distinct m.video_id from public.domain_mention m
        where m.tier = 'shown' and m.discovered_at >= since and m.discovered_at < until
      ) video
      where (select t.last_seen_at from private.mention_tally t
             where t.id = private.tally_id('video', video.video_id, '')) < until;
    when 'pair last' then
      select count(*) into rest
      from (
        select distinct m.domain_id, m.video_id from public.domain_mention m
        where m.tier = 'shown' and m.discovered_at >= since and m.discovered_at < until
      ) pair
      where (select t.last_seen_at from private.mention_tally t
             where t.id = private.tally_id('pair', pair.domain_id, pair.video_id::text)) < until;
  end case;
  return whole + case when moment > midnight then rest else -rest end;
end
$$;
comment on function private.rows_before(text, timestamptz) is
  'How many rows of a kind of private.day_tally have their time before a moment.';

create function private.counted_stats(start_date timestamptz, end_date timestamptz)
returns table (
  total_domains bigint, new_domains bigint,
  total_videos bigint, new_videos bigint,
  total_comments bigint, new_comments bigint,
  total_mentions bigint, new_mentions bigint
)
language sql stable parallel safe set search_path = ''
as $$
  select
    domains.total, domains.new, videos.total, videos.new, comments.total, comments.new, mentions.total, mentions.new
  from (
    select count(*) as total, count(*) filter (where first_seen_at >= start_date) as new
    from public.domain where first_seen_at < end_date
  ) domains
  cross join (
    select count(*) as total, count(*) filter (where discovered_at >= start_date) as new
    from public.video where discovered_at < end_date
  ) videos
  cross join (
    select count(*) as total, count(*) filter (where discovered_at >= start_date) as new
    from public.comment where discovered_at < end_date
  ) comments
  cross join (
    select count(*) as total, count(*) filter (where discovered_at >= start_date) as new
    from public.domain_mention where tier = 'shown' and discovered_at < end_date
  ) mentions
$$;
comment on function private.counted_stats(timestamptz, timestamptz) is
  'The counts of public.get_dashboard_stats, counted from the rows that the caller sees.';

create function private.counted_averages(start_date timestamptz, end_date timestamptz)
returns table (avg_domains_per_video numeric, avg_mentions_per_domain numeric)
language sql stable parallel safe set search_path = ''
as $$
  select
    coalesce(round(count(*)::numeric / nullif(count(distinct pair.video_id), 0), 2), 0),
    coalesce(round(sum(pair.mentions) / nullif(count(distinct pair.domain_id), 0), 2), 0)
  from (
    select domain_id, video_id, count(*) as mentions
    from public.domain_mention
    where tier = 'shown' and discovered_at >= start_date and discovered_at < end_date
    group by domain_id, video_id
  ) pair
$$;
comment on function private.counted_averages(timestamptz, timestamptz) is
  'The averages of public.get_dashboard_stats, counted from the rows that the caller sees.';

create function private.period_counts(start_date timestamptz, end_date timestamptz)
returns table (
  total_domains bigint, new_domains bigint,
  total_videos bigint, new_videos bigint,
  total_comments bigint, new_comments bigint,
  total_mentions bigint, new_mentions bigint
)
language plpgsql stable parallel safe set search_path = ''
as $$
begin
  if not coalesce(start_date <= end_date and isfinite(start_date) and isfinite(end_date), false)
     or not private.sees_every_row() then
    return query
      select c.total_domains, c.new_domains, c.total_videos, c.new_videos, c.total_comments, c.new_comments,
             c.total_mentions, c.new_mentions
      from private.counted_stats(start_date, end_date) c;
    return;
  end if;
  total_domains := private.rows_before('domain first', end_date);
  total_videos := private.rows_before('video', end_date);
  total_comments := private.rows_before('comment', end_date);
  total_mentions := private.rows_before('mention', end_date);
  new_domains := total_domains - private.rows_before('domain first', start_date);
  new_videos := total_videos - private.rows_before('video', start_date);
  new_comments := total_comments - private.rows_before('comment', start_date);
  new_mentions := total_mentions - private.rows_before('mention', start_date);
  return next;
end
$$;
comment on function private.period_counts(timestamptz, timestamptz) is
  'The counts of public.get_dashboard_stats without the averages, which take longer for a period that is over.';

create or replace function public.get_dashboard_stats(start_date timestamptz, end_date timestamptz)
returns table (
  total_domains bigint, new_domains bigint,
  total_videos bigint, new_videos bigint,
  total_comments bigint, new_comments bigint,
  total_mentions bigint, new_mentions bigint,
  avg_domains_per_video numeric, avg_mentions_per_domain numeric
)
language plpgsql stable parallel safe set search_path = ''
as $$
declare
  pairs bigint;
  videos bigint;
  domains bigint;
begin
  -- Nothing comes after the end, as a rule: then what was last mentioned before the start is all that is not in the
  -- period. The newest is asked for, because a plan for any end would expect many after it and read the whole table.
  if not coalesce(start_date <= end_date and isfinite(start_date) and isfinite(end_date), false)
     or not private.sees_every_row()
     or (select max(m.discovered_at) from public.domain_mention m where m.tier = 'shown') >= end_date
     or exists (select from public.domain d where d.video_count is null) then
    return query
      select c.*, s.avg_domains_per_video, s.avg_mentions_per_domain
      from private.period_counts(start_date, end_date) c
      cross join private.counted_averages(start_date, end_date) s;
    return;
  end if;
  select c.* into strict total_domains, new_domains, total_videos, new_videos, total_comments, new_comments,
    total_mentions, new_mentions
  from private.period_counts(start_date, end_date) c;
  select sum(t.row_count) filter (where t.kind = 'pair last'), sum(t.row_count) filter (where t.kind = 'video last'),
         sum(t.row_count) filter (where t.kind = 'domain last')
  into pairs, videos, domains
  from private.day_tally t
  where t.kind in ('pair last', 'video last', 'domain last');
  pairs := pairs - private.rows_before('pair last', start_date);
  videos := videos - private.rows_before('video last', start_date);
  domains := domains - private.rows_before('domain last', start_date);
  avg_domains_per_video := coalesce(round(pairs::numeric / nullif(videos, 0), 2), 0);
  avg_mentions_per_domain := coalesce(round(new_mentions::numeric / nullif(domains, 0), 2), 0);
  return next;
end
$$;

-- Only names decide between domains with the same two counts, and few pairs of counts there are: the figures are
-- computed once a pair, and names looked up from the best pair on until enough domains are found.
create function private.trending_domains(days_back integer, most_domains bigint)
returns table (
  domain_id uuid, domain_name text, current_mentions bigint, previous_mentions bigint,
  growth_rate numeric, velocity_score numeric
)
language plpgsql stable parallel safe set search_path = ''
as $$
#variable_conflict use_column
declare
  middle timestamptz;
  oldest timestamptz;
begin
  if days_back is null or days_back not between 1 and 3650 then
    raise exception 'days_back is %, but it must be from 1 to 3650', coalesce(days_back::text, 'null')
      using errcode = 'invalid_parameter_value', hint = 'Ask for 7 to compare this week with the last.';
  end if;
  middle := now() - make_interval(days => days_back);
  oldest := now() - make_interval(days => 2 * days_back);
  return query
  with counted as materialized (
    select
      m.domain_id,
      count(*) filter (where m.discovered_at >= middle) as current_mentions,
      count(*) filter (where m.discovered_at < middle) as previous_mentions
    from public.domain_mention m
    where m.tier = 'shown' and m.discovered_at >= oldest
    group by m.domain_id
  ),
  scored as (
    select
      current_mentions, previous_mentions, count(*) as domains,
      round((current_mentions - previous_mentions) / (previous_mentions + 1.0), 4) as growth_rate,
      round((current_mentions - previous_mentions) / sqrt(current_mentions + previous_mentions + 1.0), 4) as velocity
    from counted
    where current_mentions > 0
    group by current_mentions, previous_mentions
  ),
  ranked as (
    select
      current_mentions, previous_mentions, growth_rate, velocity,
      sum(domains) over (order by velocity desc, current_mentions desc)
        - sum(domains) over (partition by velocity, current_mentions) as better_domains
    from scored
  )
  select d.id, d.domain_name, counted.current_mentions, counted.previous_mentions, ranked.growth_rate, ranked.velocity
  from ranked
  join counted using (current_mentions, previous_mentions)
  join public.domain d on d.id = counted.domain_id
  where most_domains is null or ranked.better_domains < most_domains
  order by ranked.velocity desc, counted.current_mentions desc, d.domain_name
  limit most_domains;
end
$$;
comment on function private.trending_domains(integer, bigint) is
  'The first most_domains rows of public.get_trending_domains, or all of them for null.';

create or replace function public.get_trending_domains(days_back integer default 7)
returns table (
  domain_id uuid, domain_name text, current_mentions bigint, previous_mentions bigint,
  growth_rate numeric, velocity_score numeric
)
language sql stable parallel safe set search_path = ''
as $$ select * from private.trending_domains(days_back, null) $$;

revoke all on function private.rows_before(text, timestamptz), private.counted_stats(timestamptz, timestamptz),
  private.counted_averages(timestamptz, timestamptz), private.period_counts(timestamptz, timestamptz),
  private.trending_domains(integer, bigint) from public, anon, authenticated;
grant execute on function private.rows_before(text, timestamptz), private.counted_stats(timestamptz, timestamptz),
  private.counted_averages(timestamptz, timestamptz), private.period_counts(timestamptz, timestamptz),
  private.trending_domains(integer, bigint) to authenticated, service_role;

-- Rollback:
-- create or replace function public.get_trending_domains(days_back integer default 7)
-- returns table (
--   domain_id uuid, domain_name text, current_mentions bigint, previous_mentions bigint,
--   growth_rate numeric, velocity_score numeric
-- )
-- language plpgsql stable parallel safe set search_path = ''
-- as $$
-- #variable_conflict use_column
-- begin
--   if days_back is null or days_back not between 1 and 3650 then
--     raise exception 'days_back is %, but it must be from 1 to 3650', coalesce(days_back::text, 'null')
--       using errcode = 'invalid_parameter_value', hint = 'Ask for 7 to compare this week with the last.';
--   end if;
--   return query
--   select
--     d.id, d.domain_name, counted.current_mentions, counted.previous_mentions,
--     round((counted.current_mentions - counted.previous_mentions) / (counted.previous_mentions + 1.0), 4),
--     round((counted.current_mentions - counted.previous_mentions)
--           / sqrt(counted.current_mentions + counted.previous_mentions + 1.0), 4) as velocity
--   from (
--     select
--       m.domain_id,
--       count(*) filter (where m.discovered_at >= now() - make_interval(days => days_back)) as current_mentions,
--       count(*) filter (where m.discovered_at < now() - make_interval(days => days_back)) as previous_mentions
--     from public.domain_mention m
--     where m.tier = 'shown' and m.discovered_at >= now() - make_interval(days => 2 * days_back)
--     group by m.domain_id
--   ) counted
--   join public.domain d on d.id = counted.domain_id
--   where counted.current_mentions > 0
--   order by velocity desc, counted.current_mentions desc, d.domain_name;
-- end
-- $$;
-- create or replace view public.v_domains_recent_activity with (security_invoker = true) as
-- select
--   d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
--   d.is_suspicious, d.is_verified,
--   recent.recent_mentions, recent.recent_videos, recent.recent_comments,
--   recent.first_recent_mention, recent.latest_recent_mention,
--   round(recent.recent_mentions / 7.0, 2) as mentions_per_day,
--   d.first_seen_at >= now() - interval '7 days' as is_fresh,
--   d.registrable_domain, d.unicode_name
-- from public.domain d
-- cross join lateral (
--   select
--     count(*) as recent_mentions,
--     count(distinct m.video_id) as recent_videos,
--     count(distinct m.comment_id) as recent_comments,
--     min(m.discovered_at) as first_recent_mention,
--     max(m.discovered_at) as latest_recent_mention
--   from public.domain_mention m
--   where m.domain_id = d.id and m.tier = 'shown' and m.discovered_at >= now() - interval '7 days'
-- ) recent
-- where d.last_seen_at >= now() - interval '7 days';
-- comment on view public.v_domains_recent_activity is
--   'Domains mentioned in the last seven days (168 hours). Made for: order by last_seen_at desc, id.';
-- create or replace view public.v_domains_top_mentioned with (security_invoker = true) as
-- select
--   d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
--   d.is_suspicious, d.is_verified,
--   mentioned.video_count, mentioned.comment_count, mentioned.unique_commenters,
--   floor(extract(epoch from now() - d.first_seen_at) / 86400)::integer as days_since_first_seen,
--   d.registrable_domain, d.unicode_name
-- from public.domain d
-- cross join lateral (
--   select
--     count(distinct m.video_id) as video_count,
--     count(distinct m.comment_id) as comment_count,
--     nullif(count(distinct c.username), 0) as unique_commenters
--   from public.domain_mention m
--   join public.comment c on c.id = m.comment_id
--   where m.domain_id = d.id and m.tier = 'shown'
-- ) mentioned
-- where d.mention_count > 0;
-- comment on view public.v_domains_top_mentioned is
--   'All domains with shown mentions. Made for: order by mention_count desc, id. unique_commenters is null where no author is known.';
-- create or replace function public.get_dashboard_stats(start_date timestamptz, end_date timestamptz)
-- returns table (
--   total_domains bigint, new_domains bigint,
--   total_videos bigint, new_videos bigint,
--   total_comments bigint, new_comments bigint,
--   total_mentions bigint, new_mentions bigint,
--   avg_domains_per_video numeric, avg_mentions_per_domain numeric
-- )
-- language sql stable parallel safe set search_path = ''
-- as $$
--   select
--     domains.total, domains.new, videos.total, videos.new, comments.total, comments.new,
--     mentions.total, mentions.new,
--     coalesce(round(pairs.domains_in_videos::numeric / nullif(pairs.videos, 0), 2), 0),
--     coalesce(round(mentions.new::numeric / nullif(pairs.domains, 0), 2), 0)
--   from (
--     select count(*) as total, count(*) filter (where first_seen_at >= start_date) as new
--     from public.domain where first_seen_at < end_date
--   ) domains
--   cross join (
--     select count(*) as total, count(*) filter (where discovered_at >= start_date) as new
--     from public.video where discovered_at < end_date
--   ) videos
--   cross join (
--     select count(*) as total, count(*) filter (where discovered_at >= start_date) as new
--     from public.comment where discovered_at < end_date
--   ) comments
--   cross join (
--     select count(*) as total, count(*) filter (where discovered_at >= start_date) as new
--     from public.domain_mention where tier = 'shown' and discovered_at < end_date
--   ) mentions
--   cross join (
--     select
--       count(*) as domains_in_videos, count(distinct video_id) as videos, count(distinct domain_id) as domains
--     from (
--       select distinct domain_id, video_id from public.domain_mention
--       where tier = 'shown' and discovered_at >= start_date and discovered_at < end_date
--     ) pair
--   ) pairs
-- $$;
-- comment on function public.get_dashboard_stats(timestamptz, timestamptz) is
--   'Figures of the period from start_date up to, not including, end_date. total_ counts all that was discovered before end_date, new_ what was discovered within; the averages are over the mentions within (a video or domain without one does not count).';
-- drop function private.trending_domains(integer, bigint), private.period_counts(timestamptz, timestamptz),
--   private.counted_averages(timestamptz, timestamptz), private.counted_stats(timestamptz, timestamptz),
--   private.rows_before(text, timestamptz);
