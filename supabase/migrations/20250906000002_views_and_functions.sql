-- What people and programs read: five views and three functions. Each view starts from the table whose
-- index a page sorts by and joins the rest row by row (lateral), so that fifty rows cost fifty look-ups.
-- No view sorts: an `order by` inside a view would keep the caller's own from using an index. The comment
-- on each names the order it is made for. Only shown mentions count, and days are days of UTC.

create view public.v_domains_new_today with (security_invoker = true) as
select
  d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
  d.is_suspicious, d.is_verified, d.notes,
  today.video_count, today.comment_count, today.video_usernames,
  today.first_mention_today, today.latest_mention_today,
  d.registrable_domain, d.unicode_name
from public.domain d
cross join lateral (
  select
    count(distinct m.video_id) as video_count,
    count(distinct m.comment_id) as comment_count,
    coalesce((array_agg(distinct v.username order by v.username) filter (where v.username is not null))[1:10], '{}')
      as video_usernames,
    min(m.discovered_at) as first_mention_today,
    max(m.discovered_at) as latest_mention_today
  from public.domain_mention m
  join public.video v on v.id = m.video_id
  where m.domain_id = d.id and m.tier = 'shown' and m.discovered_at >= date_trunc('day', now(), 'UTC')
) today
where d.first_seen_at >= date_trunc('day', now(), 'UTC');
comment on view public.v_domains_new_today is
  'Domains first seen today (UTC). Made for: order by mention_count desc, id, or first_seen_at desc, id.';

create view public.v_domains_top_mentioned with (security_invoker = true) as
select
  d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
  d.is_suspicious, d.is_verified,
  mentioned.video_count, mentioned.comment_count, mentioned.unique_commenters,
  floor(extract(epoch from now() - d.first_seen_at) / 86400)::integer as days_since_first_seen,
  d.registrable_domain, d.unicode_name
from public.domain d
cross join lateral (
  select
    count(distinct m.video_id) as video_count,
    count(distinct m.comment_id) as comment_count,
    nullif(count(distinct c.username), 0) as unique_commenters
  from public.domain_mention m
  join public.comment c on c.id = m.comment_id
  where m.domain_id = d.id and m.tier = 'shown'
) mentioned
where d.mention_count > 0;
comment on view public.v_domains_top_mentioned is
  'All domains with shown mentions. Made for: order by mention_count desc, id. unique_commenters is null where no author is known.';

create view public.v_domains_recent_activity with (security_invoker = true) as
select
  d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
  d.is_suspicious, d.is_verified,
  recent.recent_mentions, recent.recent_videos, recent.recent_comments,
  recent.first_recent_mention, recent.latest_recent_mention,
  round(recent.recent_mentions / 7.0, 2) as mentions_per_day,
  d.first_seen_at >= now() - interval '7 days' as is_fresh,
  d.registrable_domain, d.unicode_name
from public.domain d
cross join lateral (
  select
    count(*) as recent_mentions,
    count(distinct m.video_id) as recent_videos,
    count(distinct m.comment_id) as recent_comments,
    min(m.discovered_at) as first_recent_mention,
    max(m.discovered_at) as latest_recent_mention
  from public.domain_mention m
  where m.domain_id = d.id and m.tier = 'shown' and m.discovered_at >= now() - interval '7 days'
) recent
where d.last_seen_at >= now() - interval '7 days';
comment on view public.v_domains_recent_activity is
  'Domains mentioned in the last seven days (168 hours). Made for: order by last_seen_at desc, id.';

create view public.v_videos_with_domains with (security_invoker = true) as
select
  v.id, v.video_id, v.username, v.caption, v.video_url, v.is_promoted,
  v.view_count, v.like_count, v.comment_count, v.posted_at, v.discovered_at, v.last_crawled_at,
  mentioned.unique_domains_mentioned, mentioned.total_domain_mentions,
  (select count(*) from public.comment c where c.video_id = v.id) as total_comments,
  mentioned.comments_with_domains, mentioned.mentioned_domains
