-- A domain that somebody chose to ignore is neither new nor active nor rising; its page stays at its address. The view of
-- all domains says the verdict of each, for whoever wants to leave some out.

create index domain_judged_idx on public.domain (id) where verdict is not null;
comment on index public.domain_judged_idx is 'The domains that people judged: what precision is counted over.';

create or replace view public.v_domains_new_today with (security_invoker = true) as
select
  d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
  d.is_suspicious, d.is_verified, d.notes,
  today.video_count, today.comment_count, today.video_usernames,
  today.first_mention_today, today.latest_mention_today,
  d.registrable_domain, d.unicode_name, d.kind, d.verdict
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
where d.first_seen_at >= date_trunc('day', now(), 'UTC')
  and d.verdict is distinct from 'ignore';

create or replace view public.v_domains_top_mentioned with (security_invoker = true) as
select
  d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
  d.is_suspicious, d.is_verified,
  mentioned.video_count,
  -- A domain is mentioned once a comment.
  d.mention_count as comment_count,
  mentioned.unique_commenters,
  floor(extract(epoch from now() - d.first_seen_at) / 86400)::integer as days_since_first_seen,
  d.registrable_domain, d.unicode_name, d.kind, d.verdict
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
  d.registrable_domain, d.unicode_name, d.kind, d.verdict
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
where d.last_seen_at >= now() - interval '7 days'
  and d.verdict is distinct from 'ignore';

comment on column public.v_domains_new_today.verdict is 'The verdict in force; null where nobody gave one.';
comment on column public.v_domains_top_mentioned.verdict is 'The verdict in force; null where nobody gave one.';
comment on column public.v_domains_recent_activity.verdict is 'The verdict in force; null where nobody gave one.';

create or replace function public.get_trending_domains(days_back integer default 7)
returns table (
  domain_id uuid, domain_name text, current_mentions bigint, previous_mentions bigint,
  growth_rate numeric, velocity_score numeric
)
language sql stable parallel safe set search_path = ''
as $$
  select *
  from private.trending_domains(days_back, null) t
  where t.domain_id not in (select d.id from public.domain d where d.verdict = 'ignore')
$$;

