-- A domain that somebody chose to ignore is in no list, this one included. Whoever asks for the ignored ones, as the
-- dashboard's filter does, reads them where both stand on: the view of all that have shown mentions.

create view private.mentioned_domain with (security_invoker = true) as
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
comment on view private.mentioned_domain is
  'All domains with shown mentions, the ignored ones too: what v_domains_top_mentioned, pages and exports read.';

create or replace view public.v_domains_top_mentioned with (security_invoker = true) as
select
  m.id, m.domain_name, m.tld, m.subdomain, m.mention_count, m.first_seen_at, m.last_seen_at,
  m.is_suspicious, m.is_verified,
  m.video_count, m.comment_count, m.unique_commenters, m.days_since_first_seen,
  m.registrable_domain, m.unicode_name, m.kind, m.verdict
from private.mentioned_domain m
where m.verdict is distinct from 'ignore';
comment on view public.v_domains_top_mentioned is
  'All domains with shown mentions that nobody chose to ignore. Made for: order by mention_count desc, id. unique_commenters is null where no author is known.';

revoke all on private.mentioned_domain from public, anon, authenticated, service_role;
grant select on private.mentioned_domain to authenticated, service_role;

-- Rollback:
-- create or replace view public.v_domains_top_mentioned with (security_invoker = true) as
-- select
--   d.id, d.domain_name, d.tld, d.subdomain, d.mention_count, d.first_seen_at, d.last_seen_at,
--   d.is_suspicious, d.is_verified,
--   mentioned.video_count,
--   -- A domain is mentioned once a comment.
--   d.mention_count as comment_count,
--   mentioned.unique_commenters,
--   floor(extract(epoch from now() - d.first_seen_at) / 86400)::integer as days_since_first_seen,
--   d.registrable_domain, d.unicode_name, d.kind, d.verdict
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
-- drop view private.mentioned_domain;