from public.video v
cross join lateral (
  select
    count(distinct m.domain_id) as unique_domains_mentioned,
    count(*) as total_domain_mentions,
    count(distinct m.comment_id) as comments_with_domains,
    array_agg(distinct d.domain_name order by d.domain_name) as mentioned_domains
  from public.domain_mention m
  join public.domain d on d.id = m.domain_id
  where m.video_id = v.id and m.tier = 'shown'
) mentioned
where exists (select from public.domain_mention m where m.video_id = v.id and m.tier = 'shown');
comment on view public.v_videos_with_domains is
  'Videos under which at least one domain is mentioned. Made for: order by discovered_at desc, id.';

create view public.v_comments_with_domains with (security_invoker = true) as
select
  c.id, c.comment_id, c.video_id, c.username, c.text, c.like_count, c.posted_at, c.discovered_at,
  v.username as video_username, v.video_id as video_tiktok_id,
  mentioned.domain_mentions_count, mentioned.mentioned_domains, mentioned.mentions
from public.comment c
join public.video v on v.id = c.video_id
cross join lateral (
  select
    count(distinct m.id) as domain_mentions_count,
    array_agg(distinct d.domain_name order by d.domain_name) as mentioned_domains,
    jsonb_agg(
      jsonb_build_object(
        'domain_name', d.domain_name, 'text', o.value -> 'text', 'start', o.value -> 'start',
        'end', o.value -> 'end', 'confidence', o.value -> 'confidence', 'method', o.value -> 'method')
      order by (o.value ->> 'start')::integer, d.domain_name
    ) as mentions
  from public.domain_mention m
  join public.domain d on d.id = m.domain_id
  cross join lateral jsonb_array_elements(m.occurrences) as o
  where m.comment_id = c.id and m.tier = 'shown'
) mentioned
where exists (select from public.domain_mention m where m.comment_id = c.id and m.tier = 'shown');
comment on view public.v_comments_with_domains is
  'Comments that mention a domain; mentions lists every span, in order of the text. Made for: order by discovered_at desc, id.';

create function public.get_dashboard_stats(start_date timestamptz, end_date timestamptz)
returns table (
  total_domains bigint, new_domains bigint,
  total_videos bigint, new_videos bigint,
  total_comments bigint, new_comments bigint,
  total_mentions bigint, new_mentions bigint,
  avg_domains_per_video numeric, avg_mentions_per_domain numeric
)
language sql stable parallel safe set search_path = ''
as $$
  select
    domains.total, domains.new, videos.total, videos.new, comments.total, comments.new,
    mentions.total, mentions.new,
    coalesce(round(pairs.domains_in_videos::numeric / nullif(pairs.videos, 0), 2), 0),
    coalesce(round(mentions.new::numeric / nullif(pairs.domains, 0), 2), 0)
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
  cross join (
    select
      count(*) as domains_in_videos, count(distinct video_id) as videos, count(distinct domain_id) as domains
    from (
      select distinct domain_id, video_id from public.domain_mention
      where tier = 'shown' and discovered_at >= start_date and discovered_at < end_date
    ) pair
  ) pairs
$$;
comment on function public.get_dashboard_stats(timestamptz, timestamptz) is
  'Figures of the period from start_date up to, not including, end_date. total_ counts all that was discovered before end_date, new_ what was discovered within; the averages are over the mentions within (a video or domain without one does not count).';