-- Rollback:
-- create or replace function public.get_trending_domains(days_back integer default 7)
-- returns table (
--   domain_id uuid, domain_name text, current_mentions bigint, previous_mentions bigint,
--   growth_rate numeric, velocity_score numeric
-- )
-- language sql stable parallel safe set search_path = ''
-- as $$ select * from private.trending_domains(days_back, null) $$;
-- drop view public.v_domains_new_today;
-- drop view public.v_domains_top_mentioned;
-- drop view public.v_domains_recent_activity;
-- create view public.v_domains_new_today with (security_invoker = true) as
-- select
--   d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
--   d.is_suspicious, d.is_verified, d.notes,
--   today.video_count, today.comment_count, today.video_usernames,
--   today.first_mention_today, today.latest_mention_today,
--   d.registrable_domain, d.unicode_name, d.kind
-- from public.domain d
-- cross join lateral (
--   select
--     count(distinct m.video_id) as video_count,
--     count(distinct m.comment_id) as comment_count,
--     coalesce((array_agg(distinct v.username order by v.username) filter (where v.username is not null))[1:10], '{}')
--       as video_usernames,
--     min(m.discovered_at) as first_mention_today,
--     max(m.discovered_at) as latest_mention_today
--   from public.domain_mention m
--   join public.video v on v.id = m.video_id
--   where m.domain_id = d.id and m.tier = 'shown' and m.discovered_at >= date_trunc('day', now(), 'UTC')
-- ) today
-- where d.first_seen_at >= date_trunc('day', now(), 'UTC');
-- comment on view public.v_domains_new_today is 'Domains first seen today (UTC). Made for: order by mention_count desc, id, or first_seen_at desc, id.';
-- comment on column public.v_domains_new_today.id is 'Key of the row, time-ordered (UUID version 7).';
-- comment on column public.v_domains_new_today.domain_name is 'The host: A-labels (RFC 5890), lower case, no leading www.';
-- comment on column public.v_domains_new_today.tld is 'The last label.';
-- comment on column public.v_domains_new_today.subdomain is 'The labels before the registrable domain; empty where there are none.';
-- comment on column public.v_domains_new_today.mention_count is 'Shown mentions, kept exact by a trigger of domain_mention.';
-- comment on column public.v_domains_new_today.first_seen_at is 'Least discovered_at of its shown mentions; null while there is none.';
-- comment on column public.v_domains_new_today.last_seen_at is 'Greatest discovered_at of its shown mentions; null while there is none.';
-- comment on column public.v_domains_new_today.is_suspicious is 'Set by a person''s verdict: malicious or suspicious.';
-- comment on column public.v_domains_new_today.is_verified is 'Whether a person has given a verdict.';
-- comment on column public.v_domains_new_today.notes is 'What analysts wrote about it.';
-- comment on column public.v_domains_new_today.video_count is 'Videos under which it was mentioned today.';
-- comment on column public.v_domains_new_today.comment_count is 'Comments of today that mention it.';
-- comment on column public.v_domains_new_today.video_usernames is 'Creators of those videos: the first ten, sorted.';
-- comment on column public.v_domains_new_today.first_mention_today is 'When the first comment of today that mentions it was discovered.';
-- comment on column public.v_domains_new_today.latest_mention_today is 'When the newest comment that mentions it was discovered.';
-- comment on column public.v_domains_new_today.registrable_domain is 'Public suffix plus one label; the host itself where it is a private suffix.';
-- comment on column public.v_domains_new_today.unicode_name is 'The same with its Unicode labels, for people to read.';
-- comment on column public.v_domains_new_today.kind is 'platform, shortener, link_in_bio or messenger, by dated lists; null for all others.';
-- create view public.v_domains_top_mentioned with (security_invoker = true) as
-- select
--   d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
--   d.is_suspicious, d.is_verified,
--   mentioned.video_count,
--   -- A domain is mentioned once a comment.
--   d.mention_count as comment_count,
--   mentioned.unique_commenters,
--   floor(extract(epoch from now() - d.first_seen_at) / 86400)::integer as days_since_first_seen,
--   d.registrable_domain, d.unicode_name, d.kind
-- from public.domain d
-- -- Beside the table, because PostgreSQL would let the owner write through a view of one table alone.
-- cross join lateral (
--   select
--     coalesce(d.video_count, (
--       select count(distinct m.video_id) from public.domain_mention m where m.domain_id = d.id and m.tier = 'shown'
--     )) as video_count,
--     nullif(coalesce(d.commenter_count, (
--       select count(distinct c.username)
--       from public.domain_mention m join public.comment c on c.id = m.comment_id
--       where m.domain_id = d.id and m.tier = 'shown'
--     )), 0) as unique_commenters
-- ) mentioned
-- where d.mention_count > 0;
-- comment on view public.v_domains_top_mentioned is 'All domains with shown mentions. Made for: order by mention_count desc, id. unique_commenters is null where no author is known.';
-- comment on column public.v_domains_top_mentioned.id is 'Key of the row, time-ordered (UUID version 7).';
-- comment on column public.v_domains_top_mentioned.domain_name is 'The host: A-labels (RFC 5890), lower case, no leading www.';
-- comment on column public.v_domains_top_mentioned.tld is 'The last label.';
-- comment on column public.v_domains_top_mentioned.subdomain is 'The labels before the registrable domain; empty where there are none.';
-- comment on column public.v_domains_top_mentioned.mention_count is 'Shown mentions, kept exact by a trigger of domain_mention.';
-- comment on column public.v_domains_top_mentioned.first_seen_at is 'Least discovered_at of its shown mentions; null while there is none.';
-- comment on column public.v_domains_top_mentioned.last_seen_at is 'Greatest discovered_at of its shown mentions; null while there is none.';
-- comment on column public.v_domains_top_mentioned.is_suspicious is 'Set by a person''s verdict: malicious or suspicious.';
-- comment on column public.v_domains_top_mentioned.is_verified is 'Whether a person has given a verdict.';
-- comment on column public.v_domains_top_mentioned.video_count is 'Videos under which it is mentioned.';
-- comment on column public.v_domains_top_mentioned.comment_count is 'Comments that mention it.';
-- comment on column public.v_domains_top_mentioned.unique_commenters is 'Different authors of those comments; null where no author is known.';
-- comment on column public.v_domains_top_mentioned.days_since_first_seen is 'Whole days (24 hours) since first_seen_at.';
-- comment on column public.v_domains_top_mentioned.registrable_domain is 'Public suffix plus one label; the host itself where it is a private suffix.';
-- comment on column public.v_domains_top_mentioned.unicode_name is 'The same with its Unicode labels, for people to read.';
-- comment on column public.v_domains_top_mentioned.kind is 'platform, shortener, link_in_bio or messenger, by dated lists; null for all others.';
-- create view public.v_domains_recent_activity with (security_invoker = true) as
-- select
--   d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
--   d.is_suspicious, d.is_verified,
--   recent.recent_mentions, recent.recent_videos, recent.recent_mentions as recent_comments,
--   recent.first_recent_mention, recent.latest_recent_mention,
--   round(recent.recent_mentions / 7.0, 2) as mentions_per_day,
--   d.first_seen_at >= now() - interval '7 days' as is_fresh,
--   d.registrable_domain, d.unicode_name, d.kind
-- from public.domain d
-- cross join lateral (
--   select
--     count(*) as recent_mentions,
--     count(distinct m.video_id) as recent_videos,
--     min(m.discovered_at) as first_recent_mention,
--     max(m.discovered_at) as latest_recent_mention
--   from public.domain_mention m
--   where m.domain_id = d.id and m.tier = 'shown' and m.discovered_at >= now() - interval '7 days'
-- ) recent
-- where d.last_seen_at >= now() - interval '7 days';
-- comment on view public.v_domains_recent_activity is 'Domains mentioned in the last seven days (168 hours). Made for: order by last_seen_at desc, id.';
-- comment on column public.v_domains_recent_activity.id is 'Key of the row, time-ordered (UUID version 7).';
-- comment on column public.v_domains_recent_activity.domain_name is 'The host: A-labels (RFC 5890), lower case, no leading www.';
-- comment on column public.v_domains_recent_activity.tld is 'The last label.';
-- comment on column public.v_domains_recent_activity.subdomain is 'The labels before the registrable domain; empty where there are none.';
-- comment on column public.v_domains_recent_activity.mention_count is 'Shown mentions, kept exact by a trigger of domain_mention.';
-- comment on column public.v_domains_recent_activity.first_seen_at is 'Least discovered_at of its shown mentions; null while there is none.';
-- comment on column public.v_domains_recent_activity.last_seen_at is 'Greatest discovered_at of its shown mentions; null while there is none.';
-- comment on column public.v_domains_recent_activity.is_suspicious is 'Set by a person''s verdict: malicious or suspicious.';
-- comment on column public.v_domains_recent_activity.is_verified is 'Whether a person has given a verdict.';
-- comment on column public.v_domains_recent_activity.recent_mentions is 'Mentions of the last 7 days.';
-- comment on column public.v_domains_recent_activity.recent_videos is 'Videos under which it was mentioned in the last 7 days.';
-- comment on column public.v_domains_recent_activity.recent_comments is 'Comments of the last 7 days that mention it.';
-- comment on column public.v_domains_recent_activity.first_recent_mention is 'When the first of them was discovered.';
-- comment on column public.v_domains_recent_activity.latest_recent_mention is 'When the newest of them was discovered.';
-- comment on column public.v_domains_recent_activity.mentions_per_day is 'recent_mentions / 7.';
-- comment on column public.v_domains_recent_activity.is_fresh is 'Whether it was first seen within the 7 days.';
-- comment on column public.v_domains_recent_activity.registrable_domain is 'Public suffix plus one label; the host itself where it is a private suffix.';
-- comment on column public.v_domains_recent_activity.unicode_name is 'The same with its Unicode labels, for people to read.';
-- comment on column public.v_domains_recent_activity.kind is 'platform, shortener, link_in_bio or messenger, by dated lists; null for all others.';
-- revoke all on public.v_domains_new_today, public.v_domains_top_mentioned, public.v_domains_recent_activity from public, anon, authenticated, service_role;
-- grant select on public.v_domains_new_today, public.v_domains_top_mentioned, public.v_domains_recent_activity to authenticated, service_role;
-- drop index public.domain_judged_idx;
