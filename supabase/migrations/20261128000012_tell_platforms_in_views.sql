-- Whose service a domain is, in the views: pages leave the big platforms out as they walk the index of their order. How
-- many those are is counted by an index of theirs.

create or replace view public.v_domains_new_today with (security_invoker = true) as
select
  d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
  d.is_suspicious, d.is_verified, d.notes,
  today.video_count, today.comment_count, today.video_usernames,
  today.first_mention_today, today.latest_mention_today,
  d.registrable_domain, d.unicode_name, d.kind
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
comment on column public.v_domains_new_today.kind is 'platform, shortener, link_in_bio or messenger, by dated lists; null for all others.';

create or replace view public.v_domains_top_mentioned with (security_invoker = true) as
select
  d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
  d.is_suspicious, d.is_verified,
  mentioned.video_count,
  -- A domain is mentioned once a comment.
  d.mention_count as comment_count,
  mentioned.unique_commenters,
  floor(extract(epoch from now() - d.first_seen_at) / 86400)::integer as days_since_first_seen,
  d.registrable_domain, d.unicode_name, d.kind
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
comment on column public.v_domains_top_mentioned.kind is 'platform, shortener, link_in_bio or messenger, by dated lists; null for all others.';

create or replace view public.v_domains_recent_activity with (security_invoker = true) as
select
  d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
  d.is_suspicious, d.is_verified,
  recent.recent_mentions, recent.recent_videos, recent.recent_mentions as recent_comments,
  recent.first_recent_mention, recent.latest_recent_mention,
  round(recent.recent_mentions / 7.0, 2) as mentions_per_day,
  d.first_seen_at >= now() - interval '7 days' as is_fresh,
  d.registrable_domain, d.unicode_name, d.kind
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
comment on column public.v_domains_recent_activity.kind is 'platform, shortener, link_in_bio or messenger, by dated lists; null for all others.';

create index domain_platform_idx on public.domain (mention_count desc, id desc) where kind = 'platform';
comment on index public.domain_platform_idx is 'The big platforms: how many pages leave out.';

-- Rollback:
-- drop index public.domain_platform_idx;
-- drop view public.v_domains_recent_activity, public.v_domains_top_mentioned, public.v_domains_new_today;
-- create view public.v_domains_new_today with (security_invoker = true) as
-- select
--   d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
--   d.is_suspicious, d.is_verified, d.notes,
--   today.video_count, today.comment_count, today.video_usernames,
--   today.first_mention_today, today.latest_mention_today,
--   d.registrable_domain, d.unicode_name
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
-- comment on view public.v_domains_new_today is
--   'Domains first seen today (UTC). Made for: order by mention_count desc, id, or first_seen_at desc, id.';
-- create view public.v_domains_top_mentioned with (security_invoker = true) as
-- select
--   d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
--   d.is_suspicious, d.is_verified,
--   mentioned.video_count,
--   -- A domain is mentioned once a comment.
--   d.mention_count as comment_count,
--   mentioned.unique_commenters,
--   floor(extract(epoch from now() - d.first_seen_at) / 86400)::integer as days_since_first_seen,
--   d.registrable_domain, d.unicode_name
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
-- comment on view public.v_domains_top_mentioned is
--   'All domains with shown mentions. Made for: order by mention_count desc, id. unique_commenters is null where no author is known.';
-- create view public.v_domains_recent_activity with (security_invoker = true) as
-- select
--   d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
--   d.is_suspicious, d.is_verified,
--   recent.recent_mentions, recent.recent_videos, recent.recent_mentions as recent_comments,
--   recent.first_recent_mention, recent.latest_recent_mention,
--   round(recent.recent_mentions / 7.0, 2) as mentions_per_day,
--   d.first_seen_at >= now() - interval '7 days' as is_fresh,
--   d.registrable_domain, d.unicode_name
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
-- comment on view public.v_domains_recent_activity is
--   'Domains mentioned in the last seven days (168 hours). Made for: order by last_seen_at desc, id.';
-- do $$
-- declare
--   passed record;
-- begin
--   for passed in
--     select v.relname as view_name, a.attname as column_name, pg_catalog.col_description(t.oid, b.attnum) as words
--     from pg_catalog.pg_class v
--     join pg_catalog.pg_class t on t.oid = 'public.domain'::regclass
--     join pg_catalog.pg_attribute a on a.attrelid = v.oid and a.attnum > 0
--     join pg_catalog.pg_attribute b on b.attrelid = t.oid and b.attname = a.attname and b.attnum > 0
--     where v.relnamespace = 'public'::regnamespace
--       and v.relname in ('v_domains_new_today', 'v_domains_top_mentioned', 'v_domains_recent_activity')
--   loop
--     execute format('comment on column public.%I.%I is %L', passed.view_name, passed.column_name, passed.words);
--   end loop;
-- end
-- $$;
-- comment on column public.v_domains_new_today.video_count is 'Videos under which it was mentioned today.';
-- comment on column public.v_domains_new_today.comment_count is 'Comments of today that mention it.';
-- comment on column public.v_domains_new_today.video_usernames is 'Creators of those videos: the first ten, sorted.';
-- comment on column public.v_domains_new_today.first_mention_today is 'When the first comment of today that mentions it was discovered.';
-- comment on column public.v_domains_new_today.latest_mention_today is 'When the newest comment that mentions it was discovered.';
-- comment on column public.v_domains_top_mentioned.video_count is 'Videos under which it is mentioned.';
-- comment on column public.v_domains_top_mentioned.comment_count is 'Comments that mention it.';
-- comment on column public.v_domains_top_mentioned.unique_commenters is 'Different authors of those comments; null where no author is known.';
-- comment on column public.v_domains_top_mentioned.days_since_first_seen is 'Whole days (24 hours) since first_seen_at.';
-- comment on column public.v_domains_recent_activity.recent_mentions is 'Mentions of the last 7 days.';
-- comment on column public.v_domains_recent_activity.recent_videos is 'Videos under which it was mentioned in the last 7 days.';
-- comment on column public.v_domains_recent_activity.recent_comments is 'Comments of the last 7 days that mention it.';
-- comment on column public.v_domains_recent_activity.first_recent_mention is 'When the first of them was discovered.';
-- comment on column public.v_domains_recent_activity.latest_recent_mention is 'When the newest of them was discovered.';
-- comment on column public.v_domains_recent_activity.mentions_per_day is 'recent_mentions / 7.';
-- comment on column public.v_domains_recent_activity.is_fresh is 'Whether it was first seen within the 7 days.';
-- revoke all on public.v_domains_new_today, public.v_domains_top_mentioned, public.v_domains_recent_activity
--   from public, anon, authenticated, service_role;
-- grant select on public.v_domains_new_today, public.v_domains_top_mentioned, public.v_domains_recent_activity
--   to authenticated, service_role;