create function public.get_trending_domains(days_back integer default 7)
returns table (
  domain_id uuid, domain_name text, current_mentions bigint, previous_mentions bigint,
  growth_rate numeric, velocity_score numeric
)
language plpgsql stable parallel safe set search_path = ''
as $$
#variable_conflict use_column
begin
  if days_back is null or days_back not between 1 and 3650 then
    raise exception 'days_back is %, but it must be from 1 to 3650', coalesce(days_back::text, 'null')
      using errcode = 'invalid_parameter_value', hint = 'Ask for 7 to compare this week with the last.';
  end if;
  return query
  select
    d.id, d.domain_name, counted.current_mentions, counted.previous_mentions,
    round((counted.current_mentions - counted.previous_mentions) / (counted.previous_mentions + 1.0), 4),
    round((counted.current_mentions - counted.previous_mentions)
          / sqrt(counted.current_mentions + counted.previous_mentions + 1.0), 4) as velocity
  from (
    select
      m.domain_id,
      count(*) filter (where m.discovered_at >= now() - make_interval(days => days_back)) as current_mentions,
      count(*) filter (where m.discovered_at < now() - make_interval(days => days_back)) as previous_mentions
    from public.domain_mention m
    where m.tier = 'shown' and m.discovered_at >= now() - make_interval(days => 2 * days_back)
    group by m.domain_id
  ) counted
  join public.domain d on d.id = counted.domain_id
  where counted.current_mentions > 0
  order by velocity desc, counted.current_mentions desc, d.domain_name;
end
$$;
comment on function public.get_trending_domains(integer) is
  'Domains of the last days_back days by momentum, against the days_back days before: growth_rate = (current - previous) / (previous + 1), so no past is not infinite; velocity_score = (current - previous) / sqrt(current + previous + 1), the difference in units of its chance variation, so one mention after none does not lead.';

create function public.cleanup_old_data(days_to_keep integer)
returns table (
  mentions_deleted bigint, comments_deleted bigint, videos_deleted bigint, domains_deleted bigint
)
language plpgsql set search_path = ''
as $$
declare
  oldest timestamptz;
begin
  if days_to_keep is null or days_to_keep not between 1 and 36500 then
    raise exception 'days_to_keep is %, but it must be from 1 to 36500', coalesce(days_to_keep::text, 'null')
      using errcode = 'invalid_parameter_value', hint = 'Ask for 365 to keep a year.';
  end if;
  oldest := now() - make_interval(days => days_to_keep);

  delete from public.domain_mention m
  using public.domain d
  where d.id = m.domain_id and m.discovered_at < oldest
    and not (d.is_suspicious or d.is_verified or coalesce(d.notes, '') <> '');
  get diagnostics mentions_deleted = row_count;

  delete from public.comment c
  where c.discovered_at < oldest
    and not exists (select from public.domain_mention m where m.comment_id = c.id);
  get diagnostics comments_deleted = row_count;

  delete from public.video v
  where v.discovered_at < oldest
    and not exists (select from public.comment c where c.video_id = v.id);
  get diagnostics videos_deleted = row_count;

  delete from public.domain d
  where not exists (select from public.domain_mention m where m.domain_id = d.id)
    and not (d.is_suspicious or d.is_verified or coalesce(d.notes, '') <> '');
  get diagnostics domains_deleted = row_count;

  return next;
end
$$;
comment on function public.cleanup_old_data(integer) is
  'Deletes what was discovered more than days_to_keep days ago: mentions, then comments and videos without any, then domains left without one. Domains with a verdict or a note stay, and so does their evidence.';

revoke all on public.v_domains_new_today, public.v_domains_top_mentioned, public.v_domains_recent_activity,
  public.v_videos_with_domains, public.v_comments_with_domains from public, anon, authenticated, service_role;
grant select on public.v_domains_new_today, public.v_domains_top_mentioned, public.v_domains_recent_activity,
  public.v_videos_with_domains, public.v_comments_with_domains to authenticated, service_role;

revoke all on function public.get_dashboard_stats(timestamptz, timestamptz),
  public.get_trending_domains(integer), public.cleanup_old_data(integer) from public, anon, authenticated;
grant execute on function public.get_dashboard_stats(timestamptz, timestamptz),
  public.get_trending_domains(integer) to authenticated, service_role;
grant execute on function public.cleanup_old_data(integer) to service_role;

-- Rollback:
-- drop function public.cleanup_old_data(integer), public.get_trending_domains(integer),
--   public.get_dashboard_stats(timestamptz, timestamptz);
-- drop view public.v_comments_with_domains, public.v_videos_with_domains, public.v_domains_recent_activity,
--   public.v_domains_top_mentioned, public.v_domains_new_today;
